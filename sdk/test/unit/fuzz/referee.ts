import { KIND } from '../../support/kinds.js';
import type { Role } from './generate.js';
import { admission, type ReadHello, readBody } from './hello-rules.js';
import { LIMITS } from './limits.js';
import { EVENTS, METHODS, type Terms } from './members.js';
import { type Subscription, subscription } from './subscriptions.js';
import { isOutlandish, levelsOf, sizeOf, stepsOf } from './weights.js';

type Frame = readonly unknown[];

/** What may come back for a call. */
export interface Expected {
  readonly codes: Set<string>;
  /** The result, where there may be one. */
  value?: { readonly of: unknown };
  /** Whether something must come back. */
  must: boolean;
  /** Of a call that runs: what it counts for. */
  readonly running?: 'surely' | 'perhaps';
}

/** How the host ends a session. */
export interface Ending {
  readonly kind: number;
  readonly code: string;
}

/** Deadlines below this pass before calls are released, those above `LONG` do not. */
const SHORT = 150;
const LONG = 200_000;
const MOST_D = 2 ** 31 - 1;

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * Judges one session by the wire alone: it reads what the host reads, and says what has to come back. Where time
 * or a bound that is reckoned roughly decides, it takes either answer.
 */
export class Referee {
  state: 'waiting' | 'deciding' | 'open' | 'left' | 'over' = 'waiting';
  ending: Ending | undefined;
  terms: Terms = { grants: new Set(), nativeBytes: false };
  admitted: Exclude<ReturnType<typeof admission>, { refused: string }> | undefined;
  readonly calls = new Map<number, Expected>();
  readonly subscriptions = new Map<number, Subscription>();
  /** Subscriptions that are answered with an END, and its code. */
  readonly ends = new Map<number, string>();
  private readonly live = new Set<number>();
  /** Handlers of cancelled calls, which run until they are released. */
  private readonly cancelled = { surely: 0, perhaps: 0 };
  private soon = new Set<number>();
  private highest = 0;
  private held: (readonly Frame[])[] = [];
  private hello: ReadHello | undefined;
  private isDecided: boolean;
  /** Of the message that is being read. */
  private size = 0;
  private steps = 0;

  constructor(
    private readonly role: Role,
    private readonly isPublished: boolean,
  ) {
    this.isDecided = role !== 'slow';
  }

  /** A message has arrived at the host. */
  read(message: unknown): void {
    if (this.state === 'over' || this.state === 'left') return;
    const frames = this.framesOf(message);
    if (!frames) this.violated();
    else if (frames.length === 0) return;
    else if (this.state === 'waiting') this.greet(frames);
    else if (this.state === 'deciding') this.hold(frames);
    else {
      this.soon.clear();
      this.readAll(frames);
    }
  }

  /** Whoever is not even listened to. */
  refuse(): void {
    this.end(KIND.REFUSE, 'REFUSED');
  }

  /** The rules have decided. */
  decide(): void {
    this.isDecided = true;
    if (this.state !== 'deciding' || !this.hello) return;
    const settled = this.isPublished ? admission(this.role, this.hello) : { refused: 'REFUSED' };
    if ('refused' in settled) {
      this.end(KIND.REFUSE, settled.refused);
      return;
    }
    this.state = 'open';
    this.admitted = settled;
    this.terms = { grants: new Set(settled.granted), nativeBytes: this.hello.nativeBytes };
    this.soon.clear();
    for (const frames of this.held) this.readAll(frames);
    this.held = [];
  }

  /** The host has emitted an event. */
  emit(event: string, payload: { readonly id: number }): void {
    if (this.state !== 'open') return;
    for (const each of this.subscriptions.values()) if (each.event === event) each.emit(payload);
  }

