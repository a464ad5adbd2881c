import { gated, SUPPORTED_KEYWORDS } from 'portico';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { checkSchema } from '../../../src/protocol/check-schema.js';
import { thrownBy } from '../../support/refusals.js';

const refusal = (schema: unknown): string => {
  const error = thrownBy(() => checkSchema(schema, 'at'));
  expect(error.code).toBe('INVALID_DEFINITION');
  return error.message.replace('INVALID_DEFINITION: ', '');
};
const accept = (schema: object): void => expect(() => checkSchema(schema, 'at')).not.toThrow();

/** Each place where a schema can stand inside of another, with the path that leads there. */
const places: readonly (readonly [string, (inner: unknown) => object])[] = [
  ['at', (inner) => inner as object],
  ['at/properties/a', (inner) => ({ type: 'object', properties: { a: inner } })],
  ['at/patternProperties/^a', (inner) => ({ type: 'object', patternProperties: { '^a': inner } })],
  ['at/additionalProperties', (inner) => ({ type: 'object', additionalProperties: inner })],
  ['at/items', (inner) => ({ type: 'array', items: inner })],
  ['at/items/0', (inner) => ({ type: 'array', items: [inner] })],
  ['at/additionalItems', (inner) => ({ type: 'array', items: [], additionalItems: inner })],
  ['at/prefixItems/0', (inner) => ({ type: 'array', prefixItems: [inner] })],
  ['at/anyOf/1', (inner) => ({ anyOf: [{}, inner] })],
  ['at/allOf/0/properties/a', (inner) => ({ allOf: [{ type: 'object', properties: { a: inner } }] })],
  ['at/$defs/A', (inner) => ({ $defs: { A: inner } })],
];

const unsupported = [
  'not',
  'oneOf',
  'if',
  'then',
  'else',
  'uniqueItems',
  '$dynamicRef',
  '$dynamicAnchor',
  '$anchor',
  '$vocabulary',
  'contains',
  'minContains',
  'maxContains',
  'propertyNames',
  'minProperties',
  'maxProperties',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
  'unevaluatedProperties',
  'unevaluatedItems',
  'contentSchema',
  'definitions',
  'id',
  'nullable',
  'discriminator',
  'constructor',
  'toString',
  'x-custom',
];

describe('an unsupported keyword', () => {
  test.each(unsupported)('%s is named with its place, wherever it stands', (keyword) => {
    for (const [path, around] of places) {
      const expected = `${path}: keyword "${keyword}" is not supported; `;
      expect(refusal(around({ [keyword]: {} })).slice(0, expected.length)).toBe(expected);
    }
  });

  test('is refused with a remedy, where there is one', () => {
    expect(refusal({ oneOf: [] })).toContain('use "anyOf", with a different constant in each alternative');
    expect(refusal({ uniqueItems: true })).toContain('use an object, whose names are unique');
    expect(refusal({ 'x-custom': 1 })).toContain('see docs/schemas.md for what is');
  });

  test('does no harm while it is undefined', () => {
    accept({ type: 'string', not: undefined });
  });
});

