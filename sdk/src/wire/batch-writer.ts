import type { ClientLimits } from '../limits/limits.js';
import { CALL, EVENT, type Frame, RESULT } from './frames.js';
import type { Transport } from './transport.js';

/** Collects frames and sends them as one message at the end of the microtask queue, in order. */
export interface BatchWriter {
  /** `size` is the weight of its value: characters, bytes and the steps that reading it takes. */
  push(frame: Frame, size?: number): void;
  /** Sends what there is, and ends the transport. */
  close(): void;
}

/**
 * What frames of a kind have before their value, and where among it their number is: the frame joins the one before
 * it if that has the same there, and the number before its own.
 */
type Head = readonly [length: number, number: number];

/** The kinds that one side folds, with their heads. */
export type Folding = ReadonlyMap<number, Head>;

/** A client folds calls, which have the same options only where they have none. */
export const CLIENT_FOLDING: Folding = /* @__PURE__ */ new Map([[CALL, [4, 1]]]);

/** A host folds results and events. */
export const HOST_FOLDING: Folding = /* @__PURE__ */ new Map([
  [RESULT, [2, 1]],
  [EVENT, [3, 2]],
]);

/** For microtasks: `queueMicrotask` costs Chromium several microseconds each time. */
const soon = /* @__PURE__ */ Promise.resolve();

/**
 * Calls, results and events that follow each other are folded into one frame: what makes a thousand
 * calls cost little more than one. For that, one message must not be lost for one bad value in it: when
 * the browser refuses a batch, its items are sent alone, and `unsendable` hears of those that can't be.
 */
export const createBatchWriter = (
  transport: Transport,
  limits: ClientLimits,
  folding: Folding,
  unsendable: (frame: Frame, error: unknown) => void,
): BatchWriter => {
  let batch: Frame[] = [];
  let weight = 0;
  let scheduled = false;
  let seen = 0;

  const flush = (): void => {
    if (batch.length === 0) return;
    const sending = batch;
    batch = [];
    weight = 0;
    try {
      transport.send(folded(sending, folding));
    } catch {
      for (const frame of sending) {
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
    if (batch.length !== seen) {
      seen = batch.length;
      soon.then(settle);
    } else {
      scheduled = false;
      flush();
    }
  };

  return {
    push(frame, size = 0) {
      // What the receiver reads of one message is bounded: only what is too large alone goes beyond the size of a batch.
      if (weight + size > limits.batchSize) flush();
      weight += size;
      if (batch.push(frame) >= limits.batchItems || weight >= limits.batchSize) flush();
      else if (!scheduled) {
        scheduled = true;
        seen = 0;
        soon.then(settle);
      }
    },
    close() {
      flush();
      transport.close();
    },
  };
};

/** The frames with neighbours folded. Leaves the given ones as they are. */
const folded = (frames: readonly Frame[], folding: Folding): readonly Frame[] => {
  if (frames.length === 1) return frames;
  const all: Frame[] = [];
  /** The last of them, if others may join it, and how. */
  let open: unknown[] = [];
  let head: Head | undefined;
  for (const frame of frames) {
    if (head && frame[0] === open[0] && follows(frame, open, head)) open.push(frame[head[0]]);
    else {
      head = folding.get(frame[0]);
      // A copy, if it is to grow.
      open = head ? [...frame] : [];
      all.push(head ? (open as never) : frame);
    }
  }
  return all;
};

const follows = (frame: Frame, before: readonly unknown[], [length, number]: Head): boolean => {
  for (let i = 1; i < length; i++) {
    const expected = i === number ? (before[i] as number) + (before.length - length) : before[i];
    if (frame[i] !== expected) return false;
  }
  return true;
};
