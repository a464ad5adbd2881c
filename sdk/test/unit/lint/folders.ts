import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder with these files, removed when the test is over. Objects are written as JSON. */
export const folderWith = (files: Readonly<Record<string, unknown>>): string => {
  const dir = mkdtempSync(join(tmpdir(), 'portico-lint-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return dir;
};

/** Any bytes will do for Chromium's id; this is the public key of no one. */
export const KEY = Buffer.from('a public key in DER form, as far as an id goes').toString('base64');
const base = { manifest_version: 3, name: 'Fixture', version: '1' };

export const chromium = {
  ...base,
  key: KEY,
  background: { service_worker: 'background.js', type: 'module' },
};
export const firefox = {
  ...base,
  browser_specific_settings: { gecko: { id: 'fixture@example.org' } },
  background: { scripts: ['background.js'], type: 'module' },
};
