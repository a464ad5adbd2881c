import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TAB_BOARD } from '../../src/known-callers.js';
import { tabs } from '../../src/tabs.protocol.js';

type Manifest = (browser: 'chromium' | 'firefox') => Record<string, unknown>;
const load = async (path: string): Promise<Manifest> =>
  (await import(new URL(path, import.meta.url).href)).manifest;
const manifest = await load('../../manifest.mjs');
const boardManifest = await load('../../../client-extension/manifest.mjs');

/** As Chromium does it: half a hash of the key, in letters from a to p. */
const chromiumId = (key: unknown): string =>
  createHash('sha256')
    .update(Buffer.from(String(key), 'base64'))
    .digest('hex')
    .slice(0, 32)
    .replaceAll(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)));

const geckoId = (of: Record<string, unknown>) =>
  (of['browser_specific_settings'] as { gecko: { id: string } }).gecko.id;

test('the manifests lead to the ids that the code names', () => {
  expect(chromiumId(manifest('chromium')['key'])).toBe(tabs.hosts?.chromium);
  expect(geckoId(manifest('firefox'))).toBe(tabs.hosts?.firefox);
  expect(chromiumId(boardManifest('chromium')['key'])).toBe(TAB_BOARD.chromium);
  expect(geckoId(boardManifest('firefox'))).toBe(TAB_BOARD.firefox);
});

test('the permissions are those that are explained, and Tab Board has none', () => {
  for (const browser of ['chromium', 'firefox'] as const) {
    expect(manifest(browser)).toMatchObject({
      permissions: ['tabs', 'storage'],
      optional_permissions: ['management'],
      host_permissions: ['<all_urls>'],
    });
    const asked = Object.keys(boardManifest(browser)).filter((key) =>
      /permission|externally|content_scripts|web_accessible/.test(key),
    );
    expect(asked).toEqual([]);
  }
});

test('administrators find the schema of their policy where the manifest says', () => {
  const { storage } = manifest('chromium') as { storage: { managed_schema: string } };
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  expect(read(`host-extension/static/${storage.managed_schema}`)).toBe(
    read('sdk/src/host/policy/managed-schema.json'),
  );
});
