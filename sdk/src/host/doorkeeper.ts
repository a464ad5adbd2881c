import { Account } from '../accounting/account.js';
import { sessionBounds } from '../accounting/bounds.js';
import { SESSIONS, type Surplus } from '../accounting/kinds.js';
import { PorticoError, toWire } from '../errors/portico-error.js';
import type { Limits } from '../limits/limits.js';
import { calmAlarm } from '../platform/alarm.js';
import type { Alarm, ConnectEvent, HostPlatform, RuntimePort } from '../platform/platform.js';
import { type HostSession, openHostSession } from '../session/host-session.js';
import { refusePort } from '../session/refuse-port.js';
import { PORT_PREFIX, type Refusal } from '../wire/handshake.js';
import { type Authorities, type Judged, judgeAll, maySee } from './admission/judge.js';
import { derivePrincipal, describePrincipal, keyOf, type Principal, partyOf } from './admission/principal.js';
import type { Allowance as PrincipalAllowance, QuotaKeeper } from './admission/quotas.js';
import type { LiveSession } from './consent/types.js';
import { createMeter, type Meter } from './serving/meter.js';
import { type Publication, rulesForTlsChannels } from './serving/publication.js';
import { receive } from './serving/receive.js';
import type { Live } from './serving/reception.js';

/** The one place where ports come in: nothing is exposed to a port that has not passed here. */
export interface Doorkeeper {
  accept(port: RuntimePort, event: ConnectEvent, platform: HostPlatform): void;
  endAll(reason: PorticoError): void;
  /** Ends every session of a principal, and of an extension's content scripts with it; half-open ones too. */
  end(key: string, reason: PorticoError): void;
  /** Judges the open sessions of a principal, or of all, afresh, at once. */
  refresh(key?: string): void;
  /** Admitted ones. */
  readonly live: readonly LiveSession[];
  readonly sessions: number;
}

export interface DoorkeeperContext {
  readonly publications: ReadonlyMap<string, readonly Publication[]>;
  readonly authorities: Authorities;
  readonly limits: Limits;
  readonly quotas: QuotaKeeper;
}

/** A port that has not been refused at once. */
interface Guest {
  readonly principal: Principal;
  readonly key: string;
  readonly allowance: PrincipalAllowance;
  conversation: HostSession;
  live: Live | undefined;
}

