import { isPlain } from '../protocol/conversion.js';

/** What an item of an array or a property of an object takes, whatever its value. */
const SLOT = 8;

/**
 * Roughly the bytes that a message takes while it is held unread; counts no further than `most`. What is named
 * twice is held once, and looked at once: a small message can name one value a million times. What no peer has a
 * reason to send (a Map, a BigInt: structured clones bring them) is too large by definition, since nobody knows
 * what hides in it.
 */
export const heldSize = (message: unknown, most: number): number => {
  const rest: unknown[] = [message];
  const seen = new Set<object>();
  let size = 0;
  while (rest.length > 0 && size <= most) {
    const value = rest.pop();
    if (typeof value === 'string') size += value.length;
    else if (typeof value === 'bigint') return Number.POSITIVE_INFINITY;
    else if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    else {
      seen.add(value);
      if (value instanceof Uint8Array) size += value.buffer.byteLength;
      else if (Array.isArray(value)) {
        size += SLOT * value.length;
        // There may be nothing in it.
        if (size <= most) for (const item of value) if (item !== undefined) rest.push(item);
      } else if (isPlain(value)) {
        for (const key of Object.keys(value)) {
          size += SLOT + key.length;
          rest.push((value as Record<string, unknown>)[key]);
        }
      } else return Number.POSITIVE_INFINITY;
    }
  }
  return size;
};
