import fc from 'fast-check';
import { bytes } from 'portico';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/limits/limits.js';
import { fromEither, toBase64 } from '../../../src/protocol/base64.js';
import { Conversion } from '../../../src/protocol/conversion.js';
import { codecOf, type HowElse, receiveParams, receiveResult, run } from '../../support/conversions.js';

// Hundreds of cases: on a busy machine that may take its time.
vi.setConfig({ testTimeout: 60_000 });

const some = new Uint8Array([0, 1, 254, 255]);
const send = (schema: object, value: unknown, how: HowElse, valueSize = DEFAULT_LIMITS.valueSize) =>
  run(schema, 'sendResult', value, { valueSize }, how);
const native = { native: true };
const base64 = { native: false };

describe('bytes', () => {
  test('are sent as a copy where they can travel as they are', () => {
    const { value } = send(bytes(), some, native) as { value: Uint8Array };
    expect(value).toEqual(some);
    expect(value).not.toBe(some);
    expect(value.buffer).not.toBe(some.buffer);
  });

  test('are sent as Base64 where not, by default too', () => {
    expect(send(bytes(), some, base64)).toEqual({ value: 'AAH+/w==' });
    expect(run(bytes(), 'sendParams', some)).toEqual({ value: 'AAH+/w==' });
  });

  test('a view is sent without the rest of its buffer', () => {
    const { value } = send(bytes(), some.subarray(1, 3), native) as { value: Uint8Array };
    expect(value).toEqual(new Uint8Array([1, 254]));
    expect(value.buffer.byteLength).toBe(2);
  });

  test('arrive as a Uint8Array however they travelled', () => {
    for (const receive of [receiveParams, receiveResult]) {
      expect(receive(bytes(), 'AAH+/w==')).toEqual({ value: some });
      expect(receive(bytes(), some)).toEqual({ value: some });
    }
  });

  test.each([
    'AA=A',
    'A',
    '€',
    'AA*=',
    5,
    null,
    undefined,
    { 0: 1 },
    [1],
    new ArrayBuffer(2),
    new Uint16Array(1),
  ])('are not what arrives as %o', (value) => {
    expect(receiveParams(bytes(), value)).toEqual({ failed: { path: '', expected: 'bytes' } });
  });

  test.each(['AAAA', [1], new ArrayBuffer(2), new DataView(new ArrayBuffer(2)), null, { 0: 1 }])(
    'are not sent from %o',
    (value) => {
      expect(send(bytes(), value, native)).toEqual({ failed: { path: '', expected: 'bytes' } });
    },
  );

  test('count by byte against maxLength, not by character', () => {
    const three = bytes({ maxLength: 3 });
    const failed = { path: '', expected: 'maxLength 3' };
    expect(send(three, new Uint8Array(3), base64)).toEqual({ value: 'AAAA' });
    expect(send(three, new Uint8Array(4), base64)).toEqual({ failed });
    expect(receiveParams(three, 'AAAA')).toEqual({ value: new Uint8Array(3) });
    expect(receiveParams(three, 'AAAAAA==')).toEqual({ failed });
    expect(receiveParams(three, new Uint8Array(4))).toEqual({ failed });
  });

  test('count by byte against the limit of a value', () => {
    const limits = { ...DEFAULT_LIMITS, valueSize: 10 };
    const conversion = new Conversion(limits);
    conversion.convert(codecOf(bytes(), 'sendResult'), new Uint8Array(10));
    expect(conversion.size).toBe(10);
    expect(send(bytes(), new Uint8Array(11), base64, 10)).toMatchObject({
      failed: { limit: 'valueSize' },
    });
    expect(run(bytes(), 'receiveParams', new Uint8Array(11), { valueSize: 10 })).toMatchObject({
      failed: { limit: 'valueSize' },
    });
  });

  test('inside of an object arrive in its place', () => {
    const schema = { type: 'object', properties: { data: bytes() } };
    expect(receiveParams(schema, { data: 'AAAA' })).toEqual({ value: { data: new Uint8Array(3) } });
  });

  test('carry what they are as an annotation only', () => {
    expect(bytes({ mediaType: 'image/png' })).toEqual({
      type: 'string',
      contentEncoding: 'base64',
      contentMediaType: 'image/png',
    });
  });
});

describe('Base64', () => {
  const encoded = (value: unknown): unknown => toBase64(value)?.value;
  const decoded = (value: unknown): unknown => fromEither(value)?.value;
  const wide = fc.uint8Array({ minLength: 0, maxLength: 300 });
  afterEach(() => vi.unstubAllGlobals());

  test('is the same as Node’s, both ways', () => {
    fc.assert(
      fc.property(wide, (data) => {
        expect(encoded(data)).toBe(Buffer.from(data).toString('base64'));
        expect(decoded(encoded(data))).toEqual(data);
      }),
    );
  });

  test('of more bytes than a call takes arguments is right', () => {
    const data = Uint8Array.from({ length: 200_000 }, (_, i) => i * 7);
    expect(encoded(data)).toBe(Buffer.from(data).toString('base64'));
  });

  test('uses the browser’s own where it has one', () => {
    const { prototype } = Uint8Array;
    const own = Object.getOwnPropertyDescriptor(prototype, 'toBase64');
    try {
      Object.defineProperty(prototype, 'toBase64', { value: () => 'native', configurable: true });
      expect(encoded(new Uint8Array(3))).toBe('native');
    } finally {
      delete (prototype as { toBase64?: unknown }).toBase64;
      if (own) Object.defineProperty(prototype, 'toBase64', own);
    }
    const fromBase64 = vi.fn((text: string) => new Uint8Array(text.length));
    vi.stubGlobal('Uint8Array', Object.assign(class extends Uint8Array {}, { fromBase64 }));
    expect(decoded('AAAA')).toHaveLength(4);
    fromBase64.mockImplementation(() => {
      throw new SyntaxError('bad');
    });
    expect(decoded('*')).toBeUndefined();
  });
});
