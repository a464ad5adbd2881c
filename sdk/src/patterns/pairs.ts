import type { Automaton } from './automaton.js';

/** Two places that one text can lead to, from one place, on two ways. The first is not after the second. */
export interface Pair {
  readonly next: number[];
  /** Whether both are the same place. */
  readonly isOne: boolean;
  component: number;
}

export interface Pairs {
  /** By a place and another; absent where no text leads to both. */
  readonly of: (a: number, b: number) => Pair | undefined;
  /** Both places of each. */
  readonly all: () => Iterable<readonly [number, number]>;
  /** The component of a place, among those that lead to each other and back; it leads only to lower ones. */
  readonly componentOf: (place: number) => number;
  /** Whether a text leads from a pair, or a place, back to itself. */
  readonly comesBack: (pair: Pair) => boolean;
  /** Whether a text leads from a place to itself on two ways: the number of ways doubles each time. */
  readonly isExponential: boolean;
}

/**
 * Follows two ways at once from every place, as far as they read the same text. Patterns that never have a
 * choice have no pair but those of each place with itself.
 * @param spend counts steps, and throws when there were too many
 */
export const pairsOf = (automaton: Automaton, spend: (steps: number) => void): Pairs => {
  const { reads, next } = automaton;
  const size = reads.length;
  const keyOf = (a: number, b: number): number => (a < b ? a * size + b : b * size + a);
  const indexes = new Map<number, number>();
  const pairs: Pair[] = [];
  const keys: number[] = [];
  const indexOf = (a: number, b: number): number => {
    const key = keyOf(a, b);
    let index = indexes.get(key);
    if (index === undefined) {
      index = pairs.length;
      indexes.set(key, index);
      keys.push(key);
      pairs.push({ next: [], isOne: a === b, component: -1 });
    }
    return index;
  };
  for (let place = 0; place < size; place++) indexOf(place, place);
  /** Steps that one character can take on two ways from a place to another. */
  const doubled = new Set<number>();
  for (let index = 0; index < pairs.length; index++) {
    const key = keys[index] as number;
    const [a, b] = [Math.floor(key / size), key % size];
    const found = new Set<number>();
    for (const [after, ways] of next[a] as ReadonlyMap<number, number>) {
      if (reads[after] === 0n) continue;
      if (a === b && ways > 1) doubled.add(index * size + after);
      spend(next[b]?.size ?? 0);
      for (const other of next[b]?.keys() ?? [])
        if (((reads[after] as bigint) & (reads[other] as bigint)) !== 0n) found.add(indexOf(after, other));
    }
    pairs[index]?.next.push(...found);
  }
  markComponents(pairs);
  // The first pairs are those of each place with itself.
  const isDoubled = (from: number, to: number): boolean => to < size && doubled.has(from * size + to);

  const holdsOne = new Set<number>();
  const holdsTwo = new Set<number>();
  let isExponential = false;
  for (const [index, { isOne, component, next: following }] of pairs.entries()) {
    (isOne ? holdsOne : holdsTwo).add(component);
    isExponential ||= following.some(
      (each) => isDoubled(index, each) && pairs[each]?.component === component,
    );
  }
  isExponential ||= [...holdsOne].some((component) => holdsTwo.has(component));

  return {
    *all() {
      for (const key of keys) yield [Math.floor(key / size), key % size];
    },
    of: (a, b) => pairs[indexes.get(keyOf(a, b)) ?? -1],
    componentOf: (place) => (pairs[place] as Pair).component,
    comesBack: (pair) => pair.next.some((each) => pairs[each]?.component === pair.component),
    isExponential,
  };
};

/** Tarjan's strongly connected components, without recursion. */
const markComponents = (pairs: readonly Pair[]): void => {
  const order = new Int32Array(pairs.length).fill(-1);
  const low = new Int32Array(pairs.length);
  const at = new Int32Array(pairs.length);
  const open: number[] = [];
  let visited = 0;
  let components = 0;
  for (const start of pairs.keys()) {
    if (order[start] !== -1) continue;
    const path = [start];
    while (path.length > 0) {
      const index = path.at(-1) as number;
      const pair = pairs[index] as Pair;
      if (order[index] === -1) {
        order[index] = low[index] = visited++;
        open.push(index);
      }
      const child = pair.next[at[index] as number];
      if (child !== undefined) {
        at[index] = (at[index] as number) + 1;
        if (order[child] === -1) path.push(child);
        else if (pairs[child]?.component === -1)
          low[index] = Math.min(low[index] as number, order[child] as number);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[index] as number);
      if (low[index] !== order[index]) continue;
      let member: number;
      do {
        member = open.pop() as number;
        (pairs[member] as Pair).component = components;
      } while (member !== index);
      components++;
    }
  }
};