describe('what is no schema', () => {
  test.each([
    [null, 'null; write {} for any value, or leave it out'],
    [undefined, 'undefined; write {} for any value, or leave it out'],
    // In the standard they are schemas, of anything and of nothing.
    [true, 'true; write {} for any value'],
    [false, 'false; leave out what nothing fits'],
    [5, 'a number; write {} for any value, or leave it out'],
    ['string', 'a string; write {} for any value, or leave it out'],
    [() => ({}), 'a function; write {} for any value, or leave it out'],
  ])('is told of with its place and what to do: %s', (value, words) => {
    for (const [path, around] of places) {
      const last = path.split('/').at(-1);
      const absent = value === undefined && /^(?:additional|items$)/.test(last ?? '');
      const itself = typeof value === 'boolean' && last?.startsWith('additional');
      if (absent || itself || (last === 'items' && value === false)) continue;
      expect(refusal(path === 'at' ? value : around(value))).toBe(
        `${path}: a schema must be an object, not ${words}`,
      );
    }
  });

  test('a list is one where schemas may be listed, and nowhere else', () => {
    expect(refusal([])).toBe(
      'at: a schema must be an object, not a list; write {} for any value, or leave it out',
    );
    expect(refusal({ anyOf: [[]] })).toContain('at/anyOf/0: a schema must be an object, not a list');
    expect(refusal({ type: 'object', properties: { a: [] } })).toContain('at/properties/a: a schema must be');
    expect(refusal({ type: 'object', additionalProperties: [] })).toBe(
      'at/additionalProperties: not a value that "additionalProperties" can take here',
    );
    accept({ type: 'array', items: [] });
  });

  test('nor is an object that contains itself', () => {
    const tree: { type: string; properties: Record<string, object> } = { type: 'object', properties: {} };
    tree.properties['next'] = { anyOf: [{ type: 'null' }, tree] };
    expect(refusal(tree)).toBe('at/properties/next/anyOf/1: contains itself; refer to it by "$ref"');
    // In two places it may well stand.
    const twice = { type: 'string' };
    accept({ type: 'object', properties: { a: twice, b: twice } });
  });
});

const badValues: readonly (readonly [string, object, readonly unknown[]])[] = [
  ['type', {}, ['undefined', 'bigint', 'int', 5, null, [], ['string', 'date']]],
  ['const', {}, [{}, [], Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1]],
  ['enum', {}, [[], 'a', {}, [{}], [Number.NaN]]],
  ['anyOf', {}, [[], {}, 'a']],
  ['allOf', {}, [[], {}, 5]],
  ['$ref', {}, [5, null, {}]],
  ['minLength', { type: 'string' }, [-1, 0.5, '1', null]],
  ['maxLength', { type: 'string' }, [-1, 0.5, '1', null]],
  ['pattern', { type: 'string' }, ['(', '\\p{No}{', 5, null, /x/]],
  ['format', { type: 'string' }, [5, null, {}]],
  ['contentEncoding', { type: 'string' }, ['base64url', 'quoted-printable', 5]],
  ['minimum', { type: 'number' }, ['1', Number.NaN, Number.POSITIVE_INFINITY, null]],
  ['maximum', { type: 'number' }, ['1', Number.NaN, null]],
  ['exclusiveMinimum', { type: 'number' }, [true, '1']],
  ['exclusiveMaximum', { type: 'number' }, [true, '1']],
  ['multipleOf', { type: 'number' }, [0, -1, '1']],
  ['minItems', { type: 'array' }, [-1, 0.5]],
  ['maxItems', { type: 'array' }, [-1, 0.5]],
  ['prefixItems', { type: 'array' }, [{}, 'a']],
  ['additionalItems', { type: 'array' }, [[]]],
  ['properties', { type: 'object' }, [[], null, 'a']],
  ['patternProperties', { type: 'object' }, [[], null, { '(': {} }]],
  ['additionalProperties', { type: 'object' }, [[]]],
  ['required', { type: 'object' }, ['a', [1], {}]],
  ['x-grant', {}, [5, null, ['a']]],
  ['$defs', {}, [5, null, 'a', [{}]]],
  ['$id', {}, [5, null, {}, '#place', 'https://example.org/a#place']],
];

test.each(badValues)('%s refuses values that it can not have', (keyword, beside, values) => {
  for (const value of values) {
    expect(refusal({ ...beside, [keyword]: value })).toBe(
      `at/${keyword}: not a value that "${keyword}" can take here`,
    );
  }
});

test('every supported keyword is held to its values', () => {
  // A schema that is none is told of in its place.
  expect(badValues.map(([keyword]) => keyword).sort()).toEqual(
    [...SUPPORTED_KEYWORDS, '$id', '$defs'].filter((each) => each !== 'items').sort(),
  );
});

