import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/limits/limits.js';
import { heldSizeOfPeers } from '../../../src/wire/held-size.js';
import { readBatch } from '../../../src/wire/read-batch.js';

test('[W5.7] counts characters, bytes, and a little for each item and name', () => {
  expect(heldSizeOfPeers([[7, 1, 'ab', { name: 'cde' }]], 1000)).toBe(3 * 48 + 8 + 4 * 8 + 2 + 8 + 4 + 3);
  expect(heldSizeOfPeers([new Uint8Array(50).subarray(0, 1)], 1000)).toBe(2 * 48 + 8 + 50);
});

test('[W5.7] what is named many times is held once, and looked at once', () => {
  let looked = 0;
  const shared = {
    get text() {
      looked++;
      return 'x'.repeat(100);
    },
  };
  const list = Array(100).fill(shared);
  const message = Array(100).fill(list);
  expect(heldSizeOfPeers(message, 1e6)).toBe(3 * 48 + 100 * 8 + 100 * 8 + 8 + 4 + 100);
  expect(looked).toBe(1);
});

test('[W5.7] a message that holds itself has an end', () => {
  const message: unknown[] = [];
  message.push(message);
  expect(heldSizeOfPeers(message, 1e6)).toBe(48 + 8);
});

test('[W5.7] is over the bound with a list of nothing, and with what nobody has a reason to send', () => {
  expect(heldSizeOfPeers([new Array(4_000_000_000)], 1000)).toBeGreaterThan(1000);
  for (const odd of [new Map(), new Date(), 1n, /x/])
    expect(heldSizeOfPeers([odd], 1000)).toBe(Number.POSITIVE_INFINITY);
});

test('[W4.9] a message that names one frame a million times is refused as soon as it has too many items', () => {
  let looked = 0;
  const frames = new Proxy(Array(1_000_000).fill([64, 0, 0, 0, 0, 0]), {
    get(list, key, self) {
      if (key !== 'length' && typeof key === 'string') looked++;
      return Reflect.get(list, key, self);
    },
  });
  expect(readBatch(frames, DEFAULT_LIMITS)).toBeUndefined();
  expect(looked).toBe(DEFAULT_LIMITS.messageItems + 1);
});
