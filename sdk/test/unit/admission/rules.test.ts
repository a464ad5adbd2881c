import fc from 'fast-check';
import {
  all,
  allow,
  any,
  anyExtension,
  extensions,
  type Matcher,
  not,
  type Rule,
  refuse,
  tlsChannel,
  where,
} from 'portico/host';
import { describe, expect, test, vi } from 'vitest';
import { IDS, PRINCIPALS } from '../../support/principals.js';
import { decide } from '../../support/questions.js';
import { thrownBy } from '../../support/refusals.js';

// Hundreds of cases: on a busy machine that may take its time.
vi.setConfig({ testTimeout: 60_000 });

const caller = PRINCIPALS.extension;
const yes = where(['extension'], () => true, 'yes');
const no = where(['extension'], () => false, 'no');
const later = (answer: boolean, text: string) => where(['extension'], async () => answer, text);
class Thenable {
  // biome-ignore lint/suspicious/noThenProperty: it stands for another library's promise
  then(resolve: (value: boolean) => void): void {
    resolve(true);
  }
}
const REFUSED_BY_NONE = { verdict: 'refuse', rule: -1, reason: 'no rule is about this caller' };

describe('rules', () => {
  test('are ordered, and the first that decides wins', () => {
    expect(decide([allow(yes), refuse(yes)], caller)).toEqual({
      verdict: 'allow',
      rule: 0,
      reason: 'allow(yes)',
    });
    expect(decide([refuse(yes), allow(yes)], caller)).toEqual({
      verdict: 'refuse',
      rule: 0,
      reason: 'refuse(yes)',
    });
    expect(decide([allow(no), refuse(no), allow(yes)], caller)).toEqual({
      verdict: 'allow',
      rule: 2,
      reason: 'allow(yes)',
    });
  });

  test('that are about somebody else decide nothing', () => {
    for (const principal of [PRINCIPALS.page, PRINCIPALS.script, PRINCIPALS.ownScript, PRINCIPALS.self])
      expect(decide([refuse(extensions(IDS)), allow(anyExtension())], principal)).toEqual(REFUSED_BY_NONE);
  });

  test('refuse whom none is about', () => {
    expect(decide([], caller)).toEqual(REFUSED_BY_NONE);
    expect(decide([allow(no)], caller)).toEqual(REFUSED_BY_NONE);
    expect(decide([refuse(no)], caller)).toEqual(REFUSED_BY_NONE);
  });

  test('that are asynchronous keep their order', async () => {
    expect(await decide([allow(later(false, 'a')), refuse(later(true, 'b')), allow(yes)], caller)).toEqual({
      verdict: 'refuse',
      rule: 1,
      reason: 'refuse(b)',
    });
    expect(await decide([refuse(later(false, 'a')), allow(yes), refuse(yes)], caller)).toEqual({
      verdict: 'allow',
      rule: 1,
      reason: 'allow(yes)',
    });
    expect(await decide([allow(later(false, 'a'))], caller)).toEqual(REFUSED_BY_NONE);
  });

  test('are asked no further once one has decided', async () => {
    const asked: number[] = [];
    const step = (index: number, answer: boolean) =>
      where(['extension'], async () => {
        asked.push(index);
        return answer;
      });
    await decide([refuse(step(0, false)), allow(step(1, true)), refuse(step(2, true))], caller);
    expect(asked).toEqual([0, 1]);
  });

  test('decide at once as long as they can', () => {
    expect(decide([refuse(no), allow(yes), allow(later(true, 'a'))], caller)).not.toBeInstanceOf(Promise);
    expect(decide([refuse(no), allow(later(true, 'a'))], caller)).toBeInstanceOf(Promise);
  });

  test('decide as the first matching one says, whatever mixture they are', async () => {
    const answers = fc.record({
      verdict: fc.constantFrom('allow', 'refuse'),
      matched: fc.boolean(),
      asynchronous: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(answers, { maxLength: 6 }), async (list) => {
        const rules = list.map(({ verdict, matched, asynchronous }): Rule => {
          const matcher = where(['extension'], asynchronous ? async () => matched : () => matched);
          return verdict === 'allow' ? allow(matcher) : refuse(matcher);
        });
        const first = list.findIndex(({ matched }) => matched);
        expect(await decide(rules, caller)).toMatchObject({
          verdict: list[first]?.verdict ?? 'refuse',
          rule: first,
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('a rule that fails', () => {
  const failing: readonly (readonly [string, () => unknown, string])[] = [
    [
      'throws',
      () => {
        throw new TypeError('broken');
      },
      'broken',
    ],
    ['rejects with no error', () => Promise.reject('text'), 'text'],
    [
      'rejects',
      async () => {
        throw new TypeError('broken');
      },
      'broken',
    ],
    ['answers with a text', () => 'yes', 'neither true nor false'],
    ['answers with a promise of a text', async () => 'yes', 'neither true nor false'],
    ['answers nothing', () => undefined, 'neither true nor false'],
    ['answers with somebody else’s promise', () => new Thenable(), 'neither true nor false'],
  ];

  test.each(failing)('since it %s refuses, and no later rule is asked', async (_title, test, reason) => {
    const odd = where(['extension'], test as () => boolean);
    const matchers: Matcher[] = [odd, not(odd), all(anyExtension(), odd), any(odd, yes)];
    for (const matcher of matchers) {
      for (const first of [allow(matcher), refuse(matcher)]) {
        const decision = await decide([refuse(no), first, allow(yes)], caller);
        expect(decision).toMatchObject({ verdict: 'refuse', rule: 1 });
        expect(decision.reason).toContain('rule 1 failed');
        expect(decision.reason).toContain(reason);
      }
    }
  });

  test('does not matter once an earlier one has decided', () => {
    const odd = where(['extension'], () => {
      throw new Error('broken');
    });
    expect(decide([allow(yes), refuse(odd)], caller)).toMatchObject({ verdict: 'allow', rule: 0 });
  });
});

test('rules about no kind of caller are refused where they are written', () => {
  for (const matcher of [
    tlsChannel(),
    tlsChannel('id'),
    not(tlsChannel()),
    all(),
    any(),
    all(tlsChannel(), tlsChannel('id')),
    any(tlsChannel()),
    where([], () => true),
    all(
      anyExtension(),
      where(['page'], () => true),
    ),
  ]) {
    for (const make of [allow, refuse]) {
      const error = thrownBy(() => make(matcher));
      expect(error.code).toBe('INVALID_ARGUMENT');
      expect(error.message).toContain('names no kind of caller');
    }
  }
});
