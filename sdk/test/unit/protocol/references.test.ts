import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { every, receiveParams, run } from '../../support/conversions.js';

const list = (self: object) => ({
  type: 'object',
  required: ['value'],
  properties: { value: { type: 'integer' }, next: self },
});

const schemas: readonly (readonly [string, object])[] = [
  ['#', list({ $ref: '#' })],
  ['a name in $defs', { $defs: { List: list({ $ref: 'List' }) }, $ref: 'List' }],
  ['a pointer into $defs', { $defs: { List: list({ $ref: '#/$defs/List' }) }, $ref: '#/$defs/List' }],
  ['its own $id', { $id: 'List', ...list({ $ref: 'List' }) }],
  [
    'a pointer to a property',
    list({
      type: 'object',
      properties: { next: { $ref: '#/properties/next' }, value: { $ref: '#/properties/value' } },
    }),
  ],
  [
    'Type.Cyclic',
    Type.Cyclic(
      { List: Type.Object({ value: Type.Integer(), next: Type.Optional(Type.Ref('List')) }) },
      'List',
    ),
  ],
];

describe.each(schemas)('a schema that refers to itself by %s', (_how, schema) => {
  test.each(every)('holds every level to it, by %s', (how) => {
    const value = { value: 1, next: { value: 2, next: { value: 3 } } };
    expect(run(schema, how, structuredClone(value))).toEqual({ value });
    expect(run(schema, how, { value: 1, next: { value: 2, next: { value: 'x' } } })).toEqual({
      failed: { path: '/next/next/value', expected: 'an integer' },
    });
  });

  test('is bounded by the limit of depth', () => {
    let deep: object = { value: 0 };
    for (let i = 0; i < 200; i++) deep = { value: i, next: deep };
    expect(receiveParams(schema, deep)).toMatchObject({ failed: { limit: 'depth' } });
  });
});

describe('names', () => {
  test('are looked up from the inside out', () => {
    const schema = {
      $defs: { Id: { type: 'integer' } },
      type: 'object',
      properties: {
        outer: { $ref: 'Id' },
        inner: { $defs: { Id: { type: 'string' } }, type: 'object', properties: { id: { $ref: 'Id' } } },
      },
    };
    expect(receiveParams(schema, { outer: 1, inner: { id: 'a' } })).toHaveProperty('value');
    expect(receiveParams(schema, { outer: 'a' })).toMatchObject({ failed: { path: '/outer' } });
    expect(receiveParams(schema, { inner: { id: 1 } })).toMatchObject({ failed: { path: '/inner/id' } });
  });

  test('mean what they meant where the schema stands, not where it is used', () => {
    const schema = {
      $defs: {
        Id: { type: 'integer' },
        Row: { type: 'object', properties: { id: { $ref: 'Id' } } },
      },
      type: 'object',
      properties: { row: { $defs: { Id: { type: 'string' } }, type: 'array', items: { $ref: 'Row' } } },
    };
    expect(receiveParams(schema, { row: [{ id: 1 }] })).toHaveProperty('value');
    expect(receiveParams(schema, { row: [{ id: 'a' }] })).toMatchObject({ failed: { path: '/row/0/id' } });
  });

  test('of Object.prototype mean nothing', () => {
    expect(() => receiveParams({ $ref: 'constructor' }, {})).toThrow('nothing in this schema is named');
    expect(() => receiveParams({ $ref: '#/constructor' }, {})).toThrow('nothing in this schema is named');
  });

  test('in pointers are unescaped', () => {
    const schema = { $defs: { 'a/b~c': { type: 'integer' } }, $ref: '#/$defs/a~1b~0c' };
    expect(receiveParams(schema, 1)).toEqual({ value: 1 });
  });
});

