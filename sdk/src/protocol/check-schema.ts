import { PorticoError } from '../errors/portico-error.js';
import { FORMATS } from './formats.js';
import { checkJoins } from './joins.js';
import { claimedTwice } from './pattern-names.js';
import { checkRecursion } from './recursion.js';
import { unsupported } from './refused-keywords.js';
import { isNode, type Node } from './schema-node.js';
import { type Scope, scoped, targetOf } from './scope.js';

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
]);

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isPrimitive = (value: unknown): boolean =>
  value === null || isText(value) || typeof value === 'boolean' || isNumber(value);
const isList = (value: unknown): value is unknown[] => Array.isArray(value);
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
  // A fragment would name a place, as "$anchor" does.
  $id: (value) => isText(value) && !(value as string).includes('#'),
  $defs: isNode,
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
export const SUPPORTED_KEYWORDS: readonly string[] = /* @__PURE__ */ Object.keys(KEYWORDS).filter(
  (each) => each !== '$id' && each !== '$defs',
);

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
  const ids: unknown[] = [];
  const tree = treeOf(schema, at, ids);
  checkNode(tree, at, undefined, ids);
  checkJoins(tree, at, childrenOf);
  checkRecursion(tree, at, childrenOf);
};

const invalid = (at: string, message: string): PorticoError =>
  new PorticoError('INVALID_DEFINITION', `${at}: ${message}`);

/** Keywords that hold schemas: by names, in a list, and alone, with the booleans that may stand for them. */
const NAMED = ['properties', 'patternProperties', '$defs'];
const LISTED = ['anyOf', 'allOf', 'prefixItems', 'items'];
const SINGLE: Readonly<Record<string, readonly unknown[]>> = {
  items: [false],
  additionalItems: [true, false],
  additionalProperties: [true, false],
};

/**
 * A copy in which each place has a node of its own: authors use one object in several places, where its names
 * may mean several things. Whatever stands where a schema must is one, then, and the whole has an end.
 * @param ids takes the names that schemas give themselves
 * @throws {PorticoError} INVALID_DEFINITION
 */
export const treeOf = (
  schema: unknown,
  at = '',
  ids: unknown[] = [],
  around: readonly unknown[] = [],
): Node => {
  if (!isNode(schema)) throw invalid(at, `a schema must be an object, not ${nameOf(schema)}`);
  if (around.includes(schema)) throw invalid(at, 'contains itself; refer to it by "$ref"');
  ids.push(schema['$id']);
  const inside = [...around, schema];
  const child = (value: unknown, path: string): Node => treeOf(value, `${at}/${path}`, ids, inside);
  const copy: Record<string, unknown> = { ...schema };
  for (const keyword of NAMED) {
    const named = schema[keyword];
    if (isNode(named))
      copy[keyword] = Object.fromEntries(
        Object.entries(named).map(([name, each]) => [name, child(each, `${keyword}/${name}`)]),
      );
  }
  for (const keyword of LISTED) {
    const list = schema[keyword];
    if (isList(list)) copy[keyword] = list.map((each, index) => child(each, `${keyword}/${index}`));
  }
  for (const [keyword, booleans] of Object.entries(SINGLE)) {
    const single = schema[keyword];
    if (single !== undefined && !isList(single) && !booleans.includes(single))
      copy[keyword] = child(single, keyword);
  }
  return copy;
};

const nameOf = (value: unknown): string =>
  value === true
    ? 'true; write {} for any value'
    : value === false
      ? 'false; leave out what nothing fits'
      : `${isList(value) ? 'a list' : typeof value === 'function' ? 'a function' : value === null || value === undefined ? value : `a ${typeof value}`}; write {} for any value, or leave it out`;

const checkNode = (
  node: Node,
  at: string,
  outer: Scope | undefined,
  ids: readonly unknown[],
  isProperty = false,
): void => {
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
  if (node['$ref'] !== undefined) checkReference(node, `${at}/$ref`, outer, ids);
  if (
    contentEncoding !== undefined &&
    (node.type !== 'string' || ['minLength', 'pattern', 'format'].some((each) => node[each] !== undefined))
  ) {
    throw invalid(`${at}/contentEncoding`, 'bytes take no other keyword than maxLength, in bytes');
  }
  if (Object.hasOwn(properties, '__proto__'))
    throw invalid(`${at}/properties`, 'no property can be named __proto__');
  const claimed = claimedTwice(Object.keys(node['patternProperties'] ?? {}), Object.keys(properties));
  if (claimed) throw invalid(`${at}/patternProperties/${claimed.pattern}`, claimed.message);
  const unlisted = node.required?.find((key) => !Object.hasOwn(properties, key));
  if (unlisted !== undefined) throw invalid(`${at}/required`, `"${unlisted}" is not among the properties`);
  // Anywhere else the interpreter would not look at it, and the gate would stand open.
  if (node['x-grant'] !== undefined && !isProperty)
    throw invalid(`${at}/x-grant`, 'only properties of objects can be gated');
  if (node['prefixItems'] && isList(node.items))
    throw invalid(`${at}/items`, 'beside "prefixItems" it is the schema of the items that follow');
  for (const [keyword, child] of childrenOf(node))
    checkNode(child, `${at}/${keyword}`, scope, ids, keyword.startsWith('properties/'));
};

const checkReference = (node: Node, at: string, outer: Scope | undefined, ids: readonly unknown[]): void => {
  const ref = node['$ref'];
  const target = targetOf(node, outer)?.node;
  if (!isNode(target)) {
    throw invalid(
      at,
      `nothing in this schema is named "${ref}"; references to other documents are not followed`,
    );
  }
  // By JSON Schema, it would be the other one.
  if (ids.includes(ref) && target['$id'] !== ref)
    throw invalid(at, `both an "$id" and an entry of "$defs" are named "${ref}"; rename one`);
  if (target['x-grant'] !== undefined) throw invalid(at, 'a reference to a gated property would open it');
};

const HOLDS_NOTHING =
  'an object has no other properties than those that are declared, so that this one holds none: list them in "properties", or let "additionalProperties" say what any may be';

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
  if (has('additionalItems') && !isList(node.items))
    throw invalid(`${at}/additionalItems`, 'needs a list of schemas as "items" beside it; else use "items"');
  if (!whole) {
    if (types.includes('object') && !OF_TYPE['object']?.some(has)) throw invalid(`${at}/type`, HOLDS_NOTHING);
    return;
  }
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

/** The schemas within a schema, each with its keyword and its name or place. */
export const childrenOf = (node: Node): [string, Node][] => {
  const children: [string, Node][] = [];
  for (const keyword of NAMED) {
    for (const [key, child] of Object.entries(node[keyword] ?? {}))
      children.push([`${keyword}/${key}`, child as Node]);
  }
  for (const keyword of LISTED) {
    const list = node[keyword];
    if (isList(list))
      for (const [index, child] of list.entries()) children.push([`${keyword}/${index}`, child as Node]);
  }
  for (const keyword of Object.keys(SINGLE)) {
    if (isNode(node[keyword])) children.push([keyword, node[keyword] as Node]);
  }
  return children;
};
