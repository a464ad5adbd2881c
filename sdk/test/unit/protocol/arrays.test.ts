import { describe, expect, test } from 'vitest';
import { every, run, sendResult } from '../../support/conversions.js';

const integers = { type: 'array', items: { type: 'integer' } };

describe.each(every)('an array by %s', (how) => {
  test('holds each item to its schema, and says where one does not fit', () => {
    expect(run(integers, how, [1, 2, 3])).toEqual({ value: [1, 2, 3] });
    expect(run(integers, how, [])).toEqual({ value: [] });
    expect(run(integers, how, [1, 'a'])).toEqual({ failed: { path: '/1', expected: 'an integer' } });
    const rows = { type: 'array', items: { type: 'object', properties: { 'a/b~c': integers } } };
    expect(run(rows, how, [{}, { 'a/b~c': [1, null] }])).toEqual({
      failed: { path: '/1/a~1b~0c/1', expected: 'an integer' },
    });
  });

  test.each([{}, { length: 0 }, 'ab', null, undefined, new Uint8Array(2), new Set([1])])(
    'refuses %o',
    (value) => {
      expect(run(integers, how, value)).toEqual({ failed: { path: '', expected: 'an array' } });
    },
  );

  test('refuses holes and undefined', () => {
    const sparse = [1, 2, 3];
    delete sparse[1];
    expect(run(integers, how, sparse)).toEqual({ failed: { path: '/1', expected: 'an integer' } });
    expect(run({ type: 'array' }, how, [1, undefined])).toEqual({
      failed: { path: '/1', expected: 'plain data' },
    });
    expect(run({ type: 'array' }, how, new Array(3))).toEqual({
      failed: { path: '/0', expected: 'plain data' },
    });
  });

  test('has bounds on its length', () => {
    const bounded = { ...integers, minItems: 1, maxItems: 2 };
    expect(run(bounded, how, [1])).toEqual({ value: [1] });
    expect(run(bounded, how, [])).toEqual({ failed: { path: '', expected: 'minItems 1' } });
    expect(run(bounded, how, [1, 2, 3])).toEqual({ failed: { path: '', expected: 'maxItems 2' } });
  });

  test('takes any plain data where no items are declared', () => {
    expect(run({ type: 'array' }, how, [1, 'a', null, {}])).toEqual({ value: [1, 'a', null, {}] });
  });
});

describe.each(every)('a tuple by %s', (how) => {
  const pair = [{ type: 'string' }, { type: 'integer' }];
  const closed = { type: 'array', items: pair, additionalItems: false, minItems: 2 };

  test('holds each place to its own schema', () => {
    for (const schema of [closed, { type: 'array', prefixItems: pair, items: false, minItems: 2 }]) {
      expect(run(schema, how, ['a', 1])).toEqual({ value: ['a', 1] });
      expect(run(schema, how, [1, 'a'])).toEqual({ failed: { path: '/0', expected: 'a string' } });
      expect(run(schema, how, ['a', 'b'])).toEqual({ failed: { path: '/1', expected: 'an integer' } });
      expect(run(schema, how, ['a'])).toEqual({ failed: { path: '', expected: 'minItems 2' } });
      expect(run(schema, how, ['a', 1, 2])).toEqual({ failed: { path: '', expected: 'maxItems 2' } });
    }
  });

  test('holds what follows to the schema for it', () => {
    for (const schema of [
      { type: 'array', items: pair, additionalItems: { type: 'boolean' } },
      { type: 'array', prefixItems: pair, items: { type: 'boolean' } },
    ]) {
      expect(run(schema, how, ['a', 1, true, false])).toEqual({ value: ['a', 1, true, false] });
      expect(run(schema, how, ['a', 1, true, 0])).toEqual({ failed: { path: '/3', expected: 'a boolean' } });
    }
  });

  test('takes anything after its places where nothing is said of it', () => {
    expect(run({ type: 'array', items: pair }, how, ['a', 1, null])).toEqual({ value: ['a', 1, null] });
    expect(run({ type: 'array', items: pair, additionalItems: true }, how, ['a', 1, {}])).toEqual({
      value: ['a', 1, {}],
    });
  });
});

describe('a list of objects', () => {
  const text = { type: 'string' };
  const row = (title: object) => ({
    type: 'array',
    items: { type: 'object', required: ['name'], properties: { name: text, title } },
  });
  const rows = [0, 1, 2, 3, 4].map((index) => ({ name: 'x'.repeat(10), ...(index ? { title: 'y' } : {}) }));

  test.each([
    ['where a property may be missing', row(text)],
    ['where it may be missing or null', row({ type: ['string', 'null'] })],
  ])('weighs the same however it travels, %s', (_title, schema) => {
    const weight = 5 * 10 + 4 + 5;
    expect(run(schema, 'sendResult', rows, { valueSize: weight })).toHaveProperty('value');
    expect(run(schema, 'sendResult', rows, { valueSize: weight - 1 })).toMatchObject({
      failed: { limit: 'valueSize' },
    });
  });

  test.each([
    [row({ type: ['string', 'null'] }), [null, undefined, 'a', null]],
    [row({ type: ['string', 'null'] }), [null, null, 'a', null]],
    [row(text), ['a', undefined, 'b', 'c']],
    [row(text), [undefined, undefined, undefined, undefined]],
    [row({}), [{ deep: [null] }, undefined, null, 5]],
  ])('tells what is null from what is missing (%#)', (schema, titles) => {
    const list = titles.map((title) => ({ name: 'a', ...(title === undefined ? {} : { title }) }));
    const sent = run(schema, 'sendResult', list) as { value: unknown };
    expect(run(schema, 'receiveResult', JSON.parse(JSON.stringify(sent.value)))).toStrictEqual({
      value: list,
    });
  });

  test('says which row does not fit', () => {
    const bad = rows.map((each, index) => (index === 3 ? { ...each, name: 5 } : each));
    expect(run(row(text), 'sendResult', bad)).toEqual({ failed: { path: '/3/name', expected: 'a string' } });
    expect(run(row(text), 'sendResult', [...rows.slice(0, 4), {}])).toEqual({
      failed: { path: '/4/name', expected: 'a value' },
    });
    expect(run(row(text), 'sendResult', [...rows, null])).toEqual({
      failed: { path: '/5', expected: 'an object' },
    });
  });
});

test('an array keeps only its items: other properties are not sent', () => {
  const value = Object.assign([1], { extra: 1 });
  const sent = (sendResult(integers, value) as { value: object }).value;
  expect(Object.keys(sent)).toEqual(['0']);
});
