import { describe, expect, test } from 'vitest';
import { heldSize, heldSizeOfPeers, isSmall } from '../../../src/wire/held-size.js';
import { looksOf } from '../../support/steps.js';

const LOTS = 1_000_000;

describe('what a value takes while it is held', () => {
  test('grows with its texts, bytes, items, objects and names', () => {
    const sizes = [
      null,
      'x'.repeat(100),
      new Uint8Array(200),
      new Uint8Array(300).subarray(0, 1),
      Array(100).fill(0),
      Array.from({ length: 100 }, () => ({})),
      { ['x'.repeat(10_000)]: 1 },
    ].map((value) => heldSize(value, LOTS));
    expect(sizes[0]).toBe(0);
    expect(sizes.toSorted((a, b) => a - b)).toEqual(sizes);
    expect(sizes[6]).toBeGreaterThan(10_000);
  });

  test.each([
    ['a Map', new Map()],
    ['a Date', [new Date()]],
    ['a BigInt', { a: 1n }],
    ['other numbers than bytes', [new Float64Array(1)]],
  ])('is without end where nobody knows what hides in it: %s', (_what, value) => {
    expect(heldSize(value, LOTS)).toBe(Number.POSITIVE_INFINITY);
  });
});

test('what counts as small is', () => {
  const small = [null, 7, 'x'.repeat(1000), {}, { windowId: 3 }, { a: 'x'.repeat(800), b: true, c: null }];
  const others = [
    'x'.repeat(2000),
    [],
    [{}],
    new Uint8Array(1),
    { a: {} },
    { a: 'x'.repeat(600), b: 'x'.repeat(600) },
    Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key ${i}`, 0])),
  ];
  expect(small.filter((value) => !isSmall(value))).toEqual([]);
  expect(others.filter(isSmall)).toEqual([]);
  for (const value of small) expect(heldSize(value, LOTS)).toBeLessThanOrEqual(1024);
});

describe('[A19] of what a peer sent', () => {
  test('what its arrays carry beside their items is let go of', () => {
    const hidden = <T extends object>(array: T): T => Object.assign(array, { hidden: 'x'.repeat(100) });
    const message = { frames: hidden([hidden([7, 1, 'a.b', 0, { list: hidden([1, [2]]) }])]) };
    const copy = structuredClone(message);
    const { frames } = copy;
    expect(Object.keys(frames)).toContain('hidden');
    heldSizeOfPeers(copy, LOTS);
    expect(copy.frames).toEqual([[7, 1, 'a.b', 0, { list: [1, [2]] }]]);
    const arrays = [
      copy.frames,
      copy.frames[0],
      (copy.frames[0]?.[4] as { list: unknown[] } | undefined)?.list,
    ];
    for (const array of arrays) expect(Object.keys(array as object)).not.toContain('hidden');
  });

  test('what is named a million times is there once, and looked at once', () => {
    let bomb: unknown = ['x'.repeat(1000)];
    for (let level = 0; level < 30; level++) bomb = [bomb, bomb];
    let size = 0;
    const looks = looksOf(() => {
      size = heldSizeOfPeers({ bomb }, LOTS);
    });
    expect(size).toBeLessThan(10_000);
    expect(looks).toBeLessThan(1000);
  });

  test('an array of nothing is not looked through', () => {
    const holes: unknown[] = [];
    holes.length = 2 ** 32 - 1;
    expect(heldSizeOfPeers([holes], LOTS)).toBeGreaterThan(LOTS);
  });
});
