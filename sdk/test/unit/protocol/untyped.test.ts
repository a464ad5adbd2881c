import { describe, expect, test } from 'vitest';
import { every, receiveParams, run, sendParams } from '../../support/conversions.js';

class Instance {
  readonly x = 1;
}

describe.each(every)('a value of no declared type by %s', (how) => {
  test.each([
    null,
    true,
    0,
    -1.5,
    '',
    'text',
    [],
    {},
    [[1], { a: [null] }],
    { constructor: 1, toString: { valueOf: 2 } },
    Object.assign(Object.create(null), { a: 1 }),
  ])('takes %o', (value) => {
    expect(run({}, how, structuredClone(value))).toEqual({ value: structuredClone(value) });
  });

  test.each([
    undefined,
    () => 1,
    Symbol('s'),
    1n,
    new Date(0),
    new Map(),
    new Set(),
    new Uint8Array(1),
    /x/,
    new Instance(),
    Promise.resolve(),
  ])('refuses %o', (value) => {
    expect(run({}, how, value)).toEqual({ failed: { path: '', expected: 'plain data' } });
    expect(run({}, how, { a: [value ?? new Date(0)] })).toEqual({
      failed: { path: '/a/0', expected: 'plain data' },
    });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %o', (value) => {
    expect(run({}, how, [value])).toEqual({ failed: { path: '/0', expected: 'a finite number' } });
  });

  test('refuses a property named __proto__ at any depth', () => {
    expect(run({}, how, JSON.parse('{ "a": [{ "__proto__": { "admin": true } }] }'))).toEqual({
      failed: { path: '/a/0', expected: 'no property of the name __proto__' },
    });
  });

  test('is bounded in depth', () => {
    expect(run({}, how, [[[]]], { depth: 3 })).toEqual({ value: [[[]]] });
    expect(run({}, how, [[[[]]]], { depth: 3 })).toEqual({
      failed: { path: '/0/0/0', expected: 'within the limit depth', limit: 'depth' },
    });
  });

  test('that contains itself ends at the limit of depth', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(run({}, how, circle)).toMatchObject({ failed: { limit: 'depth' } });
  });
});

test('undefined properties are left out of what is sent', () => {
  expect(sendParams({}, { a: undefined, b: 1 })).toStrictEqual({ value: { b: 1 } });
});

test('symbols as keys are left out of what is sent', () => {
  expect(Reflect.ownKeys((sendParams({}, { [Symbol('s')]: 1, b: 1 }) as { value: object }).value)).toEqual([
    'b',
  ]);
});

test('an object of another realm is plain data', async () => {
  const { runInNewContext } = await import('node:vm');
  const foreign: unknown = runInNewContext('({ a: [1] })');
  expect(receiveParams({}, foreign)).toHaveProperty('value.a.0', 1);
  expect(receiveParams({}, runInNewContext('new Date()'))).toHaveProperty('failed');
});
