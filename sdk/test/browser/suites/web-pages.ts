import type { Page } from 'puppeteer-core';
import { describe, expect, test } from 'vitest';
import type { World } from '../support/world.js';

const HELLO = [[0, { wire: [1], versions: ['1.0.0', '1.2.0'], needs: ['calls'], wants: [] }]];
const WHO_AM_I = [[7, 1, 'calls.whoAmI', 0, null]];

/** Talks from the page's own scripts: a web page has no Portico, only what the browser gives it. */
const talk = (page: Page, host: string, name: string, posts: readonly unknown[]): Promise<unknown[]> =>
  page.evaluate(
    (host, name, posts) =>
      new Promise<unknown[]>((resolve) => {
        const port = chrome.runtime.connect(host, { name });
        const received: unknown[] = [];
        port.onMessage.addListener((message: unknown) => {
          received.push(message);
          if (received.length === posts.length) resolve(received);
        });
        port.onDisconnect.addListener(() => resolve(received));
        for (const post of posts) port.postMessage(post);
      }),
    host,
    `portico:${name}`,
    posts,
  );

/** Pages reach an extension in Chromium, where its manifest names them; in Firefox never. */
export const webPageTests = (world: () => World): void => {
  describe('web pages', () => {
    test('[A1] [A5] a page is admitted by its origin where it is named, and only there', async (context) => {
      const { web, host, pages, session, name } = world();
      if (name === 'firefox') return context.skip('Firefox lets no page connect');
      const [welcome, answer] = await talk(web, host.id, 'org.portico.pages', [HELLO, WHO_AM_I]);
      const [[kind, granted, ...rest]] = welcome as [unknown[]];
      expect([kind, granted, rest.at(-1)]).toEqual([1, ['calls'], 0]);
      expect(answer).toMatchObject([[8, 1, { kind: 'page', origin: pages.origin }]]);

      const refused = await talk(web, host.id, 'org.portico.probe', [HELLO]);
      expect(refused).toMatchObject([[[2, { code: 'REFUSED' }]]]);
      expect(await talk(web, host.id, 'org.portico.unpublished', [HELLO])).toEqual(refused);

      const other = await session.openPage(pages.url('/', 'localhost'));
      expect(await talk(other, host.id, 'org.portico.pages', [HELLO])).toEqual(refused);
      await other.close();
    });

    test('a page without a way in finds no runtime at all', async () => {
      const { web, name, session } = world();
      const page = name === 'firefox' ? web : await session.openPage('about:blank');
      const found = await page.evaluate(() => {
        const { chrome, browser } = globalThis as { chrome?: typeof globalThis.chrome; browser?: unknown };
        return [typeof chrome?.runtime?.connect, typeof browser];
      });
      expect(found).toEqual(['undefined', 'undefined']);
      if (page !== web) await page.close();
    });
  });
};
