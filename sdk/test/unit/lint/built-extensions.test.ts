import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { lintExtension, readPeer } from '../../../src/build/lint/index.js';
import { firefox, folderWith } from './folders.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const built = (extension: 'host' | 'client', browser: string) =>
  `${root}${extension}-extension/dist/${browser}`;
const isBuilt = (['host', 'client'] as const).every((each) =>
  ['chromium', 'firefox'].every((browser) => existsSync(`${built(each, browser)}/manifest.json`)),
);

// `npm test` builds first; a run of this project alone may not have.
describe.skipIf(!isBuilt)('the two real extensions, as they are built', () => {
  test.each(['chromium', 'firefox'])('give no finding in %s', async (browser) => {
    const [host, client] = await Promise.all([
      readPeer(built('host', browser)),
      readPeer(built('client', browser)),
    ]);
    expect(await lintExtension(built('host', browser), { role: 'host', peers: [client] })).toEqual([]);
    expect(await lintExtension(built('client', browser), { role: 'client', peers: [host] })).toEqual([]);
  });

  test('the host listens late once its minified background is changed to', async () => {
    const bundle = readFileSync(`${built('host', 'firefox')}/background.js`, 'utf8');
    const call = /\b[\w$]+\.listen\(\)/.exec(bundle)?.[0] ?? '';
    expect(call).not.toBe('');
    const late = bundle.replace(call, () => `Promise.resolve().then(()=>${call})`);
    const found = await lintExtension(folderWith({ 'manifest.json': firefox, 'background.js': late }));
    expect(found).toMatchObject([{ code: 'listener-late', severity: 'error', file: 'background.js' }]);
  });
});
