import { type Codec, deeper, FAIL, fail, failAt, isPlain, step, weighed } from '../conversion.js';

/** A value of no declared type: plain JSON data, bounded. */
export const any = (): Codec => anyValue;

const anyValue: Codec = (value) => {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return weighed(value.length, value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : fail('a finite number');
  return typeof value === 'object' ? deeper(anyObject, value) : fail('plain data');
};

const anyObject: Codec = (value) => {
  if (step() === FAIL) return FAIL;
  if (Array.isArray(value)) return anyList(value);
  if (!isPlain(value as object)) return fail('plain data');
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value as object)) {
    const each = (value as Record<string, unknown>)[key];
    if (each === undefined) continue;
    if (key === '__proto__') return fail('no property of the name __proto__');
    if (weighed(key.length, 0) === FAIL) return FAIL;
    const result = anyValue(each);
    if (result === FAIL) return failAt(key);
    copy[key] = result;
  }
  return copy;
};

const anyList = (list: readonly unknown[]): unknown => {
  // First the length: a structured clone of a few bytes can be an array of four thousand million holes.
  if (weighed(list.length, 0) === FAIL) return FAIL;
  const copy: unknown[] = [];
  for (let i = 0; i < list.length; i++) {
    const result = anyValue(list[i]);
    if (result === FAIL) return failAt(i);
    copy.push(result);
  }
  return copy;
};
