import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/limits/limits.js';
import { convert, FAIL, failure, weight } from '../../../src/protocol/conversion.js';
import { codecOf, every, run } from '../../support/conversions.js';

const weigh = (schema: object, value: unknown): number => {
  expect(convert(codecOf(schema, 'sendResult'), value, DEFAULT_LIMITS)).not.toBe(FAIL);
  return weight();
};
const text = { type: 'string' };

describe('the weight of a value', () => {
  test('counts characters, bytes, items, and the names that the schema does not fix', () => {
    expect(weigh(text, 'four')).toBe(4);
    expect(weigh({ type: 'array', items: text }, ['ab', 'c'])).toBe(2 + 3);
    expect(weigh({ type: 'object', properties: { long: text } }, { long: 'abc' })).toBe(3);
    expect(weigh({ type: 'object', additionalProperties: text }, { long: 'abc' })).toBe(4 + 3);
    expect(weigh({}, { long: ['abc'] })).toBe(4 + 1 + 3);
    expect(weigh({ type: 'string', contentEncoding: 'base64' }, new Uint8Array(9))).toBe(9);
    expect(weigh({ type: 'integer' }, 5)).toBe(0);
  });

  test('starts at nothing for each value', () => {
    expect(weigh(text, 'four')).toBe(4);
    expect(weigh(text, 'four')).toBe(4);
  });

  test('leaves out what is not sent', () => {
    expect(weigh({ type: 'object', properties: { a: text } }, { a: 'x', b: 'y'.repeat(50) })).toBe(1);
  });
});

describe.each(every)('the limit valueSize, by %s', (how) => {
  const failed = (path: string) => ({
    failed: { path, expected: 'within the limit valueSize', limit: 'valueSize' },
  });
  const limits = { valueSize: 10 };

  test('is exact for text', () => {
    expect(run(text, how, 'x'.repeat(10), limits)).toEqual({ value: 'x'.repeat(10) });
    expect(run(text, how, 'x'.repeat(11), limits)).toEqual(failed(''));
  });

  test('counts the whole value, and says where it ran out', () => {
    expect(run({ type: 'array', items: text }, how, ['12345', '6789'], limits)).toEqual(failed('/1'));
    expect(run({}, how, { a: '12345', b: '678901' }, limits)).toEqual(failed('/b'));
  });

  test('counts items and names, so that empty ones are not free', () => {
    expect(run({ type: 'array', items: { type: 'null' } }, how, new Array(11).fill(null), limits)).toEqual(
      failed(''),
    );
    expect(run({}, how, new Array(11).fill(null), limits)).toEqual(failed(''));
    const record = { type: 'object', additionalProperties: {} };
    const name = 'x'.repeat(11);
    expect(run({}, how, { [name]: 1 }, limits)).toMatchObject({ failed: { limit: 'valueSize' } });
    expect(run(record, how, { [name]: 1 }, limits)).toMatchObject({ failed: { limit: 'valueSize' } });
  });

  test('refuses a long list before it looks at any of it', () => {
    const huge = new Array(4_000_000_000);
    expect(run({ type: 'array', items: text }, how, huge)).toEqual(failed(''));
  });
});

test('the limit of depth is exact for references', () => {
  const schema = { type: 'object', properties: { in: { $ref: '#' } } };
  const limits = { depth: 2 };
  expect(run(schema, 'receiveParams', { in: { in: {} } }, limits)).toHaveProperty('value');
  expect(run(schema, 'receiveParams', { in: { in: { in: {} } } }, limits)).toEqual({
    failed: { path: '/in/in/in', expected: 'within the limit depth', limit: 'depth' },
  });
});

test('siblings do not add to the depth of each other', () => {
  expect(run({}, 'receiveParams', [[], [], [], [[]]], { depth: 3 })).toHaveProperty('value');
});

test('a failure after one that was a limit is no limit', () => {
  convert(codecOf(text, 'sendResult'), 'xx', { ...DEFAULT_LIMITS, valueSize: 1 });
  convert(codecOf(text, 'sendResult'), 5, DEFAULT_LIMITS);
  expect(failure()).toEqual({ path: '', expected: 'a string' });
});
