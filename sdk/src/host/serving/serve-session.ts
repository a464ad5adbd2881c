import type { Account } from '../../accounting/account.js';
import { surplusError } from '../../accounting/bounds.js';
import { QUESTIONS, SUBSCRIPTIONS, type Surplus } from '../../accounting/kinds.js';
import { Callee } from '../../call/callee.js';
import type { Subscriber } from '../../call/event-source.js';
import { payUnread } from '../../call/pay-unread.js';
import type { Allowance, CalleeContext, ServedMethod } from '../../call/served-method.js';
import { PorticoError, toWire } from '../../errors/portico-error.js';
import type { Limits } from '../../limits/limits.js';
import type { Alarm, Clock } from '../../platform/platform.js';
import { type Conversion, FAIL } from '../../protocol/conversion.js';
import type { SessionHandler } from '../../session/interview.js';
import type { BatchWriter } from '../../wire/batch-writer.js';
import {
  CALL,
  CANCEL,
  CREDIT,
  END,
  ERROR,
  FIRST_IGNORABLE,
  type Frame,
  REQUEST,
  RESULT,
  SUBSCRIBE,
  UNSUBSCRIBE,
} from '../../wire/frames.js';
import { type GrantRequest, readGrantRequest } from '../../wire/handshake.js';
import { heldSize } from '../../wire/held-size.js';
import { isId } from '../../wire/read-batch.js';
import type { Verdict } from '../admission/judge.js';
import type { Confirmation } from '../consent/questions.js';
import type { Publication, PublishedMember } from './publication.js';
import type { OwnedSession } from './session.js';
import { unreadOf } from './unread.js';

export interface ServingContext {
  readonly publication: Publication;
  readonly session: OwnedSession;
  /** What was granted; its session's `grants` are the same names. */
  readonly granted: ReadonlyMap<string, Verdict>;
  readonly clock: Clock;
  readonly alarm: Pick<Alarm, 'at'>;
  readonly limits: Limits;
  readonly writer: BatchWriter;
  readonly nativeBytes: boolean;
  readonly allowance: Allowance;
  readonly account: Account;
  /** Milliseconds on the clock at which something granted ends by itself. */
  readonly endsAt: number;
  /** Told of failures of the host's own code. */
  report(path: string, error: unknown): void;
  /** The client asks for more, or gives some back: resolves when that is done, or says why it is not. */
  request(body: GrantRequest): Promise<PorticoError | undefined>;
  confirm(capability: string, confirmation: Confirmation, signal: AbortSignal): Promise<boolean>;
  readonly usage: ((calls: number, bytes: number) => void) | undefined;
  /** Something granted has come to its end: the session is to be judged afresh. */
  lapsed(): void;
}

/** A session's handler, and what its owner may change about it. */
export interface ServedConversation extends SessionHandler {
  /** What is granted from now on. Ends what is under way of what no longer is. */
  regrant(granted: ReadonlyMap<string, Verdict>, endsAt: number): void;
}

/** What a frame is paid for besides what it brings, in bytes. */
const FRAME = 16;

/** Looked at again after a day: browsers' timers reach no further than 24. */
const DAY = 86_400_000;

/**
 * Serves one admitted session: finds members among what is granted, and nothing else. A class that makes its
 * tables when they are needed: hosts have thousands of idle sessions.
 */
class SessionServer implements ServedConversation, CalleeContext {
  readonly clock: Clock;
  readonly alarm: Pick<Alarm, 'at'>;
  readonly limits: Limits;
  readonly writer: BatchWriter;
  readonly allowance: Allowance;
  readonly account: Account;
  readonly usage: ServingContext['usage'];
  private granted: ReadonlyMap<string, Verdict>;
  private endsAt: number;
  private highest = 0;
  private callee: Callee | undefined;
  private methods: Map<string, ServedMethod> | undefined;
  private subscriptions:
    | Map<number, { readonly member: PublishedMember; readonly subscriber: Subscriber }>
    | undefined;
  private implementations: Map<string, () => Readonly<Record<string, unknown>>> | undefined;

  constructor(private readonly context: ServingContext) {
    this.clock = context.clock;
    this.alarm = context.alarm;
    this.limits = context.limits;
    this.writer = context.writer;
    this.allowance = context.allowance;
    this.account = context.account;
    this.usage = context.usage;
    this.granted = context.granted;
    this.endsAt = context.endsAt;
    this.watchEnd();
  }

