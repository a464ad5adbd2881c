/** Bounds, by the names that they have in JSON Schema: each makes a codec that fails for what exceeds it. */
import { type Codec, FAIL } from '../conversion.js';
import type { Bound } from './kind.js';

/** Lengths are in code points: never more than the units, and at least half as many. */
const points = (text: string, bound: number): number => {
  if (text.length > 2 * bound + 1) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
};

type Check = (bound: number) => Codec;

export const minLength: Check = (bound) => (value, conversion) =>
  points(value as string, bound) >= bound ? value : conversion.fail(`minLength ${bound}`);
// Mostly told by the units.
export const maxLength: Check = (bound) => (value, conversion) =>
  (value as string).length <= bound || points(value as string, bound) <= bound
    ? value
    : conversion.fail(`maxLength ${bound}`);

export const minimum: Check = (bound) => (value, conversion) =>
  (value as number) >= bound ? value : conversion.fail(`minimum ${bound}`);
export const maximum: Check = (bound) => (value, conversion) =>
  (value as number) <= bound ? value : conversion.fail(`maximum ${bound}`);
export const exclusiveMinimum: Check = (bound) => (value, conversion) =>
  (value as number) > bound ? value : conversion.fail(`exclusiveMinimum ${bound}`);
export const exclusiveMaximum: Check = (bound) => (value, conversion) =>
  (value as number) < bound ? value : conversion.fail(`exclusiveMaximum ${bound}`);
export const multipleOf: Check = (bound) => (value, conversion) =>
  Number.isInteger((value as number) / bound) ? value : conversion.fail(`multipleOf ${bound}`);

/** Of the length, as {@link maxItems}. */
export const minItems: Check = (bound) => (value, conversion) =>
  (value as number) >= bound ? value : conversion.fail(`minItems ${bound}`);
export const maxItems: Check = (bound) => (value, conversion) =>
  (value as number) <= bound ? value : conversion.fail(`maxItems ${bound}`);

/** Formats are expressions, too, under names of their own. */
export const pattern = (expression: string, name = `pattern ${expression}`): Codec => {
  const compiled = new RegExp(expression, 'u');
  return (value, conversion) => (compiled.test(value as string) ? value : conversion.fail(name));
};

/** The first bound that a value breaks makes it fail. */
export const bounded = (bounds: readonly Bound[] = []): Codec => {
  const checks = bounds.map(([check, bound, name]) => check(bound as never, name));
  return (value, conversion) => {
    for (const check of checks) if (check(value, conversion) === FAIL) return FAIL;
    return value;
  };
};
