import { fileURLToPath } from 'node:url';
import type { Connection } from 'portico/client';
import type { tabs } from 'portico-tabs/protocol';
import type { TestWorld } from '../../../sdk/test/browser/support/anywhere/describe-anywhere.js';
import type {
  InstalledExtension,
  StartableBrowser,
  TestPage,
} from '../../../sdk/test/browser/support/anywhere/test-browser.js';

/** What the board's page shows to developer tools, and so to these tests. */
export type BoardGlobals = {
  readonly tabs: Connection<typeof tabs, 'read', 'titles' | 'control' | 'capture'>;
};

/** Both extensions in one browser, with an open board and a web page. */
export interface BoardWorld extends TestWorld {
  readonly host: InstalledExtension;
  readonly client: InstalledExtension;
  readonly board: TestPage;
  readonly web: TestPage;
}

export const builtExtension = (extension: string, browser: string): string =>
  fileURLToPath(new URL(`../../../${extension}/dist/${browser}`, import.meta.url));

const titled = (title: string): string =>
  `<!doctype html><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>`;

export const openBoardWorld = async ({ name, start }: StartableBrowser): Promise<BoardWorld> => {
  const browser = await start({
    extensions: [builtExtension('host-extension', name), builtExtension('client-extension', name)],
    pages: { '/': titled('A page to look at'), '/news': titled('Fresh news') },
  });
  try {
    const [host, client] = browser.extensions as [InstalledExtension, InstalledExtension];
    const web = await browser.openPage(browser.url('/'));
    const board = await browser.openExtensionPage(client, 'board.html');
    return { browser, host, client, board, web, close: browser.close };
  } catch (error) {
    await browser.close();
    throw error;
  }
};
