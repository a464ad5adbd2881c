import { type Codec, deeper } from '../conversion.js';
import { type Building, build, type LinkedPlan } from './kind.js';

/** A plan that may refer to definitions, and they to each other. */
export const defined = ({ mode }: Building, definitions: readonly LinkedPlan[], plan: LinkedPlan): Codec =>
  build(plan, { mode, definitions, built: [] });

/** Built at first use: a plan may refer to itself. */
export const reference = (at: Building, index: number): Codec => {
  const { definitions, built } = at as Required<Building>;
  return (value, conversion) => {
    built[index] ??= build(definitions[index] as LinkedPlan, at);
    return deeper(built[index], value, conversion);
  };
};
