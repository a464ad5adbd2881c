import { type Codec, type Conversion, FAIL, isObject, oneFrom } from '../conversion.js';
import { type Building, build, type LinkedPlan } from './kind.js';
import { read } from './object.js';

export const either = (at: Building, plans: readonly LinkedPlan[]): Codec => {
  const codecs = plans.map((plan) => build(plan, at));
  return (value, conversion) => firstOf(codecs, value, conversion);
};

/** Tries codecs in turn, each from the same state. Takes the first that loses nothing; else the first that loses least. */
const firstOf = (codecs: readonly Codec[], value: unknown, conversion: Conversion): unknown => {
  const { size, depth, lost, choosing } = conversion;
  let best: unknown = FAIL;
  let bestSize = size;
  let fewest = Number.POSITIVE_INFINITY;
  for (const codec of codecs) {
    conversion.size = size;
    conversion.depth = depth;
    conversion.lost = 0;
    conversion.choosing = true;
    const result = codec(value, conversion);
    if (result === FAIL) {
      // Too large is too large for every branch.
      if (conversion.failure.limit && best === FAIL) break;
    } else if (conversion.lost < fewest) {
      best = result;
      bestSize = conversion.size;
      fewest = conversion.lost;
      if (fewest === 0) break;
    }
    // Alternatives within alternatives could be tried without end.
    if (conversion.stepped(1) === FAIL) {
      best = FAIL;
      break;
    }
  }
  conversion.choosing = choosing;
  if (best === FAIL)
    return conversion.failure.limit ? FAIL : conversion.fail('one of the declared alternatives');
  conversion.size = bestSize;
  conversion.depth = depth;
  conversion.lost = lost + fewest;
  return best;
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
  const refuse = oneFrom(tags);
  return (value, conversion) => {
    const codec = isObject(value) && byTag.get(read(value, field));
    if (codec) return codec(value, conversion);
    refuse(conversion);
    return conversion.failAt(tag);
  };
};
