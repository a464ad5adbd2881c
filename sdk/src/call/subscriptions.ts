import { fromWire, PorticoError } from '../errors/portico-error.js';
import type { Limits } from '../limits/limits.js';
import { type Codec, FAIL, receive } from '../protocol/conversion.js';
import { CREDIT, type Frame, SUBSCRIBE, UNSUBSCRIBE } from '../wire/frames.js';
import { isId } from '../wire/read-batch.js';
import type { Outlet } from './caller.js';

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
  /** The version that brought it, if not the first of its major. */
  readonly since?: string | undefined;
  readonly decode: Codec;
}

/** Events in order, from the moment of subscribing. Iterate it once; leaving the loop unsubscribes. */
export type Subscription<T> = AsyncIterableIterator<T>;

interface Reader {
  readonly event: SubscribableEvent;
  id: number;
  push(number: number, payload: unknown): void;
  end(error: PorticoError | undefined): void;
}

/** The subscriptions of one connection. */
export interface Subscriptions {
  /** With an `error` the iteration only ever gives that: events don't throw when they are asked for. */
  subscribe(
    event: SubscribableEvent,
    options?: SubscribeOptions,
    error?: PorticoError,
  ): Subscription<unknown>;
  attach(outlet: Outlet): void;
  /** The session ended; with `keep` nothing of it arrived, and the subscriptions wait for the next one. */
  detach(error: PorticoError, keep: boolean): void;
  /** Frames EVENT and END. Gives what rule they break, if any. */
  onEvent(frame: Frame): string | undefined;
  onEnd(frame: Frame): string | undefined;
  /** Ends the subscriptions to events that a test picks, with what it gives. */
  rejectWhere(test: (event: SubscribableEvent) => PorticoError | undefined): void;
  readonly busy: boolean;
}

export const createSubscriptions = (limits: Limits): Subscriptions => {
  const readers = new Set<Reader>();
  const byId = new Map<number, Reader>();
  let outlet: Outlet | undefined;
  let highest = 0;

  const start = (reader: Reader, on: Outlet): void => {
    reader.id = highest = on.nextId();
    byId.set(reader.id, reader);
    on.writer.push([SUBSCRIBE, reader.id, reader.event.path, limits.eventCredit]);
  };
  const forget = (reader: Reader): void => {
    readers.delete(reader);
    byId.delete(reader.id);
  };

  return {
    subscribe(event, options = {}, error) {
      const { signal, onGap } = options;
      let buffer: unknown[] = [];
      let taken = 0;
      let expected = 0;
      let done = false;
      let failure: PorticoError | undefined;
      let waiting: { resolve(result: IteratorResult<unknown>): void; reject(error: unknown): void }[] = [];

      const end = (error: PorticoError | undefined): void => {
        if (done) return;
        done = true;
        failure = error;
        forget(reader);
        signal?.removeEventListener('abort', leave);
        for (const { resolve, reject } of waiting) {
          if (failure) reject(failure);
          else resolve({ done: true, value: undefined });
          // An error is told once; after that the iteration is over.
          failure = undefined;
        }
        waiting = [];
      };
      const stop = (error: PorticoError | undefined): void => {
        if (!done && reader.id !== 0) outlet?.writer.push([UNSUBSCRIBE, reader.id]);
        end(error);
      };
      const leave = (): void => {
        buffer = [];
        stop(undefined);
      };
      // What the reader has taken, the host may send again: a slow reader never fills this buffer.
      const took = (): void => {
        if (++taken < limits.eventCredit / 2) return;
        if (!done) outlet?.writer.push([CREDIT, reader.id, taken]);
        taken = 0;
      };

      const reader: Reader = {
        event,
        id: 0,
        push(number, payload) {
          const missed = number - expected;
          expected = number + 1;
          if (missed > 0) {
            if (!onGap) {
              stop(
                new PorticoError('EVENTS_MISSED', `${missed} of ${event.path} were lost`, {
                  data: { missed },
                }),
              );
              return;
            }
            // Its failures are its author's: they must not take the rest of the message with them.
            queueMicrotask(() => onGap(missed));
          }
          if (missed < 0) {
            stop(new PorticoError('PROTOCOL_VIOLATION', `${event.path} came out of order`));
            return;
          }
          const value = receive(event.decode, payload, limits);
          if (value === FAIL) {
            stop(new PorticoError('INVALID_RESULT', `${event.path} does not fit the protocol`));
            return;
          }
          const next = waiting.shift();
          if (next) {
            took();
            next.resolve({ done: false, value });
          } else if (buffer.length < limits.eventCredit) buffer.push(value);
          // Only a host that ignores the credit gets here: this side's heap is not its to fill.
          else stop(new PorticoError('PROTOCOL_VIOLATION', `more of ${event.path} than asked for`));
        },
        end,
      };

      const iterator: Subscription<unknown> = {
        [Symbol.asyncIterator]: () => iterator,
        next() {
          if (buffer.length > 0) {
            took();
            return Promise.resolve({ done: false, value: buffer.shift() });
          }
          if (!done) return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
          const error = failure;
          failure = undefined;
          return error ? Promise.reject(error) : Promise.resolve({ done: true, value: undefined });
        },
        return() {
          leave();
          return Promise.resolve({ done: true, value: undefined });
        },
      };

      readers.add(reader);
      if (error || signal?.aborted) end(error);
      else {
        signal?.addEventListener('abort', leave, { once: true });
        if (outlet) start(reader, outlet);
      }
      return iterator;
    },
    attach(next) {
      if (outlet) {
        outlet = next;
        return;
      }
      outlet = next;
      for (const reader of readers) start(reader, next);
    },
    detach(error, keep) {
      outlet = undefined;
      highest = 0;
      byId.clear();
      if (!keep) for (const reader of [...readers]) reader.end(error);
    },
    onEvent(frame) {
      const [, id, first] = frame;
      if (!isId(id) || id > highest || !isId(first)) return 'an EVENT for no subscription';
      for (let i = 3; i < frame.length; i++) byId.get(id)?.push(first + i - 3, frame[i]);
      return undefined;
    },
    onEnd(frame) {
      const [, id] = frame;
      if (!isId(id) || id > highest) return 'an END for no subscription';
      byId.get(id)?.end(fromWire(frame[2]));
      return undefined;
    },
    rejectWhere(test) {
      for (const reader of [...readers]) {
        const error = test(reader.event);
        if (error) reader.end(error);
      }
    },
    get busy() {
      return readers.size > 0;
    },
  };
};
