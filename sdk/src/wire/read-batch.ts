import type { ClientLimits } from '../limits/limits.js';
import type { Batch, Frame } from './frames.js';

/** The frames of a message; `undefined` when it is no list of frames, or has too many items. Looks at the envelope only: each frame's reader checks the rest. */
export const readBatch = (message: unknown, limits: ClientLimits): Batch | undefined => {
  if (!Array.isArray(message)) return undefined;
  let items = 0;
  for (const frame of message) {
    if (!Array.isArray(frame) || !isId(frame[0])) return undefined;
    // What came in one frame counts as what it stands for.
    items += frame.length;
    // A folded frame has up to four elements of its own, a plain one is no longer than six. Looked at at once: a
    // message can name one frame a million times.
    if (items > 6 * limits.messageItems) return undefined;
  }
  return message as Frame[];
};

/** Whether it can be a kind, an id or a count: a safe integer that is not negative. */
export const isId = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;
