import { type Codec, FAIL, fail, weighed } from '../conversion.js';
import { bounded } from './checks.js';
import type { Bound, Building } from './kind.js';

const scalar =
  (name: string, is: (value: unknown) => boolean) =>
  (_at: Building, bounds?: readonly Bound[]): Codec => {
    const check = bounds && bounded(bounds);
    return (value) => {
      if (!is(value)) return fail(name);
      if (typeof value === 'string' && weighed(value.length, value) === FAIL) return FAIL;
      return check ? check(value) : value;
    };
  };

export const boolean = /* @__PURE__ */ scalar('a boolean', (value) => typeof value === 'boolean');
export const empty = /* @__PURE__ */ scalar('null', (value) => value === null);
export const string = /* @__PURE__ */ scalar('a string', (value) => typeof value === 'string');
export const number = /* @__PURE__ */ scalar('a finite number', Number.isFinite);
export const integer = /* @__PURE__ */ scalar('an integer', Number.isInteger);

export const oneOf = (_at: Building, values: readonly unknown[]): Codec => {
  const allowed = new Set(values);
  return (value) => (allowed.has(value) ? value : fail(`one of ${JSON.stringify(values)}`));
};
