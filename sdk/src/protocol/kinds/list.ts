import { type Codec, FAIL, listed } from '../conversion.js';
import { bounded } from './checks.js';
import { type Bound, type Building, build, type Copied, type LinkedField, type LinkedPlan } from './kind.js';
import { object } from './object.js';

export const list = (at: Building, item: LinkedPlan, bounds?: readonly Bound[]): Codec => {
  const codec = build(item, at);
  const within = bounded(bounds);
  const count: Codec = (length, conversion) =>
    within(length, conversion) === FAIL ? FAIL : listed(length as number, conversion);
  const copied: Copied = (length, each, conversion) => {
    if (count(length, conversion) === FAIL) return FAIL;
    // Not made of that length at once: there may be nothing in it.
    const copy: unknown[] = [];
    for (let i = 0; i < length; i++) {
      const result = codec(each(i), conversion);
      if (result === FAIL) return conversion.failAt(i);
      copy.push(result);
    }
    return copy;
  };
  const plain: Codec = (value, conversion) =>
    Array.isArray(value) ? copied(value.length, (i) => value[i], conversion) : conversion.fail('an array');
  const [kind, fields] = item;
  const { table } = at.mode;
  return table && kind === object ? table(at, fields as readonly LinkedField[], plain, copied, count) : plain;
};

/** A list whose first items have plans of their own. */
export const tuple = (
  at: Building,
  item: LinkedPlan,
  bounds: readonly Bound[],
  prefix: readonly LinkedPlan[],
): Codec => {
  const first = prefix.map((plan) => build(plan, at));
  const rest = build(item, at);
  const count = bounded(bounds);
  return (value, conversion) => {
    if (!Array.isArray(value)) return conversion.fail('an array');
    const { length } = value;
    if (count(length, conversion) === FAIL || listed(length, conversion) === FAIL) return FAIL;
    const copy: unknown[] = [];
    for (let i = 0; i < length; i++) {
      const result = (first[i] ?? rest)(value[i], conversion);
      if (result === FAIL) return conversion.failAt(i);
      copy.push(result);
    }
    return copy;
  };
};
