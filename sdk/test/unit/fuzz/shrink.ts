/** Shorter versions of a list: halves and quarters first, then without each one. */
const shorter = (list: readonly unknown[]): unknown[][] => {
  const cuts: unknown[][] = [];
  for (let size = Math.floor(list.length / 2); size >= 1; size = Math.floor(size / 2))
    for (let at = 0; at + size <= list.length; at += size) cuts.push(list.toSpliced(at, size));
  return cuts;
};

/** Simpler versions of a value, the simplest first. */
const simpler = (value: unknown, level = 0): unknown[] => {
  if (typeof value === 'string') return value === '' ? [] : ['', value.slice(0, value.length / 2)];
  if (typeof value === 'number') return value === 0 || value === 1 ? [] : [0, 1];
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || level > 6) return [];
  if (Array.isArray(value)) {
    const inside = value.flatMap((item, i) => simpler(item, level + 1).map((each) => value.with(i, each)));
    return [...shorter(value), ...inside];
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return [];
  const entries = Object.entries(value);
  return [
    ...entries.map((_, i) => Object.fromEntries(entries.toSpliced(i, 1))),
    ...entries.flatMap(([key, item], i) =>
      simpler(item, level + 1).map((each) => Object.fromEntries(entries.with(i, [key, each]))),
    ),
  ];
};

const MOST_TRIES = 600;

/** The shortest messages found for which it still holds. */
export const shrink = async (
  messages: readonly unknown[],
  holds: (messages: readonly unknown[]) => boolean | Promise<boolean>,
): Promise<readonly unknown[]> => {
  let tries = 0;
  let best = messages;
  for (let found = true; found; ) {
    found = false;
    for (const candidate of simpler(best) as unknown[][]) {
      if (tries++ > MOST_TRIES) return best;
      if (candidate.length === 0 || !(await holds(candidate))) continue;
      best = candidate;
      found = true;
      break;
    }
  }
  return best;
};
