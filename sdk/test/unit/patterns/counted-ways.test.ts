import { expect, test } from 'vitest';
import { judgePattern } from '../../../src/patterns/judge-pattern.js';

/** One of several characters, so many times. */
interface Piece {
  readonly either: readonly string[];
  readonly min: number;
  readonly max: number;
}

/** Always the same numbers below another. */
const numbers = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
};

const EITHER = [['a'], ['a'], ['b'], ['ab'], ['ab'], ['abc'], ['a', 'ab'], ['b', 'a']];
const TIMES = [
  [1, 1, ''],
  [0, 1, '?'],
  [0, 1, '?'],
  [0, 2, '{0,2}'],
  [0, 5, '{0,5}'],
  [1, 7, '{1,7}'],
  [0, Number.POSITIVE_INFINITY, '*'],
  [1, Number.POSITIVE_INFINITY, '+'],
] as const;

/** The most ways that lead to one place of the pattern, at one character of the text, counted one by one. */
const countedWays = (pieces: readonly Piece[], isAnchored: boolean, text: string): number => {
  const to = new Map<string, number>();
  const states = new Map<string, number>();
  const add = (map: Map<string, number>, key: string, ways: number): unknown =>
    map.set(key, (map.get(key) ?? 0) + ways);
  for (let at = 0; at <= text.length; at++) {
    if (at === 0 || !isAnchored) add(states, `${at} 0 0`, 1);
    for (const [index, { either, min, max }] of pieces.entries()) {
      for (let times = 0; times <= Math.min(max, at); times++) {
        const ways = states.get(`${at} ${index} ${times}`);
        if (ways === undefined) continue;
        if (times >= min) add(states, `${at} ${index + 1} 0`, ways);
        if (times === max) continue;
        for (const [which, characters] of either.entries()) {
          if (at === text.length || !characters.includes(text[at] as string)) continue;
          // Few copies are places of their own.
          add(to, `${at} ${index} ${which} ${max <= 4 ? times : ''}`, ways);
          add(states, `${at + 1} ${index} ${times + 1}`, ways);
        }
      }
    }
  }
  return Math.max(0, ...to.values());
};

test('no text has more ways than the judge says, and most patterns have nearly as many', () => {
  const below = numbers(4_711);
  let judged = 0;
  let close = 0;
  for (let each = 0; each < 300; each++) {
    const isAnchored = below(3) > 0;
    const pieces = Array.from({ length: 2 + below(6) }, () => {
      const [min, max, times] = TIMES[below(TIMES.length)] as (typeof TIMES)[number];
      // Two that can be the same, often enough, double the ways each time.
      const either = EITHER[below(max > 1 ? 6 : EITHER.length)] as string[];
      return { either, min, max, source: `(?:${either.map((any) => `[${any}]`).join('|')})${times}` };
    });
    const pattern = `${isAnchored ? '^' : ''}${pieces.map(({ source }) => source).join('')}$`;
    const longest = isAnchored ? pieces.reduce((sum, { max }) => sum + max, 0) : Number.POSITIVE_INFINITY;
    const verdict = judgePattern(pattern);
    if (typeof verdict === 'string') throw new Error(`${pattern}: ${verdict}`);
    judged++;
    const texts = ['a'.repeat(24), `${'a'.repeat(12)}${'b'.repeat(12)}`, 'ab'.repeat(12), 'b'.repeat(24)];
    for (let more = 0; more < 4; more++)
      texts.push(Array.from({ length: 24 }, () => 'aaaab'[below(5)]).join(''));
    const counted = Math.max(...texts.map((text) => countedWays(pieces, isAnchored, text)));
    const said = verdict.steps(24) / Math.min(24, longest);
    // So few need not be looked into.
    if (counted > 16) expect(said, pattern).toBeGreaterThanOrEqual(counted);
    if (said <= 3 * counted) close++;
  }
  expect(close / judged).toBeGreaterThan(0.6);
});
