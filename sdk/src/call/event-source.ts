import type { Account } from '../accounting/account.js';
import { EVENTS } from '../accounting/kinds.js';
import { Shared } from '../accounting/shared.js';
import type { Limits } from '../limits/limits.js';
import { type Codec, Conversion } from '../protocol/conversion.js';
import type { BatchWriter } from '../wire/batch-writer.js';
import { EVENT } from '../wire/frames.js';
import { heldSize } from '../wire/held-size.js';
import { convertOrThrow } from './member-codecs.js';

/** One subscriber of an event. */
export interface Subscriber {
  /** Lets the host send so many more. */
  credit(amount: number): void;
  /** Encodes by other grants from now on. What waits was encoded by the old ones: it is lost, and the gap is told. */
  encodeBy(encode: Codec): void;
  /** Takes it off the source. */
  leave(): void;
}

/** What a source needs of the session that subscribes. */
export interface SubscriberContext {
  readonly writer: BatchWriter;
  /** Encodes for this session's grants; the same function for the same grants, so that a payload is encoded once. */
  readonly encode: Codec;
  /** What waits is held by it. */
  readonly account: Account;
}

/** An event of a host. Belongs to the host, not to a session: whoever has something to tell emits once. */
export interface EventSource {
  /**
   * Tells every subscriber. Copies the payload before it returns.
   * @throws {PorticoError} INVALID_ARGUMENT when the payload doesn't fit the schema, or throws when it is read;
   * LIMIT_EXCEEDED when it is too large
   */
  emit(payload: unknown): void;
  subscribe(id: number, context: SubscriberContext, credit: number): Subscriber;
  readonly subscribers: number;
}

/** What a place in a queue takes besides the event. */
const PLACE = 128;

/** A payload as it goes out to all who get it alike. */
class Encoded {
  private shared: Shared | undefined;

  constructor(
    readonly value: unknown,
    readonly size: number,
    /** What it is about; `undefined` where it supersedes nothing. */
    readonly key: unknown,
  ) {}

  /** Whether there is room to keep it in one more queue. */
  wait(account: Account, most: number): boolean {
    if (account.hold(EVENTS, PLACE)) return false;
    // Only weighed when somebody is slow.
    this.shared ??= new Shared(EVENTS, heldSize(this.value, most));
    if (!this.shared.holdBy(account)) return true;
    account.release(EVENTS, PLACE);
    return false;
  }

  /** A queue that kept it does no longer. */
  go(account: Account): void {
    this.shared?.releaseBy(account);
    account.release(EVENTS, PLACE);
  }
}

/** A slow reader never grows the host's heap: beyond its bounds, events are dropped, and numbers tell the gap. */
export const createEventSource = (
  path: string,
  coalesceBy: string | undefined,
  limits: Limits,
): EventSource => {
  const subscribers = new Set<Queue>();

  const encodeFor = (encode: Codec, payload: unknown): Encoded => {
    const conversion = new Conversion(limits);
    const value = convertOrThrow(encode, payload, conversion, 'INVALID_ARGUMENT', `${path}: payload`);
    const key = coalesceBy === undefined ? undefined : keyIn(coalesceBy, value, payload);
    return new Encoded(value, conversion.weight, key);
  };

  return {
    emit(payload) {
      const encodings = new Map<Codec, Encoded>();
      for (const { encode } of subscribers) {
        if (!encodings.has(encode)) encodings.set(encode, encodeFor(encode, payload));
      }
      // Only when every encoding is there: an event that doesn't fit reaches nobody.
      for (const subscriber of subscribers) {
        const event = encodings.get(subscriber.encode);
        if (event) subscriber.take(event);
      }
    },
    subscribe(id, context, credit) {
      const subscriber = new Queue(id, context, credit, limits, () => subscribers.delete(subscriber));
      subscribers.add(subscriber);
      return subscriber;
    },
    get subscribers() {
      return subscribers.size;
    },
  };
};

/**
 * By which events supersede each other. Read off the copy, since the payload may say something else by now; unless a
 * gate keeps it out of that.
 */
const keyIn = (name: string, copy: unknown, payload: unknown): unknown => {
  const key = ((Object.hasOwn(copy as object, name) ? copy : payload) as Record<string, unknown>)[name];
  // Objects are never the same twice, and what Object.prototype has is nothing that two events have in common.
  return typeof key === 'function' || (typeof key === 'object' && key !== null) ? undefined : key;
};

/** Events of one subscriber that wait for credit, by number. */
class Queue implements Subscriber {
  encode: Codec;
  private readonly writer: BatchWriter;
  private readonly account: Account;
  private left: number;
  private number = 0;
  private waiting: Map<number, Encoded> | undefined;
  /** Where an event waits, by what it is about: looking through the queue would cost more the longer it is. */
  private places: Map<unknown, number> | undefined;

  constructor(
    private readonly id: number,
    { writer, encode, account }: SubscriberContext,
    credit: number,
    private readonly limits: Limits,
    private readonly remove: () => void,
  ) {
    this.writer = writer;
    this.encode = encode;
    this.account = account;
    this.left = Math.min(credit, limits.eventQueue);
  }

  encodeBy(encode: Codec): void {
    if (encode === this.encode) return;
    this.encode = encode;
    this.clear();
  }

  take(event: Encoded): void {
    if (this.left > 0) {
      this.left--;
      this.writer.push([EVENT, this.id, this.number++, event.value], event.size);
      return;
    }
    // Superseded, not lost: the later one takes the earlier's place and number.
    const superseded = event.key === undefined ? undefined : this.places?.get(event.key);
    const number = superseded ?? this.number++;
    this.waiting ??= new Map();
    const { waiting, account, limits } = this;
    waiting.get(number)?.go(account);
    // Else it is lost, and the one before with it: a number is missing, and so the reader knows.
    const isKept =
      (superseded !== undefined || waiting.size < limits.eventQueue) && event.wait(account, limits.eventSize);
    if (!isKept) this.forget(number, event);
    else {
      waiting.set(number, event);
      if (event.key !== undefined) {
        this.places ??= new Map();
        this.places.set(event.key, number);
      }
    }
  }

  credit(amount: number): void {
    this.left = Math.min(this.left + amount, this.limits.eventQueue);
    for (const [number, event] of this.waiting ?? []) {
      // Writing may find that the port is gone.
      if (this.left === 0 || !this.waiting) return;
      this.left--;
      this.forget(number, event);
      event.go(this.account);
      this.writer.push([EVENT, this.id, number, event.value], event.size);
    }
  }

  leave(): void {
    this.remove();
    this.clear();
  }

  private forget(number: number, { key }: Encoded): void {
    this.waiting?.delete(number);
    if (this.places?.get(key) === number) this.places.delete(key);
  }

  private clear(): void {
    for (const event of this.waiting?.values() ?? []) event.go(this.account);
    this.waiting = this.places = undefined;
  }
}
