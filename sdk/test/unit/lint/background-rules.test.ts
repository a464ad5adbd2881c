import { describe, expect, test } from 'vitest';
import type { LintOptions } from '../../../src/build/lint/index.js';
import { chromium, firefox, KEY } from './folders.js';
import { gecko, heads, lint } from './judge.js';

const both = { service_worker: 'background.js', scripts: ['background.js'], type: 'module' };

test.each<[string, unknown, LintOptions, string[]]>([
  ['split, for Chromium', { ...chromium, incognito: 'split' }, {}, ['two backgrounds']],
  ['split, of a client', { ...chromium, incognito: 'split' }, { role: 'client' }, []],
  ['split, for Firefox', { ...firefox, incognito: 'split' }, { role: 'client' }, ['"not_allowed"']],
  [
    'split, for both',
    { ...firefox, key: KEY, minimum_chrome_version: '130', incognito: 'split', background: both },
    { role: 'host' },
    ['two backgrounds', '"not_allowed"'],
  ],
  ['spanning', { ...chromium, incognito: 'spanning' }, { role: 'host' }, []],
  ['a value that is none', { ...chromium, incognito: { split: true } }, { role: 'host' }, []],
])('incognito: %s', async (_what, manifest, options, expected) => {
  const found = (await lint(manifest, options)).filter(({ path }) => path === '/incognito');
  expect(found.map(({ severity, code }) => `${severity} ${code}`)).toEqual(
    expected.map(() => 'warning incognito-split'),
  );
  for (const [index, words] of expected.entries()) expect(found[index]?.message).toContain(words);
});

describe('background', () => {
  const worker = { service_worker: 'background.js' };
  const scripts = { scripts: ['background.js'] };

  test.each<[string, unknown, LintOptions, string[]]>([
    [
      'none, in a host',
      { ...chromium, background: undefined },
      { role: 'host' },
      ['error background-missing /background'],
    ],
    ['none, in a client', { ...chromium, background: undefined }, { role: 'client' }, []],
    [
      'hosts imply a host',
      { ...chromium, background: undefined },
      { hosts: {} },
      ['error background-missing /background'],
    ],
    [
      'a worker alone, for Firefox',
      { ...firefox, background: worker },
      { browser: 'firefox' },
      ['error background-worker-only /background'],
    ],
    [
      'scripts alone, for Chromium',
      { ...chromium, background: scripts },
      { browser: 'chromium' },
      ['error background-scripts-only /background'],
    ],
    [
      'persistent',
      { ...chromium, background: { ...worker, persistent: true } },
      {},
      ['warning background-persistent /background/persistent'],
    ],
    ['not persistent', { ...chromium, background: { ...worker, persistent: false } }, {}, []],
    [
      'a type that does not exist',
      { ...chromium, background: { ...worker, type: 'modul' } },
      {},
      ['error background-type /background/type'],
    ],
    [
      'a file that does not exist',
      { ...chromium, background: { service_worker: 'sw.js' } },
      {},
      ['error script-missing /background/service_worker'],
    ],
    [
      'a file outside',
      { ...firefox, background: { scripts: ['background.js', '../other.js'] } },
      {},
      ['error script-missing /background/scripts/1'],
    ],
    [
      'both keys in an older Chromium',
      { ...firefox, key: KEY, background: { ...worker, ...scripts }, minimum_chrome_version: '120' },
      {},
      ['warning minimum-version /minimum_chrome_version'],
    ],
    [
      'modules in an older Firefox',
      { ...gecko({ id: 'a@b.example', strict_min_version: '109.0' }) },
      {},
      ['warning minimum-version /browser_specific_settings/gecko/strict_min_version'],
    ],
  ])('%s', async (_name, manifest, options, expected) => {
    expect(await heads(manifest, options)).toEqual(expected);
  });

  test('a gecko section makes the manifest one for Firefox too', async () => {
    const { browser_specific_settings } = firefox;
    expect(await heads({ ...chromium, browser_specific_settings })).toEqual([
      'error background-worker-only /background',
    ]);
  });
});

describe('manifest_version', () => {
  test.each<[string, unknown, LintOptions, string[]]>([
    [
      '2',
      { ...chromium, manifest_version: 2, background: { scripts: [] } },
      {},
      ['error manifest-version /manifest_version'],
    ],
    [
      '2 without a hint of Firefox',
      { manifest_version: 2, background: { scripts: [] } },
      { browser: 'chromium' },
      ['error manifest-version /manifest_version', 'warning id-unstable /key'],
    ],
    ['2 in Firefox', { ...firefox, manifest_version: 2 }, {}, ['warning manifest-version /manifest_version']],
    ['a string', { ...chromium, manifest_version: '3' }, {}, ['error manifest-version /manifest_version']],
  ])('%s', async (_name, manifest, options, expected) => {
    expect(await heads(manifest, options)).toEqual(expected);
  });
});
