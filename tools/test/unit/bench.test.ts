import { describe, expect, test } from 'vitest';
import { compare, rowOf, textOf } from '../../bench/compare.mjs';
import type { Side } from '../../bench/metrics.mjs';
import { isSlower, spreadOf } from '../../bench/quantiles.mjs';

test('a spread is a median with its quartiles', () => {
  expect(spreadOf([5, 1, 3, 2, 4])).toEqual({ median: 3, quartiles: [2, 4] });
  expect(spreadOf([1, 2])).toEqual({ median: 1.5, quartiles: [1.25, 1.75] });
});

describe('slower is', () => {
  const before = spreadOf([1, 2, 3, 4, 5]);
  test.each([
    ['a cost above the upper quartile', 4.1, true, true],
    ['not a cost at it', 4, true, false],
    ['not a cost far below', 0.5, true, false],
    ['a rate below the lower quartile', 1.9, false, true],
    ['not a rate at it', 2, false, false],
    ['not a rate far above', 9, false, false],
  ])('%s', (_what, median, lowIsGood, expected) => {
    expect(isSlower({ median, quartiles: [median, median] }, before, lowIsGood)).toBe(expected);
  });
});

test('a row says both, and the verdict', () => {
  const row = rowOf('idle', 'bytes a session', true, [200, 300, 400], [100, 200, 250]);
  expect(row).toMatchObject({ now: { median: 300 }, before: { median: 200 }, slower: true });
  expect(textOf(row)).toBe('idle        now 300 (250–350), before 200 (150–225) bytes a session: SLOWER');
});

/** Builds whose blocks are in order as they come, each with a rate of its own. */
const builds = (rates: Readonly<Record<'now' | 'before', number>>) => {
  const order: string[] = [];
  const pair = (name: 'now' | 'before') => ({
    host: name,
    run: async (metric: string, side: Side) => {
      order.push(`${metric} ${name} ${side}`);
      return side === 'raw' ? 10 : rates[name];
    },
    open: async () => ({}),
  });
  return { order, subjects: { session: {} as never, now: pair('now'), before: pair('before') } };
};
const quiet = (): void => {};
const options = { blocks: 4, milliseconds: 1, warmUp: 2 };

describe('two builds', () => {
  test('are measured in turns, each beside a raw port of its own, and who begins changes', async () => {
    const { order, subjects } = builds({ now: 10, before: 10 });
    await compare(subjects, { ...options, only: 'sequential' }, quiet, quiet);
    const blocks = order.map((each) => each.split(' ').slice(1) as [string, string]);
    expect(blocks).toHaveLength((options.blocks + options.warmUp) * 4);
    const firsts = [];
    for (let i = 0; i < blocks.length; i += 4) {
      const four = blocks.slice(i, i + 4);
      expect(four.map((each) => each.join(' ')).sort()).toEqual([
        'before portico',
        'before raw',
        'now portico',
        'now raw',
      ]);
      // The two of a ratio are neighbours.
      expect(four[0]?.[0]).toBe(four[1]?.[0]);
      firsts.push(four[0]?.join(' '));
    }
    expect(new Set(firsts).size).toBe(4);
  });

  test.each([
    ['sequential', 5, 2, true],
    ['sequential', 20, 0.5, false],
    ['concurrent', 5, 0.5, true],
    ['concurrent', 20, 2, false],
  ])('%s at a rate of %d beside 10 is a ratio of %d', async (only, now, ratio, slower) => {
    const { subjects } = builds({ now, before: 10 });
    const said: string[] = [];
    const rows = await compare(subjects, { ...options, only }, (text) => said.push(text), quiet);
    expect(rows).toMatchObject([{ metric: only, now: { median: ratio }, before: { median: 1 }, slower }]);
    expect(said).toHaveLength(1);
  });
});
