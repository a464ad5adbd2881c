import { describe, expect, test } from 'vitest';
import { browserFor, clientOf, ECHO, hostOf, PROFILES, talk } from './support.js';

const COUNT = `
  globalThis.count = 0;
  chrome.runtime.onConnectExternal.addListener((port) => {
    port.onMessage.addListener(() => port.postMessage(++count));
  });
`;

const keepPort = (id: string) => {
  const seen: unknown[] = [];
  const port = chrome.runtime.connect(id);
  Object.assign(globalThis, { seen, port });
  port.onMessage.addListener((message: unknown) => seen.push(message));
  port.onDisconnect.addListener((ended) => {
    const { error } = ended as { error?: { message: string } | null };
    seen.push(`ended ${chrome.runtime.lastError?.message ?? error?.message}`);
  });
};
const postOn = (message: unknown) =>
  (globalThis as unknown as { port: chrome.runtime.Port }).port.postMessage(message);
const seen = () => Reflect.get(globalThis, 'seen') as unknown[];

describe.each(PROFILES)('backgrounds in %s', (profile) => {
  const stage = async (script: string, manifest: object = {}) => {
    const browser = browserFor({ profile });
    const host = await browser.install(hostOf(script, manifest));
    const client = await browser.install(clientOf());
    return { browser, host, client, page: await client.openPage('page.html') };
  };

  test('stop after 30 idle seconds, an open silent port or not, and forget everything', async () => {
    const { browser, host, page } = await stage(COUNT);
    await page.evaluate(keepPort, host.id);
    await page.evaluate(postOn, 'a');
    await browser.advance('29s');
    expect(host.worker.state).toBe('running');
    await browser.advance('2s');
    expect(host.worker.state).toBe('stopped');
    // No error: nothing tells it from a deliberate close.
    expect(await page.evaluate(seen)).toEqual([1, 'ended undefined']);
    expect(await page.evaluate(talk, host.id, ['a'], 1)).toMatchObject({ received: [1] });
    expect(host.worker.starts).toBe(2);
  });

  test('messages keep them running', async () => {
    const { browser, host, page } = await stage(COUNT);
    await page.evaluate(keepPort, host.id);
    for (let i = 0; i < 5; i++) {
      await browser.advance('20s');
      await page.evaluate(postOn, i);
    }
    expect(host.worker.state).toBe('running');
    expect(host.worker.starts).toBe(1);
  });

  test('a timer does not: one of 45 seconds never goes off', async () => {
    const { browser, host } = await stage('setTimeout(() => console.log("rang"), 45_000);');
    await browser.advance('5m');
    expect(browser.console).toEqual([]);
    expect(host.worker.state).toBe('stopped');
  });

  test('stopped on demand: a new connection wakes it, and what was posted meanwhile arrives', async () => {
    const { browser, host, page } = await stage(ECHO);
    await host.worker.stop();
    expect(host.worker.state).toBe('stopped');
    const before = browser.now;
    expect((await page.evaluate(talk, host.id, [1, 2, 3], 3)).received).toHaveLength(3);
    expect(browser.now - before).toBeGreaterThanOrEqual(25);
  });

  test('a host without a listener is found out: later than an absent one', async () => {
    const { browser, host, page } = await stage('');
    await host.worker.stop();
    const before = browser.now;
    expect((await page.evaluate(talk, host.id, [], 1)).words).toMatch(/does not exist/);
    expect(browser.now - before).toBeGreaterThanOrEqual(25);
  });

  test('the events of their lives', async () => {
    const script = `
      chrome.runtime.onInstalled.addListener(({ reason, previousVersion }) => console.log(reason, previousVersion ?? ''));
      chrome.runtime.onStartup.addListener(() => console.log('startup'));
    `;
    const { browser, host } = await stage(script, { version: '1.0' });
    await host.update({ manifest: { name: 'Host', version: '2.0' }, files: { 'background.js': script } });
    await host.disable();
    // Enabling fires neither.
    await host.enable();
    await browser.restart();
    expect(browser.console.map(({ text }) => text.trim())).toEqual(['install', 'update 1.0', 'startup']);
    expect(host.manifest.version).toBe('2.0');
  });

  test('update, disabling and removal close ports like sleep', async () => {
    const { browser, host, page } = await stage(ECHO);
    for (const end of [
      () => host.update(),
      () => host.disable(),
      () => host.enable().then(() => host.uninstall()),
    ]) {
      await page.evaluate(keepPort, host.id);
      await browser.settle();
      await end();
      const ended = await page.evaluate(seen);
      if (host.isEnabled) expect(ended).toEqual(['ended undefined']);
      else expect(ended.at(-1)).toMatch(/^ended /);
    }
    expect(() => browser.extension(host.id)).toThrow(/no extension .* is installed/);
    expect((await page.evaluate(talk, host.id, [], 1)).words).toMatch(/does not exist/);
  });

  test('a page of an extension that goes away is closed; a content script is an orphan, or ended and run anew', async () => {
    const browser = browserFor({ profile });
    const manifest = { content_scripts: [{ matches: ['https://*/*'], js: ['content.js'] }] };
    const client = await browser.install(clientOf(manifest, { 'content.js': '' }));
    const page = await client.openPage('page.html');
    const web = await browser.openTab('https://news.example/');
    const content = web.content(client);
    await client.update();
    expect(page.isOpen).toBe(false);
    if (profile === 'firefox') {
      await expect(content.evaluate(() => 1)).rejects.toThrow();
      expect(await web.content(client).evaluate(() => chrome.runtime.id)).toBe(client.id);
      return;
    }
    expect(await content.evaluate(() => typeof chrome.runtime.id)).toBe('undefined');
    await expect(content.evaluate(() => void chrome.runtime.connect())).rejects.toThrow(
      'Extension context invalidated.',
    );
  });

  test('events of tabs wake whoever listened to them', async () => {
    const { browser, host } = await stage(
      'chrome.tabs.onCreated.addListener(({ id }) => console.log("tab " + id));',
    );
    await host.worker.stop();
    const tab = await browser.openTab('https://news.example/');
    expect(browser.console.map(({ text }) => text)).toContain(`tab ${tab.id}`);
    expect(host.worker.starts).toBe(2);
  });

  test('a message to a background that is started again is not for the earlier one', async () => {
    const { browser, host, page } = await stage(COUNT);
    await page.evaluate(keepPort, host.id);
    await page.evaluate(postOn, 'a');
    await host.worker.stop();
    await host.worker.start();
    await host.worker.stop();
    await host.worker.start();
    expect(host.worker.starts).toBe(3);
    await browser.settle();
    expect(await host.worker.evaluate(() => Reflect.get(globalThis, 'count'))).toBe(0);
  });
});

test('a thousand virtual minutes of idle clients are few steps', async () => {
  const browser = browserFor();
  const host = await browser.install(hostOf(ECHO));
  const client = await browser.install(clientOf());
  for (let i = 0; i < 10; i++) await (await client.openPage('page.html')).evaluate(keepPort, host.id);
  const before = browser.trace.entries.length;
  await browser.advance('1000m');
  expect(browser.trace.entries.length - before).toBeLessThan(20);
  expect(host.worker.state).toBe('stopped');
});
