import { fileURLToPath } from 'node:url';
import type { Connection } from 'portico/client';
import type { tabs } from 'portico-tabs/protocol';
import type { Page } from 'puppeteer-core';
import { startBrowser } from '../../../sdk/test/browser/support/browsers.js';
import { type PageServer, servePages } from '../../../tools/browser/serve.mjs';
import type { FoundBrowser, LoadedExtension, Session } from '../../../tools/browser/types.mjs';

/** What the board's page shows to developer tools, and so to these tests. */
export type BoardGlobals = {
  readonly tabs: Connection<typeof tabs, 'read', 'titles' | 'control' | 'capture'>;
};

/** Both extensions in one browser, with an open board and a web page. */
export interface BoardWorld {
  readonly session: Session;
  readonly pages: PageServer;
  readonly host: LoadedExtension;
  readonly client: LoadedExtension;
  readonly board: Page;
  readonly web: Page;
  close(): Promise<void>;
}

const built = (extension: string, browser: string): string =>
  fileURLToPath(new URL(`../../../${extension}/dist/${browser}`, import.meta.url));

const titled = (title: string): string =>
  `<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>`;

export const openBoardWorld = async (browser: FoundBrowser): Promise<BoardWorld> => {
  const pages = await servePages({ '/': titled('A page to look at'), '/news': titled('Fresh news') });
  let session: Session | undefined;
  const close = async (): Promise<void> => {
    await session?.close();
    await pages.close();
  };
  try {
    const extensions = ['host-extension', 'client-extension'].map((each) => built(each, browser.name));
    session = await startBrowser(browser, extensions);
    const [host, client] = session.extensions as [LoadedExtension, LoadedExtension];
    const web = await session.openPage(pages.url('/'));
    const board = await session.openExtensionPage(client, 'board.html');
    return { session, pages, host, client, board, web, close };
  } catch (error) {
    await close();
    throw error;
  }
};
