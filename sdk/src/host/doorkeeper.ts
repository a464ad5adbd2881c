import type { PorticoError } from '../errors/portico-error.js';
import type { Limits } from '../limits/limits.js';
import { type Alarm, createAlarm } from '../platform/alarm.js';
import type { ConnectEvent, HostPlatform, RuntimePort } from '../platform/platform.js';
import {
  type Admitted,
  type Answer,
  type HostSession,
  openHostSession,
  refusePort,
} from '../session/host-session.js';
import { PORT_PREFIX, type Refusal } from '../wire/handshake.js';
import { derivePrincipal, type Principal } from './admission/principal.js';
import type { Log } from './log.js';
import { answerHello, type Candidate, type Settled } from './serving/answer-hello.js';
import {
  admits,
  type Decisions,
  decideAll,
  type Publication,
  rulesForTlsChannels,
} from './serving/publication.js';
import { serveSession } from './serving/serve-session.js';
import { createSession } from './serving/session.js';

/** The one place where ports come in: nothing is exposed to a port that has not passed here. */
export interface Doorkeeper {
  accept(port: RuntimePort, event: ConnectEvent, platform: HostPlatform): void;
  endAll(reason: PorticoError): void;
  readonly sessions: number;
}

export const createDoorkeeper = (
  publications: ReadonlyMap<string, readonly Publication[]>,
  limits: Limits,
  log: Log | undefined,
): Doorkeeper => {
  // No Set: V8 links the tables that a set has outgrown, and so keeps what was in it until a full collection.
  const guests: HostSession[] = [];
  const perPrincipal = new Map<string, number>();
  let watch: Alarm | undefined;
  let instance: string | undefined;
  let admitted = 0;
  let refusal: Refusal | undefined;
  let tls: string | undefined;

  const hint = (): string => {
    tls ??= tlsHint(publications);
    return tls;
  };

  /** Who is told no, is told this: the same words whatever was asked for. */
  const refusalText = (): Refusal => {
    refusal ??= { code: 'REFUSED', message: `this host does not admit this caller${hint()}` };
    return refusal;
  };

  const turnAway = (
    port: RuntimePort,
    principal: Principal | undefined,
    why: string,
    answer = refusalText(),
  ): void => {
    refusePort(port, answer);
    logRefusal(principal, why);
  };

  const logRefusal = (principal: Principal | undefined, why: string): void =>
    log?.({ level: 'warn', event: 'refused', message: `refused ${describe(principal)}: ${why}`, principal });

  const count = (key: string, by: number): number => {
    const now = (perPrincipal.get(key) ?? 0) + by;
    if (now > 0) perPrincipal.set(key, now);
    else perPrincipal.delete(key);
    return now;
  };

  const ring = (now: number): number => Math.min(...guests.slice().map((each) => each.expire(now)));

  const accept = (port: RuntimePort, event: ConnectEvent, platform: HostPlatform): void => {
    // Other listeners of this extension live on beside Portico.
    if (!port.name.startsWith(PORT_PREFIX)) return;
    const principal = derivePrincipal(port.sender, event, platform.own);
    if (!principal) {
      turnAway(port, undefined, 'the browser vouches for no identity');
      return;
    }
    const published = publications.get(port.name.slice(PORT_PREFIX.length)) ?? [];
    const candidates = judge(published, principal);
    const letsIn = candidates.some(({ decisions }) => !(decisions instanceof Promise) && admits(decisions));
    // Whoever is not let in at once is judged by all rules of this host, whatever name it gave: whether a
    // hello is awaited, and how long a refusal takes, must not tell which names are published.
    const others = letsIn ? [] : judge([...publications.values()].flat(), principal, published);
    const waits = [...candidates, ...others].some(({ decisions }) => decisions instanceof Promise);
    if (!letsIn && !waits) {
      turnAway(
        port,
        principal,
        published.length === 0 ? `nothing is published as ${port.name.slice(0, 256)}` : 'no rule admits it',
      );
      return;
    }
    const key = `${principal.kind} ${'id' in principal ? principal.id : ''} ${principal.origin}`;
    if (guests.length >= limits.sessions || (perPrincipal.get(key) ?? 0) >= limits.sessionsPerPrincipal) {
      const limit = guests.length >= limits.sessions ? 'sessions' : 'sessionsPerPrincipal';
      const answer = {
        code: 'LIMIT_EXCEEDED',
        message: `too many sessions`,
        data: { limit },
        retryAfter: 1000,
      };
      turnAway(port, principal, `limit ${limit}`, answer);
      return;
    }
    instance ??= platform.randomId();
    watch ??= createAlarm(platform, ring);
    const alarm = watch;
    count(key, 1);
    let session = '';
    const guest: HostSession = openHostSession(port, platform, alarm, limits, {
      answer(hello) {
        const settle = (ready: readonly Candidate[]): Answer => {
          const settled = answerHello(hello, ready, refusalText(), hint());
          if ('refusal' in settled) {
            logRefusal(principal, settled.refusal.code);
            return { refused: settled.refusal };
          }
          session = `${instance}.${++admitted}`;
          return { admitted: admit(settled, session, principal, platform, alarm) };
        };
        if (!waits) return settle(candidates as readonly Candidate[]);
        return decided(candidates).then(async (ready) => {
          if (!ready.some(({ decisions }) => admits(decisions))) await decided(others);
          return settle(ready);
        });
      },
      over(reason) {
        const at = guests.indexOf(guest);
        if (at >= 0) guests.splice(at, 1);
        count(key, -1);
        const violated = reason.code === 'PROTOCOL_VIOLATION';
        log?.({
          level: violated ? 'warn' : 'info',
          event: violated ? 'violation' : 'ended',
          message: `session of ${describe(principal)} ended: ${reason.message}`,
          principal,
          ...(session ? { session } : {}),
        });
      },
    });
    guests.push(guest);
  };

  const admit = (
    settled: Settled,
    id: string,
    principal: Principal,
    platform: HostPlatform,
    alarm: Alarm,
  ): Admitted => {
    const { publication, version, granted, refused } = settled;
    return {
      welcome: {
        version,
        session: id,
        instance: instance as string,
        granted: [...granted],
        refused: { ...refused },
        limits: { calls: limits.calls },
      },
      begin({ writer, nativeBytes }) {
        // Not before: while the rules made up their mind, the caller may have gone.
        log?.({
          level: 'info',
          event: 'admitted',
          message: `admitted ${describe(principal)} to ${publication.protocol.name} ${version}: ${granted.join(', ') || 'nothing'}`,
          principal,
          session: id,
        });
        return serveSession({
          publication,
          session: createSession({ id, principal, version, grants: new Set(granted) }),
          clock: platform,
          alarm,
          limits,
          writer,
          nativeBytes,
          report(path, error) {
            log?.({
              level: 'error',
              event: 'handler-failed',
              message: `${path} failed`,
              principal,
              session: id,
              error,
            });
          },
        });
      },
    };
  };

  return {
    accept,
    endAll(reason) {
      for (const guest of guests.slice()) guest.end(reason);
    },
    get sessions() {
      return guests.length;
    },
  };
};

/** A publication whose rules may still be at it. */
interface Undecided {
  readonly publication: Publication;
  readonly decisions: Decisions | Promise<Decisions>;
}

const judge = (
  publications: readonly Publication[],
  principal: Principal,
  except: readonly Publication[] = [],
): Undecided[] =>
  publications
    .filter((publication) => !except.includes(publication))
    .map((publication) => ({ publication, decisions: decideAll(publication, principal) }));

const decided = (judged: readonly Undecided[]): Promise<Candidate[]> =>
  Promise.all(
    judged.map(async ({ publication, decisions }) => ({ publication, decisions: await decisions })),
  );

const describe = (principal: Principal | undefined): string =>
  principal
    ? `${principal.kind} ${'id' in principal ? `${principal.id} ` : ''}(${principal.origin})`
    : 'somebody without identity';

/** One sentence for the whole host, so that it gives away no more to one caller than to another. */
const tlsHint = (publications: ReadonlyMap<string, readonly Publication[]>): string => {
  const requires = [...publications.values()].flat().some((each) => rulesForTlsChannels(each).length > 0);
  return requires ? '; it requires a TLS channel ID for something, which no current browser supplies' : '';
};
