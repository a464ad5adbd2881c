import type { Limits } from '../limits/limits.js';
import { CALL, EVENT, type Frame, RESULT } from './frames.js';
import type { Transport } from './transport.js';

/**
 * Collects frames and sends them as one message at the end of the microtask queue, in order.
 * `size` is a value's weight in characters and bytes.
 */
export interface BatchWriter {
  push(frame: Frame): void;
  call(id: number, member: string, options: unknown, params: unknown, size: number): void;
  result(id: number, value: unknown, size: number): void;
  event(id: number, number: number, payload: unknown, size: number): void;
  /** Sends what there is, now. */
  flush(): void;
}

/** For microtasks: `queueMicrotask` costs Chromium several microseconds each time. */
const soon = /* @__PURE__ */ Promise.resolve();

/**
 * Calls, results and events that follow each other are folded into one frame: what makes a thousand
 * calls cost little more than one. For that, one message must not be lost for one bad value in it: when
 * the browser refuses a batch, its items are sent alone, and `unsendable` hears of those that can't be.
 */
export const createBatchWriter = (
  transport: Transport,
  limits: Limits,
  unsendable: (frame: Frame, error: unknown) => void,
): BatchWriter => {
  let batch: Frame[] = [];
  let items = 0;
  let weight = 0;
  let scheduled = false;
  let seen = 0;
  /** The frame that the next item may join if it has this kind, is for the same thing and has the next number. */
  let open: unknown[] = [];
  let openKind = -1;
  let openFor: unknown;
  let next = 0;

  const flush = (): void => {
    if (items === 0) return;
    const sending = batch;
    batch = [];
    items = 0;
    weight = 0;
    openKind = -1;
    try {
      transport.send(sending);
    } catch {
      for (const frame of sending.flatMap(unfolded)) {
        try {
          transport.send([frame]);
        } catch (error) {
          unsendable(frame, error);
        }
      }
    }
  };

  // Replies that settle a few microtasks apart still share a message: as long as the queue brings
  // more, the flush waits one turn longer. Nothing but microtasks can delay it.
  const settle = (): void => {
    if (items !== seen) {
      seen = items;
      soon.then(settle);
    } else {
      scheduled = false;
      flush();
    }
  };

  const added = (size: number): void => {
    items++;
    weight += size;
    if (items >= limits.batchItems || weight >= limits.batchSize) flush();
    else if (!scheduled) {
      scheduled = true;
      seen = 0;
      soon.then(settle);
    }
  };

  const fold = (
    kind: number,
    number: number,
    of: unknown,
    options: unknown,
    value: unknown,
    size: number,
  ): void => {
    if (kind === openKind && number === next && of === openFor && options === 0) {
      open.push(value);
    } else {
      open =
        kind === CALL
          ? [kind, number, of, options, value]
          : kind === EVENT
            ? [kind, of, number, value]
            : [kind, number, value];
      batch.push(open as unknown as Frame);
      openKind = options === 0 ? kind : -1;
      openFor = of;
    }
    next = number + 1;
    added(size);
  };

  return {
    push(frame) {
      batch.push(frame);
      openKind = -1;
      added(0);
    },
    call: (id, member, options, params, size) => fold(CALL, id, member, options, params, size),
    result: (id, value, size) => fold(RESULT, id, 0, 0, value, size),
    event: (id, number, payload, size) => fold(EVENT, number, id, 0, payload, size),
    flush,
  };
};

/** The frames that a folded frame stands for. */
const unfolded = (frame: Frame): Frame[] => {
  const [kind, first, second, options] = frame as unknown as [number, number, number, unknown];
  if (kind === CALL) return frame.slice(4).map((params, i) => [CALL, first + i, second, options, params]);
  if (kind === RESULT) return frame.slice(2).map((value, i) => [RESULT, first + i, value]);
  if (kind === EVENT) return frame.slice(3).map((payload, i) => [EVENT, first, second + i, payload]);
  return [frame];
};
