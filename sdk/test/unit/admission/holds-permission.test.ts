import { describe, expect, test } from 'vitest';
import { holdsPermission } from '../../../src/host/admission/holds-permission.js';
import { matches } from '../../../src/host/admission/matchers.js';
import type { Question } from '../../../src/host/admission/question.js';
import { allow, decide } from '../../../src/host/admission/rules.js';
import { all, anyExtension, not, type Principal } from '../../../src/host/index.js';
import type { ExtensionList, InstalledExtension } from '../../../src/platform/platform.js';
import { question } from '../../support/questions.js';

const alice: Principal = { browser: 'firefox', kind: 'extension', id: 'alice', origin: 'moz-extension://a' };

const installed = (changes: Partial<InstalledExtension> = {}): InstalledExtension => ({
  name: 'Alice',
  enabled: true,
  permissions: ['tabs', 'storage'],
  hostPermissions: ['https://*.example/*'],
  ...changes,
});

/** A browser's list of extensions, and how often it was asked for each. */
const listOf = (
  answer: (id: string) => InstalledExtension | undefined | Promise<InstalledExtension | undefined>,
) => {
  const asked: string[] = [];
  const extensions: ExtensionList = {
    async get(id) {
      asked.push(id);
      return answer(id);
    },
    onGone() {},
  };
  return { asked, extensions };
};

/** A question whose reports are kept. */
const asking = (changes: Partial<Question>) => {
  const reports: string[] = [];
  return { reports, asked: question({ ...changes, report: (code) => void reports.push(code) }) };
};

describe('holdsPermission', () => {
  test.each<[readonly string[], boolean]>([
    [['tabs'], true],
    [['tabs', 'storage'], true],
    [['https://*.example/*'], true],
    [['tabs', 'https://*.example/*'], true],
    [['tabs', 'downloads'], false],
    [['Tabs'], false],
    [['__proto__'], false],
    [['length'], false],
  ])('%j: %s', async (permissions, expected) => {
    const { extensions } = listOf(() => installed());
    const { reports, asked } = asking({ extensions });
    expect(await matches(holdsPermission(...permissions), alice, asked)).toBe(expected);
    expect(reports).toEqual(expected ? [] : ['PERMISSION_MISSING']);
  });

  test.each<[string, Partial<Question>]>([
    ['MANAGEMENT_MISSING', { extensions: undefined }],
    ['MANAGEMENT_FAILED', { extensions: listOf(() => Promise.reject(new Error('no'))).extensions }],
    ['MANAGEMENT_FAILED', { extensions: listOf(() => ({ enabled: true }) as InstalledExtension).extensions }],
    ['NOT_INSTALLED', { extensions: listOf(() => undefined).extensions }],
    ['DISABLED', { extensions: listOf(() => installed({ enabled: false })).extensions }],
    ['DISABLED', { extensions: listOf(() => installed({ enabled: 'yes' as never })).extensions }],
  ])('fails closed: %s', async (code, changes) => {
    const { reports, asked } = asking(changes);
    expect(await matches(holdsPermission('tabs'), alice, asked)).toBe(false);
    expect(reports).toEqual([code]);
  });

  test('is about extensions alone: nobody else is looked up', async () => {
    const { asked, extensions } = listOf(() => installed());
    const others: Principal[] = [
      { browser: 'chromium', kind: 'content-script', id: 'alice', origin: 'https://a.example', own: false },
      { browser: 'chromium', kind: 'page', origin: 'https://a.example' },
      { browser: 'chromium', kind: 'self', id: 'alice', origin: 'chrome-extension://alice' },
    ];
    const matcher = holdsPermission('tabs');
    for (const each of others) {
      expect(await matches(matcher, each, question({ extensions }))).toBe(false);
      expect(await matcher.test(each, question({ extensions }))).toBe(false);
    }
    expect(asked).toEqual([]);
    expect([...(matcher.kinds ?? [])]).toEqual(['extension']);
  });

  test('is refused without a name: it would hold for everybody', () => {
    for (const wrong of [[], [''], [undefined as never]])
      expect(() => holdsPermission(...wrong)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  test('composes, and decides', async () => {
    const { extensions } = listOf(() => installed());
    const rules = [allow(all(anyExtension(), holdsPermission('tabs'), not(holdsPermission('downloads'))))];
    expect(await decide(rules, alice, question({ extensions }))).toMatchObject({
      verdict: 'allow',
      reason: expect.stringContaining('extensions that hold tabs'),
    });
  });
});

describe('what the browser said', () => {
  test('is asked for anew in each turn: the next session goes by what holds then', async () => {
    let answer = installed();
    const { asked, extensions } = listOf(() => answer);
    const matcher = holdsPermission('tabs');
    const ask = () => matches(matcher, alice, question({ extensions, time: 1000 }));
    expect(await ask()).toBe(true);
    answer = installed({ permissions: [] });
    expect(await ask()).toBe(false);
    answer = installed();
    expect(await ask()).toBe(true);
    expect(asked).toHaveLength(3);
  });

  test('is asked for once by those who ask in one turn', async () => {
    const { asked, extensions } = listOf(() => installed());
    const matcher = holdsPermission('tabs');
    const ask = (id: string) => matches(matcher, { ...alice, id } as Principal, question({ extensions }));
    expect(await Promise.all(['a', 'b', 'a', 'a'].map(ask))).toEqual([true, true, true, true]);
    expect(asked).toEqual(['a', 'b']);
  });

  test('one that does not answer keeps nobody else waiting', async () => {
    let silent = true;
    const { extensions } = listOf(() => (silent ? new Promise(() => {}) : installed()));
    const matcher = holdsPermission('tabs');
    void matches(matcher, alice, question({ extensions }));
    await Promise.resolve();
    silent = false;
    expect(await matches(matcher, alice, question({ extensions }))).toBe(true);
  });
});
