import { describe, expect, test } from 'vitest';
import { fits, refused } from '../../support/conversions.js';

/** Values of every kind that no scalar schema takes, whatever it says. */
const foreign = [undefined, {}, [], () => 1, Symbol('s'), 1n, new Date(0), new Map(), new Uint8Array(1)];

const table: readonly {
  readonly schema: object;
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
  readonly expected: string;
}[] = [
  {
    schema: { type: 'string' },
    good: ['', 'a', 'ä😀', '\ud800', '__proto__'],
    bad: [1, true, null, new String('a'), ...foreign],
    expected: 'a string',
  },
  {
    schema: { type: 'string', minLength: 2 },
    good: ['ab', '😀😀', 'a😀'],
    bad: ['', 'a', '😀'],
    expected: 'minLength 2',
  },
  {
    schema: { type: 'string', maxLength: 2 },
    good: ['', 'ab', '😀😀', 'a\u0301'],
    bad: ['abc', '😀😀😀', 'ab😀', 'abcdefgh'],
    expected: 'maxLength 2',
  },
  {
    schema: { type: 'string', pattern: '^\\p{L}.$' },
    good: ['ab', 'ä😀'],
    bad: ['a', '1a', 'abc'],
    expected: 'pattern ^\\p{L}.$',
  },
  { schema: { type: 'string', pattern: 'b' }, good: ['abc'], bad: ['', 'ac'], expected: 'pattern b' },
  {
    schema: { type: 'integer' },
    good: [0, -0, 5, -5, 5.0, Number.MAX_SAFE_INTEGER, 1e300],
    bad: [0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, '5', true, null, ...foreign],
    expected: 'an integer',
  },
  {
    schema: { type: 'number' },
    good: [0, -0, 0.5, -1e-300, Number.MAX_VALUE],
    bad: [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      '5',
      new Number(5),
      null,
      ...foreign,
    ],
    expected: 'a finite number',
  },
  { schema: { type: 'number', minimum: 1 }, good: [1, 1.5], bad: [0.999, -5], expected: 'minimum 1' },
  { schema: { type: 'number', maximum: 1 }, good: [1, -5], bad: [1.001], expected: 'maximum 1' },
  {
    schema: { type: 'integer', exclusiveMinimum: 1 },
    good: [2],
    bad: [1, 0],
    expected: 'exclusiveMinimum 1',
  },
  {
    schema: { type: 'integer', exclusiveMaximum: 1 },
    good: [0],
    bad: [1, 2],
    expected: 'exclusiveMaximum 1',
  },
  {
    schema: { type: 'number', multipleOf: 0.25 },
    good: [0, 0.25, -1.5, 3],
    bad: [0.1, 1.2],
    expected: 'multipleOf 0.25',
  },
  {
    schema: { type: 'integer', multipleOf: 3 },
    good: [0, 3, -9],
    bad: [1, 10],
    expected: 'multipleOf 3',
  },
  {
    schema: { type: 'boolean' },
    good: [true, false],
    bad: [0, 'true', null, ...foreign],
    expected: 'a boolean',
  },
  { schema: { type: 'null' }, good: [null], bad: [0, '', false, ...foreign], expected: 'null' },
  { schema: { const: 'a' }, good: ['a'], bad: ['b', 1, null, ...foreign], expected: 'one of ["a"]' },
  { schema: { const: 0 }, good: [0, -0], bad: ['0', false, null], expected: 'one of [0]' },
  { schema: { const: false }, good: [false], bad: [0, null, ''], expected: 'one of [false]' },
  { schema: { const: null }, good: [null], bad: [0, undefined, 'null'], expected: 'one of [null]' },
  { schema: { type: 'number', const: 4 }, good: [4], bad: [5, '4'], expected: 'one of [4]' },
  {
    schema: { enum: ['a', 1, null, true] },
    good: ['a', 1, null, true],
    bad: ['1', false, 'constructor', '__proto__', ...foreign],
    expected: 'one of ["a",1,null,true]',
  },
  {
    schema: { type: ['string', 'null'] },
    good: ['a', null],
    bad: [1, ...foreign],
    expected: 'one of the declared alternatives',
  },
  {
    schema: { type: ['integer', 'boolean'], minimum: 3 },
    good: [3, false],
    bad: [2, 3.5, 'a'],
    expected: 'one of the declared alternatives',
  },
];

describe.each(table)('$schema', ({ schema, good, bad, expected }) => {
  test.each(good)('takes %o, in every mode', (value) => {
    expect(fits(schema, value)).toBe(true);
  });

  test.each(bad)('refuses %o, in every mode', (value) => {
    expect(refused(schema, value)).toEqual({ path: '', expected });
  });
});
