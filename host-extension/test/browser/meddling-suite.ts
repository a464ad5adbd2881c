import type { Connection } from 'portico/client';
import type { tabs as tabsProtocol } from 'portico-tabs/protocol';
import { expect, test } from 'vitest';
import { builtExtension } from '../../../client-extension/test/browser/board-world.js';
import type { Suite, TestWorld } from '../../../sdk/test/browser/support/anywhere/describe-anywhere.js';
import type {
  InstalledExtension,
  StartableBrowser,
  TestPage,
} from '../../../sdk/test/browser/support/anywhere/test-browser.js';
import { bundle } from '../../../sdk/test/browser/support/bundle.js';
import { makeFolder } from '../../../sdk/test/browser/support/folder.js';
import { identityOf } from '../../../sdk/test/browser/support/manifests.js';

type Tabs = typeof tabsProtocol;

/** What a visitor's page shows to the test. */
interface VisitorGlobals {
  readonly portico: {
    connect(protocol: Tabs, options: object): Connection<Tabs, 'read'>;
    readonly tabs: Tabs;
  };
  connection: Connection<Tabs, 'read'>;
  refusal: { readonly code?: string; readonly data?: unknown } | undefined;
}

/** A client that nobody knows: each has what it is denied to itself. */
interface Visitor {
  readonly id: string;
  readonly page: TestPage;
}

interface MeddlingWorld extends TestWorld {
  readonly host: InstalledExtension;
  /** A page of an extension without a single permission, which does to windows what it likes. */
  readonly meddler: TestPage;
  readonly visitors: readonly Visitor[];
}

const VISITORS = ['closed', 'moved', 'navigated', 'person', 'placed'] as const;
const html = (title: string): string =>
  `<!doctype html><meta charset="utf-8"><title>${title}</title><script type="module" src="page.js"></script>`;

