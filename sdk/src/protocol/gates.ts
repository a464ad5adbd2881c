import { childrenOf } from './check-schema.js';
import type { LinkedField, LinkedPlan } from './kinds/kind.js';
import { list, tuple } from './kinds/list.js';
import { object, openObject } from './kinds/object.js';
import { defined } from './kinds/reference.js';
import { either, tagged } from './kinds/union.js';
import { isLinked } from './plan.js';
import { isNode } from './schema-node.js';

/** The capabilities named by `gated` anywhere in a schema, compiled or not. */
export const gatesIn = (schema: object): Set<string> => {
  const gates = new Set<string>();
  const visit = (part: unknown): void => {
    if (isLinked(part)) visitLinked(part);
    else if (isNode(part)) {
      if (typeof part['x-grant'] === 'string') gates.add(part['x-grant']);
      for (const [, child] of childrenOf(part)) visit(child);
    }
  };
  const visitLinked = ([kind, first, second, third]: LinkedPlan): void => {
    if (kind === object || kind === openObject) {
      for (const [, field, , gate] of first as LinkedField[]) {
        if (gate !== undefined) gates.add(gate);
        visit(field);
      }
      for (const [, other] of (second ?? []) as [string, LinkedPlan][]) visit(other);
    } else if (kind === list || kind === tuple)
      for (const each of [first, ...((third ?? []) as LinkedPlan[])]) visit(each);
    else if (kind === either || kind === tagged) for (const each of first as LinkedPlan[]) visit(each);
    else if (kind === defined) for (const each of [...(first as LinkedPlan[]), second]) visit(each);
  };
  visit(schema);
  return gates;
};
