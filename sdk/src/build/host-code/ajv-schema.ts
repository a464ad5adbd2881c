import type { Constraints, Plan, PlanField } from '../../protocol/plan.js';
import { type Program, partsOf } from './kinds.js';

/** The keyword whose schema is applied without descriptions of what failed. */
export const QUIET = 'x-quiet';

const TYPES: Readonly<Record<string, string>> = {
  s: 'string',
  n: 'number',
  i: 'integer',
  b: 'boolean',
  z: 'null',
};

/**
 * A plan as the JSON Schema that Ajv compiles. It is for copies: bytes have been converted, nothing
 * undeclared is left, and nothing is deeper or larger than the limits.
 */
export const ajvSchema = ({ definitions, root }: Program): object => ({
  [QUIET]: schemaOf(root),
  definitions: Object.fromEntries(
    definitions.map((plan, index) => [`d${index}`, { [QUIET]: schemaOf(plan) }]),
  ),
});

const schemaOf = (plan: Plan): Record<string, unknown> => {
  const [kind, first, second, third] = partsOf(plan);
  switch (kind) {
    case '*':
      return {};
    case 'r':
      return { $ref: `#/definitions/d${first}` };
    case 'e':
      return { enum: first };
    case 'y':
      // Base64 or bytes; the copier knows which, and that they are.
      return { type: ['string', 'object'] };
    case 'a':
      return { type: 'array', ...items(first, third), ...bounds(second) };
    case 'o':
      return object(first, second);
    case 'u':
      return second === undefined ? either(first) : tagged(first, second, third);
    default:
      return { type: TYPES[kind], ...bounds(first) };
  }
};

/** A format is known to Ajv by its expression: two versions of Portico may disagree about a name. */
const bounds = (constraints: Constraints = {}): object =>
  Object.fromEntries(
    Object.entries(constraints).map(([name, bound]) => [name.startsWith('format ') ? 'format' : name, bound]),
  );

const items = (item: Plan, prefix: readonly Plan[] = []): object =>
  prefix.length > 0
    ? { items: prefix.map(schemaOf), additionalItems: schemaOf(item) }
    : { items: schemaOf(item) };

const object = (
  fields: readonly PlanField[],
  others: readonly (readonly [string, Plan])[] = [],
): Record<string, unknown> => {
  const patterns = others.filter(([pattern]) => pattern !== '');
  const rest = others.find(([pattern]) => pattern === '');
  return {
    type: 'object',
    required: fields.filter(([, , required]) => required).map(([key]) => key),
    properties: Object.fromEntries(fields.map(([key, plan]) => [key, schemaOf(plan)])),
    ...(patterns.length > 0
      ? { patternProperties: Object.fromEntries(patterns.map(([key, plan]) => [key, schemaOf(plan)])) }
      : {}),
    ...(rest ? { additionalProperties: schemaOf(rest[1]) } : {}),
  };
};

/** Alternatives of different types are one schema of several types: each keyword says something about one. */
const either = (plans: readonly Plan[]): Record<string, unknown> => {
  const schemas = plans.map(schemaOf);
  if (!schemas.every((schema) => schema['type'] !== undefined && !schema['oneOf'])) return { anyOf: schemas };
  return Object.assign({}, ...schemas, { type: schemas.flatMap((schema) => schema['type']) });
};

const tagged = (plans: readonly Plan[], tag: string, tags: readonly unknown[]): Record<string, unknown> => {
  const schemas = plans.map(schemaOf);
  const switched = tags.every((each) => typeof each === 'string') && plans.every(([kind]) => kind === 'o');
  return switched
    ? { type: 'object', discriminator: { propertyName: tag }, required: [tag], oneOf: schemas }
    : { anyOf: schemas };
};
