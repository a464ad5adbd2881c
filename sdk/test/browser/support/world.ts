import type { Page } from 'puppeteer-core';
import { type PageServer, servePages } from '../../../../tools/browser/serve.mjs';
import type { FoundBrowser, Session } from '../../../../tools/browser/types.mjs';
import { type Extension, extensionOn } from './agent.js';
import { startBrowser } from './browsers.js';
import { bundleExamples, type ExampleName, writeExamples } from './examples.js';
import { bundleFixtures, type FixtureName, fixturesFor, type Scripts, writeFixture } from './fixtures.js';
import { makeFolder } from './folder.js';
import type { BrowserName } from './manifests.js';

/** What all browsers share. */
export interface Stage {
  readonly pages: PageServer;
  readonly fixtures: Scripts;
  readonly examples: Scripts;
}

const FRAMING = `<!doctype html><meta charset="utf-8"><title>framing</title><script>
  const frame = document.createElement('iframe');
  frame.src = new URLSearchParams(location.search).get('frame');
  document.documentElement.append(frame);
</script>`;

export const openStage = async (): Promise<Stage> => {
  const pages = await servePages({
    '/': '<!doctype html><meta charset="utf-8"><title>a page</title><p>A page.',
    // Firefox keeps no page that was served with `no-store`.
    '/kept': { body: '<!doctype html><title>kept</title>', headers: { 'cache-control': 'max-age=60' } },
    '/framing': FRAMING,
  });
  return {
    pages,
    fixtures: await bundleFixtures(fixturesFor('chromium'), pages.origin),
    examples: await bundleExamples(),
  };
};

/** One browser with all fixtures in it. */
export interface World {
  readonly name: BrowserName;
  readonly session: Session;
  readonly pages: PageServer;
  directoryOf(name: FixtureName | ExampleName): string;
  readonly host: Extension;
  readonly client: Extension;
  readonly stranger: Extension;
  /** Reaches an installed fixture by a page of its own. */
  reach(name: FixtureName): Promise<Extension>;
  /** A web page with content scripts of client and stranger in it. */
  readonly web: Page;
  readonly webAddress: string;
  close(): Promise<void>;
}

export const openWorld = async (
  browser: FoundBrowser,
  { pages, fixtures, examples }: Stage,
): Promise<World> => {
  const folder = await makeFolder();
  let session: Session | undefined;
  const close = async (): Promise<void> => {
    await session?.close();
    await folder.remove();
  };
  try {
    const names = fixturesFor(browser.name);
    for (const name of names) await writeFixture(folder, name, fixtures, browser.name);
    await writeExamples(folder, examples, browser.name);
    const first = names.filter((name) => name !== 'late').map(folder.directoryOf);
    session = await startBrowser(browser, first);
    const opened = session;
    const reach = async (name: FixtureName): Promise<Extension> => {
      const loaded = opened.extension(folder.directoryOf(name));
      return extensionOn(await opened.openExtensionPage(loaded, 'page.html'), loaded);
    };
    const webAddress = pages.url('/');
    return {
      name: browser.name,
      session,
      pages,
      directoryOf: folder.directoryOf,
      host: await reach('host'),
      client: await reach('client'),
      stranger: await reach('stranger'),
      reach,
      web: await session.openPage(webAddress),
      webAddress,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
