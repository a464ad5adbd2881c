import { PorticoError } from '../errors/portico-error.js';
import type { Node } from './schema-node.js';
import { type Scope, scoped, targetOf } from './scope.js';

/** A schema node, with what is needed to follow it. */
interface Place {
  readonly node: Node;
  readonly at: string;
  /** Nodes that the same value must fit, all or one of them: no value is entered on the way. */
  readonly beside: readonly Node[];
}

/**
 * Refuses recursion without an end: a schema that refers to itself without going deeper, and one that
 * nothing finite fits. All keywords and references have been checked.
 * @throws {PorticoError} INVALID_DEFINITION
 */
export const checkRecursion = (
  root: Node,
  at: string,
  childrenOf: (node: Node) => readonly [string, Node][],
): void => {
  const places = new Map<Node, Place>();
  let references = 0;
  const visit = (node: Node, where: string, outer: Scope | undefined): void => {
    if (places.has(node)) return;
    const scope = scoped(node, outer);
    const target = node['$ref'] === undefined ? undefined : targetOf(node, outer)?.node;
    if (target) references++;
    const beside = target ? [target] : (node.anyOf ?? node.allOf ?? []);
    places.set(node, { node, at: where, beside });
    for (const [keyword, child] of childrenOf(node)) visit(child, `${where}/${keyword}`, scope);
  };
  visit(root, at, undefined);
  if (references === 0) return;
  for (const place of places.values()) refuseCircle(place, places);
  refuseEndless(places);
};

const invalid = (at: string, message: string): PorticoError =>
  new PorticoError('INVALID_DEFINITION', `${at}: ${message}`);

const refuseCircle = (start: Place, places: ReadonlyMap<Node, Place>): void => {
  const seen = new Set<Node>();
  const waiting = [...start.beside];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node === start.node) {
      throw invalid(start.at, 'refers to itself without going deeper; put a property or an item in between');
    }
    if (seen.has(node)) continue;
    seen.add(node);
    waiting.push(...(places.get(node)?.beside ?? []));
  }
};

/** What is known to fit something finite grows until nothing is added; the rest has no end. */
const refuseEndless = (places: ReadonlyMap<Node, Place>): void => {
  const finite = new Set<Node>();
  for (let before = -1; before < finite.size; ) {
    before = finite.size;
    for (const { node, beside } of places.values()) if (hasEnd(node, beside, finite)) finite.add(node);
  }
  for (const { node, at } of places.values()) {
    if (!finite.has(node)) {
      throw invalid(
        at,
        'no finite value fits, since it must contain itself; make that optional, or let null or an empty list end it',
      );
    }
  }
};

const hasEnd = (node: Node, beside: readonly Node[], finite: ReadonlySet<Node>): boolean => {
  const ends = (each: Node | undefined): boolean => each === undefined || finite.has(each);
  if (node.anyOf) return beside.some(ends);
  if (beside.length > 0) return beside.every(ends);
  return [node.type].flat().some((type) => {
    if (type === 'object')
      return (node.required ?? []).every((key) => {
        const property = node.properties?.[key];
        return property?.['x-grant'] !== undefined || ends(property);
      });
    if (type !== 'array') return true;
    const least = (node['minItems'] as number | undefined) ?? 0;
    const listed = Array.isArray(node.items) ? (node.items as readonly Node[]) : undefined;
    const first = (node['prefixItems'] as readonly Node[] | undefined) ?? listed ?? [];
    const rest = (listed ? node['additionalItems'] : node.items) as Node | boolean | undefined;
    return (
      first.slice(0, least).every(ends) && (least <= first.length || typeof rest === 'boolean' || ends(rest))
    );
  });
};
