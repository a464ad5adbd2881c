import { expect, test } from 'vitest';
import { type BoardWorld, openBoardWorld } from '../../../client-extension/test/browser/board-world.js';
import { type Extension, extensionOn } from '../../../sdk/test/browser/support/agent.js';
import type { Suite } from '../../../sdk/test/browser/support/anywhere/describe-anywhere.js';
import type { StartableBrowser, TestPage } from '../../../sdk/test/browser/support/anywhere/test-browser.js';
import { bundleFixtures, type Scripts, writeFixture } from '../../../sdk/test/browser/support/fixtures.js';
import { makeFolder } from '../../../sdk/test/browser/support/folder.js';

interface HostWorld extends BoardWorld {
  readonly options: TestPage;
  readonly stranger: Extension;
}

let scripts: Promise<Scripts> | undefined;
/** Once for all browsers: they name no web page. */
const bundled = (): Promise<Scripts> => (scripts ??= bundleFixtures(['stranger'], 'http://127.0.0.1'));

const open = async (startable: StartableBrowser): Promise<HostWorld> => {
  const folder = await makeFolder();
  let world: BoardWorld | undefined;
  const close = async (): Promise<void> => {
    await world?.close();
    await folder.remove();
  };
  try {
    world = await openBoardWorld(startable);
    const { browser, host } = world;
    await writeFixture(folder, 'stranger', await bundled(), browser.name);
    const installed = await browser.install(folder.directoryOf('stranger'));
    const stranger = extensionOn(await browser.openExtensionPage(installed, 'page.html'), installed);
    const options = await browser.openExtensionPage(host, 'options.html');
    return { ...world, options, stranger, close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** What the elements of the options page that a selector picks say. */
const texts = ({ options }: HostWorld, selector: string): Promise<string[]> =>
  options.evaluate(
    (selector) =>
      [...document.querySelectorAll(selector)].map(({ textContent }) => (textContent ?? '').trim()),
    selector,
  );

const untilSays = (world: HostWorld, selector: string, text: string | RegExp, says = true): Promise<true> =>
  world.browser.eventually(
    async () => {
      const found = (await texts(world, selector)).some((each) => each.match(text));
      return found === says || undefined;
    },
    `${selector} ${says ? 'says' : 'no longer says'} ${text}`,
  );

const hello = (versions: string[], needs: string[]) => [[0, { wire: [1], versions, needs, wants: [] }]];

const tests: Suite<HostWorld>['tests'] = (world) => {
  test('the options page shows the rules and the visitors, over an internal connection', async () => {
    await untilSays(world(), '#status', 'Live');
    expect(await texts(world(), '#rules h3')).toContain('Open, switch to and close tabs');
    await untilSays(world(), '#connected strong', 'Tab Board');
    expect(await texts(world(), '#protocol')).toEqual(['org.portico.tabs 1.0.0']);
  });

  test('it opens and closes tabs as any client that is granted control', async () => {
    const { options, browser } = world();
    await options.bringToFront();
    await options.type('#address', browser.url('/news'));
    await options.click('#open button');
    await untilSays(world(), '#tabs li', 'Fresh news');
    await options.evaluate(() => {
      const items = [...document.querySelectorAll('#tabs li')];
      const item = items.find(({ textContent }) => textContent?.includes('Fresh news'));
      item?.querySelector<HTMLButtonElement>('.close')?.click();
    });
    await untilSays(world(), '#tabs li', 'Fresh news', false);
    await options.type('#address', 'javascript:alert(1)');
    await options.click('#open button');
    await untilSays(world(), '#open-problem', 'http://');
  });

  test('[A18] a stranger is refused in the same words whatever it asks for, and is seen on the page', async () => {
    const { stranger, host, browser } = world();
    const questions = [
      { name: 'org.portico.tabs.overview', posts: [hello(['1.0.0'], ['overview'])] },
      { name: 'org.portico.tabs.overview', posts: [hello(['9.0.0'], ['nothing'])] },
      { name: 'org.portico.consent', posts: [hello(['1.0.0'], ['prompts', 'connections'])] },
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
    await untilSays(world(), '#turned-away li', new RegExp(`${stranger.id}.*4 times`));
    // And whoever opens the developer tools of the host reads of it.
    await browser.eventually(
      () => browser.logOf(host).find((line) => line.includes(stranger.id)),
      'the log of the host names the stranger',
    );
  });

  test('[A6] its own overview is not for Tab Board', async () => {
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
    const { board, host, browser } = world();
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
    expect(listed).not.toContain(browser.pageOrigin);
    expect(listed).not.toContain('A page to look at');
  });
};

/** Portico Tabs, as it was built, with its options page, Tab Board and a stranger. */
export const porticoTabsSuite: Suite<HostWorld> = { open, tests };
