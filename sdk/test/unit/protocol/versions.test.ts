import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { chooseVersion } from '../../../src/protocol/choose-version.js';
import { isNewer, isVersion, lineOf } from '../../../src/protocol/versions.js';

// Hundreds of cases: on a busy machine that may take its time.
vi.setConfig({ testTimeout: 60_000 });

const runs = { numRuns: 500 };
const part = fc.oneof(fc.nat(3), fc.nat(999_999));
const version = fc.tuple(part, part, part).map((parts) => parts.join('.'));
const versions = fc.uniqueArray(version, { maxLength: 6 });
const byNumbers = (text: string): number[] => text.split('.').map(Number);

describe('versions', () => {
  test('are three numbers', () => {
    fc.assert(fc.property(version, isVersion), runs);
  });

  test.each([
    '1.2',
    '1.2.3.4',
    '01.0.0',
    '1.0.0-a',
    '1.0.0+b',
    '-1.0.0',
    '1..0',
    '１.0.0',
    '1.0.1000000',
    '',
    '1.0.0\n',
    null,
    undefined,
    1,
    ['1.0.0'],
    { toString: () => '1.0.0' },
  ])('%j is none', (text) => {
    expect(isVersion(text)).toBe(false);
  });

  test('are ordered by their numbers, not by their letters', () => {
    expect([isNewer('1.10.0', '1.9.0'), isNewer('1.9.0', '1.10.0')]).toEqual([true, false]);
    expect([isNewer('1.0.2', '1.0.10'), isNewer('999999.0.0', '999999.0.0')]).toEqual([false, false]);
    fc.assert(
      fc.property(version, version, (a, b) => {
        const [left, right] = [byNumbers(a), byNumbers(b)];
        const index = left.findIndex((each, i) => each !== right[i]);
        const expected = index < 0 ? 0 : Math.sign((left[index] ?? 0) - (right[index] ?? 0));
        expect([isNewer(a, b), isNewer(b, a)]).toEqual([expected > 0, expected < 0]);
      }),
      runs,
    );
  });

  test('are of one line by their major, and below 1.0.0 by their minor', () => {
    expect(lineOf('1.4.2')).toBe('1');
    expect(lineOf('10.0.0')).toBe('10');
    expect(lineOf('0.3.1')).toBe('0.3');
    expect(lineOf('0.30.1')).not.toBe(lineOf('0.3.1'));
    expect(lineOf('0.0.1')).toBe(lineOf('0.0.2'));
  });
});

describe('the chosen version', () => {
  const cases: readonly (readonly [string[], string[], object | undefined])[] = [
    [['1.2.0'], ['1.2.0'], { version: '1.2.0', published: '1.2.0' }],
    [['1.4.0'], ['1.2.0'], { version: '1.2.0', published: '1.2.0' }],
    [['1.2.0'], ['1.4.0'], { version: '1.2.0', published: '1.4.0' }],
    [['1.9.0', '2.0.0'], ['1.10.0', '2.1.0'], { version: '2.0.0', published: '2.1.0' }],
    [['1.9.0'], ['1.10.0', '2.1.0'], { version: '1.9.0', published: '1.10.0' }],
    [['0.3.5'], ['0.3.1', '0.4.0'], { version: '0.3.1', published: '0.3.1' }],
    [['3.0.0'], ['1.0.0', '2.0.0'], undefined],
    [['0.3.0'], ['0.4.0'], undefined],
    [[], ['1.0.0'], undefined],
    [['1.0.0'], [], undefined],
  ];

  test.each(cases)('of %j offered and %j published is %j', (offered, published, expected) => {
    expect(chooseVersion(offered, published)).toEqual(expected);
  });

  test('is the same whichever side offers, and in whatever order', () => {
    fc.assert(
      fc.property(versions, versions, fc.gen(), (ours, theirs, gen) => {
        const chosen = chooseVersion(ours, theirs)?.version;
        expect(chooseVersion(theirs, ours)?.version).toBe(chosen);
        const shuffled = gen(() =>
          fc.shuffledSubarray(ours, { minLength: ours.length, maxLength: ours.length }),
        );
        expect(chooseVersion(shuffled, theirs)?.version).toBe(chosen);
      }),
      runs,
    );
  });

  test('never crosses a line, never exceeds either side, and is of the newest line both have', () => {
    fc.assert(
      fc.property(versions, versions, (offered, published) => {
        const agreed = chooseVersion(offered, published);
        const common = offered.map(lineOf).filter((line) => published.map(lineOf).includes(line));
        expect(agreed === undefined).toBe(common.length === 0);
        if (!agreed) return;
        const line = lineOf(agreed.version);
        expect(lineOf(agreed.published)).toBe(line);
        expect(published).toContain(agreed.published);
        expect([...offered, ...published]).toContain(agreed.version);
        expect(isNewer(agreed.version, agreed.published)).toBe(false);
        expect(offered.some((each) => lineOf(each) === line && !isNewer(agreed.version, each))).toBe(true);
        for (const other of common) expect(isNewer(`${other}.0.0`, `${line}.0.0`)).toBe(false);
      }),
      runs,
    );
  });
});
