import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { milliseconds } from '../../../src/protocol/durations.js';
import type { Duration } from '../../../src/protocol/protocol.js';
import { thrownBy } from '../../support/refusals.js';

// Hundreds of cases: on a busy machine that may take its time.
vi.setConfig({ testTimeout: 60_000 });

test.each<readonly [Duration, number]>([
  [1, 1],
  [0.5, 0.5],
  ['200ms', 200],
  ['10s', 10_000],
  ['1.5s', 1500],
  ['5m', 300_000],
  [0x7fffffff, 0x7fffffff],
])('%j is %d milliseconds', (duration, expected) => {
  expect(milliseconds(duration)).toBe(expected);
});

test.each([
  0,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  0x80000000,
  '0s',
  '5',
  '5h',
  '5 s',
  's',
  '',
  '-5s',
  '.5s',
  '1e3ms',
  '5ms ',
  '35792m',
  null,
  undefined,
  {},
  [5],
  true,
])('%o is no duration', (duration) => {
  const error = thrownBy(() => milliseconds(duration as Duration));
  expect(error.code).toBe('INVALID_ARGUMENT');
});

test('units are what they say', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30_000 }), (count) => {
      expect(milliseconds(`${count}ms`)).toBe(count);
      expect(milliseconds(`${count}s`)).toBe(count * milliseconds('1s'));
      expect(milliseconds(`${count}m`)).toBe(count * milliseconds('60s'));
    }),
  );
});
