import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { expect, test } from 'vitest';
import { describeInBrowsers } from '../../../sdk/test/browser/support/describe-in-browsers.js';
import { eventually } from '../../../sdk/test/browser/support/eventually.js';
import { type BoardGlobals, openBoardWorld } from './board-world.js';

/** The titles that the board shows. */
const shownTitles = (board: Page): Promise<string[]> =>
  board.$$eval('#windows .title', (titles) => titles.map(({ textContent }) => textContent ?? ''));

const untilShown = (board: Page, title: string, shown = true): Promise<true> =>
  eventually(
    async () => (await shownTitles(board)).includes(title) === shown || undefined,
    `the board ${shown ? 'shows' : 'no longer shows'} ${title}`,
  );

describeInBrowsers(openBoardWorld, (world) => {
  test('Tab Board asks for no permission of any kind', async () => {
    const { client } = world();
    const manifest = JSON.parse(await readFile(join(client.dir, 'manifest.json'), 'utf8'));
    const asking = /permission|content_scripts|externally_connectable|optional/;
    expect(Object.keys(manifest).filter((key) => asking.test(key))).toEqual([]);
    const held = await world().board.evaluate(() => chrome.permissions.getAll());
    expect(held.origins ?? []).toEqual([]);
    expect(held.permissions ?? []).toEqual([]);
    // The browser itself tells it nothing of the page that is open.
    const url = world().pages.url('/');
    const known = await world().board.evaluate(() => chrome.tabs.query({}));
    expect(known.map((tab) => tab.url)).not.toContain(url);
  });

  test('it shows the real tabs, which the host has listed', async () => {
    const { board, pages } = world();
    await untilShown(board, 'A page to look at');
    const { list, windows, info } = await board.evaluate(async () => {
      const { tabs } = globalThis as unknown as BoardGlobals;
      return {
        list: await tabs.read.list(),
        windows: await tabs.read.windows(),
        info: tabs.session.info,
      };
    });
    expect(info).toMatchObject({ granted: ['read', 'titles', 'capture'], version: '1.0.0' });
    // Titles and addresses are there by grant.
    expect(list).toContainEqual(
      expect.objectContaining({ title: 'A page to look at', url: pages.url('/'), pinned: false }),
    );
    expect(windows.map(({ id }) => id)).toContain(list[0]?.windowId);
  });

  test('a tab that is opened arrives as an event, and leaves when it is closed', async () => {
    const { board, session, pages } = world();
    const url = pages.url('/news');
    const change = board.evaluate(async (url) => {
      const { tabs } = globalThis as unknown as BoardGlobals;
      for await (const { tab } of tabs.read.changed()) if (tab?.url === url) return tab;
      return undefined;
    }, url);
    await board.evaluate(() => (globalThis as unknown as BoardGlobals).tabs.read.list());
    const news = await session.openPage(url);
    expect(await change).toMatchObject({ url });
    await untilShown(board, 'Fresh news');
    await news.close();
    await untilShown(board, 'Fresh news', false);
  });

  test('what the host does not grant is not there', async () => {
    const { board } = world();
    const refused = await board.evaluate(async () => {
      const { tabs } = globalThis as unknown as BoardGlobals;
      return { control: await tabs.has('control'), reasons: tabs.session.info?.refused };
    });
    expect(refused).toEqual({ control: false, reasons: { control: 'CAPABILITY_REFUSED' } });
    const access = await board.$$eval('#access li', (items) => items.map(({ textContent }) => textContent));
    expect(access).toContainEqual(expect.stringMatching(/Open, switch to and close tabs: not allowed/));
  });

  test('a picture of a window is a real PNG', async () => {
    const { board, web, pages } = world();
    await web.bringToFront();
    const png = await board.evaluate(async (url) => {
      const { tabs } = globalThis as unknown as BoardGlobals;
      const capture = await tabs.has('capture');
      const tab = (await tabs.read.list()).find((each) => each.url === url);
      if (!capture || !tab) throw new Error('no capture, or no tab');
      return [...(await capture.visible({ windowId: tab.windowId }))];
    }, pages.url('/'));
    const bytes = Buffer.from(png);
    expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    const size = await web.evaluate(() => [innerWidth, innerHeight].map((each) => each * devicePixelRatio));
    expect([width, height]).toEqual(size.map(Math.round));
    await board.bringToFront();
  });

  test('a host that was stopped is woken by the board’s next question', async () => {
    const { board, session, host } = world();
    const instance = () =>
      board.evaluate(async () => {
        const { tabs } = globalThis as unknown as BoardGlobals;
        await tabs.read.list();
        return (await tabs.session.ready()).instance;
      });
    const before = await instance();
    await session.stopBackground(host);
    expect(await instance()).not.toBe(before);
    await untilShown(board, 'A page to look at');
  });

  test('without its host the board says so, and comes back with it', async () => {
    const { board, session, host } = world();
    await session.disable(host);
    const stateIs = (state: string): Promise<true> =>
      eventually(async () => {
        await board.click('#retry').catch(() => {});
        return (await board.evaluate(() => document.body.dataset['state'])) === state || undefined;
      }, `the board is ${state}`);
    await stateIs('failed');
    expect(await board.$eval('#notice', ({ textContent }) => textContent)).toContain(
      'Portico Tabs is not there',
    );
    await session.enable(host);
    await stateIs('live');
    await untilShown(board, 'A page to look at');
  });
});
