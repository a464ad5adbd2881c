import type { Node } from './schema-node.js';

/** Where a `$ref` looks: the schema nodes around it that define names, from the inside out. */
export interface Scope {
  readonly node: Node;
  readonly outer: Scope | undefined;
}

/** The scope inside a node: a new one if it defines names, else the one around it. */
export const scoped = (node: Node, outer: Scope | undefined): Scope =>
  outer === undefined || node['$defs'] !== undefined || node['$id'] !== undefined ? { node, outer } : outer;

/**
 * What a node stands for: itself, or what it refers to, with the scope around that. `undefined` when nothing
 * has that name. The node's own names count for its reference, too; so nobody else looks a reference up.
 */
export const targetOf = (node: Node, outer: Scope | undefined): Scope | undefined =>
  node['$ref'] === undefined ? { node, outer } : resolve(node['$ref'] as string, scoped(node, outer));

/**
 * What a reference means: `#` and `#/…` count from the document that it stands in, which is the innermost
 * schema with an `$id`, or the outermost of all; a name is that of a `$defs` entry or an `$id` around the
 * reference. Gives the node, and the scope around it. `undefined` when nothing has that name.
 */
const resolve = (ref: string, scope: Scope): Scope | undefined => {
  if (ref.startsWith('#')) return follow(ref, documentOf(scope));
  for (let each: Scope | undefined = scope; each; each = each.outer) {
    if (each.node['$id'] === ref) return each;
    const definitions = (each.node['$defs'] ?? {}) as Record<string, Node>;
    // Without a name, a reference means the document that it stands in.
    if (ref !== '' && Object.hasOwn(definitions, ref)) return { node: definitions[ref] as Node, outer: each };
  }
  return undefined;
};

const documentOf = (scope: Scope): Scope => {
  let each = scope;
  while (each.outer && each.node['$id'] === undefined) each = each.outer;
  return each;
};

/** Keywords below which a name or a place leads to a schema. */
const KEYED = new Set(['$defs', 'properties', 'patternProperties', 'anyOf', 'allOf', 'prefixItems']);
const PLAIN = new Set(['items', 'additionalItems', 'additionalProperties']);

/** Follows a pointer from schema to schema, and nowhere else: what it meets on the way may define names. */
const follow = (pointer: string, document: Scope): Scope | undefined => {
  const steps = stepsOf(pointer);
  let at: Scope | undefined = steps && document;
  for (let i = 0; at && i < (steps as string[]).length; i++) {
    const outer: Scope = scoped(at.node, at.outer);
    // The names within a document of its own are counted from there.
    if (at !== document && at.node['$id'] !== undefined) return undefined;
    const keyword = steps?.[i] as string;
    let below = ownOf(at.node, keyword);
    if (KEYED.has(keyword) || (PLAIN.has(keyword) && Array.isArray(below)))
      below = ownOf(below, steps?.[++i]);
    else if (!PLAIN.has(keyword)) return undefined;
    at = isObject(below) ? { node: below, outer } : undefined;
  }
  return at;
};

const stepsOf = (pointer: string): string[] | undefined => {
  const [start, ...steps] = pointer.split('/');
  if (start !== '#') return undefined;
  try {
    return steps.map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
  } catch {
    return undefined;
  }
};

const isObject = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ownOf = (value: unknown, key: string | undefined): unknown =>
  typeof value === 'object' && value !== null && key !== undefined && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
