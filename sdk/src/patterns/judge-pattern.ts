import { type Automaton, automatonOf, NOT_LAID_OUT } from './automaton.js';
import { type Pairs, pairsOf } from './pairs.js';

/** How the steps grow that a pattern takes on the worst of texts. */
export interface Growth {
  /** The power of the text's length that they grow with: 1 is in proportion. */
  readonly degree: number;
  /** How many there are for a text of so many characters, roughly. */
  readonly steps: (length: number) => number;
}

/** `unknown`: more than was looked into, such as references back. */
export type Verdict = 'exponential' | 'unknown' | Growth;

/** Steps of the judgement: a quarter of a second, roughly. The largest of the formats takes a ninth of them, most patterns a few hundred. */
const PATIENCE = 200_000;
/** Ways that part and meet again so often in a row are too many, though the text's length doesn't multiply them. */
const MOST_MEETINGS = 8;

const LINEAR: Growth = { degree: 1, steps: (length) => length };

/**
 * How long a pattern with the flag `u` may take on the worst of texts, in an engine that tries one way after the
 * other. It counts ways: where a text leads from a place of the pattern to itself on two ways, each repetition of
 * that text doubles them, and where it leads from one repetition to itself and to the next, and from the next to
 * itself, each place of the text is one where the ways may part. What a text must end with for all of them to
 * fail is not asked, so that some harmless patterns are taken for harmful, and none the other way round. Counts
 * its own steps, not time: the verdict is the same on every machine.
 */
export const judgePattern = (pattern: string): Verdict => {
  // What repeats nothing and seldom chooses.
  if (!/[*+{]/.test(pattern) && (pattern.match(/[?(]/g) ?? []).length <= MOST_MEETINGS) return LINEAR;
  let left = PATIENCE;
  const spend = (steps: number): void => {
    left -= steps;
    if (left < 0) throw NOT_LAID_OUT;
  };
  try {
    const automaton = automatonOf(pattern);
    const pairs = pairsOf(automaton, spend);
    if (pairs.isExponential) return 'exponential';
    const splits = splitsOf(automaton, pairs, spend);
    if (pairs.meetings > MOST_MEETINGS + splits.length) return 'exponential';
    if (splits.length === 0) return LINEAR;
    const most = (factorOf: (bound: number) => number): number =>
      costliestChain(automaton, pairs, splits, factorOf);
    return {
      degree: 1 + Math.round(Math.log2(most((bound) => (bound === Number.POSITIVE_INFINITY ? 2 : 1)))),
      steps: (length) => length * most((bound) => Math.min(bound, length)),
    };
  } catch (error) {
    if (error === NOT_LAID_OUT) return 'unknown';
    throw error;
  }
};

/** Two repetitions between which a text may be split anywhere. */
interface Split {
  /** Components. */
  readonly from: number;
  readonly to: number;
  /** How many characters of the text there are at most to choose from. */
  readonly bound: number;
}

const splitsOf = (automaton: Automaton, pairs: Pairs, spend: (steps: number) => void): Split[] => {
  const found = new Map<string, Split>();
  const repeated = [...automaton.reads.keys()].filter((place) => comesBack(pairs, place, place));
  for (const p of repeated) {
    for (const q of repeated) {
      const [from, to] = [pairs.componentOf(p), pairs.componentOf(q)];
      if (from <= to || !comesBack(pairs, p, q)) continue;
      const key = `${from} ${to}`;
      const bound = Math.min(automaton.reach[p] as number, automaton.reach[q] as number);
      if ((found.get(key)?.bound ?? 0) < bound && isSplit(automaton, pairs, p, q, spend))
        found.set(key, { from, to, bound });
    }
  }
  return [...found.values()];
};

const comesBack = (pairs: Pairs, a: number, b: number): boolean => {
  const pair = pairs.of(a, b);
  return pair !== undefined && pairs.comesBack(pair);
};

/** Whether one text leads from `p` to itself and to `q`, and from `q` to itself. */
const isSplit = (
  { reads, next }: Automaton,
  { componentOf }: Pairs,
  p: number,
  q: number,
  spend: (steps: number) => void,
): boolean => {
  const size = reads.length;
  const keyOf = (a: number, b: number, c: number): number => (a * size + b) * size + c;
  const sought = keyOf(p, q, q);
  const within = (place: number, component: number): number[] =>
    [...(next[place]?.keys() ?? [])].filter((after) => componentOf(after) === component);
  const [from, to] = [componentOf(p), componentOf(q)];
  const seen = new Set<number>();
  const waiting: (readonly [number, number, number])[] = [[p, p, q]];
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    const [a, b, c] = at;
    const after = within(a, from).flatMap((first) => within(c, to).map((last) => [first, last] as const));
    // The middle one must still come to `q`.
    const between = [...(next[b]?.keys() ?? [])].filter((each) => componentOf(each) >= to);
    spend(1 + after.length * between.length);
    for (const [first, last] of after) {
      const both = (reads[first] as bigint) & (reads[last] as bigint);
      if (both === 0n) continue;
      for (const middle of between) {
        const key = keyOf(first, middle, last);
        if (seen.has(key) || (both & (reads[middle] as bigint)) === 0n) continue;
        if (key === sought) return true;
        seen.add(key);
        waiting.push([first, middle, last]);
      }
    }
  }
  return false;
};

/** The largest product of what the splits on one way through the pattern multiply its steps by. */
const costliestChain = (
  { next }: Automaton,
  { componentOf }: Pairs,
  splits: readonly Split[],
  factorOf: (bound: number) => number,
): number => {
  const steps: { from: number; to: number; factor: number }[] = splits.map(({ from, to, bound }) => ({
    from,
    to,
    factor: factorOf(bound),
  }));
  for (const [place, following] of next.entries())
    for (const after of following.keys())
      steps.push({ from: componentOf(place), to: componentOf(after), factor: 1 });
  // Components lead to lower ones: each is settled before it is gone on from.
  steps.sort((a, b) => b.from - a.from);
  const product = new Map<number, number>();
  for (const { from, to, factor } of steps)
    product.set(to, Math.max(product.get(to) ?? 1, (product.get(from) ?? 1) * factor));
  return Math.max(1, ...product.values());
};
