import { describe, expect, test } from 'vitest';
import { every, receiveParams, receiveResult, run, sendResult } from '../../support/conversions.js';

const shape = (kind: string | number, properties: object) => ({
  type: 'object',
  required: ['kind', ...Object.keys(properties)],
  properties: { kind: { const: kind }, ...properties },
});
const tagged = {
  anyOf: [shape('circle', { r: { type: 'number' } }), shape('square', { a: { type: 'number' } })],
};

describe.each(every)('a union told apart by a constant, by %s', (how) => {
  test('takes the branch that the constant names', () => {
    expect(run(tagged, how, { kind: 'circle', r: 1 })).toEqual({ value: { kind: 'circle', r: 1 } });
    expect(run(tagged, how, { kind: 'square', a: 1 })).toEqual({ value: { kind: 'square', a: 1 } });
  });

  test('fails as that branch does, and says where', () => {
    expect(run(tagged, how, { kind: 'circle', r: 'x' })).toEqual({
      failed: { path: '/r', expected: 'a finite number' },
    });
    expect(run(tagged, how, { kind: 'square' })).toEqual({ failed: { path: '/a', expected: 'a value' } });
  });

  test.each([{}, { kind: 'line' }, { kind: 'constructor' }, { kind: undefined }, null, 'circle', [], 5])(
    'refuses %o at the constant',
    (value) => {
      expect(run(tagged, how, value)).toEqual({
        failed: { path: '/kind', expected: 'one of ["circle","square"]' },
      });
    },
  );

  test('may be told apart by a property without a name', () => {
    const branch = (mark: string) => ({
      type: 'object',
      required: [''],
      properties: { '': { const: mark } },
    });
    const schema = { anyOf: [branch('a'), branch('b')] };
    expect(run(schema, how, { '': 'b' })).toEqual({ value: { '': 'b' } });
    expect(run(schema, how, { '': 'c' })).toEqual({ failed: { path: '/', expected: 'one of ["a","b"]' } });
  });

  test('tells 1 from "1"', () => {
    const schema = { anyOf: [shape(1, { n: { type: 'number' } }), shape('1', { s: { type: 'string' } })] };
    expect(run(schema, how, { kind: 1, n: 1 })).toEqual({ value: { kind: 1, n: 1 } });
    expect(run(schema, how, { kind: '1', s: 'a' })).toEqual({ value: { kind: '1', s: 'a' } });
  });
});

describe.each(every)('a union without such a constant, by %s', (how) => {
  const either = {
    anyOf: [
      { type: 'string' },
      { type: 'array', items: { type: 'integer' } },
      { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } },
      { type: 'object', required: ['b'], properties: { b: { type: 'integer' } } },
      { type: 'null' },
    ],
  };

  test.each(['x', [1, 2], { a: 1 }, { b: 2 }, null])('takes %o', (value) => {
    expect(run(either, how, structuredClone(value))).toEqual({ value });
  });

  test.each([5, undefined, ['x'], { c: 1 }, { a: 'x' }])('refuses %o without saying more', (value) => {
    expect(run(either, how, value)).toEqual({
      failed: { path: '', expected: 'one of the declared alternatives' },
    });
  });

  test('tells a limit that was exceeded from a branch that does not fit', () => {
    expect(run(either, how, 'x'.repeat(20), { valueSize: 10 })).toEqual({
      failed: { path: '', expected: 'within the limit valueSize', limit: 'valueSize' },
    });
  });

  test('weighs only the branch that fits', () => {
    const texts = {
      anyOf: [
        { type: 'array', items: [{ type: 'string' }, { type: 'integer' }], additionalItems: false },
        { type: 'array', items: { type: 'string' } },
      ],
    };
    expect(run(texts, how, ['12345678', 'x'], { valueSize: 12 })).toEqual({ value: ['12345678', 'x'] });
  });
});

test('a branch that fails half-way leaves no mark on the value that the next one sees', () => {
  const bytes = { type: 'string', contentEncoding: 'base64' };
  const schema = {
    anyOf: [
      { type: 'object', required: ['data', 'n'], properties: { data: bytes, n: { type: 'integer' } } },
      { type: 'object', required: ['data'], properties: { data: { type: 'string' }, n: { type: 'string' } } },
    ],
  };
  expect(receiveResult(schema, { data: 'AAAA', n: 'x' })).toEqual({ value: { data: 'AAAA', n: 'x' } });
  expect(receiveResult(schema, { data: 'AAAA', n: 1 })).toEqual({ value: { data: new Uint8Array(3), n: 1 } });
});

test('a union in results takes the branch that loses nothing', () => {
  const schema = {
    anyOf: [
      { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } },
      {
        type: 'object',
        required: ['a', 'b'],
        properties: { a: { type: 'integer' }, b: { type: 'integer' } },
      },
    ],
  };
  expect(sendResult(schema, { a: 1, b: 2 })).toEqual({ value: { a: 1, b: 2 } });
  expect(receiveResult(schema, { a: 1, b: 2 })).toEqual({ value: { a: 1, b: 2 } });
  expect(receiveParams(schema, { a: 1, b: 2 })).toEqual({ value: { a: 1, b: 2 } });
});

test('a gated constant tells no branches apart, since it may be missing where it arrives', () => {
  const branch = (kind: string, key: string) => ({
    type: 'object',
    required: ['kind', key],
    properties: { kind: { const: kind, 'x-grant': 'kinds' }, [key]: { type: 'integer' } },
  });
  const schema = { anyOf: [branch('a', 'x'), branch('b', 'y')] };
  expect(sendResult(schema, { kind: 'b', y: 1 })).toEqual({ value: { y: 1 } });
  expect(sendResult(schema, { kind: 'b', y: 1 }, ['kinds'])).toEqual({ value: { kind: 'b', y: 1 } });
  expect(receiveResult(schema, { y: 1 })).toEqual({ value: { y: 1 } });
});
