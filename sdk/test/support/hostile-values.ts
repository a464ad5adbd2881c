import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';

class Account {
  a = 1;
  get kind(): string {
    return 'kind 0';
  }
}

const nested = (levels: number): unknown => {
  let value: unknown = [];
  for (let i = 0; i < levels; i++) value = i % 2 ? [value] : { value: 1, kids: value };
  return value;
};

const itself = (): unknown => {
  const value: Record<string, unknown> = { value: 1, kids: [] as unknown[], a: 1 };
  value['in'] = value;
  (value['kids'] as unknown[]).push(value);
  return value;
};

/** One value many times: a structured clone of few bytes can be as large as this. */
const manyTimes = (levels: number): unknown => {
  let value: unknown = { value: 'text' };
  for (let i = 0; i < levels; i++) value = new Array(8).fill(value);
  return value;
};

/** Says of itself what a Map or a Date says, or nothing. */
const tagged = (tag: string): object =>
  Object.create({
    [Symbol.toStringTag]: tag,
    get a() {
      return 1;
    },
  });

const fails = (): never => {
  throw new Error('mine');
};
/** As a proxy that was revoked, but it can be awaited, and fast-check can ask what it asks of all values. */
const unreadable = (): unknown =>
  new Proxy(
    {},
    {
      get: (target, key) => (key === 'then' || typeof key === 'symbol' ? Reflect.get(target, key) : fails()),
      getPrototypeOf: fails,
      ownKeys: fails,
      getOwnPropertyDescriptor: fails,
    },
  );

const throwing = (key: string): object =>
  Object.defineProperty({ tag: 0 }, key, {
    enumerable: true,
    get: fails,
  });

/** Its length is no number of items. */
const lying = (length: unknown): unknown =>
  new Proxy([1, 'two'], {
    get: (list, key, self) => (key === 'length' ? length : Reflect.get(list, key, self)),
  });

/** One other realm for all values of it: each takes a millisecond to make. */
const elsewhere = createContext();

/** What no schema of the subset, or only the most liberal one, lets through; made anew each time. */
const HOSTILE: readonly (() => unknown)[] = [
  () => undefined,
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => 10n,
  () => Symbol('s'),
  () => () => 1,
  () => new Date(0),
  () => new Map([['a', 1]]),
  () => new Set([1]),
  () => /x/,
  () => Promise.resolve(1),
  () => new Error('x'),
  () => Object.assign(new Map(), { a: 1, x: 1 }),
  () => Object(5),
  () => Object('text'),
  () => new Float32Array(2),
  () => new URL('https://example.org'),
  () => new (class extends Set {})(),
  () => new (class {})(),
  () => tagged('Mine'),
  unreadable,
  () => throwing('a'),
  () => throwing('stray'),
  () => lying(Number.NaN),
  () => lying('2'),
  () => lying(-1),
  () => lying(1.5),
  () => lying(9),
  () => Object.defineProperty({ stray: 1 }, 'a', { value: 1 }),
  () => new Account(),
  () => new Uint8Array(3),
  () => new Uint8Array(41),
  () => new ArrayBuffer(2),
  () => JSON.parse('{"__proto__":{"a":1},"a":1}'),
  () => JSON.parse('{"__proto__":1}'),
  () => Object.create(null, { a: { value: 1, enumerable: true } }),
  () => Object.create({ a: 1, kind: 'kind 0', tag: 0 }),
  () => runInContext('({ a: 1, tag: 0, value: 1 })', elsewhere),
  () => runInContext('[1, "two"]', elsewhere),
  () => ({ a: undefined, stray: undefined }),
  () => ({ constructor: 1, toString: 'x', hasOwnProperty: null }),
  () => [undefined],
  () => new Array(3),
  () => new Array(4_000_000_000),
  () => nested(70),
  () => nested(5000),
  () => itself(),
  () => manyTimes(3),
  () => 'x'.repeat(5000),
];

/** Values that are as good as any, but seldom of the right type. */
const ODD: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  1,
  -1,
  0.1,
  1e22,
  1e-7,
  2 ** 53,
  1.5,
  7,
  '',
  'a',
  'xyz',
  '\ud800',
  '\udc00\ud800',
  '😀😀',
  'QUJD',
  'QUJ',
  '__proto__',
  '2020-02-30',
  '::1',
  'kind 0',
  [],
  {},
  [null],
  { a: null },
  { kind: 'kind 1' },
  { tag: 0 },
];

/** Printed as the code that makes it: some would be printed for ever. */
const printed = (make: () => unknown): unknown => {
  const value = make();
  try {
    if (typeof value === 'object' && value !== null)
      Object.defineProperty(value, fc.toStringMethod, { value: () => String(make) });
  } catch {
    // What can't be changed, and whose printing throws if need be.
  }
  return value;
};
const hostile = fc.constantFrom(...HOSTILE).map(printed);
const odd = fc.constantFrom(...ODD);
const wrong = fc.oneof({ weight: 3, arbitrary: odd }, { weight: 1, arbitrary: hostile });

/** Values of an arbitrary with something wrong somewhere: a part replaced, removed, added or repeated. */
export const nearly = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(values, fc.array(fc.nat(7), { minLength: 1, maxLength: 5 }), fc.nat(4), wrong)
    .map(([value, steps, how, other]) => changed(value, steps, how, other));

const changed = (
  value: unknown,
  [first, ...steps]: readonly number[],
  how: number,
  other: unknown,
): unknown => {
  if (first === undefined || typeof value !== 'object' || value === null || value instanceof Uint8Array)
    return other;
  const keys = Object.keys(value);
  const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...value };
  const key = keys[first % (keys.length + 1)];
  if (key === undefined) {
    // Beside what is there: something nobody declared, or one more item.
    if (Array.isArray(copy)) copy.push(other);
    else copy[['stray', 'x', 'a', 'toString'][how % 4] as string] = other;
  } else if (how === 0 && !Array.isArray(copy)) delete copy[key];
  else if (how === 1 && Array.isArray(copy)) copy.push(...copy, ...copy);
  else copy[key] = changed(copy[key], steps, how, other);
  return copy;
};

/** Anything that may arrive or be passed. */
export const anyValue = wrong;
