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

  test('may be told apart by constants that only the branches themselves can name', () => {
    const own = { $ref: 'X', $defs: { X: shape('one', { n: { type: 'number' } }) } };
    const schema = {
      $defs: { X: shape('two', {}), Y: shape('three', {}) },
      anyOf: [own, { $ref: 'Y' }],
    };
    expect(run(schema, how, { kind: 'one', n: 1 })).toEqual({ value: { kind: 'one', n: 1 } });
    expect(run(schema, how, { kind: 'three' })).toEqual({ value: { kind: 'three' } });
    expect(run(schema, how, { kind: 'two' })).toEqual({
      failed: { path: '/kind', expected: 'one of ["one","three"]' },
    });
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

const integer = { type: 'integer' };
const closed = (
  properties: Record<string, object>,
  required: readonly string[] = Object.keys(properties),
) => ({
  type: 'object',
  required,
  properties,
});

/** A result is sent and received with what nobody declares left out: the same alternative on both sides. */
describe.each(['sendResult', 'receiveResult'] as const)(
  'where undeclared properties are left out, by %s',
  (how) => {
    const taken = (anyOf: readonly object[], value: unknown, more: object = {}): unknown => {
      const outcome = run({ anyOf }, how, value, more);
      return 'value' in outcome ? outcome.value : (outcome.failed.limit ?? 'refused');
    };
    const a = closed({ a: integer });
    const ab = closed({ a: integer, b: integer });
    const abc = closed({ a: integer, b: integer, c: integer });

    test('the first alternative that loses nothing is taken', () => {
      expect(taken([a, abc, ab], { a: 1, b: 2 })).toEqual({ a: 1, b: 2 });
      expect(taken([a, ab, closed({ a: integer, b: {} })], { a: 1, b: 2 })).toEqual({ a: 1, b: 2 });
      expect(taken([ab, a], { a: 1 })).toEqual({ a: 1 });
    });

    test('else the first of those that lose least', () => {
      expect(taken([a, ab, closed({ a: integer, c: integer })], { a: 1, b: 2, c: 3 })).toEqual({
        a: 1,
        b: 2,
      });
      expect(taken([a, closed({ d: integer }, []), ab], { a: 1, x: 0, y: 0 })).toEqual({ a: 1 });
      expect(taken([a, { type: 'string' }], { a: 1, x: 0 })).toEqual({ a: 1 });
    });

    test('what is lost further down counts as well: in objects, lists, tables, and alternatives', () => {
      const within = (schema: object) => closed({ in: schema });
      expect(taken([within(a), within(ab)], { in: { a: 1, b: 2 } })).toEqual({ in: { a: 1, b: 2 } });
      const listOf = (items: object) => ({ type: 'array', items });
      expect(taken([listOf(a), listOf(ab)], [{ a: 1, b: 2 }])).toEqual([{ a: 1, b: 2 }]);
      const rows = Array(4).fill({ a: 1, b: 2 });
      const table = { n: 4, k: ['a', 'b'], c: [Array(4).fill(1), Array(4).fill(2)] };
      if (how === 'sendResult') expect(taken([listOf(a), listOf(ab)], rows)).toEqual(table);
      else expect(taken([listOf(a), listOf(ab)], table)).toEqual(rows);
      expect(taken([{ anyOf: [a, { type: 'null' }] }, { anyOf: [a, ab] }], { a: 1, b: 2 })).toEqual({
        a: 1,
        b: 2,
      });
      const open = { type: 'object', patternProperties: { '^x': {} } };
      expect(taken([open, closed({ x: integer, y: integer })], { x: 1, y: 2 })).toEqual({ x: 1, y: 2 });
    });

    test('what is lost before an alternative, or beside it, counts for none of them', () => {
      const schema = closed({ first: a, last: { anyOf: [a, ab] } });
      expect(run(schema, how, { first: { a: 1, x: 1 }, stray: 1, last: { a: 1, b: 2 } })).toEqual({
        value: { first: { a: 1 }, last: { a: 1, b: 2 } },
      });
    });

    test('it weighs what is taken, and no more', () => {
      const text = { type: 'string' };
      const texts = [closed({ a: text, b: text }), closed({ a: text, c: text })].map((each) => ({
        ...each,
        required: ['a'],
      }));
      const value = { a: 'x', b: 'y'.repeat(9), c: 'z'.repeat(3), d: 0 };
      expect(taken(texts, value, { valueSize: 10 })).toEqual({ a: 'x', b: 'y'.repeat(9) });
      expect(taken(texts, value, { valueSize: 9 })).toBe('valueSize');
    });

    test('an alternative that is too deep for the rest of the value takes nothing from one that fits', () => {
      const deep = {
        $defs: { Deep: { type: 'object', properties: { in: { $ref: 'Deep' } } } },
        anyOf: [a, { $ref: 'Deep' }],
      };
      expect(run(deep, how, { a: 1, in: { in: {} } }, { depth: 2 })).toEqual({ value: { a: 1 } });
    });

    test('alternatives in alternatives end at the limit of steps, whatever is lost', () => {
      const node = (...names: string[]) => ({
        type: 'object',
        properties: { ...Object.fromEntries(names.map((name) => [name, integer])), next: { $ref: 'Node' } },
      });
      const schema = { $defs: { Node: { anyOf: [node('a'), node('a', 'b'), node('c')] } }, $ref: 'Node' };
      let value: object = {};
      for (let i = 0; i < 60; i++) value = { stray: 1, next: value };
      expect(run(schema, how, value)).toMatchObject({ failed: { limit: 'messageSteps' } });
      let whole: object = {};
      for (let i = 0; i < 60; i++) whole = { a: 1, next: whole };
      expect(run(schema, how, whole)).toEqual({ value: whole });
    });

    test('what nobody declares is not read to tell', () => {
      const shy = Object.defineProperty({ a: 1 }, 'secret', {
        enumerable: true,
        get() {
          throw new Error('read');
        },
      });
      expect(taken([a, ab], shy)).toEqual({ a: 1 });
    });
  },
);

test('a property behind a gate that is shut counts as declared', () => {
  const schema = {
    anyOf: [
      closed({ a: integer }),
      closed({ a: integer, b: { type: 'integer', 'x-grant': 'bees' }, c: integer }, ['a']),
    ],
  };
  expect(sendResult(schema, { a: 1, b: 2, c: 3 })).toEqual({ value: { a: 1, c: 3 } });
  expect(sendResult(schema, { a: 1, b: 2 })).toEqual({ value: { a: 1 } });
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