describe('what would be accepted and mean nothing, or something else', () => {
  const nothing =
    'at/type: an object has no other properties than those that are declared, so that this one holds none: list them in "properties", or let "additionalProperties" say what any may be';

  test.each([{ type: 'object' }, { type: ['object', 'null'] }, { type: 'object', title: 'Any', $defs: {} }])(
    'an object that holds nothing: %j',
    (schema) => {
      expect(refusal(schema)).toBe(nothing);
      expect(refusal({ type: 'array', items: schema })).toBe(nothing.replace('at/', 'at/items/'));
    },
  );

  test('one that says so is accepted', () => {
    accept({ type: 'object', properties: {} });
    accept(Type.Object({}));
    accept({ type: 'object', additionalProperties: false });
    accept({ type: 'object', additionalProperties: {} });
  });

  test.each([{}, { items: {} }, { items: false }, { prefixItems: [{}] }])(
    '"additionalItems" beside %j, which is no list of "items"',
    (beside) => {
      expect(refusal({ type: 'array', ...beside, additionalItems: { type: 'string' } })).toBe(
        'at/additionalItems: needs a list of schemas as "items" beside it; else use "items"',
      );
    },
  );

  test('a pattern of names that claims a property which is declared', () => {
    const schema = { type: 'object', properties: { size: {} }, patternProperties: { '^s': {} } };
    expect(refusal(schema)).toBe(
      'at/patternProperties/^s: matches the name of the property "size" as well; let it leave that out, or use "additionalProperties"',
    );
    accept({ ...schema, patternProperties: { '^t': {} } });
  });

  test.each([
    ['^s', '^si'],
    ['^n', '^\\w'],
    ['^a', 'b'],
    ['^ab*', '^ac'],
    ['^a|b', '^c'],
    ['', '^c'],
  ])('two patterns of names that may claim the same: %s and %s', (first, second) => {
    expect(refusal({ type: 'object', patternProperties: { [first]: {}, [second]: {} } })).toContain(
      `at/patternProperties/${second}: a name may match "${first}" as well`,
    );
  });

  test('two that begin with different letters can not', () => {
    accept({
      type: 'object',
      patternProperties: { '^n[0-9]+$': {}, '^s': {}, '^x-': {}, '^ta': {}, '^tb+$': {} },
    });
  });
});

describe('keywords that the interpreter would not apply together', () => {
  test.each([
    ['minLength', 'string'],
    ['maxLength', 'string'],
    ['minimum', 'number'],
    ['maximum', 'number'],
    ['exclusiveMinimum', 'number'],
    ['exclusiveMaximum', 'number'],
    ['multipleOf', 'number'],
    ['minItems', 'array'],
    ['maxItems', 'array'],
  ])('%s stands only beside "type": "%s"', (keyword, type) => {
    const message = `at/${keyword}: "${keyword}" needs "type": "${type}" beside it`;
    expect(refusal({ [keyword]: 1 })).toBe(message);
    expect(refusal({ type: 'boolean', [keyword]: 1 })).toBe(message);
    accept({ type, [keyword]: 1 });
    accept({ type: ['null', type], [keyword]: 1 });
  });

  test.each(['properties', 'patternProperties', 'additionalProperties'])(
    '%s stands only beside "type": "object"',
    (keyword) => {
      expect(refusal({ [keyword]: {} })).toBe(`at/${keyword}: "${keyword}" needs "type": "object" beside it`);
      expect(refusal({ required: ['a'] })).toBe('at/required: "required" needs "type": "object" beside it');
    },
  );

  test('numbers’ keywords stand beside integers, too', () => {
    accept({ type: 'integer', minimum: 1 });
    accept({ type: ['integer', 'null'], minimum: 1 });
  });

  test.each([
    { $ref: 'A', $defs: { A: {} } },
    { const: 'a' },
    { enum: ['a'] },
    { anyOf: [{}] },
    { allOf: [{ type: 'object', properties: {} }] },
  ])('beside %j nothing else says what fits', (whole) => {
    const [keyword] = Object.keys(whole);
    expect(refusal({ ...whole, minLength: 1 })).toBe(
      `at/minLength: "minLength" can't stand beside "${keyword}"`,
    );
    expect(refusal({ ...whole, required: [] })).toBe(
      `at/required: "required" can't stand beside "${keyword}"`,
    );
    expect(refusal({ ...whole, type: 'array' })).toBe(
      `at/type: not a type that "${keyword}" can have beside it`,
    );
    accept({ ...whole, title: 'A title', description: 'in words', default: 5 });
  });

  test('only one of them says what fits', () => {
    expect(refusal({ const: 'a', anyOf: [{}] })).toBe('at/anyOf: "anyOf" can\'t stand beside "const"');
    expect(refusal({ enum: ['a'], const: 'a' })).toBe('at/enum: "enum" can\'t stand beside "const"');
  });

  test('a constant can have its own type beside it', () => {
    accept({ type: 'string', const: 'a' });
    accept({ type: 'integer', enum: [1, 2] });
    accept({ type: ['string', 'null'], enum: ['a', null] });
    expect(refusal({ type: 'integer', const: 1.5 })).toBe(
      'at/type: not a type that "const" can have beside it',
    );
    expect(refusal({ type: 'string', enum: ['a', null] })).toBe(
      'at/type: not a type that "enum" can have beside it',
    );
  });
});