describe('a schema with an $id is a document of its own', () => {
  const embedded = {
    $id: 'https://example.org/tree',
    $defs: { Name: { type: 'string' } },
    type: 'object',
    properties: { name: { $ref: '#/$defs/Name' }, kids: { type: 'array', items: { $ref: '#' } } },
  };
  const around = {
    $defs: { Name: { type: 'integer' } },
    type: 'object',
    properties: { id: { $ref: '#/$defs/Name' }, tree: embedded },
  };
  const value = { id: 1, tree: { name: 'a', kids: [{ name: 'b', kids: [] }] } };

  test.each(every)('to which its pointers lead, by %s', (how) => {
    expect(run(around, how, structuredClone(value))).toEqual({ value });
    expect(run(around, how, { id: 'a' })).toMatchObject({ failed: { path: '/id' } });
    expect(run(around, how, { tree: { kids: [{ name: 1 }] } })).toMatchObject({
      failed: { path: '/tree/kids/0/name' },
    });
  });

  test('as the outermost one is, with an $id or without', () => {
    expect(receiveParams(embedded, value.tree)).toEqual({ value: value.tree });
    const { $id: _id, ...nameless } = embedded;
    expect(receiveParams(nameless, value.tree)).toEqual({ value: value.tree });
  });

  test('into which no pointer of another leads', () => {
    const inner = { type: 'array', items: { $ref: '#/properties/tree/properties/name' } };
    const schema = { ...around, properties: { ...around.properties, inner } };
    expect(() => receiveParams(schema, {})).toThrow('nothing in this schema is named "#/properties/tree/');
    const whole = { ...around, properties: { ...around.properties, inner: { $ref: '#/properties/tree' } } };
    expect(receiveParams(whole, { inner: value.tree })).toEqual({ value: { inner: value.tree } });
  });

  test('whatever its types are', () => {
    const id = 'https://example.org/either';
    for (const $ref of ['#', id]) {
      const schema = { $id: id, type: ['integer', 'object'], minimum: 30, properties: { more: { $ref } } };
      expect(run(schema, 'sendResult', { more: 37 })).toEqual({ value: { more: 37 } });
      expect(run(schema, 'sendResult', { more: { more: 30 } })).toEqual({ value: { more: { more: 30 } } });
      expect(run(schema, 'sendResult', { more: 3 })).toHaveProperty('failed');
    }
  });
});

describe('a name means what it means where it is written', () => {
  const Id = (type: string) => ({ type, title: 'Id' });

  test('behind a pointer that passes by other names', () => {
    const inner = { $defs: { Id: Id('string') }, type: 'object', properties: { id: { $ref: 'Id' } } };
    const schema = {
      $defs: { Id: Id('integer') },
      type: 'object',
      properties: { inner, copy: { $ref: '#/properties/inner/properties/id' } },
    };
    expect(receiveParams(schema, { inner: { id: 'a' }, copy: 'a' })).toHaveProperty('value');
    expect(receiveParams(schema, { copy: 1 })).toMatchObject({ failed: { path: '/copy' } });
  });

  test('in an object that is joined elsewhere', () => {
    const schema = {
      $defs: {
        Id: Id('integer'),
        Row: { type: 'object', properties: { id: { $ref: 'Id' } } },
        Rows: { allOf: [{ $ref: 'Row' }] },
      },
      type: 'object',
      properties: {
        row: { $defs: { Id: Id('string') }, allOf: [{ $ref: 'Row' }] },
        nested: { $defs: { Id: Id('string') }, allOf: [{ $ref: 'Rows' }] },
      },
    };
    for (const name of ['row', 'nested']) {
      expect(receiveParams(schema, { [name]: { id: 1 } })).toHaveProperty('value');
      expect(receiveParams(schema, { [name]: { id: 'a' } })).toMatchObject({
        failed: { path: `/${name}/id` },
      });
    }
  });

  test('in an object that is used in two places', () => {
    const Row = { type: 'object', properties: { id: { $ref: 'Id' } } };
    const rows = (type: string) => ({ $defs: { Id: Id(type), Row }, type: 'array', items: { $ref: 'Row' } });
    const schema = { type: 'object', properties: { a: rows('integer'), b: rows('string') } };
    const value = { a: [{ id: 1 }], b: [{ id: 'x' }] };
    expect(receiveParams(schema, value)).toEqual({ value });
    expect(receiveParams(schema, { b: [{ id: 1 }] })).toMatchObject({ failed: { path: '/b/0/id' } });
  });
});

