import { beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/limits/limits.js';
import { type Codec, Conversion, FAIL } from '../../../src/protocol/conversion.js';
import { type Way, waysOf } from '../../support/host-code.js';

/** What an author's objects come to where they are sent, by the interpreter and by compiled code alike. */
const text = { type: 'string' };
const optional = { type: 'object', properties: { a: text, b: text } };
const sized = { type: 'object', properties: { size: { type: 'integer' }, b: text } };
const record = { type: 'object', additionalProperties: {} };
const patterned = { type: 'object', properties: { a: text }, patternProperties: { '^x': {} } };
const bare = { type: 'object', properties: {} };
const SCHEMAS = {
  optional,
  sized,
  record,
  patterned,
  bare,
  list: { type: 'array', items: optional },
  within: { type: 'object', required: ['in'], properties: { in: optional } },
  either: { anyOf: [{ type: 'null' }, optional] },
  bytes: { type: 'string', contentEncoding: 'base64' },
  texts: { type: 'array', items: text },
  any: {},
};
type Name = keyof typeof SCHEMAS;

const ways = new Map<string, readonly Way[]>();
/** As a result, all gates open, with columns where there may be some. */
const wayOf = (name: Name): Way => (ways.get(name) as readonly Way[])[1] as Way;
beforeAll(async () => {
  const names = Object.keys(SCHEMAS);
  (await waysOf(Object.values(SCHEMAS), new Set())).forEach((each, i) => {
    ways.set(names[i] as string, each);
  });
});

const sent = (name: Name, value: unknown): unknown => {
  const { interpreted, generated } = wayOf(name);
  const [by, compiled] = [interpreted, generated as Codec].map((codec) =>
    new Conversion(DEFAULT_LIMITS).convert(codec, value),
  );
  expect(compiled).toEqual(by === FAIL ? undefined : by);
  return by === FAIL ? 'refused' : by;
};

const OPAQUE: readonly (readonly [string, () => object])[] = [
  ['a Map', () => new Map([['a', 'x']])],
  ['a Set', () => new Set(['a'])],
  ['a Map of one’s own', () => new (class Mine extends Map<string, string> {})([['a', 'x']])],
  ['a Date', () => new Date(0)],
  ['a RegExp', () => /x/],
  ['a Promise that nobody awaited', () => Promise.resolve({ a: 'x' })],
  ['an Error', () => new Error('x')],
  ['a boxed number', () => Object(5)],
  ['a boxed text', () => Object('text')],
  ['a WeakMap', () => new WeakMap()],
  ['an ArrayBuffer', () => new ArrayBuffer(2)],
  ['an array of bytes', () => new Uint8Array(2)],
  ['an array of numbers', () => new Float64Array(2)],
  ['a Blob', () => new Blob(['x'])],
  ['Headers', () => new Headers({ a: 'x' })],
  ['URLSearchParams', () => new URLSearchParams('a=x')],
];

describe.each(OPAQUE)('%s', (_what, make) => {
  test.each<Name>(['optional', 'record', 'patterned', 'bare', 'either'])(
    'is refused where an object is expected (%s), and not emptied in silence',
    (name) => {
      expect(sent(name, make())).toBe('refused');
    },
  );

  test('is refused within others', () => {
    expect(sent('within', { in: make() })).toBe('refused');
    expect(sent('list', [make()])).toBe('refused');
    expect(sent('list', [{ a: 'x' }, {}, {}, {}, make()])).toBe('refused');
  });
});

describe('an object of an author’s own class', () => {
  class Fields {
    a = 'x';
    hidden = 1;
  }
  class Getters {
    #a = 'x';
    get a(): string {
      return this.#a;
    }
  }
  test('is sent by what it declares, be it nothing', () => {
    for (const each of [new Fields(), new Getters(), { a: 'x', other: 1 }])
      expect(sent('optional', each)).toEqual({ a: 'x' });
    expect(sent('optional', new (class Nothing {})())).toEqual({});
    expect(sent('record', new Fields())).toEqual({ a: 'x', hidden: 1 });
    expect(sent('list', Array(4).fill(new Getters()))).toEqual({ n: 4, k: ['a'], c: [['x', 'x', 'x', 'x']] });
  });

  test('and one of the browser’s by the properties that the schema declares, where it has any', () => {
    expect(sent('sized', new Map([['a', 1]]))).toEqual({ size: 1 });
    expect(sent('optional', Object.assign(new Error('x'), { a: 'told' }))).toEqual({ a: 'told' });
    // Of an open object every property is declared: what it keeps elsewhere would be lost.
    expect(sent('record', Object.assign(new Map(), { a: 'told' }))).toBe('refused');
  });
});

describe('an object that behaves oddly', () => {
  /** Gives another value each time it is read. */
  const changing = (key: string, ...values: unknown[]): object =>
    Object.defineProperty({}, key, { enumerable: true, get: () => values.shift() });
  const one = (name: Name, value: unknown, how: 'interpreted' | 'generated'): unknown =>
    new Conversion(DEFAULT_LIMITS).convert(wayOf(name)[how] as Codec, value);

  test.each(['interpreted', 'generated'] as const)('is read once: %s', (how) => {
    expect(one('optional', changing('a', 'x', 5), how)).toEqual({ a: 'x' });
    expect(one('record', changing('a', 'x', 5n), how)).toEqual({ a: 'x' });
    expect(one('any', changing('a', 'x', 5n), how)).toEqual({ a: 'x' });
    const rows = Array.from({ length: 4 }, () => changing('a', 'x', null));
    expect(one('list', rows, how)).toEqual({ n: 4, k: ['a'], c: [['x', 'x', 'x', 'x']] });
  });

  const throws = (): never => {
    throw new Error('mine');
  };
  const revoked = (target: object): object => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };
  test.each<[string, Name, () => unknown]>([
    ['a getter', 'optional', () => Object.defineProperty({}, 'a', { get: throws })],
    [
      'a getter of a name that nobody listed',
      'record',
      () => ({
        get x() {
          return throws();
        },
      }),
    ],
    [
      'a getter in an item',
      'list',
      () =>
        Array.from({ length: 5 }, () => ({
          get a() {
            return throws();
          },
        })),
    ],
    ['an item', 'texts', () => Object.defineProperty([], 0, { get: throws })],
    ['a prototype', 'optional', () => new Proxy({}, { getPrototypeOf: throws })],
    ['the list of names', 'record', () => new Proxy({}, { ownKeys: throws })],
    ['everything: an object that was revoked', 'optional', () => revoked({})],
    ['everything: a list that was revoked', 'list', () => revoked([])],
    ['everything: any value that was revoked', 'any', () => revoked({})],
  ])('fails the value alone where %s throws', (_what, name, make) => {
    expect(sent(name, make())).toBe('refused');
    expect(sent('optional', { a: 'x' })).toEqual({ a: 'x' });
  });

  test.each([Number.NaN, -1, 1.5, '2', 2 ** 32, undefined])(
    'is refused where a list says that its length is %s',
    (length) => {
      const lying = () =>
        new Proxy(['a'], {
          get: (list, key, self) => (key === 'length' ? length : Reflect.get(list, key, self)),
        });
      for (const name of ['texts', 'list', 'any'] as const) expect(sent(name, lying())).toBe('refused');
    },
  );

  test('is not asked to iterate or to write itself down', () => {
    const list = Object.assign(['x'], {
      [Symbol.iterator]: throws,
      map: throws,
      every: throws,
      toJSON: throws,
    });
    expect(sent('texts', list)).toEqual(['x']);
    expect(sent('optional', { a: 'x', toJSON: throws, valueOf: throws })).toEqual({ a: 'x' });
    const rows = Object.assign(
      Array.from({ length: 4 }, () => ({ a: 'x' })),
      { some: throws, findIndex: throws },
    );
    expect(sent('list', rows)).toMatchObject({ n: 4 });
  });

  test('has its bytes copied by nobody else’s methods', () => {
    class Mine extends Uint8Array {
      override slice = throws;
      override subarray = throws;
      toBase64 = throws;
      static get [Symbol.species]() {
        return throws();
      }
    }
    const bytes = Object.defineProperty(new Mine([1, 2]), 'length', { value: 1e9 });
    const copy = sent('bytes', bytes) as Uint8Array;
    expect([copy.constructor, [...copy]]).toEqual([Uint8Array, [1, 2]]);
    expect(one('bytes', Object.create(Uint8Array.prototype), 'interpreted')).toBe(FAIL);
    const shared = Buffer.from([1]);
    const own = sent('bytes', shared) as Uint8Array;
    shared[0] = 9;
    expect([...own]).toEqual([1]);
  });
});
