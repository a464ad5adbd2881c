import type { Limits } from '../limits/limits.js';
import { type Codec, Conversion } from '../protocol/conversion.js';
import type { BatchWriter } from '../wire/batch-writer.js';
import { EVENT } from '../wire/frames.js';
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
}

/** An event of a host. Belongs to the host, not to a session: whoever has something to tell emits once. */
export interface EventSource {
  /**
   * Tells every subscriber. Copies the payload before it returns.
   * @throws {PorticoError} INVALID_ARGUMENT when the payload doesn't fit the schema
   */
  emit(payload: unknown): void;
  subscribe(id: number, context: SubscriberContext, credit: number): Subscriber;
  readonly subscribers: number;
}

interface Queued {
  readonly number: number;
  readonly value: unknown;
  readonly size: number;
  readonly key: unknown;
}

/** A slow reader never grows the host's heap: beyond the queue, events are dropped, and numbers tell the gap. */
export const createEventSource = (
  path: string,
  coalesceBy: string | undefined,
  limits: Limits,
): EventSource => {
  const subscribers = new Set<ReturnType<typeof createSubscriber>>();

  const encodeFor = (encode: Codec, payload: unknown): Omit<Queued, 'number'> => {
    const conversion = new Conversion(limits);
    const value = convertOrThrow(encode, payload, conversion, 'INVALID_ARGUMENT', `${path}: payload`);
    // Read off the copy: the payload may say something else by now.
    const key = coalesceBy && (value as Record<string, unknown>)[coalesceBy];
    return { value, size: conversion.weight, key };
  };

  return {
    emit(payload) {
      const encodings = new Map<Codec, Omit<Queued, 'number'>>();
      for (const { encode } of subscribers) {
        if (!encodings.has(encode)) encodings.set(encode, encodeFor(encode, payload));
      }
      // Only when every encoding is there: an event that doesn't fit reaches nobody.
      for (const subscriber of subscribers)
        subscriber.take(encodings.get(subscriber.encode) as Omit<Queued, 'number'>);
    },
    subscribe(id, context, credit) {
      const subscriber = createSubscriber(id, context, credit, coalesceBy !== undefined, limits);
      subscribers.add(subscriber);
      return {
        credit: subscriber.credit,
        encodeBy: subscriber.encodeBy,
        leave: () => subscribers.delete(subscriber),
      };
    },
    get subscribers() {
      return subscribers.size;
    },
  };
};

const createSubscriber = (
  id: number,
  { writer, encode: first }: SubscriberContext,
  granted: number,
  coalesces: boolean,
  limits: Limits,
) => {
  let queue: Queued[] = [];
  let credit = Math.min(granted, limits.eventQueue);
  let number = 0;

  const drain = (): void => {
    let sent = 0;
    for (; sent < queue.length && credit > 0; sent++, credit--) {
      const { number: its, value, size } = queue[sent] as Queued;
      writer.push([EVENT, id, its, value], size);
    }
    if (sent > 0) queue = queue.slice(sent);
  };

  const subscriber = {
    encode: first,
    encodeBy(encode: Codec) {
      if (encode === subscriber.encode) return;
      subscriber.encode = encode;
      queue = [];
    },
    take(event: Omit<Queued, 'number'>) {
      if (credit > 0) {
        credit--;
        writer.push([EVENT, id, number++, event.value], event.size);
        return;
      }
      if (coalesces) {
        // Superseded, not lost: the later one takes the earlier's place and number.
        const at = queue.findIndex(({ key }) => key === event.key);
        if (at >= 0) {
          queue[at] = { ...event, number: (queue[at] as Queued).number };
          return;
        }
      }
      if (queue.length < limits.eventQueue) queue.push({ ...event, number });
      // Else it is lost; its number is missing, and so the reader knows.
      number++;
    },
    credit(amount: number) {
      credit = Math.min(credit + amount, limits.eventQueue);
      drain();
    },
  };
  return subscriber;
};
