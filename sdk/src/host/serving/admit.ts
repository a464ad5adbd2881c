import { PorticoError } from '../../errors/portico-error.js';
import type { Lasting } from '../../session/departure.js';
import type { Admitted } from '../../session/interview.js';
import type { BatchWriter } from '../../wire/batch-writer.js';
import { GRANTS } from '../../wire/frames.js';
import { type GrantRequest, type Hello, type Standing, standingFrame } from '../../wire/handshake.js';
import {
  askerOf,
  type Caller,
  judge,
  subjectOf,
  type Verdict,
  type Verdicts,
  whileJudged,
} from '../admission/judge.js';
import { describePrincipal, type Principal } from '../admission/principal.js';
import type { Confirmation } from '../consent/questions.js';
import type { Consent, LiveSession } from '../consent/types.js';
import { type Placed, place, type Settled, standingOf } from './answer-hello.js';
import type { Live, Reception } from './reception.js';
import { type ServedConversation, serveSession } from './serve-session.js';
import { createSession } from './session.js';

/** Lets a caller in. What it may use can change for as long as the session lasts. */
export const admit = (
  reception: Reception,
  hello: Hello,
  lasting: Lasting,
  caller: Caller,
  settled: Settled,
): Admitted => {
  const id = caller.session ?? reception.newSession();
  const standing = standingOf(settled.standing, () => settled.isOver !== true);
  const { granted, refused, pending } = standing;
  const { instance, limits } = reception;
  return {
    welcome: {
      granted,
      refused,
      pending,
      version: settled.version,
      session: id,
      instance,
      calls: limits.calls,
    },
    begin: ({ writer, nativeBytes, afterwards }) =>
      new Stay(reception, hello, lasting, { ...caller, session: id }, settled, standing, id, writer).serve(
        afterwards,
        nativeBytes,
      ),
  };
};

/** The session as consent sees it. A class for its getter: one in an object literal costs a hidden class each. */
class StayingSession implements LiveSession {
  constructor(
    private readonly stay: Stay,
    readonly id: string,
    readonly principal: Principal,
    readonly protocol: string,
    readonly since: number,
  ) {}

  get held(): LiveSession['held'] {
    const { granted, settled } = this.stay;
    return [...granted].flatMap(([capability, { by, until }]) =>
      by === 'person' ? [] : [{ subject: subjectOf(settled.publication, capability), by, until }],
    );
  }
}

/** One admitted session's grants: what it asked for, what it has, and what changes about that. */
class Stay implements Live {
  readonly session: LiveSession;
  private readonly wished: Set<string>;
  private server: ServedConversation | undefined;
  granted: ReadonlyMap<string, Verdict>;
  private round = 0;

  constructor(
    private readonly reception: Reception,
    hello: Hello,
    private readonly lasting: Lasting,
    private readonly caller: Caller,
    readonly settled: Settled,
    private last: Standing,
    id: string,
    private readonly writer: BatchWriter,
  ) {
    const { platform, principal } = reception;
    this.wished = new Set([...hello.needs, ...hello.wants]);
    this.granted = settled.standing.granted;
    this.session = new StayingSession(
      this,
      id,
      principal,
      settled.publication.protocol.name,
      platform.time(),
    );
  }

  serve(afterwards: (run: () => void) => void, nativeBytes: boolean): ServedConversation {
    const { reception, settled, session, caller, writer } = this;
    const { authorities, principal, key, platform, meter } = reception;
    const { consent, log } = authorities;
    const { publication, version, standing } = settled;
    const names = [...standing.granted.keys()];
    // Not before: while the rules made up their mind, the caller may have gone.
    log?.({
      level: 'info',
      event: 'admitted',
      message: `admitted ${describePrincipal(principal)} to ${publication.protocol.name} ${version}: ${names.join(', ') || 'nothing'}`,
      principal,
      session: session.id,
    });
    this.server = serveSession({
      publication,
      session: createSession({ id: session.id, principal, version, grants: names }),
      granted: standing.granted,
      clock: platform,
      alarm: reception.alarm,
      limits: reception.limits,
      writer,
      nativeBytes,
      allowance: reception.allowance,
      account: reception.account,
      endsAt: this.endOf(standing.granted),
      usage: meter && ((calls, bytes) => meter.use(key, principal, calls, bytes)),
      report(path, error) {
        log?.({
          level: 'error',
          event: 'handler-failed',
          message: `${path} failed`,
          principal,
          session: session.id,
          error,
        });
      },
      request: (body) => this.request(body),
      confirm: (capability, confirmation, signal) => this.confirm(capability, confirmation, signal),
      lapsed: () => this.refresh(),
    });
    reception.began(this);
    if (consent) {
      const asker = askerOf(consent, caller);
      const verdicts = [...standing.granted.values()];
      const takesOnce = verdicts.some(({ once }) => once);
      const placed = takesOnce ? this.claim(standing, true) : standing;
      // It is only written down who came: that need not keep anybody waiting.
      if (!takesOnce) afterwards(() => this.note(consent, names));
      if (asker.key && verdicts.some(({ remembers }) => remembers)) consent.rememberKey(principal, asker.key);
      if (placed.asked.length > 0 && !settled.isOver) {
        const refresh = (): void => this.refresh();
        this.ask(consent, placed.asked, false).then(refresh, refresh);
      }
      // Before a call is read.
      if (placed !== standing) this.hold(placed);
    }
    return this.server;
  }

  private note(consent: Consent, names: readonly string[]): void {
    const { session, settled, caller } = this;
    consent.admitted(
      session,
      askerOf(consent, caller),
      names.map((each) => subjectOf(settled.publication, each)),
    );
  }

