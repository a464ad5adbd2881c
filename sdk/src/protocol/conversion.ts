/** The conversion of values: its bounds, what it has taken of them, and why it failed. */
import type { ClientLimits } from '../limits/limits.js';

/** Returned instead of a value that does not fit; {@link Conversion.failure} then says where and why. */
export const FAIL: unique symbol = Symbol.for('portico.fail');

/** Validates; gives the value as it goes on, or {@link FAIL}. */
export type Codec = (value: unknown, conversion: Conversion) => unknown;

/** Why a conversion gave {@link FAIL}. */
export interface Failure {
  /** JSON pointer to the offending place, `''` for the value itself. */
  path: string;
  /** What would have fitted, in no more than {@link MOST_TEXT} characters. */
  expected: string;
  /** The bound that was exceeded, if it was one. */
  limit?: 'valueSize' | 'messageSize' | 'messageSteps' | 'depth';
  /** What was thrown where the value was read: by a getter of its author's, or a proxy. */
  cause?: unknown;
}

/**
 * So many characters say what would have fitted, and where. A schema can have more to say, and a peer can have it
 * said for each of a hundred thousand calls in one small message.
 */
export const MOST_TEXT = 256;

/**
 * Converts the values of one message, one after the other, within the limits that they share; a message can name
 * one value a million times. Never use one while it converts: an author's getter may call Portico, and what it has
 * converted meanwhile needs a conversion of its own.
 */
export class Conversion {
  /** Characters and bytes of the value converted last, or of the part before it failed. */
  size = 0;
  /** What was looked at of it, in vain or not: values, names, and so many characters as are read in that time. */
  steps = 0;
  /** Set where it failed. */
  declare failure: Failure;
  /** Whether alternatives are being tried: only then it matters what is left out. */
  choosing = false;
  /** Properties left out since no alternative declares them. */
  lost = 0;
  depth = 0;
  maxSize = 0;
  /** What is left for the values of this message. */
  private sizeLeft: number;
  maxSteps: number;

  constructor(readonly limits: ClientLimits) {
    this.sizeLeft = limits.messageSize;
    this.maxSteps = limits.messageSteps;
  }

  /** Runs a codec on the next value. Never throws, whatever the value is. */
  convert(codec: Codec, value: unknown): unknown {
    this.sizeLeft -= this.size;
    this.maxSteps -= this.steps;
    this.maxSize = Math.min(this.limits.valueSize, this.sizeLeft);
    this.begin();
    try {
      return codec(value, this);
    } catch (cause) {
      this.fail('what can be read');
      this.failure.cause = cause;
      return FAIL;
    }
  }

  /** Begins with the same value again. */
  begin(): void {
    this.size = this.steps = this.depth = this.lost = 0;
    this.choosing = false;
  }

  /** Roughly what the value last converted takes of a message, and of memory. */
  get weight(): number {
    return this.size + this.steps;
  }

  /** Fails here. */
  fail(expected: string): typeof FAIL {
    this.failure = { path: '', expected: expected.slice(0, MOST_TEXT) };
    return FAIL;
  }

  /** Passes on a failure that happened below a key. */
  failAt(key: string | number): typeof FAIL {
    const { failure } = this;
    // Not in full: a peer's name may be as long as a message.
    failure.path = `/${`${key}`.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}${failure.path}`;
    return FAIL;
  }

  /** Fails at a bound. */
  exceeds(limit: Failure['limit'] & string): typeof FAIL {
    this.fail(`within the limit ${limit}`);
    this.failure.limit = limit;
    return FAIL;
  }

  /** Adds to the size of the value; gives FAIL once it is too large, the second argument else. */
  weighed(amount: number, value: unknown): unknown {
    this.size += amount;
    if (this.size <= this.maxSize) return value;
    // All that was left, and no more: what was refused has not been looked at.
    this.size = this.maxSize;
    return this.exceeds(this.maxSize < this.limits.valueSize ? 'messageSize' : 'valueSize');
  }

  /** Counts steps, before they are taken; gives FAIL where there would be too many, the second argument else. */
  stepped(amount: number, value?: unknown): unknown {
    this.steps += amount;
    if (this.steps <= this.maxSteps) return value;
    this.steps = this.maxSteps;
    return this.exceeds('messageSteps');
  }
}

// Functions, and no methods: a bundle carries those alone that its kinds use.

/** Counts names that no schema lists: to list, look up and copy one takes as long as several listed ones. */
export const named = (names: readonly string[], conversion: Conversion): unknown =>
  conversion.stepped(4 * names.length);

/** Counts what it takes to look at every character of a text. */
export const readText = (text: string, conversion: Conversion): unknown =>
  conversion.stepped(text.length >>> 6);

/**
 * Says that one of these would have fitted. Written out once: a peer can bring as many values that are none of them
 * as there are steps, and most failures are never told.
 */
export const oneFrom = (values: readonly unknown[]): ((conversion: Conversion) => typeof FAIL) => {
  let text: string | undefined;
  return (conversion) => {
    text ??= `one of ${JSON.stringify(values)}`.slice(0, MOST_TEXT);
    return conversion.fail(text);
  };
};

/** Counts a list before its items are looked at: there may be nothing in it. */
export const listed = (length: number, conversion: Conversion): unknown => {
  // A proxy of an author's may say anything.
  if (length >>> 0 !== length) return conversion.fail('an array');
  return conversion.weighed(length, 0) === FAIL ? FAIL : conversion.stepped(1 + length);
};

/** Runs a codec one level deeper. */
export const deeper = (codec: Codec, value: unknown, conversion: Conversion): unknown => {
  if (++conversion.depth > conversion.limits.depth) return conversion.exceeds('depth');
  const result = codec(value, conversion);
  conversion.depth--;
  return result;
};

/**
 * A codec that asks generated code first, which gives `undefined` for what it leaves to the interpreter. That says
 * why it refuses; so the two may only differ in speed.
 */
export const generated =
  (run: Codec, codec: Codec): Codec =>
  (value, conversion) => {
    const copy = run(value, conversion);
    if (copy !== undefined) return copy;
    conversion.begin();
    return codec(value, conversion);
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

/**
 * Whether an object keeps what it has where no property tells: a Map, a Date, a Promise. Classes of an author's own
 * are none, whatever they hide: they say themselves what they are.
 */
export const isOpaque = (value: object): boolean =>
  !isPlain(value) && Object.prototype.toString.call(value) !== '[object Object]';
