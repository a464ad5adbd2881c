import type { ContextHandle, Extension, SimulatedBrowser } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import { derivePrincipal } from '../../../src/host/admission/principal.js';
import { LIVE_SENDERS, type LiveSender } from '../../support/live-senders.js';
import { browserFor, clientOf, hostOf } from './support.js';

const WEB = 'https://news.example/';
const LISTEN = `
  for (const event of ['onConnect', 'onConnectExternal'])
    chrome.runtime[event]?.addListener((port) => { globalThis.last = { event, sender: port.sender }; });
`;

interface Stage {
  readonly browser: SimulatedBrowser;
  readonly host: Extension;
  readonly client: Extension;
  /** Where a caller of the recordings connects from. */
  from(caller: string): Promise<Pick<ContextHandle, 'evaluate'>>;
}

const openStage = async (family: LiveSender['browser']): Promise<Stage> => {
  const browser = browserFor({ profile: family });
  const content = {
    permissions: ['tabs'],
    content_scripts: [{ matches: ['https://news.example/*'], js: ['listen.js'] }],
  };
  const host = await browser.install(
    hostOf(LISTEN, {
      // The recordings were made by extensions that may see where tabs lead.
      permissions: ['tabs'],
      externally_connectable: { ids: ['*'], matches: ['https://news.example/*'] },
    }),
  );
  const files = { 'background.js': LISTEN, 'listen.js': LISTEN, 'popup.html': '', 'frame.html': '' };
  const client = await browser.install(clientOf(content, files));
  const from = async (caller: string) => {
    if (caller.startsWith('the background')) return client.worker;
    if (caller.startsWith('a page in a tab')) return client.openPage('page.html');
    if (caller.startsWith('the popup')) return client.openPopup('popup.html');
    const web = await browser.openTab(WEB);
    if (caller.startsWith('a content script')) return web.content(client);
    if (caller.startsWith('a page framed')) return web.addFrame(`${client.origin}/frame.html`);
    return web;
  };
  return { browser, host, client, from };
};

const last = () =>
  Reflect.get(globalThis, 'last') as { event: string; sender: Record<string, unknown> } | undefined;

/** Connects as the recording did; gives what the receiver was told. */
const senderIn = async ({ browser, host, client, from }: Stage, caller: string) => {
  const context = await from(caller);
  if (caller.includes('to a content script')) {
    const web = await browser.openTab(WEB);
    await context.evaluate((tabId) => void chrome.tabs.connect(tabId), web.id);
    await browser.settle();
    return web.content(client).evaluate(last);
  }
  const isOwn = caller.includes('its own background');
  await context.evaluate((id) => void chrome.runtime.connect(id, { name: 'a' }), isOwn ? client.id : host.id);
  await browser.settle();
  return (isOwn ? client : host).worker.evaluate(last);
};

describe('senders are what the real browsers gave', () => {
  test.each(LIVE_SENDERS)('$browser: $caller', async ({ browser, caller, event, kind, sender }) => {
    const stage = await openStage(browser);
    const told = await senderIn(stage, caller);
    expect(told?.event).toBe(event === 'internal' ? 'onConnect' : 'onConnectExternal');
    const { tab, ...facts } = sender as { tab?: object };
    const { tab: toldTab, ...toldFacts } = (told?.sender ?? {}) as { tab?: object };
    expect(Object.keys(toldFacts).sort()).toEqual(Object.keys(facts).sort());
    expect(Object.keys(toldTab ?? {})).toEqual(expect.arrayContaining(Object.keys(tab ?? {})));
    expect(toldTab === undefined).toBe(tab === undefined);
    const receiver = event === 'internal' ? stage.client : stage.host;
    const own = { browser, id: receiver.id, origin: receiver.origin };
    expect(derivePrincipal(told?.sender, event, own)?.kind).toBe(kind);
  });

  test('a TLS channel ID is empty wherever it is there at all', async () => {
    const browser = browserFor();
    const host = await browser.install(
      hostOf(LISTEN, { externally_connectable: { ids: ['*'], accepts_tls_channel_id: true } }),
    );
    const page = await (await browser.install(clientOf())).openPage('page.html');
    await page.evaluate((id) => void chrome.runtime.connect(id, { includeTlsChannelId: true }), host.id);
    await browser.settle();
    expect((await host.worker.evaluate(last))?.sender).toMatchObject({ tlsChannelId: '' });
  });
});
