import type { Page } from 'puppeteer-core';
import { type PageServer, servePages } from '../../../../../tools/browser/serve.mjs';
import type { FoundBrowser, Session } from '../../../../../tools/browser/types.mjs';
import { startBrowser } from '../browsers.js';
import { eventually } from '../eventually.js';
import type { StartableBrowser, TestBrowser, TestPage } from './test-browser.js';

/** A browser of this machine, with a server for its web pages. */
export const realBrowser = (found: FoundBrowser): StartableBrowser => ({
  name: found.name,
  async start({ extensions, pages }) {
    const server = await servePages(pages);
    let session: Session | undefined;
    const close = async (): Promise<void> => {
      await session?.close();
      await server.close();
    };
    try {
      session = await startBrowser(found, extensions);
      return testBrowserOf(session, server, close);
    } catch (error) {
      await close();
      throw error;
    }
  },
});

const testBrowserOf = (session: Session, server: PageServer, close: () => Promise<void>): TestBrowser => ({
  name: session.name,
  get extensions() {
    return session.extensions;
  },
  url: (path) => server.url(path),
  pageOrigin: server.origin,
  install: (dir) => session.install(dir),
  openPage: async (url) => testPageOf(await session.openPage(url)),
  openExtensionPage: async ({ id }, path) => testPageOf(await session.openExtensionPage(id, path)),
  stopBackground: async ({ id }) => void (await session.stopBackground(id)),
  disable: ({ id }) => session.disable(id),
  enable: ({ id }) => session.enable(id),
  logOf: ({ id }) => session.backgroundLog(id).map(({ text }) => text),
  eventually,
  story: () => `${session.product} ${session.version}`,
  close,
});

const testPageOf = (page: Page): TestPage => ({
  // Puppeteer's own type says the same in other words.
  evaluate: (run, ...args) => page.evaluate(run as (...args: unknown[]) => never, ...args),
  click: (selector) => page.click(selector),
  type: (selector, text) => page.type(selector, text),
  bringToFront: () => page.bringToFront(),
  close: () => page.close(),
});
