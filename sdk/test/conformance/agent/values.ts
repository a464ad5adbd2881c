const cyclic = (): object => {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
};

class Point {
  readonly x = 1;
  get sum(): number {
    return 2;
  }
}

const MEBIBYTE = 2 ** 20;

/** What tests post, by name: made where it is posted, since no order could carry it there. */
export const VALUES = {
  'a text': () => 'text',
  null: () => null,
  'nothing at all': () => undefined,
  'an undefined property': () => ({ a: undefined, b: 1 }),
  'undefined in a list': () => [1, undefined],
  NaN: () => ({ a: Number.NaN }),
  infinity: () => ({ a: Number.POSITIVE_INFINITY }),
  'negative zero': () => ({ a: -0 }),
  'a date': () => ({ a: new Date(0) }),
  'a map': () => ({ a: new Map([[1, 2]]) }),
  'a set': () => ({ a: new Set([1]) }),
  'an ArrayBuffer': () => ({ a: new Uint8Array([1, 2]).buffer }),
  'a Uint8Array': () => ({ a: new Uint8Array([1, 2]) }),
  'a BigInt': () => ({ a: 7n }),
  'a function': () => ({ a: () => 1, b: 1 }),
  'a symbol': () => ({ a: Symbol('s'), b: 1 }),
  'an error': () => ({ a: new TypeError('wrong') }),
  'a regular expression': () => ({ a: /x/g }),
  'an instance of a class': () => ({ a: new Point() }),
  'an object with toJSON': () => ({ a: { toJSON: () => 'from toJSON' } }),
  'a cycle': cyclic,
  'a lone surrogate': () => ({ a: '\ud800' }),
  'what is just small enough': () => 'x'.repeat(64 * MEBIBYTE - 64),
  'what is too large': () => 'x'.repeat(64 * MEBIBYTE + 1),
  bye: () => ({ bye: true }),
} as const satisfies Record<string, () => unknown>;

export type ValueName = keyof typeof VALUES;

/** A value by its name, or a number as it is; `ask` has an echo describe what came of it. */
export interface Post {
  readonly value: ValueName | number;
  readonly ask?: boolean;
}

export const madeOf = ({ value, ask }: Post): unknown => {
  const made = typeof value === 'number' ? value : VALUES[value]();
  return ask ? { echo: made } : made;
};
