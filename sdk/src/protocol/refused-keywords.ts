const BY_CONSTANT = 'use "anyOf", with a different constant in each alternative';
const BY_HANDLER = 'check it in the handler';
const BY_NAME = 'use "$defs", and "$ref" by name';

/** What to write instead of keywords that are not supported, for the message. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['oneOf', BY_CONSTANT],
  ['not', 'say what fits, not what does not'],
  ['if', BY_CONSTANT],
  ['then', BY_CONSTANT],
  ['else', BY_CONSTANT],
  ['dependentRequired', BY_CONSTANT],
  ['dependentSchemas', BY_CONSTANT],
  ['dependencies', BY_CONSTANT],
  ['uniqueItems', 'comparing all items with each other is an attack; use an object, whose names are unique'],
  ['contains', BY_HANDLER],
  ['minContains', BY_HANDLER],
  ['maxContains', BY_HANDLER],
  ['propertyNames', 'use "patternProperties"'],
  ['minProperties', BY_HANDLER],
  ['maxProperties', 'leave it out, since the limit valueSize bounds objects'],
  ['unevaluatedProperties', 'leave it out, since objects are closed'],
  ['unevaluatedItems', 'use "items": false after "prefixItems"'],
  ['$dynamicRef', BY_NAME],
  ['$dynamicAnchor', BY_NAME],
  ['$anchor', BY_NAME],
  ['definitions', BY_NAME],
  ['nullable', 'use a list of types, or "anyOf" with { "type": "null" }'],
]);

/** Why a keyword is refused, and what to do. */
export const unsupported = (keyword: string): string =>
  `keyword "${keyword}" is not supported; ${REMEDIES.get(keyword) ?? 'see docs/schemas.md for what is'}`;
