import {
  CALL,
  CANCEL,
  CREDIT,
  FIRST_IGNORABLE,
  type Frame,
  REQUEST,
  SUBSCRIBE,
  UNSUBSCRIBE,
} from '../../wire/frames.js';

/** How many elements are read of a frame. */
const READ: ReadonlyMap<number, number> = new Map([
  [CANCEL, 2],
  [UNSUBSCRIBE, 2],
  [CREDIT, 3],
  [REQUEST, 3],
  [SUBSCRIBE, 4],
]);

/** What a client sent in a frame though nobody reads it, or pays for it elsewhere; `undefined` where there is nothing. */
export const unreadOf = (frame: Frame): unknown => {
  const [kind] = frame;
  if (kind >= FIRST_IGNORABLE) return frame;
  // Anything may stand in options beside the deadline.
  if (kind === CALL) return frame[3] === 0 ? undefined : frame[3];
  const read = READ.get(kind) ?? frame.length;
  return frame.length > read ? frame.slice(read) : undefined;
};
