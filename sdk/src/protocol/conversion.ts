/**
 * The running conversion of one value: its failure, its size, its depth. Conversions are synchronous
 * and never nested, so this state lives here instead of being handed through every call.
 */
import type { Limits } from '../limits/limits.js';

/** Returned instead of a value that does not fit; {@link failure} then says where and why. */
export const FAIL: unique symbol = Symbol();

/** Validates; gives the value as it goes on, or {@link FAIL}. */
export type Codec = (value: unknown) => unknown;

/** Why the last conversion gave {@link FAIL}. */
export interface Failure {
  /** JSON pointer to the offending place, `''` for the value itself. */
  path: string;
  /** What would have fitted. */
  expected: string;
  /** The bound that was exceeded, if it was one. */
  limit?: 'valueSize' | 'messageSize' | 'depth';
}

let failed: Failure;
let size = 0;
let depth = 0;
let most = 0;
let deepest = 0;
/** What is left for the values of the message that is being read. */
let budget = 0;

/** Runs a codec on one value within the limits. */
export const convert = (codec: Codec, value: unknown, limits: Limits, share = limits.valueSize): unknown => {
  size = 0;
  depth = 0;
  most = Math.min(share, limits.valueSize);
  deepest = limits.depth;
  return codec(value);
};

/** Begins to read a message: all its values share one bound. */
export const beginMessage = (limits: Limits): void => {
  budget = limits.messageSize;
};

/**
 * Runs a codec on one value of the message begun last. A structured clone can name one value a million
 * times, so that a small message would be read for hours: its values are bounded together, too.
 */
export const receive = (codec: Codec, value: unknown, limits: Limits): unknown => {
  const left = budget;
  const result = convert(codec, value, limits, left);
  budget = Math.max(0, left - size);
  if (result === FAIL && failed.limit === 'valueSize' && left < limits.valueSize)
    failed.limit = 'messageSize';
  return result;
};

/** Why the last conversion failed. Read it before the next one. */
export const failure = (): Failure => failed;

/** What the value last converted took, in characters and bytes: roughly what its message weighs. */
export const weight = (): number => size;

/** Fails here. */
export const fail = (expected: string, limit?: Failure['limit']): typeof FAIL => {
  failed = limit ? { path: '', expected, limit } : { path: '', expected };
  return FAIL;
};

/** Passes on a failure that happened below a key. */
export const failAt = (key: string | number): typeof FAIL => {
  failed.path = `/${`${key}`.replaceAll('~', '~0').replaceAll('/', '~1')}${failed.path}`;
  return FAIL;
};

/** Counts what was done; gives FAIL once it is too much, the second argument else. */
export const weighed = (amount: number, value: unknown): unknown => {
  size += amount;
  return size > most ? fail('less', 'valueSize') : value;
};

/** Runs a codec one level deeper. */
export const deeper = (codec: Codec, value: unknown): unknown => {
  if (++depth > deepest) return fail('less nesting', 'depth');
  const result = weighed(8, 0) === FAIL ? FAIL : codec(value);
  depth--;
  return result;
};

/** Tries codecs in turn on the same value. What was tried in vain counts, too: alternatives nest. */
export const firstOf = (codecs: readonly Codec[], value: unknown): unknown => {
  const level = depth;
  for (const codec of codecs) {
    depth = level;
    const result = weighed(8, 0) === FAIL ? FAIL : codec(value);
    // Too large is too large for every branch.
    if (result !== FAIL || failed.limit) return result;
  }
  return fail('one of the alternatives');
};

/** Whether it is an object, and no array. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether an object is one that JSON could bring: not a Map, a Date or an array of bytes. */
export const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Another realm's Object.prototype is as good: it is the one whose own prototype is null.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};