const open = async ({ name, start }: StartableBrowser): Promise<MeddlingWorld> => {
  const folder = await makeFolder();
  const script = await bundle('visitor/page.ts', 'esm');
  const names = ['meddler', ...VISITORS.map((each) => `visitor-${each}`)];
  for (const each of names)
    await folder.write(each, {
      'manifest.json': { manifest_version: 3, name: each, version: '1.0', ...identityOf(each, name) },
      'page.js': each === 'meddler' ? '' : script,
      'page.html': html(each),
    });
  const browser = await start({
    extensions: [builtExtension('host-extension', name), ...names.map(folder.directoryOf)],
    pages: { '/': '<!doctype html><title>Elsewhere</title>' },
  });
  const close = async (): Promise<void> => {
    await browser.close();
    await folder.remove();
  };
  try {
    const [host, meddler, ...visitors] = browser.extensions as [InstalledExtension, InstalledExtension];
    const pages: Visitor[] = [];
    for (const each of visitors as InstalledExtension[])
      pages.push({ id: each.id, page: await browser.openExtensionPage(each, 'page.html') });
    return {
      browser,
      host,
      meddler: await browser.openExtensionPage(meddler, 'page.html'),
      visitors: pages,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const PROMPT = 'consent.html?prompt=';

const tests: Suite<MeddlingWorld>['tests'] = (world) => {
  const until = (what: string, ask: () => Promise<boolean>) =>
    world().browser.eventually(async () => ((await ask()) ? true : undefined), what);
  const prompts = () => world().browser.countPages(PROMPT);
  const visitor = (name: (typeof VISITORS)[number]): Visitor =>
    world().visitors[VISITORS.indexOf(name)] as Visitor;

  const ask = ({ page }: Visitor) =>
    page.evaluate(() => {
      const globals = globalThis as unknown as VisitorGlobals;
      const { portico } = globals;
      globals.refusal = undefined;
      globals.connection = portico.connect(portico.tabs, { needs: ['read'], name: 'Visitor' });
      globals.connection.session.ready().catch(({ code, data }) => {
        globals.refusal = { code, data };
      });
    });
  const refusal = ({ page }: Visitor) =>
    page.evaluate(() => (globalThis as unknown as VisitorGlobals).refusal ?? null);
  const state = ({ page }: Visitor) =>
    page.evaluate(() => (globalThis as unknown as VisitorGlobals).connection.session.state);

  /** How the prompt's frame stands: `armed`, `waiting`, `off-screen`, … */
  const attention = (prompt: TestPage) =>
    prompt
      .evaluate(
        () =>
          /armed|waiting|away|unseen|off-screen/.exec(
            document.querySelector('portico-consent-prompt')?.shadowRoot?.querySelector('.frame')
              ?.className ?? '',
          )?.[0] ?? '',
      )
      // It may be closed by now.
      .catch(() => 'gone');
  /** The prompt that has come up, and which no test has seen before. */
  const freshPrompt = async (): Promise<TestPage> => {
    const found = await world().browser.eventually(async () => {
      if ((await prompts()) === 0) return undefined;
      const page = await world().browser.findPage(PROMPT);
      const isFresh = await page
        .evaluate(() => {
          const globals = globalThis as { seen?: boolean };
          const before = globals.seen;
          const isThere = document
            .querySelector('portico-consent-prompt')
            ?.shadowRoot?.querySelector('.buttons');
          if (isThere) globals.seen = true;
          return Boolean(isThere) && before !== true;
        })
        .catch(() => false);
      return isFresh ? page : undefined;
    }, 'the person is asked, in a window that nobody has seen before');
    await found.bringToFront();
    await until('it has been in front for a moment', async () => (await attention(found)) === 'armed');
    return found;
  };
  /** What the host remembers of a visitor that was not let in. */
  const denialsOf = async ({ id }: Visitor) => {
    const { browser, host } = world();
    const page = await browser.openExtensionPage(host, 'options.html');
    const entries = await page.evaluate(
      async () =>
        ((await chrome.storage.local.get('portico.grants'))['portico.grants'] as { principals: unknown[] })
          ?.principals ?? [],
    );
    await page.close();
    return (entries as { principal: { id?: string }; denials?: { denied: number; closed: number }[] }[])
      .filter(({ principal }) => principal.id === id)
      .flatMap(({ denials = [] }) => denials.map(({ denied, closed }) => ({ denied, closed })));
  };

  type Meddle = 'close' | 'move' | 'navigate';
  /** What any extension may do to the window of another one's prompt. */
  const meddle = (how: Meddle) =>
    world().meddler.evaluate(async (how) => {
      const all = await chrome.windows.getAll({ populate: true });
      const window = all.find(({ type }) => type === 'popup');
      const tab = window?.tabs?.[0]?.id;
      const here = (await chrome.tabs.getCurrent())?.windowId;
      if (window?.id === undefined || tab === undefined || here === undefined) throw new Error('no window');
      if (how === 'close') await chrome.windows.remove(window.id);
      else if (how === 'move') await chrome.tabs.move(tab, { windowId: here, index: -1 });
      else await chrome.tabs.update(tab, { url: 'about:blank' });
    }, how);

  test.each([
    ['closes it', 'closed', 'close'],
    ['moves its page away', 'moved', 'move'],
    ['sends it to another page', 'navigated', 'navigate'],
  ] as const)(
    '[A11] another extension that %s denies nothing: the person is asked again, once',
    async (_what, name, how) => {
      const client = visitor(name);
      await ask(client);
      await freshPrompt();
      await meddle(how);
      await freshPrompt();
      expect(await prompts()).toBe(1);
      expect(await refusal(client)).toBe(null);
      expect(await state(client)).toBe('pending');
      await meddle(how);
      await until('the client hears that nobody answers', async () => (await refusal(client)) !== null);
      expect(await refusal(client)).toMatchObject({ code: 'CONSENT_DENIED' });
      await until('no page is left of it', async () => (await prompts()) === 0);
      // Nothing is held against it: the next time it is asked for as if it were the first.
      expect(await denialsOf(client)).toEqual([{ denied: 0, closed: 0 }]);
    },
  );

  test('a person who is at the window and closes it says no by that', async () => {
    const client = visitor('person');
    await ask(client);
    const prompt = await freshPrompt();
    // The key is the first of those that close a window; the rest is the browser's own business.
    await prompt.press('Control');
    // No hand is as quick as a test: the host has heard of the key by then.
    await prompt.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    await prompt.close();
    await until('the client hears of it', async () => (await refusal(client)) !== null);
    expect(await denialsOf(client)).toEqual([{ denied: 0, closed: 1 }]);
    expect(await prompts()).toBe(0);
  });

  test('[A11] a prompt that another extension pushes over the edge of the screen allows nothing there', async () => {
    const { meddler } = world();
    const client = visitor('placed');
    await ask(client);
    const prompt = await freshPrompt();
    const place = (change: object) =>
      meddler.evaluate(async (change) => {
        const all = await chrome.windows.getAll();
        const id = all.find(({ type }) => type === 'popup')?.id ?? -1;
        await chrome.windows.update(id, change);
      }, change);
    const height = await prompt.evaluate(() => outerHeight);
    await place({ top: -Math.floor(height / 3) });
    // Firefox keeps windows on the screen, whatever extensions ask for.
    const isOff = await prompt.evaluate(() => screenY < ((screen as { availTop?: number }).availTop ?? 0));
    expect(isOff).toBe(world().browser.name === 'chromium');
    if (isOff) {
      await until('it says so', async () => (await attention(prompt)) === 'off-screen');
      await prompt.click('portico-consent-prompt >>> .allow');
      expect(await state(client)).toBe('pending');
      expect(await prompts()).toBe(1);
      await prompt.screenshot('artifacts/consent', `${world().browser.name}-off-screen.png`);
      await place({ top: 0 });
    }
    await prompt.bringToFront();
    // The window may just have been moved: whoever is too quick presses again.
    await until('the client is in', async () => {
      if ((await attention(prompt)) === 'armed')
        await prompt.click('portico-consent-prompt >>> .allow').catch(() => {});
      return (await state(client)) === 'open';
    });
  });

  test('[A11] in a window that another extension has opened, nobody is unblocked by one press', async () => {
    const { browser, host, meddler } = world();
    const { id } = visitor('placed');
    const says = (page: TestPage, selector: string) =>
      page.evaluate(
        (selector) =>
          document.querySelector('portico-connections')?.shadowRoot?.querySelector(selector) != null,
        selector,
      );
    const decide = async (page: TestPage, deed: string): Promise<void> => {
      await until(`there is ${deed}`, () => says(page, `[data-deed="${deed}"]`));
      await page.click(`portico-connections >>> [data-deed="${deed}"]`);
      await until('the question counts', () => says(page, '.question .danger[aria-disabled="false"]'));
      await page.click('portico-connections >>> .question .danger');
    };
    const own = await browser.openExtensionPage(host, 'options.html');
    await own.bringToFront();
    await decide(own, `block extension ${id}`);
    const unblock = `unblock extension ${id}`;
    await until('it is blocked', () => says(own, `[data-deed="${unblock}"]`));
    await own.close();

    await meddler.evaluate(
      (url) => chrome.windows.create({ url, type: 'popup', width: 500, height: 500 }).then(() => {}),
      `${host.origin}/options.html`,
    );
    const trap = await browser.findPage('options.html');
    await trap.bringToFront();
    await until('it can be unblocked', () => says(trap, `[data-deed="${unblock}"]`));
    // As soon as the question stands there, whatever a script or an early click presses.
    const early = await trap.evaluate(async (deed) => {
      const root = document.querySelector('portico-connections')?.shadowRoot;
      root?.querySelector<HTMLElement>(`[data-deed="${deed}"]`)?.click();
      for (;;) {
        const yes = root?.querySelector<HTMLElement>('.question .danger');
        if (yes) {
          yes.click();
          return yes.getAttribute('aria-disabled');
        }
        await new Promise((resolve) => setTimeout(resolve));
      }
    }, unblock);
    expect(early).toBe('true');
    expect(await says(trap, `[data-deed="${unblock}"]`)).toBe(true);
    await decide(trap, unblock);
    await until('it is unblocked', async () => !(await says(trap, `[data-deed="${unblock}"]`)));
    await trap.close();
  });
};

/** Another extension does to the windows of Portico Tabs what browsers let every extension do. */
export const meddlingSuite: Suite<MeddlingWorld> = { open, tests };
