import { PorticoError } from '../errors/portico-error.js';
import { FORMATS } from './formats.js';
import type { LinkedField, LinkedPlan } from './kinds/kind.js';
import { list, tuple } from './kinds/list.js';
import { object, openObject } from './kinds/object.js';
import { defined } from './kinds/reference.js';
import { either, tagged } from './kinds/union.js';
import { isLinked } from './plan.js';
import { checkRecursion } from './recursion.js';
import { unsupported } from './refused-keywords.js';
import { resolve, type Scope, scoped } from './scope.js';

/** The parts of a schema node that are read by name. */
export interface Node {
  readonly [keyword: string]: unknown;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node | readonly Node[];
  readonly anyOf?: readonly Node[];
  readonly allOf?: readonly Node[];
}

/** Keywords that say nothing about validity. */
const ANNOTATIONS = new Set([
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'contentMediaType',
  '$comment',
  '$schema',
  '$id',
  '$defs',
]);

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isPrimitive = (value: unknown): boolean =>
  value === null || isText(value) || typeof value === 'boolean' || isNumber(value);
const isList = (value: unknown): value is unknown[] => Array.isArray(value);
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isPattern = (value: unknown): boolean => {
  try {
    return isText(value) && !!new RegExp(value as string, 'u');
  } catch {
    return false;
  }
};
const TYPES = new Set(['string', 'integer', 'number', 'boolean', 'null', 'array', 'object']);
const isType = (value: unknown): boolean =>
  isList(value)
    ? value.length > 0 && value.every((each) => TYPES.has(each as string))
    : TYPES.has(value as string);

/** The subset, keyword by keyword: what its value must be. */
const KEYWORDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  type: isType,
  const: isPrimitive,
  enum: (value) => isList(value) && value.length > 0 && value.every(isPrimitive),
  anyOf: (value) => isList(value) && value.length > 0 && value.every(isNode),
  allOf: (value) => isList(value) && value.length > 0 && value.every(isNode),
  $ref: isText,
  minLength: isCount,
  maxLength: isCount,
  pattern: isPattern,
  format: isText,
  contentEncoding: (value) => value === 'base64',
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  multipleOf: (value) => isNumber(value) && (value as number) > 0,
  minItems: isCount,
  maxItems: isCount,
  items: (value) => isNode(value) || value === false || (isList(value) && value.every(isNode)),
  prefixItems: (value) => isList(value) && value.every(isNode),
  additionalItems: (value) => typeof value === 'boolean' || isNode(value),
  properties: isNode,
  patternProperties: (value) => isNode(value) && Object.keys(value).every(isPattern),
  additionalProperties: (value) => typeof value === 'boolean' || isNode(value),
  required: (value) => isList(value) && value.every(isText),
  'x-grant': isText,
};

/** The keywords a schema may use, for documents and tools. */
export const SUPPORTED_KEYWORDS: readonly string[] = Object.keys(KEYWORDS);

/** Where one of these stands, it alone says what fits: the interpreter reads no other keyword beside it. */
const WHOLE = ['$ref', 'const', 'enum', 'anyOf', 'allOf'];

/** Keywords that say something about values of one type only, by that type. */
const OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern', 'format', 'contentEncoding'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  array: ['minItems', 'maxItems', 'items', 'prefixItems', 'additionalItems'],
  object: ['properties', 'patternProperties', 'additionalProperties', 'required'],
};

/**
 * Checks that a schema stays within the subset that the interpreter validates.
 * @param at where the schema stands in the definition, for the message
 * @throws {PorticoError} INVALID_DEFINITION naming the keyword and its path
 */
export const checkSchema = (schema: unknown, at: string): void => {
  checkNode(schema, at, isNode(schema) ? { node: schema, outer: undefined } : undefined, false);
  checkRecursion(schema as Node, at, childrenOf);
};

const invalid = (at: string, message: string): PorticoError =>
  new PorticoError('INVALID_DEFINITION', `${at}: ${message}`);

