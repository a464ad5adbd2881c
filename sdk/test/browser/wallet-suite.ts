import { expect, test } from 'vitest';
import {
  answerConfirmation,
  answerPrompt,
  type ConsentGlobals,
  closePrompt,
  readPrompt,
} from './support/anywhere/consent-pages.js';
import type { Suite, TestWorld } from './support/anywhere/describe-anywhere.js';
import type { InstalledExtension, StartableBrowser, TestPage } from './support/anywhere/test-browser.js';
import { bundle } from './support/bundle.js';
import { makeFolder } from './support/folder.js';
import { manifestOf } from './support/manifests.js';

/** What the client's page shows to the test. */
interface WalletGlobals {
  readonly wallet: {
    request(call: {
      method: string;
      params?: unknown;
    }): Promise<{ result?: unknown; error?: number; code?: string }>;
    follow(): Promise<string>;
  };
}

interface WalletWorld extends TestWorld {
  readonly host: InstalledExtension;
  readonly client: InstalledExtension;
  /** The client's page, in a tab. */
  readonly page: TestPage;
  /** A page of the host's: where the person takes back what was allowed. */
  readonly person: TestPage;
}

const html = (title: string): string =>
  `<!doctype html><meta charset="utf-8"><title>${title}</title><script type="module" src="page.js"></script>`;

let bundles: Promise<readonly [string, string, string]> | undefined;
const bundled = () =>
  (bundles ??= Promise.all([
    bundle('wallet-host/background.ts', 'esm'),
    bundle('wallet-host/page.ts', 'esm'),
    bundle('wallet-client/page.ts', 'esm'),
  ]));

const open = async ({ name, start }: StartableBrowser): Promise<WalletWorld> => {
  const folder = await makeFolder();
  const [background, hostPage, clientPage] = await bundled();
  await folder.write('wallet-host', {
    'manifest.json': manifestOf('wallet-host', name, { permissions: ['storage'] }),
    'background.js': background,
    'page.js': hostPage,
    'page.html': html('Wallet'),
    'prompt.html': html('A question'),
  });
  await folder.write('wallet-client', {
    'manifest.json': manifestOf('wallet-client', name, {}),
    'background.js': '',
    'page.js': clientPage,
    'page.html': html('Site'),
  });
  const browser = await start({
    extensions: [folder.directoryOf('wallet-host'), folder.directoryOf('wallet-client')],
    pages: { '/': '<!doctype html><title>A page</title>' },
  });
  const close = async (): Promise<void> => {
    await browser.close();
    await folder.remove();
  };
  try {
    const [host, client] = browser.extensions as [InstalledExtension, InstalledExtension];
    const person = await browser.openExtensionPage(host, 'page.html');
    const page = await browser.openExtensionPage(client, 'page.html');
    return { browser, host, client, page, person, close };
  } catch (error) {
    await close();
    throw error;
  }
};

const PROMPT = 'prompt.html';