describe('objects', () => {
  test('require only what they list, since nothing else would be looked at', () => {
    expect(refusal({ type: 'object', required: ['a'] })).toBe('at/required: "a" is not among the properties');
    expect(refusal({ type: 'object', properties: { a: {} }, required: ['a', 'constructor'] })).toBe(
      'at/required: "constructor" is not among the properties',
    );
  });

  test('have no property named __proto__', () => {
    const properties = JSON.parse('{ "__proto__": {} }') as object;
    expect(refusal({ type: 'object', properties })).toBe('at/properties: no property can be named __proto__');
  });
});

describe('gates', () => {
  const shut = gated('titles', { type: 'string' });

  test('are for properties of objects only: elsewhere nothing would hold them shut', () => {
    for (const [path, around] of places) {
      if (path.endsWith('properties/a')) accept(around(shut));
      else expect(refusal(around(shut))).toBe(`${path}/x-grant: only properties of objects can be gated`);
    }
  });

  test('can not be gone around by a reference', () => {
    const schema = { type: 'object', properties: { title: shut, copy: { $ref: '#/properties/title' } } };
    expect(refusal(schema)).toBe('at/properties/copy/$ref: a reference to a gated property would open it');
  });

  test('hold on a property that is a reference', () => {
    accept({
      $defs: { T: { type: 'string' } },
      type: 'object',
      properties: { a: gated('titles', { $ref: 'T' }) },
    });
  });
});

describe('bytes', () => {
  test.each([
    { type: 'string', contentEncoding: 'base64', minLength: 1 },
    { type: 'string', contentEncoding: 'base64', pattern: 'a' },
    { type: ['string', 'null'], contentEncoding: 'base64' },
  ])('%j is refused: bytes take only maxLength', (schema) => {
    expect(refusal(schema)).toBe('at/contentEncoding: bytes take no other keyword than maxLength, in bytes');
  });
});

describe('allOf', () => {
  const object = { type: 'object', properties: { a: {} } };

  test.each([
    [{ type: 'string' }],
    [{}],
    [{ type: 'object', additionalProperties: {} }],
    [{ ...object, additionalProperties: true }],
    [{ ...object, patternProperties: { x: {} } }],
    [{ ...object, $defs: { A: {} } }],
    [{ anyOf: [object] }],
  ])('does not join %j', (branch) => {
    expect(refusal({ allOf: [{ type: 'object', properties: { b: {} } }, branch] })).toBe(
      'at/allOf/1: allOf can only join objects with listed properties',
    );
    expect(refusal({ $defs: { Branch: branch, All: { allOf: [{ $ref: 'Branch' }] } } })).toBe(
      'at/$defs/All/allOf/0: allOf can only join objects with listed properties',
    );
  });

  test('does not join two objects with the same property: one of them would be forgotten', () => {
    const stricter = { type: 'object', properties: { a: { type: 'string' } } };
    expect(refusal({ allOf: [stricter, object] })).toBe('at/allOf: more than one branch has a property "a"');
    expect(refusal({ allOf: [{ allOf: [stricter] }, object] })).toBe(
      'at/allOf: more than one branch has a property "a"',
    );
  });

  test('does not join an object with itself', () => {
    expect(refusal({ $id: 'A', allOf: [{ $ref: 'A' }] })).toBe(
      'at/allOf/0: allOf can not join an object with itself',
    );
    const pair = { $defs: { A: { allOf: [{ $ref: 'B' }] }, B: { allOf: [{ $ref: 'A' }] } } };
    expect(refusal(pair)).toContain('allOf can not join an object with itself');
  });

  test.each([
    [{ allOf: [{ $ref: 5 }] }, 'at/allOf/0/$ref: not a value that "$ref" can take here'],
    [{ allOf: [{ allOf: {} }] }, 'at/allOf/0/allOf: not a value that "allOf" can take here'],
    [
      { allOf: [{ $ref: 'A' }], $defs: { A: { allOf: 5 } } },
      'at/$defs/A/allOf: not a value that "allOf" can take here',
    ],
  ])('of what is no schema is refused where that stands: %j', (schema, message) => {
    expect(refusal(schema)).toBe(message);
  });

  test('may say that it is an object', () => {
    accept({ type: 'object', allOf: [object] });
  });
});

