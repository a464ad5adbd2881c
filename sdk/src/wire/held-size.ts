import { isPlain } from '../protocol/conversion.js';

/** What an item of an array or a property of an object takes, whatever its value. */
const SLOT = 8;
/** What an object or an array takes besides. */
const OBJECT = 48;

/**
 * Roughly the bytes that a value takes while it is held; counts no further than `most`. What no peer has a
 * reason to send (a Map, a BigInt: structured clones bring them) is too large by definition, since nobody
 * knows what hides in it.
 */
export const heldSize = (value: unknown, most: number): number => weigh(value, most, undefined);

/** What is no larger than this need not be weighed where its number is bounded. */
const SMALL = 1024;

/** Whether it is small for sure: flat, and with little in it. What most calls bring is seen to be so with no other object made. */
export const isSmall = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return typeof value !== 'string' || value.length <= SMALL;
  if (Array.isArray(value) || value instanceof Uint8Array) return false;
  let size = OBJECT;
  for (const key in value) {
    const each = (value as Record<string, unknown>)[key];
    if (typeof each === 'object' && each !== null) return false;
    size += SLOT + key.length + (typeof each === 'string' ? each.length : 0);
    if (size > SMALL) return false;
  }
  return true;
};

/**
 * As {@link heldSize}, of what a peer sent and nobody has copied. A structured clone can name one value a million
 * times: it is held once, and looked at once. Its arrays can carry more than their items, which nobody reads and
 * nothing counts: copies without it take the place of those within the value.
 */
export const heldSizeOfPeers = (value: unknown, most: number): number => weigh(value, most, new Map());

/** @param copies of the arrays seen so far, and all else that was seen; `undefined` where everything is there once */
const weigh = (value: unknown, most: number, copies: Map<object, object> | undefined): number => {
  let size = 0;
  /** Objects that were not looked into. Made when it is needed: most calls' parameters are flat. */
  let rest: object[] | undefined;
  /** Counts one value, and gives what takes its place. */
  const count = (each: unknown): unknown => {
    if (typeof each === 'string') size += each.length;
    else if (typeof each === 'bigint') size = Number.POSITIVE_INFINITY;
    if (typeof each !== 'object' || each === null) return each;
    const known = copies?.get(each);
    if (known) return known;
    size += OBJECT;
    let kept = each;
    if (Array.isArray(each)) {
      // First the length: there may be thousands of millions of holes.
      size += SLOT * each.length;
      if (size > most) return each;
      if (copies) kept = each.slice();
    }
    copies?.set(each, kept);
    if (rest) rest.push(kept);
    else rest = [kept];
    return kept;
  };
  count(value);
  for (let next = rest?.pop(); next && size <= most; next = rest?.pop()) {
    if (next instanceof Uint8Array) size += next.buffer.byteLength;
    else if (Array.isArray(next)) {
      for (let i = 0; i < next.length; i++) {
        const item: unknown = next[i];
        const kept = count(item);
        if (kept !== item) next[i] = kept;
      }
    } else if (isPlain(next)) {
      const object = next as Record<string, unknown>;
      for (const key of Object.keys(object)) {
        size += SLOT + key.length;
        const property = object[key];
        const kept = count(property);
        if (kept !== property) object[key] = kept;
      }
    } else return Number.POSITIVE_INFINITY;
  }
  return size;
};