export const createDoorkeeper = (context: DoorkeeperContext): Doorkeeper => {
  const { publications, authorities, limits, quotas } = context;
  const { log, consent } = authorities;
  // No Set: V8 links the tables that a set has outgrown, and so keeps what was in it until a full collection.
  const guests: Guest[] = [];
  const bounds = sessionBounds(limits);
  let watch: Alarm | undefined;
  let meter: Meter | undefined;
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

  const logRefusal = (principal: Principal | undefined, why: string): void => {
    if (principal) consent?.record(principal, 'refused');
    log?.({
      level: 'warn',
      event: 'refused',
      message: `refused ${describePrincipal(principal)}: ${why}`,
      principal,
    });
  };

  const ring = (now: number): number =>
    Math.min(...guests.slice().map(({ conversation }) => conversation.expire(now)));

  /**
   * Room for a page of this extension, which the person may need to answer or to revoke: the page that came first
   * yields to the newest. Its client dials again when it is used. Strangers can open our pages, as many as they like.
   */
  const makeRoom = (account: Account, key: string): void => {
    if (!account.hasRoom(SESSIONS, 1))
      guests
        .find((guest) => guest.key === key)
        ?.conversation.end(new PorticoError('DISCONNECTED', 'made room for a newer page'));
  };

  /** A function of the host's author may fail: without quotas nobody comes in. */
  const allowanceOf = (principal: Principal, key: string, now: number): PrincipalAllowance | undefined => {
    try {
      return quotas.of(principal, now, key);
    } catch (error) {
      log?.({
        level: 'error',
        event: 'configuration',
        message: 'the quotas of a principal failed',
        principal,
        error,
      });
      return undefined;
    }
  };

  /** Who breaks the rules of the wire too often is kept out for a while. */
  const strike = (principal: Principal, allowance: PrincipalAllowance, now: number): void => {
    const ban = allowance.strike(now);
    if (ban === undefined) return;
    consent?.record(principal, 'banned');
    log?.({
      level: 'warn',
      event: 'refused',
      message: `${describePrincipal(principal)} is kept out for ${Math.round(ban / 1000)} s: too many violations`,
      principal,
    });
    const data = { limit: 'strikes', retryAfter: ban };
    const reason = new PorticoError('LIMIT_EXCEEDED', 'too many violations', { data });
    endAll(reason, (guest) => guest.allowance.banned(now) !== undefined);
  };

  const endAll = (reason: PorticoError, isMeant: (guest: Guest) => boolean): void => {
    for (const guest of guests.slice()) if (isMeant(guest)) guest.conversation.end(reason);
  };

  const accept = (port: RuntimePort, event: ConnectEvent, platform: HostPlatform): void => {
    // Other listeners of this extension live on beside Portico.
    const { name } = port;
    if (!name.startsWith(PORT_PREFIX)) return;
    const principal = derivePrincipal(port.sender, event, platform.own);
    if (!principal) {
      turnAway(port, undefined, 'the browser vouches for no identity');
      return;
    }
    const published = publications.get(name.slice(PORT_PREFIX.length)) ?? [];
    const mine = judgeAll(authorities, published, { principal });
    const letsIn = mine.some(isOpen);
    // Whoever is not let in at once is judged by all rules of this host, whatever name it gave: whether a
    // hello is awaited, and how long a refusal takes, must not tell which names are published.
    const others = letsIn
      ? []
      : judgeAll(authorities, [...publications.values()].flat(), { principal }, published);
    if (!letsIn && ![...mine, ...others].some(isUnsettled)) {
      turnAway(
        port,
        principal,
        published.length === 0 ? `nothing is published as ${name.slice(0, 256)}` : 'no rule admits it',
      );
      return;
    }
    const key = keyOf(principal);
    const now = platform.now();
    const allowance = allowanceOf(principal, key, now);
    if (!allowance) {
      turnAway(port, principal, 'nobody can tell its quotas');
      return;
    }
    const banned = allowance.banned(now);
    if (principal.kind === 'self') makeRoom(allowance.account, key);
    const account = new Account(bounds, allowance.account);
    const surplus: Surplus | undefined =
      banned === undefined ? account.hold(SESSIONS) : { limit: 'strikes', retryAfter: Math.ceil(banned) };
    if (surplus) {
      const answer = new PorticoError(
        'LIMIT_EXCEEDED',
        banned === undefined ? 'too many sessions' : 'kept out for a while: too many violations',
        { data: surplus },
      );
      turnAway(port, principal, `limit ${surplus.limit}`, toWire(answer));
      return;
    }
    instance ??= platform.randomId();
    watch ??= calmAlarm(platform, ring);
    meter ??= consent && createMeter(platform, consent);
    const guest: Guest = {
      principal,
      key,
      allowance,
      conversation: undefined as unknown as HostSession,
      live: undefined,
    };
    guest.conversation = openHostSession(port, platform, watch, limits, now, {
      account,
      answer: receive({
        authorities,
        limits,
        platform,
        alarm: watch,
        allowance,
        account,
        meter,
        principal,
        key,
        port: name,
        mine,
        others,
        instance,
        newSession: () => `${instance}.${++admitted}`,
        refusal: refusalText,
        hint,
        logRefusal,
        began(live) {
          guest.live = live;
        },
      }),
      over(reason) {
        const at = guests.indexOf(guest);
        if (at >= 0) guests.splice(at, 1);
        const violated = reason.code === 'PROTOCOL_VIOLATION';
        const session = guest.live?.session.id;
        log?.({
          level: violated ? 'warn' : 'info',
          event: violated ? 'violation' : 'ended',
          message: `session of ${describePrincipal(principal)} ended: ${reason.message}`,
          principal,
          ...(session ? { session } : {}),
        });
        if (session) consent?.ended(session);
        if (violated) strike(principal, allowance, platform.now());
      },
    });
    guests.push(guest);
  };

  return {
    accept,
    end: (key, reason) =>
      endAll(reason, ({ key: its, principal }) => its === key || partyOf(principal) === key),
    endAll: (reason) => endAll(reason, () => true),
    refresh(key) {
      for (const guest of guests.slice()) if (key === undefined || guest.key === key) guest.live?.refresh();
    },
    get live() {
      return guests.flatMap(({ live }) => (live ? [live.session] : []));
    },
    get sessions() {
      return guests.length;
    },
  };
};

const isOpen = ({ verdicts }: Judged): boolean => !(verdicts instanceof Promise) && maySee(verdicts);

/** Whether a rule is still at it, or has to wait for what comes with the hello. */
const isUnsettled = ({ verdicts }: Judged): boolean =>
  verdicts instanceof Promise || [...verdicts.values()].some(({ verdict }) => verdict === 'wait');

/** One sentence for the whole host, so that it gives away no more to one caller than to another. */
const tlsHint = (publications: ReadonlyMap<string, readonly Publication[]>): string => {
  const requires = [...publications.values()].flat().some((each) => rulesForTlsChannels(each).length > 0);
  return requires ? '; it requires a TLS channel ID for something, which no current browser supplies' : '';
};
