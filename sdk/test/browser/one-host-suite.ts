import { expect, test } from 'vitest';
import type { Suite, TestWorld } from './support/anywhere/describe-anywhere.js';
import type { InstalledExtension, StartableBrowser, TestPage } from './support/anywhere/test-browser.js';
import { bundle } from './support/bundle.js';
import { makeFolder } from './support/folder.js';
import { manifestOf } from './support/manifests.js';

/** What a page of either extension shows to the test. */
interface PageGlobals {
  count(host: string, name: 'first' | 'second'): Promise<string>;
  listenHere(): string;
}

interface OneHostWorld extends TestWorld {
  readonly host: InstalledExtension;
  /** Pages of the host and of its client, in tabs. */
  readonly hostPage: TestPage;
  readonly clientPage: TestPage;
}

let bundles: Promise<readonly [string, string, string]> | undefined;
const bundled = () =>
  (bundles ??= Promise.all([
    bundle('one-host/background-first.ts', 'esm'),
    bundle('one-host/background-second.ts', 'esm'),
    bundle('one-host/page.ts', 'esm'),
  ]));

const open = async ({ name, start }: StartableBrowser): Promise<OneHostWorld> => {
  const folder = await makeFolder();
  const [first, second, page] = await bundled();
  const files = {
    'page.js': page,
    'page.html':
      '<!doctype html><meta charset="utf-8"><title>Page</title><script type="module" src="page.js"></script>',
  };
  await folder.write('one-host', {
    ...files,
    'manifest.json': manifestOf('one-host', name, {}),
    // Two bundles, each with a copy of Portico.
    'background.js': 'import "./first.js"; import "./second.js";',
    'first.js': first,
    'second.js': second,
  });
  await folder.write('one-client', {
    ...files,
    'manifest.json': manifestOf('one-client', name, {}),
    'background.js': '',
  });
  const browser = await start({
    extensions: [folder.directoryOf('one-host'), folder.directoryOf('one-client')],
    pages: { '/': '<!doctype html><title>A page</title>' },
  });
  const close = async (): Promise<void> => {
    await browser.close();
    await folder.remove();
  };
  try {
    const [host, client] = browser.extensions as [InstalledExtension, InstalledExtension];
    const hostPage = await browser.openExtensionPage(host, 'page.html');
    const clientPage = await browser.openExtensionPage(client, 'page.html');
    return { browser, host, hostPage, clientPage, close };
  } catch (error) {
    await close();
    throw error;
  }
};

const tests: Suite<OneHostWorld>['tests'] = (world) => {
  const count = (page: TestPage, name: 'first' | 'second'): Promise<string> =>
    page.evaluate(
      (host, name) => (globalThis as unknown as PageGlobals).count(host, name),
      world().host.id,
      name,
    );

  test('of two bundles in a background the second is told at listen; the first goes on', async () => {
    const { hostPage, clientPage } = world();
    const said = await hostPage.evaluate(
      async () => (await chrome.runtime.sendMessage('listening?')) as Record<string, string>,
    );
    expect(said).toEqual({
      first: 'listens',
      second: expect.stringMatching(/INVALID_ARGUMENT: another host listens here already/),
    });
    expect(await count(clientPage, 'first')).toBe('1');
    expect(await count(clientPage, 'second')).toBe('REFUSED');
  });

  test('in a page listen throws, and the background goes on to answer everybody, each call once', async () => {
    const { hostPage, clientPage } = world();
    const before = Number(await count(clientPage, 'first'));
    expect(await hostPage.evaluate(() => (globalThis as unknown as PageGlobals).listenHere())).toMatch(
      /INVALID_ARGUMENT: a host listens in the background, and this is a page/,
    );
    expect(await count(clientPage, 'first')).toBe(`${before + 1}`);
    expect(await count(hostPage, 'first')).toBe(`${before + 2}`);
    expect(await count(hostPage, 'second')).toBe('REFUSED');
  });
};

export const oneHostSuite: Suite<OneHostWorld> = { open, tests };
