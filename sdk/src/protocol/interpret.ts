/**
 * The interpreter: turns a schema of the documented subset (`docs/schemas.md`) into a function that
 * validates a value and makes it fit to cross, without generating code (extensions forbid that).
 * It trusts the schema: `checkSchema` refuses at definition what is outside the subset.
 */
import { type Codec, deeper, FAIL, fail, failAt, firstOf, weighed } from './conversion.js';
import { fieldsOf, mergedObject, objectCodec } from './object-codec.js';
import {
  anyCodec,
  booleanCodec,
  bytesCodec,
  nullCodec,
  numberCodec,
  oneOfCodec,
  stringCodec,
} from './scalar-codecs.js';
import { resolve, type Scope, scoped } from './scope.js';
import { isTabular, tableCodec } from './table-codec.js';

/** What a codec is for. */
export interface Mode {
  readonly direction: 'encode' | 'decode';
  /**
   * Whether the result is a copy. Encoding copies, since nobody's object is sent or mutated; decoding
   * works in place on a message just received, which nobody else holds.
   */
  readonly copies: boolean;
  /** Whether undeclared properties fail (parameters) or are left out (results, events). */
  readonly strict: boolean;
  /** Encoding only: the grants that open gated properties. Without it none opens. */
  readonly grants?: ReadonlySet<string>;
  /** Encoding only: bytes stay bytes; else they become Base64. Decoding takes either. */
  readonly nativeBytes?: boolean;
}

/** The parts of a schema node that the interpreter reads by name. */
export interface Node {
  readonly [keyword: string]: unknown;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node | readonly Node[];
  readonly anyOf?: readonly Node[];
  readonly allOf?: readonly Node[];
}

/** Builds the codec of one node; handed down so that the parts need not import the whole. */
export type Build = (node: Node, mode: Mode, scope: Scope) => Codec;

/** Builds the codec of a schema for one mode. Build once, run often with `convert`. */
export const interpret = (schema: object, mode: Mode): Codec =>
  build(schema as Node, mode, { node: schema as Node, outer: undefined });

const build: Build = (node, mode, outer) => {
  const scope = scoped(node, outer);
  const { type } = node;
  if (node['$ref'] !== undefined) return referenceCodec(node['$ref'] as string, mode, scope);
  if (node['const'] !== undefined) return oneOfCodec([node['const']]);
  if (node['enum']) return oneOfCodec(node['enum'] as unknown[]);
  if (node.anyOf) return unionCodec(node.anyOf, mode, scope);
  if (node.allOf) return objectCodec(mergedObject(node.allOf, scope), mode, scope, build);
  if (Array.isArray(type))
    return unionCodec(type.map((each) => ({ ...node, type: each })) as Node[], mode, scope);
  switch (type) {
    case 'string':
      return node['contentEncoding'] ? bytesCodec(node, mode) : stringCodec(node);
    case 'integer':
    case 'number':
      return numberCodec(node);
    case 'boolean':
      return booleanCodec;
    case 'null':
      return nullCodec;
    case 'array':
      return arrayCodec(node, mode, scope);
    case 'object':
      return objectCodec(node, mode, scope, build);
    default:
      return anyCodec(mode);
  }
};

const referenceCodec = (ref: string, mode: Mode, scope: Scope): Codec => {
  let codec: Codec | undefined;
  return (value) => {
    // Built at first use: a schema may refer to itself.
    codec ??= referred(ref, mode, scope);
    return deeper(codec, value);
  };
};

/** What references lead to, by mode, place and surroundings. */
const built = new WeakMap<Mode, Map<Node, Map<Node, Codec>>>();

/** The codec of a reference: one for all that mean the same. Else every path that a peer takes through a schema that refers to itself would leave codecs behind. */
const referred = (ref: string, mode: Mode, scope: Scope): Codec => {
  const target = resolve(ref, scope);
  if (!target) return () => fail(`a schema named ${ref}`);
  const { node, outer = target } = target;
  const inMode = built.get(mode) ?? new Map<Node, Map<Node, Codec>>();
  built.set(mode, inMode);
  const ofNode = inMode.get(node) ?? new Map<Node, Codec>();
  inMode.set(node, ofNode);
  const codec = ofNode.get(outer.node) ?? build(node, mode, target);
  ofNode.set(outer.node, codec);
  return codec;
};

const arrayCodec = (node: Node, mode: Mode, scope: Scope): Codec => {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = node as {
    minItems?: number;
    maxItems?: number;
  };
  // Tuples: `prefixItems` in today's drafts, `items` as a list in the older ones.
  const listed = Array.isArray(node.items) ? (node.items as readonly Node[]) : undefined;
  const tuple = (node['prefixItems'] as readonly Node[] | undefined) ?? listed ?? [];
  const rest = listed ? node['additionalItems'] : node.items;
  const first = tuple.map((each) => build(each, mode, scope));
  const item = build((rest || {}) as Node, mode, scope);
  const most = (rest as unknown) === false ? Math.min(maxItems, tuple.length) : maxItems;
  const count = (length: number): unknown => {
    if (length < minItems) return fail(`at least ${minItems} items`);
    return length > most ? fail(`at most ${most} items`) : weighed(length, length);
  };
  const plain: Codec = (value) => {
    if (!Array.isArray(value)) return fail('an array');
    const { length } = value;
    if (count(length) === FAIL) return FAIL;
    const target: unknown[] = mode.copies ? new Array(length) : value;
    for (let i = 0; i < length; i++) {
      const each = (i < first.length ? (first[i] as Codec) : item)(value[i]);
      if (each === FAIL) return failAt(i);
      target[i] = each;
    }
    return target;
  };
  const tabular = first.length === 0 && isTabular((rest || {}) as Node, mode);
  return tabular ? tableCodec(fieldsOf(rest as Node, mode, scope, build), plain, mode, count) : plain;
};

const unionCodec = (branches: readonly Node[], mode: Mode, scope: Scope): Codec => {
  const tag = discriminator(branches);
  if (tag === undefined) {
    // A branch that fails half-way must not leave its mark on the value that the next one sees.
    const copying = mode.copies ? mode : { ...mode, copies: true };
    const codecs = branches.map((branch) => build(branch, copying, scope));
    return (value) => firstOf(codecs, value);
  }
  const byTag = new Map(
    branches.map((branch) => [branch.properties?.[tag]?.['const'], build(branch, mode, scope)]),
  );
  const expected = `one of ${JSON.stringify([...byTag.keys()])}`;
  return (value) => {
    const name = typeof value === 'object' && value !== null ? (value as Node)[tag] : undefined;
    const codec = byTag.get(name);
    if (codec) return codec(value);
    fail(expected);
    return failAt(tag);
  };
};

/** The property whose constant tells the branches apart, if each has a constant of its own there. */
const discriminator = (branches: readonly Node[]): string | undefined =>
  branches[0]?.required?.find((key) => {
    const tags = branches.map(({ required, properties }) => {
      const tag = required?.includes(key) ? properties?.[key] : undefined;
      // A gated one may be missing where it arrives.
      return tag?.['x-grant'] === undefined ? tag?.['const'] : undefined;
    });
    return !tags.includes(undefined) && new Set(tags).size === branches.length;
  });
