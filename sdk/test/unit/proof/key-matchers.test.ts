import { describe, expect, test, vi } from 'vitest';
import { provenKey, rememberedKey } from '../../../src/host/admission/key-matchers.js';
import { all, extensions, matches, not } from '../../../src/host/admission/matchers.js';
import type { Evidence } from '../../../src/host/admission/question.js';
import { allow, decide } from '../../../src/host/admission/rules.js';
import { IDS, PRINCIPALS } from '../../support/principals.js';
import { question } from '../../support/questions.js';
import { thrownBy } from '../../support/refusals.js';

const MINE = `${'m'.repeat(42)}A`;
const OTHER = `${'o'.repeat(42)}A`;
const having = (thumbprint?: string): Evidence => ({
  key: thumbprint === undefined ? undefined : { thumbprint, algorithm: 'Ed25519' },
});

describe('a proven key', () => {
  test.each<readonly [string, readonly string[], string | undefined, boolean]>([
    ['that is pinned', [OTHER, MINE], MINE, true],
    ['of any kind where none is pinned', [], MINE, true],
    ['that is not pinned', [OTHER], MINE, false],
    ['that is missing', [MINE], undefined, false],
    ['that is missing where none is pinned', [], undefined, false],
  ])('%s', (_name, pinned, thumbprint, expected) => {
    const key = (provenKey as (...list: readonly string[]) => ReturnType<typeof provenKey>)(...pinned);
    const asked = question({ evidence: having(thumbprint) });
    expect(matches(all(extensions(IDS), key), PRINCIPALS.extension, asked)).toBe(expected);
    // The key widens nothing: not another extension, nor a script of the right one.
    for (const name of ['other', 'script', 'page', 'self'] as const)
      expect(matches(all(extensions(IDS), key), PRINCIPALS[name], asked)).toBe(false);
  });

  test('is not there before the hello', () => {
    expect(matches(all(extensions(IDS), provenKey()), PRINCIPALS.extension, question())).toBe(false);
  });

  test('is waited for, and names nobody by itself', () => {
    const rules = [allow(all(extensions(IDS), provenKey(MINE)))];
    expect(decide(rules, PRINCIPALS.extension, question(), 'hello')).toEqual({
      verdict: 'wait',
      needs: 'proof',
    });
    expect(decide(rules, PRINCIPALS.page, question())).toMatchObject({ verdict: 'refuse' });
    for (const matcher of [provenKey(), rememberedKey(), not(provenKey())])
      expect(thrownBy(() => allow(matcher)).code).toBe('INVALID_ARGUMENT');
  });

  test.each([
    '',
    'short',
    `${MINE}A`,
    `${'m'.repeat(42)}B`,
    MINE.replace('m', '+'),
    `${MINE.slice(1)}\n`,
    undefined,
    7,
  ])('%j is no thumbprint', (text) => {
    expect(thrownBy(() => provenKey(MINE, text as string)).code).toBe('INVALID_ARGUMENT');
  });

  test('a list that may be empty does not compile', () => {
    const list: readonly string[] = [];
    // @ts-expect-error: without one key it would match any.
    provenKey(...list);
  });
});

describe('a remembered key', () => {
  test('asks that it be remembered, where there is one', () => {
    const remember = vi.fn();
    const matcher = all(extensions(IDS), rememberedKey());
    expect(matches(matcher, PRINCIPALS.extension, question({ evidence: having(MINE), remember }))).toBe(true);
    expect(remember).toHaveBeenCalledTimes(1);
  });

  test('is not asked for where the rule is about others, or there is none', () => {
    const remember = vi.fn();
    const matcher = all(extensions(IDS), rememberedKey());
    expect(matches(matcher, PRINCIPALS.other, question({ evidence: having(MINE), remember }))).toBe(false);
    expect(matches(matcher, PRINCIPALS.extension, question({ evidence: having(), remember }))).toBe(false);
    expect(remember).not.toHaveBeenCalled();
  });
});

test('matchers of keys say what they are about', () => {
  expect([provenKey(), provenKey(MINE, OTHER), rememberedKey()].map(({ text }) => text)).toEqual([
    'a proven key',
    `proven key ${MINE}, ${OTHER}`,
    'the key it came with first',
  ]);
});
