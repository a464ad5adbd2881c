import { type Codec, isObject } from '../conversion.js';
import { type Building, build, type LinkedPlan } from './kind.js';
import { read } from './object.js';

export const either = (at: Building, plans: readonly LinkedPlan[]): Codec => {
  const codecs = plans.map((plan) => build(plan, at));
  return (value, conversion) => conversion.firstOf(codecs, value);
};

/** An alternative of objects that one property tells apart. */
export const tagged = (
  at: Building,
  plans: readonly LinkedPlan[],
  tag: string,
  tags: readonly unknown[],
): Codec => {
  const byTag = new Map(plans.map((plan, i) => [tags[i], build(plan, at)]));
  const field = { key: tag, shadowed: tag in Object.prototype };
  return (value, conversion) => {
    const codec = isObject(value) && byTag.get(read(value, field));
    if (codec) return codec(value, conversion);
    conversion.fail(`one of ${JSON.stringify(tags)}`);
    return conversion.failAt(tag);
  };
};