const checkNode = (node: unknown, at: string, outer: Scope | undefined, isProperty: boolean): void => {
  // `true` and `false` are schemas, too, but not of this subset: `false` would let everything through.
  if (!isNode(node)) throw invalid(at, 'a schema must be an object');
  const scope = scoped(node, outer);
  for (const [keyword, value] of Object.entries(node)) {
    if (value === undefined || ANNOTATIONS.has(keyword)) continue;
    const check = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    if (!check) throw invalid(at, unsupported(keyword));
    if (!check(value)) throw invalid(`${at}/${keyword}`, `not a value that "${keyword}" can take here`);
  }
  checkTogether(node, at);
  const { properties = {}, contentEncoding, format } = node;
  if (format !== undefined && !Object.hasOwn(FORMATS, format as string)) {
    throw invalid(
      `${at}/format`,
      `"${format}" is not checked, and would mean nothing: use "pattern", or one of ${Object.keys(FORMATS).join(', ')}`,
    );
  }
  if (node['$ref'] !== undefined) checkReference(node['$ref'] as string, `${at}/$ref`, scope);
  if (
    contentEncoding !== undefined &&
    (node.type !== 'string' || ['minLength', 'pattern', 'format'].some((each) => node[each] !== undefined))
  ) {
    throw invalid(`${at}/contentEncoding`, 'bytes take no other keyword than maxLength, in bytes');
  }
  if (Object.hasOwn(properties, '__proto__'))
    throw invalid(`${at}/properties`, 'no property can be named __proto__');
  const unlisted = node.required?.find((key) => !Object.hasOwn(properties, key));
  if (unlisted !== undefined) throw invalid(`${at}/required`, `"${unlisted}" is not among the properties`);
  // Anywhere else the interpreter would not look at it, and the gate would stand open.
  if (node['x-grant'] !== undefined && !isProperty)
    throw invalid(`${at}/x-grant`, 'only properties of objects can be gated');
  if (node['prefixItems'] && isList(node.items))
    throw invalid(`${at}/items`, 'beside "prefixItems" it is the schema of the items that follow');
  if (node.allOf) joined(node, at, scope, [node]);
  for (const [keyword, child] of childrenOf(node))
    checkNode(child, `${at}/${keyword}`, scope, keyword.startsWith('properties/'));
};

/** Pointers that lead from schema to schema, and nowhere else. */
const POINTER =
  /^#(\/(\$defs|properties|patternProperties)\/[^/]+|\/(anyOf|allOf|prefixItems|items)\/\d+|\/(items|additionalItems|additionalProperties))*$/;

const checkReference = (ref: string, at: string, scope: Scope): void => {
  const target = resolve(ref, scope)?.node;
  if (!isNode(target) || (ref.startsWith('#') && !POINTER.test(ref))) {
    throw invalid(
      at,
      `nothing in this schema is named "${ref}"; references to other documents are not followed`,
    );
  }
  if (target['x-grant'] !== undefined) throw invalid(at, 'a reference to a gated property would open it');
};

/** Refuses keywords that mean nothing together: JSON Schema applies them all, the interpreter would not. */
const checkTogether = (node: Node, at: string): void => {
  const has = (keyword: string): boolean => node[keyword] !== undefined;
  const types = [node.type].flat().map((type) => (type === 'integer' ? 'number' : type));
  const whole = WHOLE.find(has);
  for (const [type, keywords] of Object.entries(OF_TYPE)) {
    const stray = keywords.find((each) => has(each) && (whole || !types.includes(type)));
    if (stray && whole) throw invalid(`${at}/${stray}`, `"${stray}" can't stand beside "${whole}"`);
    if (stray) throw invalid(`${at}/${stray}`, `"${stray}" needs "type": "${type}" beside it`);
  }
  if (!whole) return;
  const other = WHOLE.find((each) => each !== whole && has(each));
  if (other) throw invalid(`${at}/${other}`, `"${other}" can't stand beside "${whole}"`);
  const values = has('const') ? [node['const']] : ((node['enum'] as unknown[]) ?? []);
  const fits =
    values.length > 0
      ? values.every((value) => isOf(value, node.type))
      : whole === 'allOf' && node.type === 'object';
  if (has('type') && !fits) throw invalid(`${at}/type`, `not a type that "${whole}" can have beside it`);
};

const isOf = (value: unknown, type: Node['type']): boolean =>
  isList(type)
    ? type.some((each) => isOf(value, each as string))
    : type === 'integer'
      ? Number.isInteger(value)
      : type === (value === null ? 'null' : typeof value);

/**
 * The properties that `allOf` joins. It is for objects of listed properties: anything else would need
 * the branches' results to be merged.
 */
const joined = (node: Node, at: string, scope: Scope, around: readonly Node[]): string[] => {
  const names = (node.allOf as readonly Node[]).flatMap((branch, index) => {
    const target = branch['$ref'] === undefined ? branch : resolve(branch['$ref'] as string, scope)?.node;
    const place = `${at}/allOf/${index}`;
    if (target && around.includes(target)) throw invalid(place, 'allOf can not join an object with itself');
    if (target?.allOf) return joined(target, place, scope, [...around, target]);
    if (
      target?.type !== 'object' ||
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

/** The schemas within a schema, each with its keyword and its name or place. */
export const childrenOf = (node: Node): [string, Node][] => {
  const children: [string, Node][] = [];
  for (const keyword of ['properties', 'patternProperties', '$defs']) {
    for (const [key, child] of Object.entries(node[keyword] ?? {}))
      children.push([`${keyword}/${key}`, child as Node]);
  }
  for (const keyword of ['anyOf', 'allOf', 'prefixItems', 'items']) {
    const list = node[keyword];
    if (isList(list))
      for (const [index, child] of list.entries()) children.push([`${keyword}/${index}`, child as Node]);
  }
  for (const keyword of ['items', 'additionalItems', 'additionalProperties']) {
    if (isNode(node[keyword])) children.push([keyword, node[keyword] as Node]);
  }
  return children;
};

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
