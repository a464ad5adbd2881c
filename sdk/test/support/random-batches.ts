import fc from 'fast-check';

/** Runs of the random tests: `PORTICO_SEED=… npx vitest run --project unit hostile/random` repeats one that failed. */
export const seed = Number(process.env['PORTICO_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

type Path = readonly (string | number)[];

/** Every place in a message, the message itself included. */
const placesIn = (value: unknown, at: Path = []): Path[] =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)
    ? [
        at,
        ...Object.entries(value).flatMap(([key, each]) =>
          placesIn(each, [...at, Array.isArray(value) ? Number(key) : key]),
        ),
      ]
    : [at];

type Edit = readonly [
  place: number,
  what: 'replace' | 'delete' | 'repeat' | 'insert' | 'rename' | 'swap' | 'wrap',
  value: unknown,
];

/** Numbers on both sides of what may stand where an integer does (W4.4), and of where others change their nature. */
export const boundaries: fc.Arbitrary<number> = fc.constantFrom(
  ...[0, -0, 1, -1, 0.5, 1.5, Number.MIN_VALUE, 2 ** 31 - 1, 2 ** 31, 2 ** 32],
  ...[2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), 1e21, 1e300, Number.MAX_VALUE],
);

/** The messages, with a number at a boundary in the place of one of theirs. */
const numbersMoved = (valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.tuple(valid, fc.nat(), boundaries).map(([message, nth, number]) => {
    const root = { message: structuredClone(message) };
    const at = (path: Path): unknown =>
      path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], root);
    const numbers = placesIn(root).filter((path) => typeof at(path) === 'number');
    const path = numbers[nth % numbers.length];
    if (path) (at(path.slice(0, -1)) as Record<string, unknown>)[path.at(-1) as string] = number;
    return root.message;
  });

const KEYS = ['__proto__', 'constructor', 'toString', 'then', 'd', 'code', 'n', 'k', 'c', 'id', ''];

/** What turns up where something else is expected. */
export const oddities: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -2, max: 70 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(null, true, '', 'x', 0, 1, -1, 0.5, 2 ** 53 - 1, 2 ** 53, 1e300),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      'read.list',
      'read.get',
      'control.echo',
      'read.changed',
      'admin.reset',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(...KEYS) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown> },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      JSON.parse('{"__proto__":{"polluted":1}}'),
      JSON.parse('{"constructor":1}'),
    ),
  },
);

/** What only structured clones bring. */
export const clonedOddities: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: oddities },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      undefined,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      -0,
      1n,
      new Date(0),
      new Map([['id', 1]]),
      new Set([1]),
      new Uint8Array(3),
      new Float64Array(2),
      new Array(5),
      /x/,
      new Error('x'),
    ),
  },
);

const applied = (message: unknown, edits: readonly Edit[]): unknown => {
  const root = { message: structuredClone(message) };
  for (const [place, what, odd] of edits) {
    const value = structuredClone(odd);
    const places = placesIn(root).slice(1);
    const path = places[place % places.length] ?? ['message'];
    const parent = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], root);
    const key = path.at(-1) as string;
    const holder = parent as Record<string, unknown>;
    const list = Array.isArray(parent) ? parent : undefined;
    const set = (name: string, given: unknown): void => {
      Object.defineProperty(holder, name, {
        value: given,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    };
    if (what === 'replace') set(key, value);
    else if (what === 'wrap') set(key, [holder[key]]);
    else if (what === 'delete' && list) list.splice(Number(key), 1);
    else if (what === 'delete' && parent !== root) delete holder[key];
    else if (what === 'repeat' && list) list.splice(Number(key), 0, structuredClone(list[Number(key)]));
    else if (what === 'insert' && list) list.splice(Number(key), 0, value);
    else if (what === 'rename' && !list && parent !== root) {
      set(KEYS[place % KEYS.length] ?? 'x', holder[key]);
      delete holder[key];
    } else if (what === 'swap' && list) {
      const other = place % list.length;
      [list[Number(key)], list[other]] = [list[other], list[Number(key)]];
    }
  }
  return root.message;
};

/** Messages near those that are valid: some as they are, most with something changed. */
const mutated = (valid: fc.Arbitrary<unknown>, odd: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => {
  const edit = fc.tuple(
    fc.nat(),
    fc.constantFrom('replace', 'delete', 'repeat', 'insert', 'rename', 'swap', 'wrap'),
    odd,
  ) as fc.Arbitrary<Edit>;
  return fc
    .tuple(
      valid,
      fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        { weight: 3, arbitrary: fc.array(edit, { minLength: 1, maxLength: 3 }) },
      ),
    )
    .map(([message, edits]) => applied(message, edits));
};

/** Messages with a kind at the head of their frames, and anything behind it. */
const random = (odd: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => {
  const kind = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 25 }) },
    { weight: 1, arbitrary: odd },
  );
  const frame = fc.tuple(kind, fc.array(odd, { maxLength: 6 })).map(([head, rest]) => [head, ...rest]);
  return fc.oneof({ weight: 9, arbitrary: fc.array(frame, { maxLength: 5 }) }, { weight: 1, arbitrary: odd });
};

/** Messages of every sort around the valid ones. */
export const messagesAround = (
  valid: fc.Arbitrary<unknown>,
  odd: fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 4, arbitrary: mutated(valid, odd) },
    { weight: 1, arbitrary: numbersMoved(valid) },
    { weight: 1, arbitrary: random(odd) },
  );
