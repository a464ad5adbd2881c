import { describe, expect, test } from 'vitest';
import { checkSchema } from '../../../src/protocol/check-schema.js';

const check = (schema: object) => () => checkSchema(schema, 'at');
const A = { $ref: 'A' };
const withA = (a: object): object => ({ $defs: { A: a }, $ref: 'A' });
const object = (properties: object, required: readonly string[] = Object.keys(properties)): object => ({
  type: 'object',
  properties,
  required,
});

describe('a schema that refers to itself without going deeper is refused', () => {
  const message = 'refers to itself without going deeper; put a property or an item in between';
  test.each([
    ['by reference alone', withA(A)],
    ['by way of another', { $defs: { A: { $ref: 'B' }, B: A }, $ref: 'A' }],
    ['as an alternative', withA({ anyOf: [A, { type: 'null' }] })],
    ['as the whole', { anyOf: [{ $ref: '#' }, { type: 'null' }] }],
    [
      'as an alternative of an alternative',
      withA({ anyOf: [{ type: 'null' }, { anyOf: [{ type: 'string' }, A] }] }),
    ],
  ])('%s', (_name, schema) => {
    expect(check(schema)).toThrow(message);
  });

  test('with the path', () => {
    expect(check(object({ x: withA({ anyOf: [A, { type: 'null' }] }) }))).toThrow(
      /^INVALID_DEFINITION: at\/properties\/x(\/\$defs\/A)?(\/anyOf\/0)?: refers/,
    );
  });
});

describe('a schema that nothing finite fits is refused', () => {
  const message =
    'no finite value fits, since it must contain itself; make that optional, or let null or an empty list end it';
  test.each([
    ['a required property', withA(object({ next: A }))],
    ['the same by a pointer', object({ next: { $ref: '#' } })],
    ['items that there must be', withA({ type: 'array', items: A, minItems: 1 })],
    ['a place of a tuple that there must be', withA({ type: 'array', prefixItems: [A], minItems: 1 })],
    ['all alternatives', withA({ anyOf: [object({ a: A }), object({ b: A })] })],
    ['one of two joined objects', withA({ allOf: [object({ a: { type: 'null' } }), object({ b: A })] })],
    ['each other', { $defs: { A: object({ b: { $ref: 'B' } }), B: object({ a: A }) }, $ref: 'A' }],
  ])('%s', (_name, schema) => {
    expect(check(schema)).toThrow(message);
  });
});

test.each([
  ['an optional property', withA(object({ next: A }, []))],
  ['a property that may be null', withA(object({ next: { anyOf: [A, { type: 'null' }] } }))],
  ['a gated property, required or not', withA(object({ next: { ...object({ a: A }), 'x-grant': 'g' } }))],
  ['a list that may be empty', withA(object({ kids: { type: 'array', items: A } }))],
  ['a tuple that may be shorter', withA({ type: 'array', prefixItems: [{ type: 'null' }, A], minItems: 1 })],
  ['a record', withA({ type: 'object', additionalProperties: A })],
  ['one alternative that ends', withA({ anyOf: [object({ a: A }), { type: 'null' }] })],
  ['a list of types', withA({ type: ['object', 'null'], properties: { a: A }, required: ['a'] })],
  ['the same object in two places', { anyOf: [withA(object({ next: A }, [])), { type: 'null' }] }],
])('recursion that may end is accepted: %s', (_name, schema) => {
  expect(check(schema)).not.toThrow();
});
