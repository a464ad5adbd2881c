import { PorticoError } from '../errors/portico-error.js';
import { type Codec, FAIL } from '../protocol/conversion.js';
import type { Newer } from '../protocol/parts.js';
import { CREDIT, SUBSCRIBE } from '../wire/frames.js';
import type { Request, Requests } from './requests.js';

/** What a subscriber may say. */
export interface SubscribeOptions {
  /** Ends the subscription; the iteration ends without an error. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Told how many events were lost between two that arrived, when the later one is read. Without it a gap ends
   * the iteration with EVENTS_MISSED.
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

/** Events in order, from the moment of subscribing. Iterate it once; leaving the loop unsubscribes. */
export type Subscription<T> = AsyncIterableIterator<T>;

/** Subscribes. What keeps it from being made is told by the iteration: events don't throw when they are asked for. */
export const subscribe = (
  { path, newer, decode }: SubscribableEvent,
  { signal, onGap }: SubscribeOptions,
  requests: Requests,
): Subscription<unknown> => {
  const { limits } = requests;
  /** Each event with the number of those lost before it, and what it weighs. */
  const buffer: [value: unknown, missed: number, weight: number][] = [];
  /** What they weigh together. */
  let held = 0;
  let missed = 0;
  /** Of the reader who waits for something to happen. */
  let wake = (): void => {};
  let taken = 0;
  let expected = 0;
  let ended: PorticoError | undefined;

  /** No failure. */
  const isLeaving = (): boolean => ended?.code === 'ABORTED' && ended.origin === 'local';
  const stop = (error: PorticoError): void => requests.withdraw(request, error);
  const unsubscribe = (): void => stop(new PorticoError('ABORTED', path));

  const request: Request = {
    path,
    newer,
    id: 0,
    expires: Number.POSITIVE_INFINITY,
    send: (writer) => writer.push([SUBSCRIBE, request.id, path, limits.eventCredit]),
    end(why) {
      ended = why;
      // What was not read by then is not wanted.
      if (isLeaving()) buffer.length = 0;
      wake();
    },
    event(number, payload, reading) {
      if (number < expected) return stop(new PorticoError('PROTOCOL_VIOLATION', `${path} came out of order`));
      missed += number - expected;
      expected = number + 1;
      const value = reading.convert(decode, payload);
      if (value === FAIL)
        return stop(new PorticoError('INVALID_RESULT', `${path} does not fit the protocol`));
      // Only a host that ignores the credit fails here: this side's heap is not its to fill.
      if (buffer.length >= limits.eventCredit)
        return stop(new PorticoError('PROTOCOL_VIOLATION', `${path} came unasked`));
      const { weight } = reading;
      // The credit bounds how many there are, and not what they weigh. Alone, each may be as large as a value may be.
      const fits = buffer.length === 0 || held + weight <= limits.eventSize;
      if (!fits) missed++;
      if (missed > 0 && !onGap)
        return stop(new PorticoError('EVENTS_MISSED', `${path} lost ${missed}`, { data: { missed } }));
      if (!fits) {
        taken++;
        return;
      }
      held += weight;
      buffer.push([value, missed, weight]);
      missed = 0;
      wake();
    },
  };
  requests.add(request, signal);

  const events = (async function* () {
    try {
      for (;;) {
        if (buffer.length > 0) {
          // What the reader takes, the host may send again: a slow reader never fills the buffer.
          if (++taken >= Math.min(limits.eventCredit / 2, MOST_TAKEN) && !ended) {
            requests.writer?.push([CREDIT, request.id, taken]);
            taken = 0;
          }
          const [value, lost, weight] = buffer.shift() as (typeof buffer)[0];
          held -= weight;
          // Before the event that comes after the gap. Its failures are its author's, and not the loop's.
          if (lost) queueMicrotask(() => onGap?.(lost));
          yield value;
        } else if (!ended)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        else if (isLeaving()) return;
        else throw ended;
      }
    } finally {
      // Also where a reader throws into it.
      unsubscribe();
    }
  })();
  const leave = events.return;
  events.return = () => {
    // Told before the generator is: that hears nothing as long as it waits for an event.
    unsubscribe();
    return leave.call(events, undefined);
  };
  return events;
};
