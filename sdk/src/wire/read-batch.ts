import type { Limits } from '../limits/limits.js';
import type { Batch, Frame } from './frames.js';

/** The frames of a message, or what rule it breaks. Looks at the envelope only: each frame's reader checks the rest. */
export const readBatch = (message: unknown, limits: Limits): Batch | string => {
  if (!Array.isArray(message)) return 'a message must be a list of frames';
  let items = 0;
  for (const frame of message) {
    if (!Array.isArray(frame) || !isId(frame[0])) return 'a frame must be a list that begins with its kind';
    // What came in one frame counts as what it stands for.
    items += frame.length;
  }
  // A folded frame has up to four elements of its own, a plain one is no longer than six.
  return items > 6 * limits.messageItems ? 'more items than one message may have' : (message as Frame[]);
};

/** Whether it can be a kind, an id or a count: a safe integer that is not negative. */
export const isId = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;
