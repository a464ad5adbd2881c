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
import { manifestOf } from '../../../sdk/test/browser/support/manifests.js';

type Tabs = typeof tabsProtocol;

/** What the visitor's page shows to the test. */
interface VisitorGlobals {
  readonly portico: {
    connect(protocol: Tabs, options: object): Connection<Tabs, 'read', 'titles'>;
    readonly tabs: Tabs;
  };
  connection: Connection<Tabs, never, 'read' | 'titles'>;
  states: string[];
  ready: Promise<unknown>;
  ended: { code: string; after: number };
}

interface ConsentWorld extends TestWorld {
  readonly host: InstalledExtension;
  readonly visitor: InstalledExtension;
  /** A page of an extension that Portico Tabs has never heard of. */
  readonly page: TestPage;
}

const html =
  '<!doctype html><meta charset="utf-8"><title>Visitor</title><script type="module" src="page.js"></script>';

const open = async ({ name, start }: StartableBrowser): Promise<ConsentWorld> => {
  const folder = await makeFolder();
  await folder.write('visitor', {
    'manifest.json': manifestOf('visitor', name, {}),
    'background.js': '',
    'page.js': await bundle('visitor/page.ts', 'esm'),
    'page.html': html,
  });
  const browser = await start({
    extensions: [builtExtension('host-extension', name), folder.directoryOf('visitor')],
    pages: { '/': '<!doctype html><title>A secret title</title>' },
  });
  const close = async (): Promise<void> => {
    await browser.close();
    await folder.remove();
  };
  try {
    const [host, visitor] = browser.extensions as [InstalledExtension, InstalledExtension];
    await browser.openPage(browser.url('/'));
    const page = await browser.openExtensionPage(visitor, 'page.html');
    return { browser, host, visitor, page, close };
  } catch (error) {
    await close();
    throw error;
  }
};

const PROMPT = 'consent.html?prompt=';

/** What an element's shadow says. */
const says = (page: TestPage, element: string): Promise<string> =>
  page.evaluate((element) => document.querySelector(element)?.shadowRoot?.textContent ?? '', element);

