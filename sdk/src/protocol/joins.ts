import { PorticoError } from '../errors/portico-error.js';
import type { Node } from './schema-node.js';
import { type Scope, scoped, targetOf } from './scope.js';

/**
 * Refuses each `allOf` that can't be joined. Looks into schemas far from where it stands: all keywords and
 * references have been checked.
 * @throws {PorticoError} INVALID_DEFINITION
 */
export const checkJoins = (
  node: Node,
  at: string,
  childrenOf: (node: Node) => readonly [string, Node][],
  outer?: Scope,
): void => {
  const scope = scoped(node, outer);
  if (node.allOf) joined(node, at, scope, [node]);
  for (const [keyword, child] of childrenOf(node)) checkJoins(child, `${at}/${keyword}`, childrenOf, scope);
};

const invalid = (at: string, message: string): PorticoError =>
  new PorticoError('INVALID_DEFINITION', `${at}: ${message}`);

/**
 * The properties that `allOf` joins. It is for objects of listed properties: anything else would need
 * the branches' results to be merged.
 */
const joined = (node: Node, at: string, scope: Scope, around: readonly Node[]): string[] => {
  const names = (node.allOf as readonly Node[]).flatMap((branch, index) => {
    const { node: target, outer } = targetOf(branch, scope) as Scope;
    const place = `${at}/allOf/${index}`;
    if (around.includes(target)) throw invalid(place, 'allOf can not join an object with itself');
    if (target.allOf) return joined(target, place, scoped(target, outer), [...around, target]);
    if (
      target.type !== 'object' ||
      !target.properties ||
      target['patternProperties'] ||
      target['additionalProperties'] ||
      target['$defs']
    )
      throw invalid(place, 'allOf can only join objects with listed properties');
    return Object.keys(target.properties);
  });
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`${at}/allOf`, `more than one branch has a property "${twice}"`);
  return names;
};
