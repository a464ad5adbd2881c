import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanName, cleanText, NAME_LENGTH } from '../../../src/host/consent/clean-name.js';
import { codePoint } from '../../support/code-point.js';

const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Default_Ignorable_Code_Point}]/u;

describe('cleanName', () => {
  test.each([
    ['Tab Board', 'Tab Board'],
    ['  Tab \n\t Board ', 'Tab Board'],
    ['Tab\u00a0\u2003Board', 'Tab Board'],
    ['evil\u202egnp.exe', 'evilgnp.exe'],
    ['\u2066Bank\u2069', 'Bank'],
    ['Ba\u200bnk', 'Bank'],
    ['a \u200b b', 'a b'],
    ['Ba\u0000nk\u0007', 'Bank'],
    ['\ue000Bank\u{f0000}', 'Bank'],
    ['\u3164\u2800\u115f', undefined],
    ['\u{e0001}\u{e0041}Bank', 'Bank'],
    ['\ud800Bank', 'Bank'],
    [`e${'\u0301'.repeat(50)}`, 'e\u0301\u0301\u0301'],
    ['\ufeff', undefined],
    ['', undefined],
    [undefined, undefined],
    ['نص', 'نص'],
    ['😀', '😀'],
    ['constructor', 'constructor'],
  ])('%j becomes %j', (name, clean) => {
    expect(cleanName(name)).toBe(clean);
  });

  test('has at most 64 code points, and never half a pair', () => {
    expect(cleanName('😀'.repeat(100))).toBe('😀'.repeat(NAME_LENGTH));
    expect(cleanName(`${'a'.repeat(63)} b`)).toBe('a'.repeat(63));
  });

  const anything = fc.oneof(
    fc.string({ unit: codePoint, maxLength: 200 }),
    fc.string({
      unit: fc.constantFrom('\u202e', ' ', '\u0301', '\u200d', 'a', '\n', '\ud83d', '😀', '\u3164'),
      maxLength: 200,
    }),
  );
  test('whatever comes: nothing unseen, no two spaces, no edge, bounded, and clean already', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const clean = cleanName(text);
        if (clean === undefined) return;
        expect(clean).not.toMatch(UNSEEN);
        expect(clean).not.toMatch(/^\s|\s$|\s\s|[^\S ]/u);
        expect([...clean].length).toBeGreaterThan(0);
        expect([...clean].length).toBeLessThanOrEqual(NAME_LENGTH);
        expect(cleanName(clean)).toBe(clean);
      }),
      { numRuns: 500 },
    );
  });

  test('a megabyte takes no time', () => {
    expect(cleanText('\u202e'.repeat(1_000_000), 64)).toBeUndefined();
  });
});