const tests: Suite<ConsentWorld>['tests'] = (world) => {
  /** A new connection of the visitor's page, as after a reload. */
  const connect = () =>
    world().page.evaluate(() => {
      const globals = globalThis as unknown as VisitorGlobals;
      const { portico } = globals;
      globals.connection = portico.connect(portico.tabs, {
        needs: [],
        wants: ['read', 'titles'],
        name: 'Very Honest Tabs \u202e',
      }) as never;
      globals.states = [];
      globals.connection.session.onChange((state) => globals.states.push(state));
      globals.ready = globals.connection.session.ready().catch(() => {});
    });
  const state = () =>
    world().page.evaluate(() => (globalThis as unknown as VisitorGlobals).connection.session.state);
  const info = () =>
    world().page.evaluate(() => {
      const {
        granted = [],
        refused = {},
        pending = [],
      } = (globalThis as unknown as VisitorGlobals).connection.session.info ?? {};
      return { granted: [...granted], refused: { ...refused }, pending: [...pending] };
    });
  const list = () =>
    world().page.evaluate(async () => {
      const read = await (globalThis as unknown as VisitorGlobals).connection.has('read');
      return read ? (await read.list()).map((tab) => Object.keys(tab)) : 'not granted';
    });
  const until = (what: string, ask: () => Promise<boolean>) =>
    world().browser.eventually(async () => ((await ask()) ? true : undefined), what);
  const prompts = () => world().browser.countPages(PROMPT);

  test('an unknown client is held at pending, and a window asks the person', async () => {
    await connect();
    await until('the client is held', async () => (await state()) === 'pending');
    const { browser, visitor } = world();
    const prompt = await browser.findPage(PROMPT);
    await until('the prompt shows who asks', async () =>
      (await says(prompt, 'portico-consent-prompt')).includes(visitor.id),
    );
    const text = await says(prompt, 'portico-consent-prompt');
    expect(text).toContain('See which tabs are open');
    expect(text).toContain('Very Honest Tabs');
    // [A11] the id that the browser vouches for stands before the name that nobody does, which is cleaned.
    expect(text.indexOf(visitor.id)).toBeLessThan(text.indexOf('Very Honest Tabs'));
    expect(text).not.toContain('\u202e');
    expect(await info()).toEqual({ granted: [], refused: {}, pending: [] });
    await prompt.screenshot('artifacts/consent', `${browser.name}-prompt.png`);
  });

  test('[A11] nothing is allowed by a click that comes before the person can have looked', async () => {
    const { browser } = world();
    const prompt = await browser.findPage(PROMPT);
    // A click of a script, as one that was prepared under the pointer: not trusted, and too early.
    await prompt.evaluate(() => {
      const { shadowRoot } = document.querySelector('portico-consent-prompt') as Element;
      for (const button of shadowRoot?.querySelectorAll<HTMLElement>('.allow') ?? []) button.click();
    });
    expect(await prompts()).toBe(1);
    expect(await state()).toBe('pending');
  });

  test('the person allows one of two capabilities, and the client works with that one', async () => {
    const { browser } = world();
    const prompt = await browser.findPage(PROMPT);
    await prompt.bringToFront();
    const place = await prompt.evaluate(() => {
      const { shadowRoot } = document.querySelector('portico-consent-prompt') as Element;
      const labels = [...(shadowRoot?.querySelectorAll('label[for^="capability-"]') ?? [])];
      return labels.findIndex(({ textContent }) => textContent?.includes('which tabs are open'));
    });
    const isTicked = await prompt.evaluate((place) => {
      const { shadowRoot } = document.querySelector('portico-consent-prompt') as Element;
      return shadowRoot?.querySelector<HTMLInputElement>(`#capability-${place}`)?.checked ?? false;
    }, place);
    if (!isTicked) await prompt.click(`portico-consent-prompt >>> #capability-${place}`);
    await until('allowing is possible', () =>
      prompt.evaluate(() => {
        const { shadowRoot } = document.querySelector('portico-consent-prompt') as Element;
        return shadowRoot?.querySelector('.allow:last-of-type')?.getAttribute('aria-disabled') === 'false';
      }),
    );
    await prompt.click('portico-consent-prompt >>> .allow:last-of-type').catch(() => {});
    await until('the window is gone', async () => (await prompts()) === 0);
    await until('the client is in', async () => (await state()) === 'open');
    expect(await info()).toEqual({ granted: ['read'], refused: { titles: 'CONSENT_DENIED' }, pending: [] });
    const listed = await list();
    expect(listed).not.toBe('not granted');
    for (const keys of listed as string[][]) expect(keys).not.toContain('title');
  });

  test('the grant holds when the host’s worker was stopped, and nobody is asked again', async () => {
    const { browser, host } = world();
    await browser.stopBackground(host);
    await until('the client has noticed', async () => (await state()) === 'dormant');
    expect(await list()).not.toBe('not granted');
    await connect();
    expect(await list()).not.toBe('not granted');
    expect((await info()).granted).toEqual(['read']);
    expect(await prompts()).toBe(0);
  });

  test('[A15] the person revokes on the connections page, and a running subscription ends with a typed reason', async () => {
    const { browser, host, visitor, page } = world();
    await page.evaluate(async () => {
      const globals = globalThis as unknown as VisitorGlobals;
      const read = await globals.connection.has('read');
      if (!read) throw new Error('not granted');
      const changes = read.changed();
      void (async () => {
        try {
          for await (const _change of changes);
        } catch (error) {
          globals.ended = { code: (error as { code: string }).code, after: Date.now() };
        }
      })();
    });
    const options = await browser.openExtensionPage(host, 'options.html');
    await options.bringToFront();
    const deed = `[data-deed^="revoke extension ${visitor.id}"]`;
    await until('the page shows the visitor', () =>
      options.evaluate(
        (deed) => document.querySelector('portico-connections')?.shadowRoot?.querySelector(deed) != null,
        deed,
      ),
    );
    await options.screenshot('artifacts/consent', `${browser.name}-connections.png`);
    await options.click(`portico-connections >>> ${deed}`);
    await until('the question has been seen', () =>
      options.evaluate(
        () =>
          document
            .querySelector('portico-connections')
            ?.shadowRoot?.querySelector('.question .danger[aria-disabled="false"]') != null,
      ),
    );
    const started = Date.now();
    await options.click('portico-connections >>> .question .danger');
    const ended = await browser.eventually(
      () =>
        page
          .evaluate(() => (globalThis as unknown as VisitorGlobals).ended ?? null)
          .then((end) => end ?? undefined),
      'the subscription ends',
    );
    expect(ended.code).toBe('GRANT_REVOKED');
    console.log(
      `${browser.name}: the subscription ended ${ended.after - started} ms after the click that revoked`,
    );
    expect((await info()).granted).toEqual([]);
    expect(await list()).toBe('not granted');
    await options.close();
  });
};

/** A person decides about a client that nobody knows, in the windows that Portico Tabs has for it. */
export const consentSuite: Suite<ConsentWorld> = { open, tests };
