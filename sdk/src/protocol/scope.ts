import type { Node } from './check-schema.js';

/** Where a `$ref` looks: the schema nodes around it that define names, from the inside out. */
export interface Scope {
  readonly node: Node;
  readonly outer: Scope | undefined;
}

/** The scope inside a node: a new one if it defines names, else the one around it. */
export const scoped = (node: Node, outer: Scope | undefined): Scope =>
  outer === undefined || node['$defs'] !== undefined || node['$id'] !== undefined ? { node, outer } : outer;

/**
 * What a reference means: `#` and `#/…` count from the outermost schema, a name is that of a `$defs`
 * entry or an `$id` around the reference. `undefined` when nothing has that name.
 */
export const resolve = (ref: string, scope: Scope): Scope | undefined => {
  if (ref.startsWith('#')) {
    let root = scope;
    while (root.outer) root = root.outer;
    let node: unknown = root.node;
    for (const step of ref.split('/').slice(1)) {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      node =
        typeof node === 'object' && node !== null && Object.hasOwn(node, key)
          ? (node as Node)[key]
          : undefined;
    }
    return typeof node === 'object' && node !== null ? { node: node as Node, outer: root } : undefined;
  }
  for (let each: Scope | undefined = scope; each; each = each.outer) {
    if (each.node['$id'] === ref) return each;
    const definitions = (each.node['$defs'] ?? {}) as Record<string, Node>;
    if (Object.hasOwn(definitions, ref)) return { node: definitions[ref] as Node, outer: each };
  }
  return undefined;
};
