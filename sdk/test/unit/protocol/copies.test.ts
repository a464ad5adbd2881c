import { expect, test, vi } from 'vitest';
import { paramsEncoder } from '../../../src/call/member-codecs.js';
import { CLIENT_LIMITS } from '../../../src/limits/limits.js';
import { convert, FAIL, failure } from '../../../src/protocol/conversion.js';
import { outputDecoder } from '../../../src/protocol/lazy-codec.js';

test('kinds of a second copy of Portico, which knows no limits of this one, let nothing through that has a size', async () => {
  vi.resetModules();
  const other = await import('../../../src/protocol/kinds/index.js');
  const decode = outputDecoder([other.object, [['text', [other.string], 1]]]);
  expect(convert(decode, { text: 'x' }, CLIENT_LIMITS)).toBe(FAIL);
  expect(failure()).toEqual({ path: '', expected: 'one copy of Portico' });
  for (const plan of [[other.list, [other.boolean]], [other.string], [other.any]]) {
    expect(convert(outputDecoder(plan), plan[0] === other.list ? [true] : 'x', CLIENT_LIMITS)).toBe(FAIL);
  }
  expect(convert(paramsEncoder([other.object, []], false), {}, CLIENT_LIMITS)).toBe(FAIL);
});

test('letters are no plan: what an older compiler wrote is refused, and at once', () => {
  expect(() => outputDecoder(['a', 's'])).toThrow(/INVALID_DEFINITION/);
});
