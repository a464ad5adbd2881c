import { BASIC } from '../../limits/edition.js';
import { type Codec, FAIL, fail, failAt, step, weighed } from '../conversion.js';
import { bounded } from './checks.js';
import { type Bound, type Building, build, type LinkedField, type LinkedPlan } from './kind.js';
import { object } from './object.js';

export const list = (at: Building, item: LinkedPlan, bounds?: readonly Bound[]): Codec => {
  const codec = build(item, at);
  const within = bounded(bounds);
  const count: Codec = (length) => (within(length) === FAIL ? FAIL : weighed(length as number, 0));
  const copied = (length: number, each: (i: number) => unknown): unknown => {
    if (count(length) === FAIL || step() === FAIL) return FAIL;
    // Not made of that length at once: there may be nothing in it.
    const copy: unknown[] = [];
    for (let i = 0; i < length; i++) {
      const result = codec(each(i));
      if (result === FAIL) return failAt(i);
      copy.push(result);
    }
    return copy;
  };
  const plain: Codec = (value) =>
    Array.isArray(value) ? copied(value.length, (i) => value[i]) : fail('an array');
  const [kind, fields] = item;
  const { table } = at.mode;
  return !BASIC && table && kind === object
    ? table(at, fields as readonly LinkedField[], plain, copied, count)
    : plain;
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
  return (value) => {
    if (!Array.isArray(value)) return fail('an array');
    const { length } = value;
    if (count(length) === FAIL || weighed(length, 0) === FAIL || step() === FAIL) return FAIL;
    const copy: unknown[] = [];
    for (let i = 0; i < length; i++) {
      const result = (first[i] ?? rest)(value[i]);
      if (result === FAIL) return failAt(i);
      copy.push(result);
    }
    return copy;
  };
};
