import { defineProtocol, method, type PorticoError } from 'portico';
import { allow, anyExtension, createHost } from 'portico/host';
import { Type } from 'typebox';
import { describe, expect, test, vi } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/limits/limits.js';
import { run } from '../../support/conversions.js';
import { KIND } from '../../support/kinds.js';
import { type RawPeer, rawClient, settled } from '../../support/raw-peer.js';
import { exchange } from '../../support/sessions.js';

const words = Array.from({ length: 250 }, (_, i) => `country-${i}`);
const kinds = words.map((kind) => ({
  type: 'object',
  properties: { kind: { const: kind } },
  required: ['kind'],
}));

/** How often something is written out as JSON while it runs. */
const writingsOf = (work: () => void): number => {
  const stringify = vi.spyOn(JSON, 'stringify');
  try {
    work();
    return stringify.mock.calls.length;
  } finally {
    stringify.mockRestore();
  }
};

describe('[A19] [W9.13] a failure that nobody is told of costs no more than a step', () => {
  test.each<readonly [string, object, unknown]>([
    ['an enumeration', { anyOf: [{ enum: words }, { type: 'string' }] }, 'a'],
    ['what a property tells apart', { anyOf: [{ anyOf: kinds }, { type: 'integer' }] }, 1],
  ])('%s is written out once, however many values are none of it', (_what, items, item) => {
    const list = Array.from({ length: 1000 }, () => item);
    const few = writingsOf(() => run({ type: 'array', items }, 'receiveParams', [item]));
    const many = writingsOf(() =>
      expect(run({ type: 'array', items }, 'receiveParams', list)).toEqual({ value: list }),
    );
    expect(many).toBe(few);
  });
});

const vast = defineProtocol({
  name: 'org.example.tabs',
  version: '1.0.0',
  errors: { full: Type.Object({ text: Type.String() }) },
  capabilities: {
    read: {
      title: 'Read',
      members: {
        listed: method({ params: { type: 'object', properties: { a: { enum: words } } } as never }),
        matched: method({
          params: {
            type: 'object',
            properties: { a: { type: 'string', pattern: `^(${words.join('|')})$` } },
          } as never,
        }),
        any: method({ params: { type: 'object', properties: { a: {} } } as never }),
        fill: method({ errors: ['full'] }),
      },
    },
  },
});

const admitted = async (): Promise<RawPeer> => {
  const host = createHost();
  host.publish(vast, {
    read: {
      admit: [allow(anyExtension())],
      provide: () => ({
        listed() {},
        matched() {},
        any() {},
        fill(_params: unknown, call: { fail(name: string, data: unknown): Error }) {
          throw call.fail('full', { text: 'x'.repeat(100_000) });
        },
      }),
    },
  } as never);
  const peer = rawClient(host, { serialization: 'structured-clone' });
  peer.send([KIND.HELLO, { wire: [1], versions: ['1.0.0'], needs: ['read'], wants: [] }]);
  await settled();
  expect(peer.of(KIND.WELCOME)).toHaveLength(1);
  return peer;
};

/** A value that fails at the end of the longest path there is. */
const deep = (): unknown => {
  let value: unknown = Number.NaN;
  for (let level = 0; level < 50; level++) value = { ['k'.repeat(64)]: value };
  return value;
};

describe('[A19] what a host says of a failure is bounded, whatever is in the schema or the value', () => {
  test.each<readonly [string, string, unknown]>([
    ['a long enumeration', 'read.listed', { a: 0 }],
    ['a long pattern', 'read.matched', { a: 'x' }],
    ['a long path', 'read.any', { a: deep() }],
  ])('[W7.5] %s', async (_what, path, params) => {
    const peer = await admitted();
    const [answer] = await exchange(peer, [KIND.CALL, 1, path, 0, params]);
    const error = Object(answer?.[2]) as PorticoError & { readonly data: { path: string; expected: string } };
    expect(error.code).toBe('INVALID_PARAMS');
    expect(Math.max(error.data.path.length, error.data.expected.length)).toBe(256);
    expect(error.message.length).toBeLessThan(600);
  });

  test('[W4.11] a batch of errors leaves when their data weigh enough', async () => {
    const peer = await admitted();
    const before = peer.messages.length;
    await exchange(peer, [KIND.CALL, 1, 'read.fill', 0, ...Array(100).fill(null)]);
    expect(peer.of(KIND.ERROR)).toHaveLength(100);
    const sizes = peer.messages.slice(before).map((message) => JSON.stringify(message).length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(DEFAULT_LIMITS.batchSize);
  });
});
