import { decodeBytes, encodeBytes } from './base64.js';
import { type Codec, deeper, FAIL, fail, failAt, isPlain, weighed } from './conversion.js';
import type { Mode, Node } from './interpret.js';

/** One of a list of primitive values. */
export const oneOfCodec = (values: readonly unknown[]): Codec => {
  const allowed = new Set(values);
  const expected = `one of ${JSON.stringify(values)}`;
  return (value) => (allowed.has(value) ? value : fail(expected));
};

export const booleanCodec: Codec = (value) => (typeof value === 'boolean' ? value : fail('a boolean'));

export const nullCodec: Codec = (value) => (value === null ? value : fail('null'));

export const stringCodec = (node: Node): Codec => {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = node as StringNode;
  const regexp = pattern === undefined ? undefined : new RegExp(pattern, 'u');
  // Lengths are in code points: never more than the units, and at least half as many.
  const tooShort = (text: string): boolean =>
    text.length < minLength || (text.length < 2 * minLength && [...text].length < minLength);
  const tooLong = (text: string): boolean =>
    text.length > maxLength && (text.length > 2 * maxLength || [...text].length > maxLength);
  return (value) => {
    if (typeof value !== 'string') return fail('a string');
    if (tooShort(value)) return fail(`at least ${minLength} characters`);
    if (tooLong(value)) return fail(`at most ${maxLength} characters`);
    if (regexp && !regexp.test(value)) return fail(`a match of ${pattern}`);
    return weighed(value.length, value);
  };
};
type StringNode = { minLength?: number; maxLength?: number; pattern?: string };

/** Bytes: `maxLength` counts them, not the characters of their Base64. */
export const bytesCodec = (node: Node, mode: Mode): Codec => {
  const { maxLength = Number.POSITIVE_INFINITY } = node as StringNode;
  const checked = (bytes: Uint8Array, value: unknown): unknown =>
    bytes.byteLength > maxLength ? fail(`at most ${maxLength} bytes`) : weighed(bytes.byteLength, value);
  if (mode.direction === 'decode') {
    return (value) => {
      const bytes = typeof value === 'string' ? decodeBytes(value) : value;
      return bytes instanceof Uint8Array ? checked(bytes, bytes) : fail('bytes');
    };
  }
  return (value) => {
    if (!(value instanceof Uint8Array)) return fail('a Uint8Array');
    const result = checked(value, value);
    return result === FAIL ? FAIL : mode.nativeBytes ? value.slice() : encodeBytes(value);
  };
};

export const numberCodec = (node: Node): Codec => {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = node as Record<
    string,
    number | undefined
  >;
  const integer = node.type === 'integer';
  const bounded = [minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf].some(
    (each) => each !== undefined,
  );
  const bound = (value: number): unknown => {
    if (minimum !== undefined && value < minimum) return fail(`at least ${minimum}`);
    if (maximum !== undefined && value > maximum) return fail(`at most ${maximum}`);
    if (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
      return fail(`more than ${exclusiveMinimum}`);
    if (exclusiveMaximum !== undefined && value >= exclusiveMaximum)
      return fail(`less than ${exclusiveMaximum}`);
    if (multipleOf !== undefined && !Number.isInteger(value / multipleOf))
      return fail(`a multiple of ${multipleOf}`);
    return value;
  };
  return (value) => {
    if (integer ? !Number.isInteger(value) : !Number.isFinite(value))
      return fail(integer ? 'an integer' : 'a finite number');
    return bounded ? bound(value as number) : value;
  };
};

/** A value of no declared type: plain JSON data, bounded. */
export const anyCodec = (mode: Mode): Codec => {
  const walk: Codec = (value) => {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') return weighed(value.length, value);
    if (typeof value === 'number') return Number.isFinite(value) ? value : fail('a finite number');
    if (typeof value !== 'object') return fail('plain data');
    return deeper(Array.isArray(value) ? walkArray : walkObject, value);
  };
  const walkArray: Codec = (value) => {
    const source = value as unknown[];
    // First: a structured clone can bring an endless list with nothing in it.
    if (weighed(source.length, source) === FAIL) return FAIL;
    const target = mode.copies ? new Array(source.length) : source;
    for (let i = 0; i < source.length; i++) {
      const each = walk(source[i]);
      if (each === FAIL) return failAt(i);
      target[i] = each;
    }
    return target;
  };
  const walkObject: Codec = (value) => {
    const source = value as Record<string, unknown>;
    if (!isPlain(source)) return fail('plain data');
    const target: Record<string, unknown> = mode.copies ? {} : source;
    let letters = 0;
    for (const key of Object.keys(source)) {
      // Assigning it would set a prototype, here or in the handler's own copies.
      if (key === '__proto__') return fail('no property of the name __proto__');
      letters += key.length;
      if (source[key] === undefined) continue;
      const each = walk(source[key]);
      if (each === FAIL) return failAt(key);
      target[key] = each;
    }
    return weighed(letters, target);
  };
  return walk;
};
