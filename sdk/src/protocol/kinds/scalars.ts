import { type Codec, FAIL, oneFrom, readText } from '../conversion.js';
import { bounded } from './checks.js';
import type { Bound, Building } from './kind.js';

const scalar =
  (name: string, is: (value: unknown) => boolean) =>
  (_at: Building, bounds?: readonly Bound[]): Codec => {
    const check = bounds && bounded(bounds);
    return (value, conversion) => {
      if (!is(value)) return conversion.fail(name);
      if (typeof value === 'string') {
        if (conversion.weighed(value.length, value) === FAIL) return FAIL;
        if (check && readText(value, conversion) === FAIL) return FAIL;
      }
      return check ? check(value, conversion) : value;
    };
  };

export const boolean = /* @__PURE__ */ scalar('a boolean', (value) => typeof value === 'boolean');
export const empty = /* @__PURE__ */ scalar('null', (value) => value === null);
export const string = /* @__PURE__ */ scalar('a string', (value) => typeof value === 'string');
export const number = /* @__PURE__ */ scalar('a finite number', Number.isFinite);
export const integer = /* @__PURE__ */ scalar('an integer', Number.isInteger);

export const oneOf = (_at: Building, values: readonly unknown[]): Codec => {
  const allowed = new Set(values);
  const refuse = oneFrom(values);
  return (value, conversion) => (allowed.has(value) ? value : refuse(conversion));
};