const tests: Suite<WalletWorld>['tests'] = (world) => {
  const request = (method: string, params?: unknown) =>
    world().page.evaluate(
      (call) => (globalThis as unknown as WalletGlobals).wallet.request(call),
      params === undefined ? { method } : { method, params },
    );
  /** Begins a request, and gives its outcome later: the page keeps it. */
  const begin = async (as: string, method: string, params?: unknown): Promise<() => Promise<unknown>> => {
    await world().page.evaluate(
      (as, call) => {
        const outcomes = (globalThis as { outcomes?: Record<string, unknown> }).outcomes ?? {};
        Object.assign(globalThis, { outcomes });
        void (globalThis as unknown as WalletGlobals).wallet.request(call).then((outcome) => {
          outcomes[as] = outcome;
        });
      },
      as,
      params === undefined ? { method } : { method, params },
    );
    return () =>
      world().browser.eventually(
        async () =>
          (await world().page.evaluate(
            (as) => (globalThis as { outcomes?: Record<string, unknown> }).outcomes?.[as] ?? null,
            as,
          )) ?? undefined,
        `${as} has an outcome`,
      );
  };
  const prompts = () => world().browser.countPages(`${PROMPT}?prompt=`);
  const signatures = () =>
    world().person.evaluate(async () => {
      const { signed = 0 } = await chrome.storage.local.get('signed');
      return Number(signed);
    });
  const takeBack = (how: 'revoke' | 'forget') =>
    world().person.evaluate(async (how) => {
      const { connections } = (globalThis as unknown as ConsentGlobals).consent;
      const [connection] = await connections.list();
      await connections[how]({ key: connection?.caller.key ?? '' });
    }, how);

  test('what is unrestricted asks nobody, and what is not gives nothing', async () => {
    expect(await request('chainId')).toEqual({ result: '0x1' });
    expect(await request('accounts')).toEqual({ result: [] });
    expect(await request('sign', { account: '0xa', payload: 'x' })).toEqual({ result: { error: 4100 } });
    expect(await request('constructor')).toEqual({ error: -32601 });
    expect(await prompts()).toBe(0);
  });

  test('[A11] a second requestAccounts while one is pending says so, and there is one prompt', async () => {
    const { browser, client } = world();
    const first = await begin('first', 'requestAccounts');
    const prompt = await readPrompt(browser, PROMPT);
    expect(prompt).toMatchObject({
      kind: 'grant',
      caller: { kind: 'extension', id: client.id },
      capabilities: [{ name: 'accounts', needed: true, choices: ['Savings', 'Pocket money'] }],
    });
    expect(await request('requestAccounts')).toEqual({ error: -32002, code: 'CONSENT_PENDING' });
    expect(await prompts()).toBe(1);
    await answerPrompt(browser, PROMPT, { accounts: { verdict: 'always', choices: [0] } });
    expect(await first()).toEqual({ result: ['0xa'] });
    expect(await request('accounts')).toEqual({ result: ['0xa'] });
  });

  test('each signature is asked for, and only for the account that was allowed', async () => {
    const { browser } = world();
    expect(await request('sign', { account: '0xb', payload: 'x' })).toMatchObject({ error: 4100 });
    expect(await prompts()).toBe(0);
    const declined = await begin('declined', 'sign', { account: '0xa', payload: 'ten coins' });
    expect(await readPrompt(browser, PROMPT)).toMatchObject({
      kind: 'confirm',
      confirmation: {
        title: 'Sign this?',
        details: [
          { label: 'Account', value: '0xa' },
          { label: 'Payload', value: 'ten coins' },
        ],
      },
    });
    await answerConfirmation(browser, PROMPT, false);
    expect(await declined()).toMatchObject({ error: 4001 });
    const closed = await begin('closed', 'sign', { account: '0xa', payload: 'x' });
    await closePrompt(browser, PROMPT);
    expect(await closed()).toMatchObject({ error: 4001 });
    expect(await signatures()).toBe(0);
    const agreed = await begin('agreed', 'sign', { account: '0xa', payload: 'one coin' });
    await answerConfirmation(browser, PROMPT, true);
    expect(await agreed()).toEqual({ result: 'signed:one coin' });
    expect(await signatures()).toBe(1);
  });

  test('[A16] a host that stops in the middle of a question settles it, and never signs twice', async () => {
    const { browser, host } = world();
    const cut = await begin('cut', 'sign', { account: '0xa', payload: 'lost' });
    await browser.findPage(`${PROMPT}?prompt=`);
    await browser.stopBackground(host);
    expect(await cut()).toMatchObject({ error: -32603, code: 'OUTCOME_UNKNOWN' });
    // What a question about one call was about is gone with its host: its window goes with the next start.
    expect(await request('chainId')).toEqual({ result: '0x1' });
    await browser.eventually(async () => ((await prompts()) === 0 ? true : undefined), 'no question is left');
    expect(await signatures()).toBe(1);
    expect(await request('accounts')).toEqual({ result: ['0xa'] });
  });

  test('[A15] taking it back ends the events, and the next use has nothing', async () => {
    const { browser, page } = world();
    await page.evaluate(() => {
      const { wallet } = globalThis as unknown as WalletGlobals;
      void wallet.follow().then((end) => Object.assign(globalThis, { end }));
    });
    const follows = () => page.evaluate(() => 'follows' in globalThis);
    await browser.eventually(async () => (await follows()) || undefined, 'the client follows');
    await takeBack('revoke');
    const end = () => page.evaluate(() => (globalThis as { end?: string }).end ?? null);
    expect(await browser.eventually(async () => (await end()) ?? undefined, 'the events end')).toBe(
      'GRANT_REVOKED',
    );
    expect(await request('accounts')).toEqual({ result: [] });
    expect(await request('sign', { account: '0xa', payload: 'x' })).toEqual({ result: { error: 4100 } });
    // What a person has just taken away, nobody asks them for again.
    expect(await request('requestAccounts')).toEqual({ error: 4001, code: 'CONSENT_DENIED' });
    expect(await prompts()).toBe(0);
  });

  test('a question for a capability survives a stop of its host: who asks again finds the answer', async () => {
    const { browser, host } = world();
    await takeBack('forget');
    const cut = await begin('asked', 'requestAccounts');
    await browser.findPage(`${PROMPT}?prompt=`);
    await browser.stopBackground(host);
    expect(await cut()).toMatchObject({ error: -32603, code: 'DISCONNECTED' });
    await answerPrompt(browser, PROMPT, { accounts: { verdict: 'always', choices: [1] } });
    expect(await request('requestAccounts')).toEqual({ result: ['0xb'] });
    expect(await prompts()).toBe(0);
  });

  test('[A13] a stranger that opens pages of the host keeps nobody from answering', async () => {
    const { browser, host, page, person } = world();
    await takeBack('forget');
    const url = `${host.origin}/page.html?busy`;
    // Only in Chromium does a stranger know the address.
    const strangers = !browser.isSimulated && browser.name === 'chromium';
    for (let n = 0; n < 12; n++)
      if (strangers) await page.evaluate((url) => void chrome.tabs.create({ url, active: false }), url);
      else await browser.openExtensionPage(host, 'page.html?busy');
    const dialled = () =>
      person.evaluate(async () => {
        const keys = Object.keys(await chrome.storage.local.get(null));
        return keys.filter((key) => key.startsWith('dialled')).length;
      });
    await browser.eventually(async () => ((await dialled()) === 12 ? true : undefined), 'all have dialled');
    const asked = await begin('crowded', 'requestAccounts');
    await answerPrompt(browser, PROMPT, { accounts: { verdict: 'always', choices: [0] } });
    expect(await asked()).toEqual({ result: ['0xa'] });
    await takeBack('forget');
    expect(await request('accounts')).toEqual({ result: [] });
  });
};

/** Scenario S2, as far as it is about consent. */
export const walletSuite: Suite<WalletWorld> = { open, tests };
