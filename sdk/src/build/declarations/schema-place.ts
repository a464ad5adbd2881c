import { argumentsOf, calledName, elementsOf, type Place, property } from './source-place.js';

/** A step from one schema into the next. */
export type Step =
  | readonly ['property' | 'definition', key: string]
  | readonly ['item' | 'branch', index: number]
  | readonly ['items' | 'record'];

/** Functions that change what a schema means to its object, and not its type. */
const TRANSPARENT = new Set(['Optional', 'Readonly', 'gated', 'typed']);

const DEPTH = 16;

/** Where the schema within a schema is written, in JSON Schema or by TypeBox. */
export const schemaAt = (place: Place | undefined, step: Step, depth = DEPTH): Place | undefined => {
  if (!place || depth === 0) return undefined;
  if (place.expression.type === 'ObjectExpression') return inJsonSchema(place, step);
  return inCall(place, step) ?? inArguments(place, step, depth - 1);
};

const inJsonSchema = (place: Place, [kind, which]: Step): Place | undefined => {
  const part = (keyword: string) => property(place, keyword);
  switch (kind) {
    case 'property':
      return property(part('properties'), which);
    case 'definition':
      return property(part('$defs'), which);
    case 'item':
      return elementsOf(part('prefixItems') ?? part('items'))[which];
    case 'branch':
      return elementsOf(part('anyOf') ?? part('allOf'))[which];
    case 'items':
      return part('items');
    default:
      return part('additionalProperties');
  }
};

const inCall = (place: Place, [kind, which]: Step): Place | undefined => {
  const [first, second] = argumentsOf(place);
  switch (calledName(place)) {
    case 'Object':
      return kind === 'property' ? property(first, which) : undefined;
    case 'Cyclic':
      return kind === 'definition' ? property(first, which) : undefined;
    case 'Tuple':
      return kind === 'item' ? elementsOf(first)[which] : undefined;
    case 'Union':
    case 'Intersect':
      return kind === 'branch' ? elementsOf(first)[which] : undefined;
    case 'Array':
      return kind === 'items' ? first : undefined;
    case 'Record':
      return kind === 'record' ? second : undefined;
    default:
      return undefined;
  }
};

/** The same step in what a function was given: `Type.Optional(Tab)`, `Type.Composite([Tab, More])`. */
const inArguments = (place: Place, step: Step, depth: number): Place | undefined => {
  for (const each of [...argumentsOf(place), ...elementsOf(place)]) {
    const found = schemaAt(each, step, depth);
    if (found) return found;
  }
  return undefined;
};

/** The constant that a schema is written as, where it is the schema's type and not a change of it. */
export const constantOf = (place: Place | undefined, depth = DEPTH): Place['constant'] => {
  if (!place || depth === 0) return undefined;
  const inner = TRANSPARENT.has(calledName(place) ?? '') ? argumentsOf(place).at(-1) : undefined;
  return constantOf(inner, depth - 1) ?? place.constant;
};