  /**
   * What was allowed once is the first session's that comes for it, and slow rules may let several come at the same
   * time. For whoever is late, it is as if the person had yet to be asked.
   */
  private claim(placed: Placed, isMore: boolean): Placed {
    const { consent } = this.reception.authorities;
    if (!consent) return placed;
    const { session, settled } = this;
    const granted = [...placed.granted];
    const isLacking = ([name, { once }]: readonly [string, Verdict]): boolean =>
      once === true && !consent.holds(session.id, subjectOf(settled.publication, name));
    if (isMore || granted.some(isLacking)) this.note(consent, [...placed.granted.keys()]);
    const late = granted.filter(isLacking).map(([name]) => name);
    if (late.length === 0) return placed;
    return {
      ...placed,
      granted: new Map(granted.filter(([name]) => !late.includes(name))),
      asked: [...placed.asked, ...late],
    };
  }

  private judge(): Verdicts | Promise<Verdicts> {
    const { reception, settled, caller, lasting } = this;
    return whileJudged(judge(reception.authorities, settled.publication, caller, lasting), lasting);
  }

  private ask(consent: Consent, names: readonly string[], needed: boolean): Promise<void> {
    return consent.ask({
      asker: askerOf(consent, this.caller),
      protocol: this.settled.publication.protocol,
      capabilities: names.map((name) => ({ name, needed })),
      session: this.session.id,
      lasting: this.lasting,
    });
  }

  refresh(): void {
    const verdicts = this.judge();
    const round = ++this.round;
    if (!(verdicts instanceof Promise)) this.apply(verdicts);
    // A later judgement may have been faster.
    else void verdicts.then((settled) => round === this.round && this.apply(settled));
  }

  private apply(verdicts: Verdicts): void {
    const sorted = place(verdicts, this.wished);
    const isMore = [...sorted.granted.keys()].some((each) => !this.granted.has(each));
    this.hold(this.claim(sorted, isMore));
  }

  private hold(placed: Placed): void {
    const { consent } = this.reception.authorities;
    this.granted = placed.granted;
    this.server?.regrant(placed.granted, this.endOf(placed.granted));
    const open = consent?.pending(this.reception.principal);
    const standing = standingOf(
      placed,
      (each) => open?.protocol === this.session.protocol && open.capabilities.includes(each),
    );
    if (JSON.stringify(standing) !== JSON.stringify(this.last)) {
      this.last = standing;
      this.writer.push(standingFrame(GRANTS, standing) as never);
    }
  }

  /** When on the clock the first of what is granted ends. */
  private endOf(granted: ReadonlyMap<string, Verdict>): number {
    const { platform } = this.reception;
    let end = Number.POSITIVE_INFINITY;
    for (const { until } of granted.values()) if (until !== undefined) end = Math.min(end, until);
    return end === Number.POSITIVE_INFINITY ? end : platform.now() + Math.max(0, end - platform.time());
  }

  /** What the client asks for beside what it has, or gives back. */
  private async request({ ask, drop }: GrantRequest): Promise<PorticoError | undefined> {
    const { authorities, principal } = this.reception;
    const { consent } = authorities;
    const { publication } = this.settled;
    const dropped = drop.filter((each) => this.wished.delete(each));
    if (dropped.length > 0) {
      consent?.giveBack(
        principal,
        dropped.map((each) => subjectOf(publication, each)),
      );
      this.refresh();
    }
    if (ask.length === 0) return undefined;
    let placed = this.claim(place(await this.judge(), ask), false);
    if (placed.asked.length > 0 && Object.keys(placed.refused).length === 0 && consent) {
      if (consent.pending(principal))
        return new PorticoError('CONSENT_PENDING', 'the person is being asked already');
      for (const each of ask) this.wished.add(each);
      try {
        const asking = this.ask(consent, placed.asked, true);
        this.refresh();
        await asking;
      } catch (error) {
        return PorticoError.is(error) ? error : new PorticoError('INTERNAL', 'a person could not be asked');
      } finally {
        this.refresh();
      }
      placed = this.claim(place(await this.judge(), ask), false);
    }
    const missing = ask.filter((each) => !placed.granted.has(each));
    for (const each of ask) if (placed.granted.has(each)) this.wished.add(each);
    this.refresh();
    return missing.length === 0 ? undefined : refusalOf(missing, placed);
  }

  private async confirm(
    capability: string,
    confirmation: Confirmation,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { consent } = this.reception.authorities;
    if (!consent) throw new PorticoError('INVALID_ARGUMENT', 'call.confirm needs createHost({ consent })');
    return consent.confirm(
      askerOf(consent, this.caller),
      subjectOf(this.settled.publication, capability),
      confirmation,
      signal,
    );
  }
}

const refusalOf = (missing: readonly string[], { asked, refused, retryAfter }: Placed): PorticoError => {
  const codes = missing.map((each) =>
    asked.includes(each) ? 'CONSENT_DENIED' : Object.hasOwn(refused, each) ? refused[each] : 'UNKNOWN_MEMBER',
  );
  const text = `not granted: ${missing.join(', ')}`;
  if (codes.includes('UNKNOWN_MEMBER')) return new PorticoError('UNKNOWN_MEMBER', text);
  return codes.includes('CAPABILITY_REFUSED')
    ? new PorticoError('CAPABILITY_REFUSED', text)
    : new PorticoError('CONSENT_DENIED', text, {
        data: { capabilities: missing, retryAfter: retryAfter ?? 0 },
      });
};
