import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KeyInput, Page } from 'puppeteer-core';
import { type PageServer, servePages } from '../../../../../tools/browser/serve.mjs';
import type { FoundBrowser, Session } from '../../../../../tools/browser/types.mjs';
import { startBrowser } from '../browsers.js';
import { eventually } from '../eventually.js';
import type { StartableBrowser, TestBrowser, TestPage } from './test-browser.js';

const repository = fileURLToPath(new URL('../../../../../', import.meta.url));

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
  isSimulated: false,
  get extensions() {
    return session.extensions;
  },
  url: (path) => server.url(path),
  pageOrigin: server.origin,
  install: (dir) => session.install(dir),
  openPage: async (url) => testPageOf(await session.openPage(url)),
  openExtensionPage: async ({ id }, path) => testPageOf(await session.openExtensionPage(id, path)),
  findPage: async (part) =>
    testPageOf(await eventually(async () => (await pagesAt(session, part))[0], `a page of ${part} opens`)),
  countPages: async (part) => (await pagesAt(session, part)).length,
  stopBackground: async ({ id }) => void (await session.stopBackground(id)),
  disable: ({ id }) => session.disable(id),
  enable: ({ id }) => session.enable(id),
  logOf: ({ id }) => session.backgroundLog(id).map(({ text }) => text),
  eventually,
  story: () => `${session.product} ${session.version}`,
  close,
});

/** Puppeteer does not know the addresses of extension pages in Firefox, so each page is asked itself. */
const pagesAt = async ({ browser }: Session, part: string): Promise<Page[]> => {
  const pages = await browser.pages();
  const found = await Promise.all(
    pages.map((page) => page.evaluate((part) => location.href.includes(part), part).catch(() => false)),
  );
  return pages.filter((_, index) => found[index]);
};

const testPageOf = (page: Page): TestPage => ({
  // Puppeteer's own type says the same in other words.
  evaluate: (run, ...args) => page.evaluate(run as (...args: unknown[]) => never, ...args),
  click: (selector) => page.click(selector),
  type: (selector, text) => page.type(selector, text),
  press: (key) => page.keyboard.press(key as KeyInput),
  bringToFront: () => page.bringToFront(),
  async screenshot(folder, file) {
    const at = join(repository, folder);
    await mkdir(at, { recursive: true });
    await page.screenshot({ path: `${join(at, file)}` as `${string}.png` });
  },
  close: () => page.close(),
});
