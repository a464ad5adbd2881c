import type { ClientLimits } from '../limits/limits.js';
import { CALL, EVENT, type Frame, RESULT } from './frames.js';
import type { Transport } from './transport.js';

/**
 * Collects frames and sends them as one message at the end of the microtask queue, in order.
 * `size` is a value's weight in characters and bytes.
 */
export interface BatchWriter {
  push(frame: Frame): void;
  /**
   * An item of a kind that is folded: it joins the frame before it if that is for the same thing (`of`), has the
   * number before its own, and neither has options.
   */
  fold(kind: number, number: number, of: unknown, options: unknown, value: unknown, size: number): void;
  /** Sends what there is, and ends the transport. */
  close(): void;
}

/** How one side folds: each sends kinds of its own. */
export interface Folding {
  /** A frame with one item. */
  frame(kind: number, number: number, of: unknown, options: unknown, value: unknown): unknown[];
  /** The frames that a folded frame stands for. */
  unfolded(frame: Frame): readonly Frame[];
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
  limits: ClientLimits,
  folding: Folding,
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
      for (const frame of sending.flatMap(folding.unfolded)) {
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

  return {
    push(frame) {
      batch.push(frame);
      openKind = -1;
      added(0);
    },
    fold(kind, number, of, options, value, size) {
      if (kind === openKind && number === next && of === openFor && options === 0) {
        open.push(value);
      } else {
        open = folding.frame(kind, number, of, options, value);
        batch.push(open as unknown as Frame);
        openKind = options === 0 ? kind : -1;
        openFor = of;
      }
      next = number + 1;
      added(size);
    },
    close() {
      flush();
      transport.close();
    },
  };
};

/** A client folds calls. */
export const clientFolding: Folding = {
  frame: (kind, id, member, options, params) => [kind, id, member, options, params],
  unfolded(frame) {
    const [kind, first, member, options, ...params] = frame as [number, number, ...unknown[]];
    return kind === CALL ? params.map((each, i) => [kind, first + i, member, options, each]) : [frame];
  },
};

/** A host folds results and events. */
export const hostFolding: Folding = {
  frame: (kind, number, of, _options, value) =>
    kind === EVENT ? [kind, of, number, value] : [kind, number, value],
  unfolded(frame) {
    const [kind, first, second] = frame as unknown as [number, number, number];
    if (kind === RESULT) return frame.slice(2).map((value, i) => [RESULT, first + i, value]);
    if (kind === EVENT) return frame.slice(3).map((payload, i) => [EVENT, first, second + i, payload]);
    return [frame];
  },
};
