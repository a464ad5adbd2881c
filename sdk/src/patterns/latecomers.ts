import type { Automaton } from './automaton.js';
import type { Pairs } from './pairs.js';

export interface Latecomers {
  /** Places outside of a component from which one way comes into it and meets another there that is in already. */
  readonly of: (component: number) => Iterable<number>;
  /** Whether ways from two places of one component can meet in it. */
  readonly meets: (a: number, b: number) => boolean;
}

/**
 * Goes back from where two ways meet, as long as one of them stays in the component.
 * @param spend counts steps, and throws when there were too many
 */
export const latecomersOf = (
  { reads, next }: Automaton,
  pairs: Pairs,
  spend: (steps: number) => void,
): Latecomers => {
  const size = reads.length;
  const { componentOf } = pairs;
  const before = new Map<number, number[]>();
  const waiting: number[] = [];
  const lead = (a: number, b: number): void => {
    const stays = [...(next[b]?.keys() ?? [])].filter((each) => componentOf(each) === componentOf(b));
    if (stays.length === 0) return;
    for (const after of next[a]?.keys() ?? []) {
      spend(stays.length);
      for (const other of stays) {
        if (((reads[after] as bigint) & (reads[other] as bigint)) === 0n) continue;
        if (after === other) waiting.push(a * size + b);
        const key = after * size + other;
        const list = before.get(key);
        if (list) list.push(a * size + b);
        else before.set(key, [a * size + b]);
      }
    }
  };
  for (const [a, b] of pairs.all()) {
    if (a === b) continue;
    lead(a, b);
    lead(b, a);
  }
  const late = new Map<number, Set<number>>();
  const seen = new Set<number>();
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    if (seen.has(key)) continue;
    seen.add(key);
    const [a, b] = [Math.floor(key / size), key % size];
    const component = componentOf(b);
    if (componentOf(a) !== component) {
      const found = late.get(component);
      if (found) found.add(a);
      else late.set(component, new Set([a]));
    }
    waiting.push(...(before.get(key) ?? []));
  }
  return {
    of: (component) => late.get(component) ?? [],
    meets: (a, b) => seen.has(a * size + b),
  };
};