  frame(frame: Frame, reading: Conversion): string | undefined {
    const unread = unreadOf(frame);
    if (unread !== undefined) payUnread(this.allowance, this.limits, unread, this.clock.now());
    switch (frame[0]) {
      case CALL:
        this.callee ??= new Callee(this);
        return this.callee.onCall(frame, reading);
      case CANCEL:
        return this.callee ? this.callee.onCancel(frame) : isId(frame[1]) ? undefined : 'a malformed CANCEL';
      case SUBSCRIBE:
        return this.subscribe(frame);
      case UNSUBSCRIBE:
        return this.unsubscribe(frame);
      case CREDIT:
        return this.addCredit(frame);
      case REQUEST:
        return this.request(frame, reading);
      default:
        return frame[0] >= FIRST_IGNORABLE ? undefined : `no frame of kind ${frame[0]} is expected here`;
    }
  }

  expire(now: number): number {
    if (now >= this.endsAt) {
      this.endsAt = Number.POSITIVE_INFINITY;
      this.context.lapsed();
    }
    const end = this.endsAt === Number.POSITIVE_INFINITY ? this.endsAt : Math.min(this.endsAt, now + DAY);
    return Math.min(this.callee?.expire(now) ?? Number.POSITIVE_INFINITY, end);
  }

  unsendable([kind, id]: Frame): void {
    // An error without its data can always be sent.
    if (kind === RESULT || kind === ERROR) this.callee?.onUnsendable(id as number);
  }

  ended(reason: Parameters<SessionHandler['ended']>[0]): void {
    for (const { subscriber } of this.subscriptions?.values() ?? []) this.leave(subscriber);
    this.subscriptions = undefined;
    this.callee?.end(reason.code, reason.message);
    this.context.session.end(reason);
  }

  regrant(granted: ReadonlyMap<string, Verdict>, endsAt: number): void {
    const { session, nativeBytes } = this.context;
    const before = this.granted;
    this.granted = granted;
    this.endsAt = endsAt;
    this.watchEnd();
    session.grant(granted.keys());
    for (const capability of before.keys()) if (!granted.has(capability)) this.revoke(capability);
    // Grants open fields of other capabilities' results and events: nobody goes on by what was granted before.
    for (const [path, method] of this.methods ?? []) {
      const member = this.context.publication.members.get(path) as PublishedMember;
      method.encode = member.encoder(session.grants, nativeBytes);
    }
    for (const { member, subscriber } of this.subscriptions?.values() ?? [])
      subscriber.encodeBy(member.encoder(session.grants, nativeBytes));
  }

  scopeOf(capability: string): readonly unknown[] | undefined {
    return this.granted.get(capability)?.scope;
  }

  confirm(capability: string, confirmation: object, signal: AbortSignal): Promise<boolean> {
    return this.context.confirm(capability, confirmation as Confirmation, signal);
  }

  report(path: string, error: unknown): void {
    this.context.report(path, error);
  }

  claim(first: number, count: number): boolean {
    if (first <= this.highest) return false;
    this.highest = first + count - 1;
    return true;
  }

  find(path: string): ServedMethod | PorticoError {
    const known = this.methods?.get(path);
    if (known) return known;
    const member = this.lookUp(path);
    if (member instanceof PorticoError) return member;
    const { capability, name, method, encoder } = member;
    if (!method) return new PorticoError('UNKNOWN_MEMBER', `${path} is no method`);
    const { session, nativeBytes } = this.context;
    // Not spread: that costs more than all the rest of a first call.
    const served: ServedMethod = {
      path: method.path,
      capability,
      decode: method.decode,
      deadline: method.deadline,
      errors: method.errors,
      encode: encoder(session.grants, nativeBytes),
      // The name is the protocol's, never the peer's; definition keeps it off Object.prototype.
      run: (params, call) => {
        const implementation = this.implementationOf(capability);
        return (implementation[name] as (params: unknown, call: unknown) => unknown).call(
          implementation,
          params,
          call,
        );
      },
    };
    this.methods ??= new Map();
    this.methods.set(path, served);
    return served;
  }

  /** The alarm looks again in time. */
  private watchEnd(): void {
    if (this.endsAt !== Number.POSITIVE_INFINITY)
      this.alarm.at(Math.min(this.endsAt, this.clock.now() + DAY));
  }

  private revoke(capability: string): void {
    this.callee?.revoke(capability);
    for (const [path, method] of this.methods ?? [])
      if (method.capability === capability) this.methods?.delete(path);
    for (const [id, { member, subscriber }] of this.subscriptions ?? []) {
      if (member.capability !== capability) continue;
      this.leave(subscriber);
      this.subscriptions?.delete(id);
      this.writer.push([END, id, toWire(new PorticoError('GRANT_REVOKED', `${capability} was taken back`))]);
    }
    this.implementations?.delete(capability);
  }