describe('a schema that has names of its own beside its reference means the same in every place', () => {
  const A = { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } };
  const B = { type: 'object', required: ['b'], properties: { b: { type: 'string' } } };
  const own: readonly (readonly [string, object])[] = [
    ['by name', { $ref: 'X', $defs: { X: B } }],
    ['by a pointer within an $id', { $id: 'doc', $ref: '#/$defs/X', $defs: { X: B } }],
    ['by an $id', { $ref: 'X', $defs: { X: { $id: 'X', ...B } } }],
  ];
  const places: readonly (readonly [string, (own: object) => object])[] = [
    ['a property', (own) => own],
    ['a branch of allOf', (own) => ({ allOf: [own] })],
    ['a branch of a joined allOf', (own) => ({ allOf: [{ allOf: [own] }] })],
    ['an alternative', (own) => ({ anyOf: [{ type: 'null' }, own] })],
    ['a definition', (own) => ({ $ref: 'Own', $defs: { Own: own } })],
  ];
  const cases = own.flatMap(([how, node]) =>
    places.map(([where, placed]) => [how, where, placed(node)] as const),
  );

  test.each(cases)('%s, as %s', (_how, _where, t) => {
    for (const around of [{ $defs: { X: A } }, {}]) {
      const schema = { ...around, type: 'object', properties: { t } };
      for (const how of every) {
        expect(run(schema, how, { t: { b: 'x' } })).toEqual({ value: { t: { b: 'x' } } });
        expect(run(schema, how, { t: { a: 1 } })).toHaveProperty('failed');
      }
    }
  });

  test('as a joined branch, whose properties no other branch may have', () => {
    const both = (other: object) => ({ $defs: { X: A }, allOf: [{ $ref: 'X', $defs: { X: B } }, other] });
    expect(() => receiveParams(both(B), {})).toThrow('more than one branch has a property "b"');
    expect(receiveParams(both(A), { a: 1, b: 'x' })).toEqual({ value: { a: 1, b: 'x' } });
  });

  test('as a joined branch that refers to the whole, which is refused', () => {
    const schema = { $id: 'W', allOf: [{ $ref: 'W', $defs: { X: A } }] };
    expect(() => receiveParams(schema, {})).toThrow('allOf can not join an object with itself');
  });
});

describe('what JSON Schema would read in another way is refused', () => {
  test('an entry of $defs by a name that another schema has given itself', () => {
    const schema = { $defs: { A: { $id: 'B', type: 'string' }, B: { type: 'integer' } }, $ref: 'B' };
    expect(() => receiveParams(schema, 1)).toThrow('both an "$id" and an entry of "$defs" are named "B"');
  });

  test('a reference without a name, and one to an anchor', () => {
    expect(() => receiveParams({ $defs: { '': { type: 'integer' } }, $ref: '' }, 1)).toThrow('is named ""');
    expect(() => receiveParams({ $defs: { a: { type: 'integer' } }, $ref: '#a' }, 1)).toThrow(
      'is named "#a"',
    );
  });

  test.each([
    '#/',
    '#/$defs',
    '#/$defs/A/required/0',
    '#/$defs/A/default',
    '#/properties',
    '#/type',
    '#/$defs/%',
  ])('a pointer to what is no schema: %s', ($ref) => {
    const A = { type: 'object', properties: { a: {} }, required: ['a'], default: { type: 'string' } };
    expect(() => receiveParams({ $defs: { A, '%': {} }, type: 'array', items: { $ref } }, [])).toThrow(
      `nothing in this schema is named "${$ref}"`,
    );
  });

  test('but an escaped name is not', () => {
    const schema = { $defs: { '100% a': { type: 'integer' } }, $ref: '#/$defs/100%25%20a' };
    expect(receiveParams(schema, 1)).toEqual({ value: 1 });
  });
});

test('a reference that only leads to itself is refused when it is defined', () => {
  expect(() => receiveParams({ $ref: '#' }, 1)).toThrow('refers to itself without going deeper');
});
