/** Bounds, by the names that they have in JSON Schema: each makes a codec that fails for what exceeds it. */
import { type Codec, FAIL, fail } from '../conversion.js';
import type { Bound } from './kind.js';

/** Lengths are in code points: never more than the units, and at least half as many. */
const points = (text: string, bound: number): number =>
  text.length > 2 * bound + 1 ? text.length : [...text].length;

type Check = (bound: number) => Codec;

export const minLength: Check = (bound) => (value) =>
  points(value as string, bound) >= bound ? value : fail(`minLength ${bound}`);
// Mostly told by the units: counting points takes a list of them.
export const maxLength: Check = (bound) => (value) =>
  (value as string).length <= bound || points(value as string, bound) <= bound
    ? value
    : fail(`maxLength ${bound}`);

export const minimum: Check = (bound) => (value) =>
  (value as number) >= bound ? value : fail(`minimum ${bound}`);
export const maximum: Check = (bound) => (value) =>
  (value as number) <= bound ? value : fail(`maximum ${bound}`);
export const exclusiveMinimum: Check = (bound) => (value) =>
  (value as number) > bound ? value : fail(`exclusiveMinimum ${bound}`);
export const exclusiveMaximum: Check = (bound) => (value) =>
  (value as number) < bound ? value : fail(`exclusiveMaximum ${bound}`);
export const multipleOf: Check = (bound) => (value) =>
  Number.isInteger((value as number) / bound) ? value : fail(`multipleOf ${bound}`);

/** Of the length, as {@link maxItems}. */
export const minItems: Check = (bound) => (value) =>
  (value as number) >= bound ? value : fail(`minItems ${bound}`);
export const maxItems: Check = (bound) => (value) =>
  (value as number) <= bound ? value : fail(`maxItems ${bound}`);

/** Formats are expressions, too, under names of their own. */
export const pattern = (expression: string, name = `pattern ${expression}`): Codec => {
  const compiled = new RegExp(expression, 'u');
  return (value) => (compiled.test(value as string) ? value : fail(name));
};

/** The first bound that a value breaks makes it fail. */
export const bounded = (bounds: readonly Bound[] = []): Codec => {
  const checks = bounds.map(([check, bound, name]) => check(bound as never, name));
  return (value) => {
    for (const check of checks) if (check(value) === FAIL) return FAIL;
    return value;
  };
};