  private framesOf(message: unknown): readonly Frame[] | undefined {
    if (!Array.isArray(message)) return undefined;
    const frames = Array.from(message as unknown[]);
    if (!frames.every((frame) => Array.isArray(frame) && isId(frame[0]))) return undefined;
    const lengths = (frames as Frame[]).reduce((sum, { length }) => sum + length, 0);
    return lengths > 6 * LIMITS.messageItems ? undefined : (frames as Frame[]);
  }

  private greet(frames: readonly Frame[]): void {
    const [[kind, body]] = frames as [Frame];
    const hello = kind === KIND.HELLO ? readBody(body) : 'none';
    if (typeof hello === 'string') {
      this.violated();
      return;
    }
    this.hello = hello;
    this.state = 'deciding';
    if (this.role === 'slow') this.hold(frames.slice(1));
    else this.held.push(frames.slice(1));
    if (this.isDecided) this.decide();
  }

  private hold(frames: readonly Frame[]): void {
    this.held.push(frames);
    if (this.held.length > LIMITS.earlyMessages || isOutlandish(frames))
      this.end(KIND.REFUSE, 'LIMIT_EXCEEDED');
  }

  private end(kind: number, code: string): void {
    this.ending = { kind, code };
    this.stop('over');
  }

  private violated(): void {
    this.end(this.state === 'open' ? KIND.GOODBYE : KIND.REFUSE, 'PROTOCOL_VIOLATION');
  }

  /** What runs is aborted, and may have been answered before. */
  private stop(state: 'left' | 'over'): void {
    for (const [id, call] of this.calls)
      if (state === 'left' || this.live.has(id) || this.soon.has(id)) call.must = false;
    this.state = state;
    this.live.clear();
  }

  private readAll(frames: readonly Frame[]): void {
    this.size = this.steps = 0;
    for (const frame of frames) {
      if (this.state !== 'open') return;
      if (frame[0] === KIND.GOODBYE) this.stop('left');
      else if ((frame[0] as number) < 64 && !this.frame(frame)) this.violated();
    }
  }

  /** Whether the frame keeps the rules. */
  private frame(frame: Frame): boolean {
    switch (frame[0]) {
      case KIND.CALL:
        return this.call(frame);
      case KIND.CANCEL:
        return this.cancel(frame);
      case KIND.SUBSCRIBE:
        return this.subscribe(frame);
      case KIND.UNSUBSCRIBE:
        return this.unsubscribe(frame);
      case KIND.CREDIT:
        return this.credit(frame);
      default:
        return false;
    }
  }

  private claim(first: number, count: number): boolean {
    if (first <= this.highest) return false;
    this.highest = first + (count - 1);
    return true;
  }

  private call([, first, path, options, ...values]: Frame): boolean {
    const count = values.length;
    if (!isId(first) || typeof path !== 'string' || count < 1 || !isId(first + (count - 1))) return false;
    if (!this.claim(first, count)) return false;
    const d = deadlineOf(options);
    if (d === undefined) return false;
    values.forEach((params, i) => {
      const expected = this.expect(first + i, path, params, d);
      this.calls.set(first + i, expected);
    });
    return true;
  }

