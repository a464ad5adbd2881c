import type { Schema } from '../../protocol/protocol.js';
import type { Node } from '../../protocol/schema-node.js';
import { type Scope, scoped, targetOf } from '../../protocol/scope.js';
import type { NamedTypes } from './named-types.js';
import { constantOf, type Step, schemaAt } from './schema-place.js';
import type { Place } from './source-place.js';
import { type Field, literal, objectType, propertyKey } from './text.js';
import { wordsOf } from './words.js';

/** A schema on the way down, and what is known of it. */
interface Spot {
  readonly node: Node;
  readonly outer: Scope | undefined;
  /** Where it is written, if that was found. */
  readonly place: Place | undefined;
  /** It is a named type itself, or one of its alternatives, and no part of it. */
  readonly whole: boolean;
}

/** The alternatives of a type. */
type Alternatives = readonly string[];

/**
 * The TypeScript type of a schema, the same that `Infer` reads from its structure, written out in plain
 * words. What has a name in the source or by `$id` has it here, too; references are followed.
 * @param name what to call the type where it refers to itself and has no name
 */
export const schemaType = (
  schema: Schema,
  place: Place | undefined,
  name: string,
  types: NamedTypes,
): string => {
  const root = { node: schema as Node, outer: undefined, place, whole: false };
  return typeText(writer(types, ownName(root) ?? name)(root));
};

const typeText = (alternatives: Alternatives): string => alternatives.join(' | ');

const writer = (types: NamedTypes, fallback: string) => {
  const written = (spot: Spot): Alternatives => {
    const name = nameOf(spot, fallback);
    return name === undefined ? plain(spot) : named(spot, name);
  };

  const named = (spot: Spot, wanted: string): Alternatives => {
    const { node, outer, place } = spot;
    const doc = constantOf(place)?.comment ?? wordsOf(node);
    return [types.name({ node, outer }, wanted, doc, () => typeText(plain({ ...spot, whole: true })))];
  };

  const plain = (spot: Spot): Alternatives => {
    const { node, place } = spot;
    const scope = scoped(node, spot.outer);
    const within = (child: unknown, step: Step, whole = false): Alternatives =>
      written({ node: (child ?? {}) as Node, outer: scope, place: schemaAt(place, step), whole });
    if (node['$ref'] !== undefined) return reference(spot);
    if (node['const'] !== undefined) return [literal(node['const'])];
    if (node['enum']) return united((node['enum'] as unknown[]).map(literal));
    if (node.anyOf) {
      return united(node.anyOf.flatMap((each, index) => within(each, ['branch', index], spot.whole)));
    }
    if (node.allOf) return [objectType(joinedFields(node.allOf, scope, place))];
    const { type } = node;
    const alternatives = [type].flat().map((each) => ofType(each, spot, within));
    return united(alternatives.flat());
  };

  const ofType = (
    type: string | undefined,
    { node, place, outer, whole }: Spot,
    within: (child: unknown, step: Step) => Alternatives,
  ): Alternatives => {
    switch (type) {
      case 'string':
        return [node['contentEncoding'] ? 'Uint8Array' : 'string'];
      case 'integer':
      case 'number':
        return ['number'];
      case 'boolean':
      case 'null':
        return [type];
      case 'array':
        return [arrayType(node, within)];
      case 'object':
        return [
          node.properties
            ? objectType(fieldsOf(node, scoped(node, outer), place))
            : recordType(node, within, whole),
        ];
      default:
        return ['unknown'];
    }
  };

  const fieldsOf = (node: Node, outer: Scope, place: Place | undefined): Field[] =>
    Object.entries(node.properties ?? {}).map(([key, child]) => {
      const at = schemaAt(place, ['property', key]);
      const type = written({ node: child, outer, place: at, whole: false });
      // Whether a gated field is there depends on the grants.
      const required = child['x-grant'] === undefined && node.required?.includes(key);
      const text = required ? typeText(type) : typeText(united([...type, 'undefined']));
      return {
        doc: at?.comment ?? wordsOf(child),
        text: `${propertyKey(key)}${required ? '' : '?'}: ${text}`,
      };
    });

  /** The fields of joined objects: no two of them have one in common. */
  const joinedFields = (branches: readonly Node[], scope: Scope, place: Place | undefined): Field[] =>
    branches.flatMap((branch, index) => {
      const at = schemaAt(place, ['branch', index]);
      const target = targetOf(branch, scope);
      if (!target) return [];
      const inner = scoped(target.node, target.outer);
      return target.node.allOf
        ? joinedFields(target.node.allOf, inner, at)
        : fieldsOf(target.node, inner, at);
    });

  const reference = ({ node, outer, place, whole }: Spot): Alternatives => {
    const ref = node['$ref'] as string;
    const target = targetOf(node, outer);
    if (!target) return ['unknown'];
    const at = schemaAt(place, ['definition', ref]);
    const spot = { ...target, place: at, whole };
    const last = ref.split('/').at(-1) as string;
    if (isShort(target.node)) return plain(spot);
    return named(spot, last === '#' ? fallback : (ownName(spot) ?? last));
  };

  return written;
};

/** The name that a schema has by itself; what is said in a word needs none. */
const nameOf = (spot: Spot, fallback: string): string | undefined => {
  const { node, outer } = spot;
  const referring = outer === undefined && JSON.stringify(node).includes('"$ref":"#"');
  if (node['$ref'] !== undefined || (isShort(node) && !referring)) return undefined;
  return ownName(spot) ?? (referring ? fallback : undefined);
};

const ownName = ({ node, place }: Spot): string | undefined =>
  (node['$id'] as string | undefined) ?? constantOf(place)?.name;

const isShort = (node: Node): boolean =>
  !(
    ['properties', 'anyOf', 'allOf', 'enum'].some((each) => node[each]) ||
    JSON.stringify(node).includes('"$ref"')
  );

/** Each once, and nothing beside what is everything. */
const united = (alternatives: Alternatives): Alternatives =>
  alternatives.includes('unknown') ? ['unknown'] : [...new Set(alternatives)];

const arrayType = (node: Node, within: (child: unknown, step: Step) => Alternatives): string => {
  const places = (node['prefixItems'] ?? (Array.isArray(node.items) ? node.items : undefined)) as
    | Node[]
    | undefined;
  if (places) return `[${places.map((each, index) => typeText(within(each, ['item', index]))).join(', ')}]`;
  const item = within(node.items, ['items']);
  const text = typeText(item);
  // Not every parser takes `-1[]`.
  return item.length > 1 || text.startsWith('-') ? `(${text})[]` : `${text}[]`;
};

/** An object of any names. Where it is the whole of a named type, `Record` could not refer to that type. */
const recordType = (
  node: Node,
  within: (child: unknown, step: Step) => Alternatives,
  whole: boolean,
): string => {
  const additional = node['additionalProperties'];
  const patterns = Object.values((node['patternProperties'] ?? {}) as Record<string, Node>);
  const children = patterns.length > 0 ? patterns : typeof additional === 'object' ? [additional] : [{}];
  const value = typeText(united(children.flatMap((each) => within(each, ['record']))));
  return whole ? `{ [key: string]: ${value} }` : `Record<string, ${value}>`;
};
