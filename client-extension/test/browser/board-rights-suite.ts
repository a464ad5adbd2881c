import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Suite, TestWorld } from '../../../sdk/test/browser/support/anywhere/describe-anywhere.js';
import type {
  InstalledExtension,
  StartableBrowser,
  TestPage,
} from '../../../sdk/test/browser/support/anywhere/test-browser.js';
import { identityOf } from '../../../sdk/test/browser/support/manifests.js';
import { builtExtension } from './board-world.js';

interface RightsWorld extends TestWorld {
  readonly host: InstalledExtension;
  readonly board: TestPage;
}

const SECRET = 'A secret title';
const PROMPT = 'consent.html?prompt=';

/** Tab Board under an id of which Portico Tabs has never heard: the person decides about it. */
const unknownBoard = async (parent: string, browser: StartableBrowser['name']): Promise<string> => {
  const dir = join(parent, 'board');
  await cp(builtExtension('client-extension', browser), dir, { recursive: true });
  const file = join(dir, 'manifest.json');
  // Its background would ask at once, and Firefox's driver opens pages in the window that was opened last: the prompt's.
  const { background, ...manifest } = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...manifest, ...identityOf('unknown-board', browser) }));
  return dir;
};

const open = async ({ name, start }: StartableBrowser): Promise<RightsWorld> => {
  const parent = await mkdtemp(join(tmpdir(), 'portico-board-'));
  const browser = await start({
    extensions: [builtExtension('host-extension', name), await unknownBoard(parent, name)],
    pages: { '/': `<!doctype html><title>${SECRET}</title>` },
  });
  const close = async (): Promise<void> => {
    await browser.close();
    await rm(parent, { recursive: true, force: true, maxRetries: 10 });
  };
  try {
    const [host, client] = browser.extensions as [InstalledExtension, InstalledExtension];
    await browser.openPage(browser.url('/'));
    return { browser, host, board: await browser.openExtensionPage(client, 'board.html'), close };
  } catch (error) {
    await close();
    throw error;
  }
};

const tests: Suite<RightsWorld>['tests'] = (world) => {
  const until = (what: string, ask: () => Promise<boolean>) =>
    world().browser.eventually(async () => ((await ask()) ? true : undefined), what);
  const says = (selector: string): Promise<string> =>
    world().board.evaluate(
      (selector) =>
        [...document.querySelectorAll<HTMLElement>(selector)]
          .filter((each) => !each.closest('[hidden]'))
          .map(({ textContent }) => textContent ?? '')
          .join('\n'),
      selector,
    );
  const untilSays = (selector: string, words: string, does = true) =>
    until(
      `${selector} ${does ? 'says' : 'no longer says'} ${words}`,
      async () => (await says(selector)).includes(words) === does,
    );
  /** Presses what is in a screen's shadow, as soon as that counts, until it is gone. */
  const decide = (page: TestPage, screen: string, selector: string): Promise<true> =>
    until(`${selector} is pressed`, async () => {
      const state = await page
        .evaluate(
          (screen, selector) =>
            document
              .querySelector(screen)
              ?.shadowRoot?.querySelector(selector)
              ?.getAttribute('aria-disabled') ?? 'gone',
          screen,
          selector,
        )
        .catch(() => 'gone');
      if (state === 'false') await page.click(`${screen} >>> ${selector}`).catch(() => {});
      return state === 'gone';
    });
  const takeBack = async (capability: string): Promise<void> => {
    const { browser, host } = world();
    const options = await browser.openExtensionPage(host, 'options.html');
    await options.bringToFront();
    const deed = `[data-deed^="revoke "][data-deed$=" ${capability}"]`;
    await until(`${capability} can be taken back`, () =>
      options.evaluate(
        (deed) => document.querySelector('portico-connections')?.shadowRoot?.querySelector(deed) != null,
        deed,
      ),
    );
    await options.click(`portico-connections >>> ${deed}`);
    await decide(options, 'portico-connections', '.question .danger');
    await options.close();
    await world().board.bringToFront();
  };
  const SEES_TABS = 'See which tabs are open';
  const SEES_TITLES = 'See the titles and addresses of tabs';

  test('while the person is asked it says so, and what about', async () => {
    await untilSays('#notice-title', 'Portico Tabs is asking you');
    expect(await says('#status')).toBe('Waiting for you');
    expect(await says('#access li')).toContain(`${SEES_TABS}: you are being asked`);
    expect(await says('#windows')).toBe('');
  });

  test('what is allowed is there at once', async () => {
    const { browser } = world();
    const prompt = await browser.findPage(PROMPT);
    await prompt.bringToFront();
    await until('the prompt is there', () =>
      prompt.evaluate(
        () => document.querySelector('portico-consent-prompt')?.shadowRoot?.querySelector('.deny') != null,
      ),
    );
    await until('everything is ticked', async () => {
      const open = await prompt.evaluate(() =>
        [
          ...(document
            .querySelector('portico-consent-prompt')
            ?.shadowRoot?.querySelectorAll<HTMLInputElement>('.capability > input') ?? []),
        ].flatMap(({ checked, id }) => (checked ? [] : [id])),
      );
      for (const id of open) await prompt.click(`portico-consent-prompt >>> #${id}`);
      return open.length === 0;
    });
    await decide(prompt, 'portico-consent-prompt', '.allow:last-of-type');
    // A board that nobody sees rests with its host.
    await world().board.bringToFront();
    await untilSays('#status', 'Live');
    await untilSays('#windows .title', SECRET);
    expect(await says('#notice')).toBe('');
    const access = await says('#access li');
    expect(access).toContain(`${SEES_TABS}: allowed`);
    expect(access).toContain(`${SEES_TITLES}: allowed`);
  });

  test('what is taken back is gone at once: the mark, and what was shown by it', async () => {
    await takeBack('titles');
    await untilSays('#access li', `${SEES_TITLES}: allowed`, false);
    await untilSays('#windows .title', SECRET, false);
    expect(await says('#access li')).toContain(`${SEES_TABS}: allowed`);
    expect(await says('#status')).toBe('Live');
    expect(await says('#windows .title')).not.toBe('');
    await world().board.screenshot('artifacts/board', `${world().browser.name}-titles-taken-back.png`);
  });

  test('without the right to see tabs none is shown, and why is said in words', async () => {
    await takeBack('read');
    // A board that had to connect anew is told the one, a session that goes on the other.
    await until('it says that it has lost the right', async () =>
      /may not see your tabs|was not allowed to see your tabs/.test(await says('#notice-title')),
    );
    expect(await says('#windows')).toBe('');
    await world().board.screenshot('artifacts/board', `${world().browser.name}-taken-back.png`);
    await world().board.click('#retry');
    await untilSays('#notice-title', 'Tab Board was not allowed to see your tabs');
    expect(await says('#notice')).not.toContain('Something went wrong');
    await world().board.screenshot('artifacts/board', `${world().browser.name}-denied.png`);
  });
};

/** A board that the person decides about shows what it may at each moment, and nothing else. */
export const boardRightsSuite: Suite<RightsWorld> = { open, tests };