  private expect(id: number, path: string, params: unknown, d: number): Expected {
    const method = METHODS.get(path);
    if (!method) {
      const capability = EVENTS.get(path)?.capability;
      const code = capability && !this.terms.grants.has(capability) ? 'CAPABILITY_REFUSED' : 'UNKNOWN_MEMBER';
      return { codes: new Set([code]), must: true };
    }
    if (!this.terms.grants.has(method.capability))
      return { codes: new Set(['CAPABILITY_REFUSED']), must: true };
    const room = this.room();
    if (room === 'none') return { codes: new Set(['LIMIT_EXCEEDED']), must: true };
    const codes = new Set<string>(room === 'perhaps' ? ['LIMIT_EXCEEDED'] : []);
    this.size += sizeOf(params);
    this.steps += stepsOf(params);
    const fits = method.fits(params);
    const isHeavy =
      sizeOf(params) > LIMITS.valueSize || this.size > LIMITS.messageSize || this.steps > LIMITS.messageSteps;
    const isDeep =
      path === 'control.echo' && levelsOf((params as { value?: unknown } | null)?.value) > LIMITS.depth;
    if (isHeavy || isDeep) codes.add('LIMIT_EXCEEDED');
    if (!fits) {
      codes.add('INVALID_PARAMS');
      return { codes, must: true };
    }
    if (
      isDeep ||
      (path === 'control.echo' && sizeOf((params as { value: unknown }).value) > LIMITS.valueSize)
    )
      return { codes, must: true };
    const value = { of: method.answer(params as never, this.terms) };
    if (method.answers === 'now') return { codes, value, must: true };
    if (method.answers === 'soon') {
      this.soon.add(id);
      return { codes, value, must: true };
    }
    if (d > 0 && d < LONG) codes.add('DEADLINE_EXCEEDED');
    this.live.add(id);
    const running = codes.size > 0 ? 'perhaps' : 'surely';
    return d > 0 && d < SHORT ? { codes, must: true, running } : { codes, value, must: true, running };
  }

  /** Whether there is room for one more call. */
  private room(): 'some' | 'perhaps' | 'none' {
    const running = [...this.live].map((id) => this.calls.get(id)?.running);
    const surely = running.filter((each) => each === 'surely').length;
    const most = this.live.size + this.soon.size;
    const { cancelled } = this;
    if (surely >= LIMITS.calls || surely + cancelled.surely >= 2 * LIMITS.calls) return 'none';
    return most < LIMITS.calls && most + cancelled.surely + cancelled.perhaps < 2 * LIMITS.calls
      ? 'some'
      : 'perhaps';
  }

  private cancel([, id]: Frame): boolean {
    if (!isId(id)) return false;
    const call = this.calls.get(id);
    if (!call) return true;
    // What is answered soon settles soon.
    const isLive = this.live.delete(id);
    if (this.soon.delete(id) || isLive) {
      call.must = false;
      delete call.value;
      this.cancelled[isLive && call.running === 'surely' ? 'surely' : 'perhaps']++;
    }
    return true;
  }

  private subscribe([, id, path, credit]: Frame): boolean {
    if (!isId(id) || typeof path !== 'string' || !isId(credit) || !this.claim(id, 1)) return false;
    const capability = (EVENTS.get(path) ?? METHODS.get(path))?.capability;
    if (!capability) this.ends.set(id, 'UNKNOWN_MEMBER');
    else if (!this.terms.grants.has(capability)) this.ends.set(id, 'CAPABILITY_REFUSED');
    else if (!EVENTS.has(path)) this.ends.set(id, 'UNKNOWN_MEMBER');
    else if (this.subscribed.size >= LIMITS.subscriptions) this.ends.set(id, 'LIMIT_EXCEEDED');
    else {
      this.subscribed.add(id);
      this.subscriptions.set(id, subscription(path, credit));
    }
    return true;
  }

  private readonly subscribed = new Set<number>();

  private unsubscribe([, id]: Frame): boolean {
    if (!isId(id) || id > this.highest) return false;
    this.subscriptions.get(id)?.leave();
    this.subscribed.delete(id);
    return true;
  }

  private credit([, id, amount]: Frame): boolean {
    if (!isId(id) || id > this.highest || !isId(amount)) return false;
    this.subscriptions.get(id)?.credit(amount);
    return true;
  }
}

/** The deadline in a call's options, 0 for none; `undefined` where they are malformed. */
const deadlineOf = (options: unknown): number | undefined => {
  if (options === 0) return 0;
  if (typeof options !== 'object' || options === null) return undefined;
  const d = Object.hasOwn(options, 'd') ? (options as { d: unknown }).d : 0;
  return typeof d === 'number' && d >= 0 && d <= MOST_D ? d : undefined;
};
