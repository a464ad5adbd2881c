import { PorticoError } from '../errors/portico-error.js';
import type { Node } from './interpret.js';
import { resolve, type Scope, scoped } from './scope.js';

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
  'x-grant',
]);

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isPrimitive = (value: unknown): boolean =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);
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
};

/** The keywords a schema may use, for documents and tools. */
export const SUPPORTED_KEYWORDS: readonly string[] = Object.keys(KEYWORDS);

/**
 * Checks that a schema stays within the subset that the interpreter validates.
 * @param at where the schema stands in the definition, for the message
 * @throws {PorticoError} INVALID_DEFINITION naming the keyword and its path
 */
export const checkSchema = (schema: unknown, at: string): void => {
  if (!isNode(schema)) throw invalid(at, 'a schema must be an object');
  checkNode(schema, at, { node: schema, outer: undefined });
};

const invalid = (at: string, message: string): PorticoError =>
  new PorticoError('INVALID_DEFINITION', `${at}: ${message}`);

const checkNode = (node: Node, at: string, outer: Scope): void => {
  const scope = scoped(node, outer);
  for (const [keyword, value] of Object.entries(node)) {
    if (value === undefined || ANNOTATIONS.has(keyword)) continue;
    const check = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    if (!check) throw invalid(at, `keyword "${keyword}" is not supported; see docs/schemas.md for what is`);
    if (!check(value)) throw invalid(`${at}/${keyword}`, `not a value that "${keyword}" can take here`);
  }
  const { properties = {}, $ref, contentEncoding } = node;
  if ($ref !== undefined && !resolve($ref as string, scope)) {
    throw invalid(
      `${at}/$ref`,
      `nothing in this schema is named "${$ref}"; references to other documents are not followed`,
    );
  }
  if (
    contentEncoding !== undefined &&
    (node.type !== 'string' || node['minLength'] !== undefined || node['pattern'] !== undefined)
  ) {
    throw invalid(`${at}/contentEncoding`, 'bytes take no other keyword than maxLength, in bytes');
  }
  if (Object.hasOwn(properties, '__proto__'))
    throw invalid(`${at}/properties`, 'no property can be named __proto__');
  if (node.allOf) checkIntersection(node, at, scope);
  for (const [keyword, child] of childrenOf(node)) checkNode(child, `${at}/${keyword}`, scope);
};

/** `allOf` is for joining objects of listed properties: anything else would need the branches' results to be merged. */
const checkIntersection = (node: Node, at: string, scope: Scope): void => {
  for (const [index, branch] of (node.allOf as readonly Node[]).entries()) {
    const target = branch['$ref'] === undefined ? branch : resolve(branch['$ref'] as string, scope)?.node;
    const joins = target && (target.allOf || (target.type === 'object' && target.properties));
    if (!joins || target['patternProperties'] || target['additionalProperties']) {
      throw invalid(`${at}/allOf/${index}`, 'allOf can only join objects with listed properties');
    }
  }
};

const childrenOf = (node: Node): [string, Node][] => {
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

/** The capabilities named by `gated` anywhere in a schema. */
export const gatesIn = (schema: object): Set<string> => {
  const gates = new Set<string>();
  const visit = (node: Node): void => {
    if (typeof node['x-grant'] === 'string') gates.add(node['x-grant']);
    for (const [, child] of childrenOf(node)) visit(child);
  };
  visit(schema as Node);
  return gates;
};
