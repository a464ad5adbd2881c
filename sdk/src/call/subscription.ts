import { PorticoError } from '../errors/portico-error.js';
import { type Codec, FAIL, receive } from '../protocol/conversion.js';
import type { Newer } from '../protocol/parts.js';
import { CREDIT, SUBSCRIBE, UNSUBSCRIBE } from '../wire/frames.js';
import type { Request, Requests } from './requests.js';

/** What a subscriber may say. */
export interface SubscribeOptions {
  /** Ends the subscription; the iteration ends without an error. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Told how many events were lost between two that arrived. Without it a gap ends the iteration
   * with EVENTS_MISSED.
   */
  readonly onGap?: ((missed: number) => void) | undefined;
}

/** An event as the subscribing side needs it. */
export interface SubscribableEvent {
  readonly path: string;
  readonly newer: Newer | undefined;
  readonly decode: Codec;
}

/** Taken events are given back as credit at the latest after so many: a host may hold the credit lower than was asked. */
const MOST_TAKEN = 32;

type Next = IteratorResult<unknown>;

/** Events in order, from the moment of subscribing. Iterate it once; leaving the loop unsubscribes. */
export type Subscription<T> = AsyncIterableIterator<T>;

/** Subscribes. What keeps it from being made is told by the iteration: events don't throw when they are asked for. */
export const subscribe = (
  { path, newer, decode }: SubscribableEvent,
  { signal, onGap }: SubscribeOptions,
  requests: Requests,
): Subscription<unknown> => {
  const { limits } = requests;
  const buffer: unknown[] = [];
  /** Those who wait for the next event. */
  const readers: ((result: Next | Promise<Next>) => void)[] = [];
  let taken = 0;
  let expected = 0;
  let done = false;
  let failure: PorticoError | undefined;

  /** What a reader gets when there is nothing to wait for. An error is told once; after that it is over. */
  const ending = (): Promise<Next> => {
    const told = failure;
    failure = undefined;
    return told ? Promise.reject(told) : Promise.resolve({ done: true, value: undefined });
  };
  const give = (value: unknown): Next => {
    // What the reader has taken, the host may send again: a slow reader never fills the buffer.
    if (++taken >= Math.min(limits.eventCredit / 2, MOST_TAKEN) && !done) {
      requests.writer?.push([CREDIT, request.id, taken]);
      taken = 0;
    }
    return { done: false, value };
  };
  const stop = (error: PorticoError): void => requests.withdraw(request, error);

  const request: Request = {
    path,
    newer,
    id: 0,
    expires: Number.POSITIVE_INFINITY,
    send: (writer) => writer.push([SUBSCRIBE, request.id, path, limits.eventCredit]),
    cancel: UNSUBSCRIBE,
    fail(why) {
      done = true;
      // Leaving is no failure, and what was not read by then is not wanted.
      if (why.code === 'ABORTED' && why.origin === 'local') buffer.length = 0;
      else failure = why;
      for (const read of readers.splice(0)) read(ending());
    },
    event(number, payload) {
      const missed = number - expected;
      expected = number + 1;
      if (missed < 0) return stop(new PorticoError('PROTOCOL_VIOLATION', `${path} came out of order`));
      if (missed > 0 && !onGap)
        return stop(new PorticoError('EVENTS_MISSED', `${path} lost ${missed}`, { data: { missed } }));
      // Its failures are its author's: they must not take the rest of the message with them.
      if (missed > 0) queueMicrotask(() => onGap?.(missed));
      const value = receive(decode, payload, limits);
      if (value === FAIL)
        return stop(new PorticoError('INVALID_RESULT', `${path} does not fit the protocol`));
      const read = readers.shift();
      if (read) read(give(value));
      // Only a host that ignores the credit fails here: this side's heap is not its to fill.
      else if (buffer.length < limits.eventCredit) buffer.push(value);
      else stop(new PorticoError('PROTOCOL_VIOLATION', `${path} came unasked`));
    },
  };

  requests.add(request, signal);
  const iterator: Subscription<unknown> = {
    [Symbol.asyncIterator]: () => iterator,
    next() {
      if (buffer.length > 0) return Promise.resolve(give(buffer.shift()));
      return done ? ending() : new Promise((resolve) => readers.push(resolve));
    },
    return() {
      buffer.length = 0;
      failure = undefined;
      stop(new PorticoError('ABORTED', path));
      return ending();
    },
  };
  return iterator;
};