describe('references', () => {
  test.each([
    'https://example.org/schema.json',
    'other.json#/a',
    'Unknown',
    '#/$defs/Unknown',
    '#anchor',
    '#/',
    '',
    '%23',
  ])('%j is refused: it leads nowhere in this schema', ($ref) => {
    expect(refusal({ type: 'array', items: { $ref } })).toBe(
      `at/items/$ref: nothing in this schema is named "${$ref}"; references to other documents are not followed`,
    );
  });

  test('lead to schemas only, not to what merely looks like one', () => {
    const schema = (ref: string) => ({
      type: 'object',
      properties: { a: { $ref: ref }, b: { type: 'array', items: [{}] } },
      default: {},
      examples: [{}],
      required: ['b'],
    });
    for (const ref of ['#/default', '#/examples/0', '#/properties', '#/required', '#/properties/b/items'])
      expect(refusal(schema(ref))).toContain('nothing in this schema is named');
    for (const ref of ['#', '#/properties/b', '#/properties/b/items/0']) accept(schema(ref));
  });
});

test('tuples of today’s drafts have one schema for the items that follow', () => {
  expect(refusal({ type: 'array', prefixItems: [{}], items: [{}] })).toBe(
    'at/items: beside "prefixItems" it is the schema of the items that follow',
  );
});

test('annotations are accepted everywhere and mean nothing', () => {
  accept({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://example.org/a',
    $comment: 'a',
    title: 'a',
    description: 'a',
    default: { not: {} },
    examples: [{ not: {} }],
    deprecated: true,
    readOnly: true,
    writeOnly: true,
    contentMediaType: 'text/plain',
    type: 'string',
  });
});

test('what TypeBox yields is accepted, apart from what has no JSON', () => {
  accept(
    Type.Object({
      literal: Type.Literal(1),
      union: Type.Union([Type.Literal('a'), Type.Null()]),
      enum: Type.Enum(['a', 'b']),
      tuple: Type.Tuple([Type.String(), Type.Optional(Type.Number())]),
      record: Type.Record(Type.String(), Type.Number()),
      keyed: Type.Record(Type.Union([Type.Literal('a'), Type.Literal('b')]), Type.Number()),
      both: Type.Intersect([Type.Object({ a: Type.String() }), Type.Object({ b: Type.Number() })]),
      partial: Type.Partial(Type.Object({ a: Type.String() })),
      template: Type.TemplateLiteral([Type.Literal('a'), Type.Number()]),
      any: Type.Any(),
      unknown: Type.Optional(Type.Unknown()),
      cyclic: Type.Cyclic({ Node: Type.Object({ kids: Type.Array(Type.Ref('Node')) }) }, 'Node'),
    }),
  );
  for (const none of [Type.Undefined(), Type.BigInt(), Type.Never(), Type.Function([], Type.Null())]) {
    expect(refusal(none)).toMatch(/^at/);
  }
});
