import { defineProtocol, event, method } from 'portico';
import { beforeAll, describe, expect, test } from 'vitest';
import { hostCode } from '../../../src/build/host-code/index.js';
import { outputEncoder } from '../../../src/call/member-codecs.js';
import { DEFAULT_LIMITS } from '../../../src/limits/limits.js';
import { type Codec, Conversion, FAIL } from '../../../src/protocol/conversion.js';
import type { AnyProtocol, Event, Method } from '../../../src/protocol/protocol.js';
import { dataOf, importCode } from '../../support/host-code.js';

/** An author's getter may call Portico in the middle of a conversion: it emits an event, or calls another host. */
const text = { type: 'string' };
const definition = defineProtocol({
  name: 'org.example.nested',
  version: '1.0.0',
  capabilities: {
    read: {
      title: 'Read',
      members: {
        get: method({
          result: {
            type: 'object',
            required: ['first', 'between', 'last'],
            properties: { first: text, between: text, last: text, deep: {} },
          } as object,
        }),
        changed: event({ type: 'object', required: ['text'], properties: { text } } as object),
      },
    },
  },
});

let compiled: AnyProtocol;
beforeAll(async () => {
  const code = hostCode(new Map([['made', definition as AnyProtocol]]), dataOf);
  compiled = (await importCode(code))['made'] as AnyProtocol;
});

describe.each(['interpreted', 'compiled'])('a conversion within another, %s', (how) => {
  const codecs = (): { outer: Codec; inner: Codec } => {
    const { members } = (how === 'compiled' ? compiled : (definition as AnyProtocol)).capabilities[
      'read'
    ] as never as { members: { get: Method; changed: Event } };
    const form = { nativeBytes: false, tables: true };
    return {
      outer: outputEncoder(members.get.result, new Set(), form),
      inner: outputEncoder(members.changed.payload, new Set(), form),
    };
  };

  /** A result whose getter converts another value meanwhile. */
  const result = (inner: Codec, payload: unknown, last: string): object => ({
    first: 'x'.repeat(600),
    get between() {
      new Conversion(DEFAULT_LIMITS).convert(inner, payload);
      return '';
    },
    last,
  });

  test.each([
    ['one that fits', { text: '' }],
    ['one that does not', { text: 5 }],
    ['a large one', { text: 'x'.repeat(5000) }],
  ])('leaves the size and the bounds of the outer one alone: %s', (_what, payload) => {
    const { outer, inner } = codecs();
    const conversion = new Conversion({ ...DEFAULT_LIMITS, valueSize: 1000 });
    expect(conversion.convert(outer, result(inner, payload, 'y'.repeat(400)))).toMatchObject({ between: '' });
    expect([conversion.size, conversion.steps]).toEqual([1000, 5]);
    expect(conversion.convert(outer, result(inner, payload, 'y'.repeat(401)))).toBe(FAIL);
    expect(conversion.failure).toMatchObject({ limit: 'valueSize', path: '/last' });
  });

  test('leaves the failure of the outer one alone', () => {
    const { outer, inner } = codecs();
    const conversion = new Conversion(DEFAULT_LIMITS);
    expect(conversion.convert(outer, result(inner, { text: 5 }, undefined as never))).toBe(FAIL);
    expect(conversion.failure).toEqual({ path: '/last', expected: 'a value' });
  });
});
