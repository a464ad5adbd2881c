import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBrowser } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import { browserFor, clientOf, hostOf, PROFILES, talk } from './support.js';

describe.each(PROFILES)('what an author would be shown in %s', (profile) => {
  const install = async (script: string, manifest: object = {}, files: Record<string, string> = {}) => {
    const browser = browserFor({ profile });
    const host = await browser.install(hostOf(script, manifest, files));
    const page = await (await browser.install(clientOf())).openPage('page.html');
    return { browser, host, page };
  };
  const where = profile === 'firefox' ? 'event page of Host' : 'worker of Host';

  test('a background that throws when it starts', async () => {
    const { browser, host, page } = await install('null.chrome;');
    expect(browser.errors[0]).toMatchObject({
      kind: 'uncaught',
      extension: { id: host.id, name: 'Host' },
      context: expect.stringContaining(where),
      message: expect.stringMatching(/^Uncaught TypeError: Cannot read properties of null/),
      stack: expect.stringContaining(`${host.origin}/background.js:1:`),
    });
    if (profile !== 'firefox')
      expect(browser.errors[1]?.message).toBe('Service worker registration failed. Status code: 15');
    // Chromium keeps callers of a worker that never came up waiting for ever.
    const talking = page.evaluate(talk, host.id, [], 1);
    if (profile === 'firefox') expect((await talking).words).toMatch(/does not exist/);
    else await expect(talking).rejects.toThrow(/never settles/);
    expect(browser.story()).toContain('Uncaught TypeError');
  });

  test('a script that is none', async () => {
    const { browser } = await install('const = 1;');
    expect(browser.errors[0]?.message).toMatch(/^Uncaught SyntaxError: Unexpected token '='/);
  });

  test('an import that leads nowhere', async () => {
    const { browser } = await install("import './absent.js';");
    expect(browser.errors[0]?.message).toMatch(
      /^Uncaught SyntaxError: .*absent\.js is not there \(background\.js:1\)/,
    );
    const bare = await install("import 'lodash';");
    expect(bare.browser.errors[0]?.message).toMatch(/Failed to resolve module specifier "lodash"/);
  });

  test('a background that listens late', async () => {
    const { browser, host, page } = await install(`
      setTimeout(() => chrome.runtime.onConnectExternal.addListener(() => {}), 500);
    `);
    await host.worker.stop();
    expect((await page.evaluate(talk, host.id, [], 1)).words).toMatch(/does not exist/);
    await browser.advance('1s');
    expect(browser.errors).toMatchObject([
      {
        kind: 'late-listener',
        context: expect.stringContaining(where),
        message: expect.stringContaining('runtime.onConnectExternal has a listener only now'),
      },
    ]);
  });

  test('a listener that throws, and a promise that nobody handles', async () => {
    const { browser, host, page } = await install(`
      chrome.runtime.onConnectExternal.addListener(() => { throw new RangeError('in a listener'); });
      chrome.runtime.onConnectExternal.addListener(async () => { throw new Error('in a promise'); });
    `);
    await page.evaluate((id) => void chrome.runtime.connect(id), host.id);
    await browser.settle();
    expect(browser.errors.map(({ kind, message, extension }) => [kind, message, extension?.name])).toEqual([
      ['uncaught', 'Uncaught RangeError: in a listener', 'Host'],
      ['unhandled-rejection', 'Uncaught (in promise) Error: in a promise', 'Host'],
    ]);
  });

  test('a post that cannot be cloned throws where it was posted, with its place', async () => {
    const { browser, host, page } = await install(`
      chrome.runtime.onConnectExternal.addListener((port) => {
        const circle = { big: 1n, f() {} };
        circle.circle = circle;
        port.postMessage(circle);
      });
    `);
    await page.evaluate((id) => void chrome.runtime.connect(id), host.id);
    await browser.settle();
    expect(browser.errors).toMatchObject([
      {
        message: expect.stringMatching(/Could not serialize message|could not be cloned/),
        stack: expect.stringContaining('background.js:5'),
      },
    ]);
  });

  test('an API that is not simulated fails with its name where it is called, and not before', async () => {
    const { browser, host } = await install(
      `globalThis.has = [typeof chrome.bookmarks, typeof chrome.history, typeof chrome.tabs.group, typeof chrome.tabs.nonsense];
       globalThis.search = () => chrome.bookmarks.search('x');
       globalThis.listen = () => chrome.bookmarks.onCreated.addListener(() => {});
       globalThis.group = () => chrome.tabs.group({});`,
      { permissions: ['bookmarks'] },
    );
    expect(browser.errors).toEqual([]);
    // Without the permission an API is not there, as in the browsers.
    const has = await host.worker.evaluate(() => Reflect.get(globalThis, 'has'));
    expect(has).toEqual(['function', 'undefined', 'function', 'undefined']);
    const api = profile === 'firefox' ? 'browser' : 'chrome';
    const call = (name: string) => (Reflect.get(globalThis, name) as () => unknown)();
    for (const [name, words] of [
      ['search', `${api}.bookmarks.search is not in the simulated browser`],
      ['listen', `${api}.bookmarks.onCreated.addListener is not in the simulated browser`],
      ['group', `${api}.tabs.group is not in the simulated browser`],
    ] as const) {
      await expect(host.worker.evaluate(call, name)).rejects.toThrow(words);
      expect(browser.errors.at(-1)).toMatchObject({ kind: 'not-simulated', message: words });
    }
  });

  test('a document without a DOM says how to bring one', async () => {
    const { page } = await install('');
    await expect(page.evaluate(() => void document.querySelector('a'))).rejects.toThrow(
      'document.querySelector is not in the simulated browser: bring a DOM with the option dom of createBrowser',
    );
  });

  test('an inline script of an extension page is refused', async () => {
    const { browser, host } = await install(
      '',
      {},
      { 'page.html': '<script>globalThis.ran = true</script>' },
    );
    const page = await host.openPage('page.html');
    expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false);
    expect(browser.errors).toMatchObject([
      { kind: 'refused-script', context: expect.stringContaining('/page.html') },
    ]);
  });

  test('what evaluate can’t give back, or has nobody to give to', async () => {
    const { host, page } = await install('');
    await expect(page.evaluate(() => () => {})).rejects.toThrow('evaluate gives what can be cloned');
    await expect(
      page.evaluate(() => {
        throw Object.assign(new RangeError('bad'), { code: 'A_CODE', data: { id: 1 } });
      }),
    ).rejects.toMatchObject({ name: 'RangeError', message: 'bad', code: 'A_CODE', data: { id: 1 } });
    const pending = page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1000)));
    const outcome = expect(pending).rejects.toThrow(/^page of Client \/page.html #\d+ is gone$/);
    await page.close();
    await outcome;
    await host.disable();
    await expect(host.worker.evaluate(() => 1)).rejects.toThrow('Host has no background, or is disabled');
  });
});

