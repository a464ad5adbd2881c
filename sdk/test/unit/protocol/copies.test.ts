import { expect, test, vi } from 'vitest';
import { CLIENT_LIMITS } from '../../../src/limits/limits.js';

const copy = async () => {
  vi.resetModules();
  return {
    ...(await import('../../../src/call/member-codecs.js')),
    ...(await import('../../../src/protocol/conversion.js')),
    ...(await import('../../../src/protocol/kinds/index.js')),
    ...(await import('../../../src/protocol/lazy-codec.js')),
  };
};

test('kinds of a second copy of Portico, which a bundle may have, keep to the limits of the first', async () => {
  const { outputDecoder, paramsEncoder, Conversion, FAIL } = await copy();
  const other = await copy();
  const conversion = new Conversion({ ...CLIENT_LIMITS, valueSize: 3 });
  const decode = outputDecoder([other.object, [['text', [other.string], 1]]]);
  expect(conversion.convert(decode, { text: 'xxx' })).toEqual({ text: 'xxx' });
  expect(conversion.convert(decode, { text: 'xxxx' })).toBe(FAIL);
  expect(conversion.failure).toMatchObject({ path: '/text', limit: 'valueSize' });
  expect(conversion.convert(outputDecoder([other.list, [other.boolean]]), Array(4).fill(true))).toBe(FAIL);
  expect(conversion.convert(paramsEncoder([other.object, []], false), { text: 1 })).toBe(FAIL);
});

test('letters are no plan: what an older compiler wrote is refused, and at once', async () => {
  const { outputDecoder } = await copy();
  expect(() => outputDecoder(['a', 's'])).toThrow(/INVALID_DEFINITION/);
});
