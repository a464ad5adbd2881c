import type { Automaton } from './automaton.js';
import { latecomersOf } from './latecomers.js';
import type { Pairs } from './pairs.js';
import { isSplit } from './splits.js';

/** A step from outside of a component into it. */
interface Entry {
  readonly from: number;
  readonly to: number;
  readonly ways: number;
}

/** A component from which a way can still come into another one, where another way is already. */
interface Late {
  readonly component: number;
  /** How many of its places one text can lead to at once. */
  readonly atOnce: number;
  /** By its places: in how many ways each leads into the other component, and where else it goes on. */
  readonly exits: readonly { readonly leaves: number; readonly onwards: readonly Entry[] }[];
  /** At how many characters of the text it can be left. */
  readonly times: number;
}

/** What is known of a component before the text's length is. */
interface Plan {
  readonly component: number;
  /** For each entry those that can be ways of the same text, at the same of its characters. */
  readonly together: readonly (readonly Entry[])[];
  /** Each stands after those that it leads to. */
  readonly late: readonly Late[];
  /** For each place that is late those that are together with it. */
  readonly crowds: readonly (readonly number[])[];
  /** How many characters can be read within. */
  readonly reach: number;
}

/**
 * In how many ways, at most, a text of so many characters can lead to one place, at one of its characters. A way
 * comes into a repetition at one of the characters before: as many as the repetition reaches, and no more than
 * there are steps into it once the first is in. So what is bounded multiplies what is not.
 * @param spend counts steps, and throws when there were too many
 */
export const waysOf = (
  automaton: Automaton,
  pairs: Pairs,
  spend: (steps: number) => void,
): ((length: number) => number) => {
  const plans = plansOf(automaton, pairs, spend);
  const { componentOf } = pairs;
  return (length) => {
    const ways = new Map<number, number>();
    const waysTo = (place: number): number => ways.get(componentOf(place)) ?? 0;
    for (const { component, together, late, crowds, reach } of plans) {
      const atOnce = together.reduce((most, entries) => Math.max(most, sumOf(entries, waysTo)), 0);
      let sum = together.length > 0 ? atOnce : 1;
      if (late.length > 0) {
        /** In how many ways one that is late comes in, sooner or later. */
        const comings = new Map<number, number>();
        const comingsOf = (place: number): number => comings.get(componentOf(place)) ?? 0;
        for (const each of late) {
          const most = each.exits.reduce(
            (found, { leaves, onwards }) =>
              Math.max(
                found,
                onwards.reduce((all, { to, ways: more }) => all + more * comingsOf(to), leaves),
              ),
            0,
          );
          comings.set(each.component, most * each.atOnce * Math.min(length, each.times));
        }
        const later = crowds.map((crowd) =>
          crowd.reduce((all, place) => all + waysTo(place) * comingsOf(place), 0),
        );
        sum = Math.min(Math.min(reach, length) * atOnce, atOnce + Math.max(...later));
      }
      ways.set(component, sum);
    }
    return [...ways.values()].reduce((most, each) => Math.max(most, each), 1);
  };
};

const sumOf = (entries: readonly Entry[], waysTo: (place: number) => number): number =>
  entries.reduce((sum, { from, ways }) => sum + ways * waysTo(from), 0);