describe('manifests that no browser takes', () => {
  test.each([
    ['{', 'is no JSON'],
    ['[]', 'name is missing'],
    ['{"name":"a","version":"1","manifest_version":2}', 'manifest_version must be 3'],
    [
      '{"name":"a","version":"1","manifest_version":3,"background":{"scripts":[]}}',
      'Chromium runs no background.scripts',
    ],
  ])('%s', async (text, words) => {
    const dir = mkdtempSync(join(tmpdir(), 'portico-'));
    try {
      writeFileSync(join(dir, 'manifest.json'), text);
      const browser = createBrowser();
      const outcome = await browser.install({ dir }).catch((error: Error) => error.message);
      expect(outcome).toContain(`${dir}/manifest.json: `);
      expect(outcome).toContain(words);
      expect(`${outcome}`.split('\n')).toHaveLength(1);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  test('a folder that is not there, and the wrong browser’s build', async () => {
    const absent = join(tmpdir(), 'portico-absent');
    await expect(browserFor().install({ dir: absent })).rejects.toThrow(
      `${absent}/manifest.json: there is no manifest; build the extension, or give its dist folder`,
    );
    const worker = { background: { service_worker: 'background.js' } };
    await expect(browserFor({ profile: 'firefox' }).install(hostOf('', worker))).rejects.toThrow(
      'the manifest of Host: background.scripts is missing: Firefox runs no background.service_worker',
    );
  });
});
