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

test('a reference that only leads to itself is refused when it is defined', () => {
  expect(() => receiveParams({ $ref: '#' }, 1)).toThrow('refers to itself without going deeper');
});
