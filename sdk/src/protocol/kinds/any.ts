import { type Codec, type Conversion, deeper, FAIL, isPlain, listed, named } from '../conversion.js';

/** A value of no declared type: plain JSON data, bounded. */
export const any = (): Codec => anyValue;

const anyValue: Codec = (value, conversion) => {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return conversion.weighed(value.length, value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : conversion.fail('a finite number');
  return typeof value === 'object' ? deeper(anyObject, value, conversion) : conversion.fail('plain data');
};

const anyObject: Codec = (value, conversion) => {
  // First: the names of what there is no room for are not listed.
  if (conversion.stepped(1) === FAIL) return FAIL;
  if (Array.isArray(value)) return anyList(value, conversion);
  if (!isPlain(value as object)) return conversion.fail('plain data');
  const copy: Record<string, unknown> = {};
  const keys = Object.keys(value as object);
  if (named(keys, conversion) === FAIL) return FAIL;
  for (const key of keys) {
    const each = (value as Record<string, unknown>)[key];
    if (each === undefined) continue;
    if (key === '__proto__') return conversion.fail('no property of the name __proto__');
    if (conversion.weighed(key.length, 0) === FAIL) return FAIL;
    const result = anyValue(each, conversion);
    if (result === FAIL) return conversion.failAt(key);
    copy[key] = result;
  }
  return copy;
};

const anyList = (list: readonly unknown[], conversion: Conversion): unknown => {
  const { length } = list;
  // First the length: a structured clone of a few bytes can be an array of four thousand million holes.
  if (listed(length, conversion) === FAIL) return FAIL;
  const copy: unknown[] = [];
  for (let i = 0; i < length; i++) {
    const result = anyValue(list[i], conversion);
    if (result === FAIL) return conversion.failAt(i);
    copy.push(result);
  }
  return copy;
};
