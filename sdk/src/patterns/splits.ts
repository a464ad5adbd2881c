import type { Automaton } from './automaton.js';
import type { Pairs } from './pairs.js';

/** Whether one text leads from `p` to itself and to `q`, and from `q` to itself. */
export const isSplit = (
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