const plansOf = (automaton: Automaton, pairs: Pairs, spend: (steps: number) => void): Plan[] => {
  const { reads, next, reach } = automaton;
  const { componentOf } = pairs;
  const places = new Map<number, number[]>();
  for (const place of reads.keys()) pushTo(places, componentOf(place), place);
  const entries = new Map<number, Entry[]>();
  for (const [from, following] of next.entries())
    for (const [to, ways] of following)
      if (componentOf(from) !== componentOf(to) && reads[to] !== 0n)
        pushTo(entries, componentOf(to), { from, to, ways });
  const latecomers = latecomersOf(automaton, pairs, spend);

  const partners = new Map<number, number[]>();
  for (const [a, b] of pairs.all()) {
    pushTo(partners, a, b);
    if (a !== b) pushTo(partners, b, a);
  }
  /** Where else a text can lead to that leads to a place, itself among them. */
  const partnersOf = (place: number): number[] => {
    const found = partners.get(place) ?? [];
    spend(found.length);
    return found;
  };

  /** For each of some places those among them that a text leads to which leads to it. */
  const togetherWith = (some: readonly number[]): number[][] => {
    const among = new Set(some);
    return some.map((place) => partnersOf(place).filter((each) => among.has(each)));
  };

  /** From the places that are late for a component, by their own components. */
  const lateFor = (component: number, places: readonly number[], late: readonly number[]): Late[] => {
    const found = new Map<number, number[]>();
    for (const x of late) pushTo(found, componentOf(x), x);
    return [...found]
      .sort(([a], [b]) => a - b)
      .map(([each, members]) => {
        const splits = members.some((p) =>
          places.some((q) => comesBack(pairs, p, q) && isSplit(automaton, pairs, p, q, spend)),
        );
        const repeats = members.some((x) => comesBack(pairs, x, x));
        return {
          component: each,
          atOnce: Math.max(...togetherWith(members).map((crowd) => crowd.length)),
          exits: members.map((from) => {
            const following = [...(next[from] as ReadonlyMap<number, number>)];
            spend(following.length);
            return {
              leaves: following.reduce(
                (sum, [to, ways]) => sum + (componentOf(to) === component ? ways : 0),
                0,
              ),
              onwards: following.flatMap(([to, ways]) =>
                componentOf(to) !== each && found.has(componentOf(to)) ? [{ from, to, ways }] : [],
              ),
            };
          }),
          times: splits ? (reach[members[0] as number] as number) : repeats ? members.length : 1,
        };
      });
  };

  /** The entries into a component that one text can take at once with one of them. */
  const entriesWith = (component: number, { from, to }: Entry): Entry[] => [
    ...partnersOf(from).flatMap((other) => {
      const ways = componentOf(other) === component ? undefined : next[other]?.get(to);
      return ways === undefined ? [] : [{ from: other, to, ways }];
    }),
    ...partnersOf(to)
      .filter((other) => other !== to && latecomers.meets(to, other) && componentOf(other) === component)
      .flatMap((other) => (entries.get(component) ?? []).filter((each) => each.to === other)),
  ];

  // Components lead to lower ones: each is known before it is gone on from.
  return [...places]
    .sort(([a], [b]) => b - a)
    .map(([component, members]) => {
      const late = [...latecomers.of(component)];
      return {
        component,
        together: (entries.get(component) ?? []).map((each) => entriesWith(component, each)),
        late: lateFor(component, members, late),
        crowds: togetherWith(late),
        reach: reach[members[0] as number] as number,
      };
    });
};

const pushTo = <T>(lists: Map<number, T[]>, key: number, item: T): void => {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
};

const comesBack = (pairs: Pairs, a: number, b: number): boolean => {
  const pair = pairs.of(a, b);
  return pair !== undefined && pairs.comesBack(pair);
};

/**
 * In how many ways places can be come to, whatever they read: more than there are, and cheap to count. Infinite
 * where something is repeated, other than the try from each character on.
 */
export const mostWaysOf = ({ reads, next }: Automaton): number => {
  const ways = reads.map(() => 0);
  const missing = reads.map(() => 0);
  const isRetry = (from: number, to: number): boolean => from === to && reads[from] === ~0n;
  for (const [from, following] of next.entries())
    for (const to of following.keys()) if (!isRetry(from, to)) missing[to] = (missing[to] as number) + 1;
  const waiting = [...reads.keys()].filter((place) => missing[place] === 0);
  for (const place of waiting) ways[place] = 1;
  let settled = 0;
  for (let from = waiting.pop(); from !== undefined; from = waiting.pop()) {
    settled++;
    for (const [to, more] of next[from] as ReadonlyMap<number, number>) {
      if (isRetry(from, to)) continue;
      ways[to] = (ways[to] as number) + (ways[from] as number) * more;
      missing[to] = (missing[to] as number) - 1;
      if (missing[to] === 0) waiting.push(to);
    }
  }
  return settled < reads.length
    ? Number.POSITIVE_INFINITY
    : ways.reduce((most, each) => Math.max(most, each));
};
