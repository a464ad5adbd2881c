/**
 * The running conversion of one value: its failure, its size, its depth. Conversions are synchronous
 * and never nested, so this state lives here instead of being handed through every call.
 */
import type { ClientLimits } from '../limits/limits.js';

/**
 * Returned instead of a value that does not fit; {@link failure} then says where and why. Registered: kinds of a
 * second copy of Portico, which knows nothing of the limits here, must fail, and be seen to.
 */
export const FAIL: unique symbol = Symbol.for('portico.fail');

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

let failed: Failure = { path: '', expected: 'one copy of Portico' };
let size = 0;
let depth = 0;
/** What was done beyond the size: objects and lists copied, alternatives tried in vain. */
let effort = 0;
let maxSize = 0;
let maxDepth = 0;
let maxEffort = 0;
/** What is left for the values of the message that is being read. */
let budget = 0;

/** What such a step is reckoned as, in characters: what JSON needs for the smallest object, and its copy in memory. */
const STEP = 16;

/** Runs a codec on one value within the limits. */
export const convert = (
  codec: Codec,
  value: unknown,
  limits: ClientLimits,
  share = limits.messageSize,
): unknown => {
  size = depth = effort = 0;
  maxSize = Math.min(limits.valueSize, share);
  maxDepth = limits.depth;
  maxEffort = share;
  return codec(value);
};

/** What generated code may use, and, once it has succeeded, what it did use. */
export interface Bounds {
  size: number;
  effort: number;
  readonly depth: number;
}

/** Generated code: validates and copies; `undefined` for what it leaves to the interpreter. */
export type Generated = (value: unknown, bounds: Bounds) => unknown;

/**
 * A codec that asks generated code first. What that refuses goes to the interpreter, which says why; so the
 * two may only differ in speed.
 */
export const generated =
  (run: Generated, codec: Codec): Codec =>
  (value) => {
    const bounds: Bounds = { size: maxSize, effort: maxEffort, depth: maxDepth };
    const copy = run(value, bounds);
    if (copy === undefined) return codec(value);
    size = bounds.size;
    effort = bounds.effort;
    return copy;
  };

/** Begins to read a message: all its values share one bound. */
export const beginMessage = (limits: ClientLimits): void => {
  budget = limits.messageSize;
};

/**
 * Runs a codec on one value of the message begun last. A structured clone can name one value a million
 * times, so that a small message would be read for hours: its values are bounded together, too.
 */
export const receive = (codec: Codec, value: unknown, limits: ClientLimits): unknown => {
  const result = convert(codec, value, limits, budget);
  budget = Math.max(0, budget - size - effort);
  return result;
};

/** Why the last conversion failed. Read it before the next one. */
export const failure = (): Failure => failed;

/** What the value last converted took, in characters and bytes: roughly what its message weighs. */
export const weight = (): number => size;

/** Fails here. */
export const fail = (expected: string): typeof FAIL => {
  failed = { path: '', expected };
  return FAIL;
};

/** Passes on a failure that happened below a key. */
export const failAt = (key: string | number): typeof FAIL => {
  // Not in full: a peer's name may be as long as a message.
  failed.path = `/${`${key}`.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}${failed.path}`;
  return FAIL;
};

const exceeds = (limit: Failure['limit'] & string): typeof FAIL => {
  fail(`within the limit ${limit}`);
  failed.limit = limit;
  return FAIL;
};

/** Adds to the size of the value; gives FAIL once it is too large, the second argument else. */
export const weighed = (amount: number, value: unknown): unknown => {
  size += amount;
  return size > maxSize ? exceeds(maxSize < maxEffort ? 'valueSize' : 'messageSize') : value;
};

/** Counts a step, and what it took in vain; gives FAIL once there were too many. */
export const step = (amount = 0): unknown => {
  effort += STEP + amount;
  return effort > maxEffort ? exceeds('messageSize') : 0;
};

/** Gives FAIL where so many steps more would be too many; counts none of them. */
export const affords = (steps: number): unknown =>
  effort + STEP * steps > maxEffort ? exceeds('messageSize') : 0;

/** Runs a codec one level deeper. */
export const deeper = (codec: Codec, value: unknown): unknown => {
  if (++depth > maxDepth) return exceeds('depth');
  const result = codec(value);
  depth--;
  return result;
};

/** Tries codecs in turn on the same value, each from the same state. */
export const firstOf = (codecs: readonly Codec[], value: unknown): unknown => {
  const before = size;
  const level = depth;
  for (const codec of codecs) {
    size = before;
    depth = level;
    const result = codec(value);
    // Too large is too large for every branch.
    if (result !== FAIL || failed.limit) return result;
    // Alternatives within alternatives could be tried without end.
    if (step(size - before) === FAIL) return FAIL;
  }
  return fail('one of the declared alternatives');
};

/** Asks a codec about a value beside the running conversion, which neither counts it nor bounds it. */
export const fitsAside = (codec: Codec, value: unknown): boolean => {
  const before = [size, depth, effort, maxSize, maxDepth, maxEffort] as const;
  size = depth = effort = 0;
  maxSize = maxDepth = maxEffort = Number.POSITIVE_INFINITY;
  const fits = codec(value) !== FAIL;
  [size, depth, effort, maxSize, maxDepth, maxEffort] = before;
  return fits;
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
