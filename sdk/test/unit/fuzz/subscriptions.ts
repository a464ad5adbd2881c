import { LIMITS } from './limits.js';
import { EVENTS } from './members.js';

interface Event {
  readonly number: number;
  readonly payload: { readonly id: number };
}

/** A subscription, as section 8 of the wire has it. */
export interface Subscription {
  readonly event: string;
  emit(payload: Event['payload']): void;
  credit(amount: number): void;
  leave(): void;
  /** All events that were to be sent, with their numbers. */
  readonly sent: readonly Event[];
}

export const subscription = (event: string, given: number): Subscription => {
  const coalesces = EVENTS.get(event)?.coalesceBy !== undefined;
  const sent: Event[] = [];
  let queue: Event[] = [];
  let credit = Math.min(given, LIMITS.eventQueue);
  let number = 0;
  let left = false;
  return {
    event,
    sent,
    emit(payload) {
      if (left) return;
      const waiting = coalesces ? queue.find((each) => each.payload.id === payload.id) : undefined;
      if (credit > 0) {
        credit--;
        sent.push({ number: number++, payload });
      } else if (waiting) {
        queue = queue.map((each) => (each === waiting ? { number: each.number, payload } : each));
      } else {
        if (queue.length < LIMITS.eventQueue) queue.push({ number, payload });
        number++;
      }
    },
    credit(amount) {
      if (left) return;
      credit = Math.min(credit + amount, LIMITS.eventQueue);
      for (; credit > 0 && queue.length > 0; credit--) sent.push(queue.shift() as Event);
    },
    leave() {
      left = true;
    },
  };
};
