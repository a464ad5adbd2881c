import type { Page } from 'puppeteer-core';
import { expect, test } from 'vitest';
import { type BoardWorld, openBoardWorld } from '../../../client-extension/test/browser/board-world.js';
import { type Extension, extensionOn } from '../../../sdk/test/browser/support/agent.js';
import { describeInBrowsers } from '../../../sdk/test/browser/support/describe-in-browsers.js';
import { eventually } from '../../../sdk/test/browser/support/eventually.js';
import { bundleFixtures, writeFixture } from '../../../sdk/test/browser/support/fixtures.js';
import { makeFolder } from '../../../sdk/test/browser/support/folder.js';
import type { FoundBrowser } from '../../../tools/browser/types.mjs';

interface HostWorld extends BoardWorld {
  readonly options: Page;
  readonly stranger: Extension;
}

const open = async (browser: FoundBrowser): Promise<HostWorld> => {
  const folder = await makeFolder();
  let world: BoardWorld | undefined;
  const close = async (): Promise<void> => {
    await world?.close();
    await folder.remove();
  };
  try {
    world = await openBoardWorld(browser);
    const scripts = await bundleFixtures(['stranger'], world.pages.origin);
    await writeFixture(folder, 'stranger', scripts, browser.name);
    const loaded = await world.session.install(folder.directoryOf('stranger'));
    const stranger = extensionOn(await world.session.openExtensionPage(loaded, 'page.html'), loaded);
    const options = await world.session.openExtensionPage(world.host, 'options.html');
    return { ...world, options, stranger, close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** What the elements of the options page that a selector picks say. */
const texts = (options: Page, selector: string): Promise<string[]> =>
  options.$$eval(selector, (elements) => elements.map(({ textContent }) => (textContent ?? '').trim()));

const untilSays = (options: Page, selector: string, text: string | RegExp, says = true): Promise<true> =>
  eventually(
    async () => {
      const found = (await texts(options, selector)).some((each) => each.match(text));
      return found === says || undefined;
    },
    `${selector} ${says ? 'says' : 'no longer says'} ${text}`,
  );

const hello = (versions: string[], needs: string[]) => [[0, { wire: [1], versions, needs, wants: [] }]];

describeInBrowsers(open, (world) => {
  test('the options page shows the rules and the visitors, over an internal connection', async () => {
    const { options } = world();
    await untilSays(options, '#status', 'Live');
    expect(await texts(options, '#rules h3')).toContain('Open, switch to and close tabs');
    await untilSays(options, '#connected strong', 'Tab Board');
    expect(await texts(options, '#protocol')).toEqual(['org.portico.tabs 1.0.0']);
  });

  test('it opens and closes tabs as any client that is granted control', async () => {
    const { options, pages } = world();
    await options.bringToFront();
    await options.type('#address', pages.url('/news'));
    await options.click('#open button');
    await untilSays(options, '#tabs li', 'Fresh news');
    await options.$$eval('#tabs li', (items) => {
      const item = items.find(({ textContent }) => textContent?.includes('Fresh news'));
      item?.querySelector<HTMLButtonElement>('.close')?.click();
    });
    await untilSays(options, '#tabs li', 'Fresh news', false);
    await options.type('#address', 'javascript:alert(1)');
    await options.click('#open button');
    await untilSays(options, '#open-problem', 'http://');
  });

  test('a stranger is refused in the same words whatever it asks for, and is seen on the page', async () => {
    const { stranger, host, options } = world();
    const questions = [
      { name: 'org.portico.tabs', posts: [hello(['1.0.0'], ['read'])] },
      { name: 'org.portico.tabs', posts: [hello(['9.0.0'], ['control'])] },
      { name: 'org.portico.tabs.overview', posts: [hello(['1.0.0'], ['overview'])] },
      { name: 'org.portico.nothing', posts: [] },
    ];
    const answers = await Promise.all(
      questions.map(({ name, posts }) =>
        stranger.background.run('raw', { host: host.id, name: `portico:${name}`, posts }),
      ),
    );
    expect(answers[0]).toEqual({
      received: [[[2, { code: 'REFUSED', message: expect.any(String) }]]],
      ended: true,
    });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    await untilSays(options, '#turned-away li', new RegExp(`${stranger.id}.*4 times`));
  });

  test('its own overview is not for Tab Board', async () => {
    const { board, host } = world();
    const answer = await board.evaluate(
      (id, posts) =>
        new Promise((resolve) => {
          const port = chrome.runtime.connect(id, { name: 'portico:org.portico.tabs.overview' });
          port.onMessage.addListener(resolve);
          port.onDisconnect.addListener(() => resolve('closed'));
          port.postMessage(posts);
        }),
      host.id,
      hello(['1.0.0'], ['overview']),
    );
    expect(answer).toMatchObject([[2, { code: 'REFUSED' }]]);
  });

  test('without the grant for titles, none leaves the host', async () => {
    const { board, host, pages } = world();
    const listed = await board.evaluate(
      (id, hello) =>
        new Promise<string>((resolve) => {
          const port = chrome.runtime.connect(id, { name: 'portico:org.portico.tabs' });
          port.onMessage.addListener((message: unknown) => {
            // The first is the welcome.
            if ((message as unknown[][])[0]?.[0] === 1) return;
            resolve(JSON.stringify(message));
            port.disconnect();
          });
          port.postMessage(hello);
          port.postMessage([[7, 1, 'read.list', 0, {}]]);
        }),
      host.id,
      hello(['1.0.0'], ['read']),
    );
    expect(listed).toMatch(/windowId/);
    expect(listed).not.toContain(pages.origin);
    expect(listed).not.toContain('A page to look at');
  });
});
