import type { Page } from 'puppeteer-core';
import type { PageServer } from '../../../../tools/browser/serve.mjs';
import type { Session } from '../../../../tools/browser/types.mjs';
import { eventually } from '../../browser/support/eventually.js';
import { agentIn } from './real-agents.js';
import type { Extension, WebTab } from './runtime.js';

interface Surroundings {
  readonly session: Session;
  readonly server: PageServer;
  readonly client: Extension;
  readonly clientPage: Page;
}

let opened = 0;

/** Opens a web page in a tab. */
export const webTabIn = async (
  { session, server, client, clientPage }: Surroundings,
  kind?: 'kept' | 'framing' | 'left',
): Promise<WebTab> => {
  // Each has an address of its own, by which its tab is found.
  const frame = kind === 'framing' ? `&frame=${encodeURIComponent(`${client.origin}/frame.html`)}` : '';
  const url = server.url(`/${kind ?? ''}?${++opened}${frame}`);
  const page = await session.openPage(url);
  const tabId = (): Promise<number> =>
    eventually(async () => (await client.page.run('tabOf', { url })) ?? undefined, `a tab shows ${url}`);
  let known: Promise<number> | undefined;
  return {
    url,
    page: agentIn(page, 'web'),
    content: agentIn(clientPage, 'content', () => (known ??= tabId())),
    frame: async () => agentIn(await frameIn(page), 'frame'),
    tabId,
    leave: async () => void (await page.goto(server.url('/elsewhere'))),
    async back() {
      await page.evaluate(() => history.back());
      await eventually(async () => {
        // It may be between two documents.
        const [href, state] = await page.evaluate(() => [location.href, document.readyState]).catch(() => []);
        return href === url && state === 'complete' ? true : undefined;
      }, 'the page is back');
    },
    close: () => page.close(),
  };
};

const frameIn = (page: Page) =>
  eventually(async () => {
    for (const each of page.frames().slice(1)) {
      // It may be between two documents.
      const ready = await each.evaluate(() => 'give' in globalThis).catch(() => false);
      if (ready) return each;
    }
    return undefined;
  }, 'the frame runs');