  /** The member of that path, or what to answer: a client that was admitted may know what it was not granted. */
  private lookUp(path: string): PublishedMember | PorticoError {
    const member = this.context.publication.members.get(path);
    if (!member) return new PorticoError('UNKNOWN_MEMBER', 'this host has no such member');
    return this.granted.has(member.capability)
      ? member
      : new PorticoError('CAPABILITY_REFUSED', `${member.capability} was not granted`);
  }

  /** Runs the provider once, also where it fails: trying again would run half of it twice. */
  private implementationOf(capability: string): Readonly<Record<string, unknown>> {
    this.implementations ??= new Map();
    let implementation = this.implementations.get(capability);
    if (!implementation) {
      const { publication, session } = this.context;
      try {
        const made = publication.servings.get(capability)?.provide?.(session) ?? {};
        implementation = () => made;
      } catch (error) {
        implementation = () => {
          throw error;
        };
      }
      this.implementations.set(capability, implementation);
    }
    return implementation();
  }

  private subscribe([, id, path, credit]: Frame): string | undefined {
    if (!isId(id) || typeof path !== 'string' || !isId(credit) || !this.claim(id, 1))
      return 'a malformed SUBSCRIBE';
    const surplus = this.charge(path.length);
    const refusal = surplus ? surplusError(surplus) : this.subscribeTo(path, id, credit);
    if (refusal) this.writer.push([END, id, toWire(refusal)]);
    return undefined;
  }

  /** Subscribes, or says why not. */
  private subscribeTo(path: string, id: number, credit: number): PorticoError | undefined {
    const member = this.lookUp(path);
    if (member instanceof PorticoError) return member;
    const { source, encoder } = member;
    if (!source) return new PorticoError('UNKNOWN_MEMBER', `${path} is no event`);
    const surplus = this.account.hold(SUBSCRIPTIONS);
    if (surplus) return surplusError(surplus);
    const { session, nativeBytes } = this.context;
    const { writer, account } = this;
    const encode = encoder(session.grants, nativeBytes);
    const subscriber = source.subscribe(id, { writer, encode, account }, credit);
    this.subscriptions ??= new Map();
    this.subscriptions.set(id, { member, subscriber });
    return undefined;
  }

  private leave(subscriber: Subscriber): void {
    subscriber.leave();
    this.account.release(SUBSCRIPTIONS);
  }

  private unsubscribe([, id]: Frame): string | undefined {
    if (!isId(id) || id > this.highest) return 'a malformed UNSUBSCRIBE';
    const known = this.subscriptions?.get(id);
    if (known) this.leave(known.subscriber);
    this.subscriptions?.delete(id);
    return undefined;
  }

  private addCredit([, id, amount]: Frame): string | undefined {
    if (!isId(id) || id > this.highest || !isId(amount)) return 'a malformed CREDIT';
    // By its bytes alone, and never refused: nobody could tell its sender, whose events would stop.
    this.allowance.bytes(FRAME, this.clock.now());
    this.subscriptions?.get(id)?.subscriber.credit(amount);
    return undefined;
  }

  private request([, id, received]: Frame, reading: Conversion): string | undefined {
    const body = readGrantRequest(received);
    if (!isId(id) || !body || !this.claim(id, 1)) return 'a malformed REQUEST';
    // A small message can name one REQUEST many thousand times.
    if (reading.stepped(1 + body.ask.length + body.drop.length) === FAIL)
      return 'a message whose REQUESTs name too much';
    const answer = (error: PorticoError | undefined): void => {
      this.writer.push(error ? [ERROR, id, toWire(error)] : [RESULT, id, null]);
    };
    const surplus = this.charge(heldSize(body, this.limits.valueSize));
    if (surplus) answer(surplusError(surplus));
    else if (this.account.hold(QUESTIONS))
      answer(new PorticoError('CONSENT_PENDING', 'one request at a time'));
    else {
      const done = (error: PorticoError | undefined): void => {
        this.account.release(QUESTIONS);
        answer(error);
      };
      this.context.request(body).then(done, () => done(new PorticoError('INTERNAL', 'the request failed')));
    }
    return undefined;
  }

  /** What is no call, but costs as much, is paid for like one. */
  private charge(bytes: number): Surplus | undefined {
    const now = this.clock.now();
    const surplus = this.allowance.call(now);
    if (!surplus) this.allowance.bytes(FRAME + bytes, now);
    return surplus;
  }
}

export const serveSession = (context: ServingContext): ServedConversation => new SessionServer(context);
