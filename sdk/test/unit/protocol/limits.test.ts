import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/limits/limits.js';
import { Conversion, FAIL } from '../../../src/protocol/conversion.js';
import { codecOf, every, run } from '../../support/conversions.js';

const weigh = (schema: object, value: unknown): number => {
  const conversion = new Conversion(DEFAULT_LIMITS);
  expect(conversion.convert(codecOf(schema, 'sendResult'), value)).not.toBe(FAIL);
  return conversion.size;
};
const text = { type: 'string' };

describe('the size of a value', () => {
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
    const conversion = new Conversion(DEFAULT_LIMITS);
    const codec = codecOf({}, 'receiveParams');
    const sizes = [['four'], ['four']].map((value) => {
      conversion.convert(codec, value);
      return [conversion.size, conversion.steps];
    });
    expect(sizes).toEqual([
      [5, 3],
      [5, 3],
    ]);
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

describe.each(every)('the limit messageSteps, by %s', (how) => {
  const failed = (path = '') => ({
    failed: { path, expected: 'within the limit messageSteps', limit: 'messageSteps' },
  });
  const steps = (schema: object, value: unknown): number => {
    const conversion = new Conversion(DEFAULT_LIMITS);
    expect(conversion.convert(codecOf(schema, how), value)).not.toBe(FAIL);
    // Exact: one less is not enough.
    const { steps: taken } = conversion;
    expect(run(schema, how, value, { messageSteps: taken })).toHaveProperty('value');
    if (taken > 0)
      expect(run(schema, how, value, { messageSteps: taken - 1 })).toMatchObject({
        failed: { limit: 'messageSteps' },
      });
    return taken;
  };
  const long = 'x'.repeat(640);

  test('counts objects, what they list, items, and names that nobody listed', () => {
    expect(steps(text, long)).toBe(0);
    expect(steps({ type: 'object', properties: { a: text, b: text } }, {})).toBe(1 + 2);
    expect(steps({ type: 'array', items: text }, ['', '', ''])).toBe(1 + 3);
    expect(steps({ type: 'array', prefixItems: [text], items: text }, ['', '', ''])).toBe(1 + 3);
    expect(steps({ type: 'object', additionalProperties: text }, { a: '', b: '' })).toBe(1 + 2 * 4);
    expect(steps({}, { a: [0, 0], b: {} })).toBe(1 + 2 * 4 + 2 + 2 + 1);
  });

  test('counts the characters of texts that are looked at, and of names', () => {
    expect(steps({ type: 'string', pattern: '^x' }, long)).toBe(10);
    expect(steps({ type: 'string', minLength: 1 }, long)).toBe(10);
    expect(steps({ type: 'object', additionalProperties: text }, { [long]: '' })).toBe(1 + 4 + 10);
  });

  test('counts what is tried in vain', () => {
    const texts = { type: 'array', items: text };
    const either = { anyOf: [{ type: 'array', items: { type: 'integer' } }, texts] };
    expect(steps(either, ['a', 'b'])).toBe(3 + 1 + 3);
  });

  test('ends a list of nothing before it is looked at', () => {
    const holes = new Array(2_000_000);
    expect(run({ type: 'array', items: {} }, how, holes)).toEqual(failed());
    expect(run({}, how, holes)).toEqual(failed());
  });
});

describe('the values of one message', () => {
  const codec = codecOf({}, 'receiveParams');

  test('share the limits of size and of steps, of which a caller learns what each took', () => {
    const conversion = new Conversion({ ...DEFAULT_LIMITS, messageSize: 10, messageSteps: 20 });
    const taken = ['xxxx', ['a'], 'xxxx', ['a']].map((value) => {
      const fits = conversion.convert(codec, value) !== FAIL;
      return [fits, conversion.size, conversion.steps];
    });
    expect(taken).toEqual([
      [true, 4, 0],
      [true, 2, 3],
      [true, 4, 0],
      [false, 0, 1],
    ]);
    expect(conversion.failure.limit).toBe('messageSize');
  });

  test('count where they do not fit, too: what was looked at was work', () => {
    const conversion = new Conversion({ ...DEFAULT_LIMITS, messageSteps: 20 });
    const misfit = [1, 1, 1, 1, undefined];
    const taken = [misfit, misfit, misfit, misfit].map((value) => {
      expect(conversion.convert(codec, value)).toBe(FAIL);
      return [conversion.steps, conversion.failure.limit];
    });
    expect(taken).toEqual([
      [7, undefined],
      [7, undefined],
      [6, 'messageSteps'],
      [0, 'messageSteps'],
    ]);
  });

  test('are not even listed once there is no room: a name a million times long is', () => {
    const conversion = new Conversion({ ...DEFAULT_LIMITS, messageSteps: 0 });
    const asked: unknown[] = [];
    const untouched = new Proxy({}, { ownKeys: () => asked.push('keys') as never });
    expect([conversion.convert(codec, untouched), asked]).toEqual([FAIL, []]);
  });

  test('are bounded in Base64 before it is decoded', () => {
    const bytes = { type: 'string', contentEncoding: 'base64' };
    const conversion = new Conversion({ ...DEFAULT_LIMITS, messageSteps: 15 });
    // No Base64: the end would tell, after all of it was decoded.
    const text = `${'A'.repeat(640)}*`;
    const limits = [text, text, text].map((value) => {
      expect(conversion.convert(codecOf(bytes, 'receiveParams'), value)).toBe(FAIL);
      return conversion.failure.limit;
    });
    expect(limits).toEqual([undefined, 'messageSteps', 'messageSteps']);
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
  const conversion = new Conversion({ ...DEFAULT_LIMITS, valueSize: 1 });
  const codec = codecOf(text, 'sendResult');
  conversion.convert(codec, 'xx');
  expect(conversion.failure).toMatchObject({ limit: 'valueSize' });
  conversion.convert(codec, 5);
  expect(conversion.failure).toEqual({ path: '', expected: 'a string' });
});
