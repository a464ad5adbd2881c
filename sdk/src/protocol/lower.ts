import { treeOf } from './check-schema.js';
import { FORMATS } from './formats.js';
import type { Plan, PlanField } from './plan.js';
import type { Node } from './schema-node.js';
import { type Scope, scoped, targetOf } from './scope.js';

/** Turns a schema of the subset into a plan. The schema has passed `checkSchema`. */
export const lower = (schema: object): Plan => {
  const definitions: Plan[] = [];
  const known = new Map<Node, number>();

  const lowerNode = (node: Node, outer: Scope | undefined): Plan => {
    const scope = scoped(node, outer);
    const below = (child: unknown): Plan => lowerNode((child ?? {}) as Node, scope);
    const { type } = node;
    if (node['$ref'] !== undefined) return reference(targetOf(node, outer) as Scope);
    if (node['const'] !== undefined) return ['e', [node['const']]];
    if (node['enum']) return ['e', node['enum']];
    if (node.anyOf) return union(node.anyOf, scope, below);
    if (node.allOf) return ['o', joined(node.allOf, scope)];
    if (!Array.isArray(type)) return ofType(type as string | undefined, node, below);
    const alternatives = type.map((each) => ofType(each, node, below));
    return alternatives.length === 1 ? (alternatives[0] as Plan) : ['u', alternatives];
  };

  const reference = ({ node, outer }: Scope): Plan => {
    let index = known.get(node);
    if (index === undefined) {
      index = known.size;
      known.set(node, index);
      definitions[index] = lowerNode(node, outer);
    }
    return ['r', index];
  };

  const union = (branches: readonly Node[], scope: Scope, below: (child: unknown) => Plan): Plan => {
    // `const` alternatives are an enumeration.
    if (branches.every((branch) => branch['const'] !== undefined)) {
      return ['e', branches.map((branch) => branch['const'])];
    }
    const targets = branches.map((branch) => (targetOf(branch, scope) as Scope).node);
    const tag = discriminator(targets);
    const plans = branches.map(below);
    return tag === undefined
      ? ['u', plans]
      : ['u', plans, tag, targets.map((branch) => branch.properties?.[tag]?.['const'])];
  };

  /** The properties of an intersection of objects: each means what it means where it stands. */
  const joined = (branches: readonly Node[], scope: Scope): PlanField[] =>
    branches.flatMap((branch) => {
      const { node, outer } = targetOf(branch, scope) as Scope;
      const inside = scoped(node, outer);
      return node.allOf
        ? joined(node.allOf, inside)
        : fieldsOf(node, (child) => lowerNode(child as Node, inside));
    });

  const plan = lowerNode(treeOf(schema), undefined);
  return definitions.length > 0 ? ['d', definitions, plan] : plan;
};

const ofType = (type: string | undefined, node: Node, below: (child: unknown) => Plan): Plan => {
  switch (type) {
    case 'string':
      return node['contentEncoding'] ? short('y', node['maxLength']) : short('s', text(node));
    case 'integer':
    case 'number':
      return short(type === 'integer' ? 'i' : 'n', picked(node, NUMERIC));
    case 'boolean':
      return 'b';
    case 'null':
      return 'z';
    case 'array':
      return array(node, below);
    case 'object':
      return object(node, below);
    default:
      return '*';
  }
};

const NUMERIC = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];

const picked = (node: Node, keywords: readonly string[]): object | undefined => {
  const found = keywords.filter((keyword) => node[keyword] !== undefined);
  return found.length > 0 ? Object.fromEntries(found.map((keyword) => [keyword, node[keyword]])) : undefined;
};

/** A format is its expression, under the words for a value that doesn't match. */
const text = (node: Node): object | undefined => {
  const format = node['format'] as string | undefined;
  const bounds = picked(node, ['minLength', 'maxLength', 'pattern']);
  return format === undefined ? bounds : { ...bounds, [`format ${format}`]: FORMATS[format] };
};

const short = (kind: string, rest: unknown): Plan => (rest === undefined ? kind : [kind, rest]);

const array = (node: Node, below: (child: unknown) => Plan): Plan => {
  // Tuples: `prefixItems` in today's drafts, `items` as a list in the older ones.
  const listed = Array.isArray(node.items) ? (node.items as readonly Node[]) : undefined;
  const prefix = (node['prefixItems'] as readonly Node[] | undefined) ?? listed ?? [];
  const rest: unknown = listed ? node['additionalItems'] : node.items;
  const item = below(typeof rest === 'boolean' ? {} : rest);
  const most =
    rest === false
      ? { maxItems: Math.min(prefix.length, (node['maxItems'] as number) ?? prefix.length) }
      : {};
  const bounds = { ...picked(node, ['minItems', 'maxItems']), ...most };
  const constraints = Object.keys(bounds).length > 0 ? bounds : undefined;
  if (prefix.length > 0) return ['a', item, constraints ?? {}, prefix.map(below)];
  return constraints ? ['a', item, constraints] : ['a', item];
};

const fieldsOf = (node: Node, below: (child: unknown) => Plan): PlanField[] =>
  Object.entries(node.properties ?? {}).map(([key, property]): PlanField => {
    const gate = property['x-grant'] as string | undefined;
    // Whether a gated property is there depends on the grants.
    const required = gate === undefined && node.required?.includes(key) ? 1 : 0;
    return gate === undefined ? [key, below(property), required] : [key, below(property), required, gate];
  });

const object = (node: Node, below: (child: unknown) => Plan): Plan => {
  const fields = fieldsOf(node, below);
  const patterns = Object.entries((node['patternProperties'] ?? {}) as Record<string, Node>);
  const others: [string, Plan][] = patterns.map(([pattern, child]) => [pattern, below(child)]);
  const additional = node['additionalProperties'];
  if (additional) others.push(['', below(additional === true ? {} : additional)]);
  return others.length > 0 ? ['o', fields, others] : ['o', fields];
};

/** The property whose constant tells the branches apart, if each has a constant of its own there. */
const discriminator = (branches: readonly Node[]): string | undefined =>
  branches[0]?.required?.find((key) => {
    const tags = branches.map(({ type, required, properties }) => {
      const tag = type === 'object' && required?.includes(key) ? properties?.[key] : undefined;
      // A gated one may be missing where it arrives.
      return tag?.['x-grant'] === undefined ? tag?.['const'] : undefined;
    });
    return !tags.includes(undefined) && new Set(tags).size === branches.length;
  });
