import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Suite, testUnless } from '../../../sdk/test/browser/support/anywhere/describe-anywhere.js';
import { type BoardGlobals, type BoardWorld, openBoardWorld } from './board-world.js';

/** The titles that the board shows. */
const shownTitles = ({ board }: BoardWorld): Promise<string[]> =>
  board.evaluate(() =>
    [...document.querySelectorAll('#windows .title')].map(({ textContent }) => textContent ?? ''),
  );

const untilShown = (world: BoardWorld, title: string, shown = true): Promise<true> =>
  world.browser.eventually(
    async () => (await shownTitles(world)).includes(title) === shown || undefined,
    `the board ${shown ? 'shows' : 'no longer shows'} ${title}`,
  );

/** A picture of the window while it shows the web page, as PNG. */
const takePicture = async ({ board, web, browser }: BoardWorld): Promise<Buffer> => {
  await web.bringToFront();
  const png = await board
    .evaluate(async (url) => {
      const { tabs } = globalThis as unknown as BoardGlobals;
      const capture = await tabs.has('capture');
      const tab = (await tabs.read.list()).find((each) => each.url === url);
      if (!capture || !tab) throw new Error('no capture, or no tab');
      return [...(await capture.visible({ windowId: tab.windowId }))];
    }, browser.url('/'))
    .finally(() => board.bringToFront());
  return Buffer.from(png);
};

const tests: Suite<BoardWorld>['tests'] = (world, lacks) => {
  test('Tab Board asks for no permission of any kind', async () => {
    const { client, board, browser } = world();
    const manifest = JSON.parse(await readFile(join(client.dir, 'manifest.json'), 'utf8'));
    const asking = /permission|content_scripts|externally_connectable|optional/;
    expect(Object.keys(manifest).filter((key) => asking.test(key))).toEqual([]);
    const held = await board.evaluate(() => chrome.permissions.getAll());
    expect(held.origins ?? []).toEqual([]);
    expect(held.permissions ?? []).toEqual([]);
    // The browser itself tells it nothing of the page that is open.
    const known = await board.evaluate(() => chrome.tabs.query({}));
    expect(known.map((tab) => tab.url)).not.toContain(browser.url('/'));
  });

  test('it shows the real tabs, which the host has listed', async () => {
    const { board, browser } = world();
    await untilShown(world(), 'A page to look at');
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
      expect.objectContaining({ title: 'A page to look at', url: browser.url('/'), pinned: false }),
    );
    expect(windows.map(({ id }) => id)).toContain(list[0]?.windowId);
  });

  test('a tab that is opened arrives as an event, and leaves when it is closed', async () => {
    const { board, browser } = world();
    const url = browser.url('/news');
    const change = board.evaluate(async (url) => {
      const { tabs } = globalThis as unknown as BoardGlobals;
      for await (const { tab } of tabs.read.changed()) if (tab?.url === url) return tab;
      return undefined;
    }, url);
    await board.evaluate(() => (globalThis as unknown as BoardGlobals).tabs.read.list());
    const news = await browser.openPage(url);
    expect(await change).toMatchObject({ url });
    await untilShown(world(), 'Fresh news');
    await news.close();
    await untilShown(world(), 'Fresh news', false);
  });

  test('what the host does not grant is not there', async () => {
    const { board } = world();
    const { refused, access } = await board.evaluate(async () => {
      const { tabs } = globalThis as unknown as BoardGlobals;
      const items = document.querySelectorAll('#access li');
      return {
        refused: { control: await tabs.has('control'), reasons: tabs.session.info?.refused },
        access: [...items].map(({ textContent }) => textContent),
      };
    });
    expect(refused).toEqual({ control: false, reasons: { control: 'CAPABILITY_REFUSED' } });
    expect(access).toContainEqual(expect.stringMatching(/Open, switch to and close tabs: not allowed/));
  });

  test('a picture of a window is a real PNG', async () => {
    const bytes = await takePicture(world());
    expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  });

  testUnless(lacks.pixels, 'a picture has the pixels of what the window shows', async () => {
    const bytes = await takePicture(world());
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    const size = await world().web.evaluate(() =>
      [innerWidth, innerHeight].map((each) => each * devicePixelRatio),
    );
    expect([width, height]).toEqual(size.map(Math.round));
  });

  test('a host that was stopped is woken by the board’s next question', async () => {
    const { board, browser, host } = world();
    const instance = () =>
      board.evaluate(async () => {
        const { tabs } = globalThis as unknown as BoardGlobals;
        await tabs.read.list();
        return (await tabs.session.ready()).instance;
      });
    const before = await instance();
    await browser.stopBackground(host);
    // The board may not have heard yet that its port is gone: then its question ends with DISCONNECTED.
    const after = await browser.eventually(() => instance().catch(() => undefined), 'the host answers');
    expect(after).not.toBe(before);
    await untilShown(world(), 'A page to look at');
  });

  test('without its host the board says so, and comes back with it', async () => {
    const { board, browser, host } = world();
    await browser.disable(host);
    const stateIs = (state: string): Promise<true> =>
      browser.eventually(async () => {
        await board.click('#retry').catch(() => {});
        return (await board.evaluate(() => document.body.dataset['state'])) === state || undefined;
      }, `the board is ${state}`);
    await stateIs('failed');
    const notice = await board.evaluate(() => document.querySelector('#notice')?.textContent);
    expect(notice).toContain('Portico Tabs is not there');
    await browser.enable(host);
    await stateIs('live');
    await untilShown(world(), 'A page to look at');
  });
};

/** Tab Board, as it was built, beside the host that it is made for. */
export const tabBoardSuite: Suite<BoardWorld> = { open: openBoardWorld, tests };
