import type { ProfileName } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import { browserFor, clientOf, ECHO, hostOf, PROFILES, talk } from './support.js';

const NOBODY = 'Could not establish connection. Receiving end does not exist.';
const ABSENT: Readonly<Record<ProfileName, string>> = {
  chromium: 'a'.repeat(32),
  'chromium-clone': 'a'.repeat(32),
  firefox: 'absent@example.org',
};

const stage = async (profile: ProfileName, host: Parameters<ReturnType<typeof browserFor>['install']>[0]) => {
  const browser = browserFor({ profile });
  const hosting = await browser.install(host);
  const client = await browser.install(clientOf());
  return { browser, host: hosting, client, page: await client.openPage('page.html') };
};

describe.each(PROFILES)('ports in %s', (profile) => {
  test('messages come in order, both ways', async () => {
    const { page, host } = await stage(profile, hostOf(ECHO));
    const numbers = Array.from({ length: 50 }, (_, i) => i);
    const { received } = await page.evaluate(talk, host.id, numbers, 50);
    expect(received).toEqual(numbers.map((n) => ({ echo: n })));
  });

  test('an extension that is not there: the port ends a moment later, with one error', async () => {
    const { page, browser } = await stage(profile, hostOf(''));
    expect(await page.evaluate(talk, ABSENT[profile], ['lost'], 1)).toEqual({
      received: [],
      ended: true,
      words: NOBODY,
    });
    expect(browser.errors).toEqual([]);
  });

  test('nobody listens, or the extension is disabled: the same words', async () => {
    const { page, host } = await stage(profile, hostOf(''));
    expect((await page.evaluate(talk, host.id, [], 1)).words).toBe(NOBODY);
    await host.disable();
    expect((await page.evaluate(talk, host.id, [], 1)).words).toBe(NOBODY);
  });

  test('whoever disconnects is not told; the other side is, after what was sent before', async () => {
    const host = hostOf(`
      const log = globalThis.log = [];
      chrome.runtime.onConnectExternal.addListener((port) => {
        port.onMessage.addListener((message) => log.push(message));
        port.onDisconnect.addListener((ended) => log.push('ended', ended === port));
      });
    `);
    const { page, host: hosting, browser } = await stage(profile, host);
    await page.evaluate((id) => {
      const port = chrome.runtime.connect(id, { name: 'a' });
      Object.assign(globalThis, { told: false });
      port.onDisconnect.addListener(() => Object.assign(globalThis, { told: true }));
      port.postMessage(1);
      port.postMessage(2);
      port.disconnect();
    }, hosting.id);
    await browser.settle();
    expect(await hosting.worker.evaluate(() => (globalThis as unknown as { log: unknown[] }).log)).toEqual([
      1,
      2,
      'ended',
      true,
    ]);
    expect(await page.evaluate(() => Reflect.get(globalThis, 'told'))).toBe(false);
  });

  test('posting on a port that is closed throws in the words of the browser', async () => {
    const { page, host } = await stage(profile, hostOf(ECHO));
    const words = await page.evaluate((id) => {
      const port = chrome.runtime.connect(id, { name: 'a' });
      port.disconnect();
      port.disconnect();
      try {
        port.postMessage(1);
        return 'nothing';
      } catch (error) {
        return error instanceof Error ? error.message : 'no Error of this realm';
      }
    }, host.id);
    expect(words).toBe(
      profile === 'firefox'
        ? 'Attempt to postMessage on disconnected port'
        : 'Attempting to use a disconnected port object',
    );
  });

  test('onConnectExternal for others, onConnect for itself, never the context that connects', async () => {
    const script = `
      const log = globalThis.log = [];
      for (const event of ['onConnect', 'onConnectExternal'])
        chrome.runtime[event].addListener((port) => log.push(event + ' ' + port.name));
    `;
    const { page, host, browser } = await stage(profile, hostOf(script, {}, { 'page.html': '' }));
    const own = await host.openPage('page.html');
    const connect = (id: string, name: string) => void chrome.runtime.connect(id, { name });
    await page.evaluate(connect, host.id, 'from the client');
    await browser.settle();
    await own.evaluate(connect, host.id, 'from its page');
    await browser.settle();
    await own.evaluate(() => void chrome.runtime.connect({ name: 'without an id' }));
    await browser.settle();
    await host.worker.evaluate(() => void chrome.runtime.connect({ name: 'from itself' }));
    const log = await host.worker.evaluate(() => (globalThis as unknown as { log: string[] }).log);
    expect(log).toEqual([
      'onConnectExternal from the client',
      'onConnect from its page',
      'onConnect without an id',
    ]);
  });

  test('an error that nobody reads', async () => {
    const { page, browser, client } = await stage(profile, hostOf(''));
    await page.evaluate((id) => void chrome.runtime.connect(id), ABSENT[profile]);
    await browser.settle();
    const unread = browser.errors.filter(({ kind }) => kind === 'unchecked-last-error');
    if (profile === 'firefox') expect(unread).toEqual([]);
    else {
      const extension = { id: client.id, name: 'Client' };
      expect(unread).toMatchObject([{ extension, message: `Unchecked runtime.lastError: ${NOBODY}` }]);
    }
  });

  test('a string that is no id', async () => {
    const { page } = await stage(profile, hostOf(''));
    const outcome = page.evaluate(talk, 'bad', [], 1);
    if (profile === 'firefox') expect((await outcome).words).toBe(NOBODY);
    else await expect(outcome).rejects.toThrow("Invalid extension id: 'bad'");
  });

  test('several receivers: the first that disconnects ends it for the opener; Firefox tells the others too', async () => {
    const listen = `
      globalThis.log = [];
      chrome.runtime.onConnect.addListener((port) => {
        globalThis.port = port;
        port.onMessage.addListener((message) => log.push(message));
        port.onDisconnect.addListener(() => log.push('ended'));
      });
    `;
    const files = {
      'a.html': '<script src="listen.js"></script>',
      'b.html': '<script src="listen.js"></script>',
      'c.html': '',
      'listen.js': listen,
    };
    const browser = browserFor({ profile });
    const extension = await browser.install(hostOf(listen, {}, files));
    const [a, b, c] = [
      await extension.openPage('a.html'),
      await extension.openPage('b.html'),
      await extension.openPage('c.html'),
    ];
    await c.evaluate(() => {
      const port = chrome.runtime.connect({ name: 'many' });
      Object.assign(globalThis, { port, ended: false });
      port.onDisconnect.addListener(() => Object.assign(globalThis, { ended: true }));
      port.postMessage('to all');
    });
    await browser.settle();
    await a.evaluate(() => (globalThis as unknown as { port: chrome.runtime.Port }).port.disconnect());
    await browser.settle();
    const log = () => (globalThis as unknown as { log: unknown[] }).log;
    expect(await a.evaluate(log)).toEqual(['to all']);
    const others = profile === 'firefox' ? ['to all', 'ended'] : ['to all'];
    expect(await b.evaluate(log)).toEqual(others);
    expect(await extension.worker.evaluate(log)).toEqual(others);
    expect(await c.evaluate(() => Reflect.get(globalThis, 'ended'))).toBe(true);
  });

  test('one of several receivers goes away: Chromium keeps the port, Firefox ends it', async () => {
    const listen = 'chrome.runtime.onConnect.addListener(() => {});';
    const browser = browserFor({ profile });
    const files = { 'a.html': '<script src="a.js"></script>', 'a.js': listen, 'c.html': '' };
    const extension = await browser.install(hostOf(listen, {}, files));
    const a = await extension.openPage('a.html');
    const c = await extension.openPage('c.html');
    await c.evaluate(() => {
      Object.assign(globalThis, { ended: false });
      chrome.runtime.connect().onDisconnect.addListener(() => Object.assign(globalThis, { ended: true }));
    });
    await browser.settle();
    const ended = () => Reflect.get(globalThis, 'ended');
    await a.close();
    expect(await c.evaluate(ended)).toBe(profile === 'firefox');
    await extension.worker.stop();
    expect(await c.evaluate(ended)).toBe(true);
  });
});

describe('externally_connectable', () => {
  const page = 'https://news.example/';
  const connectFrom = async (manifest: object) => {
    const browser = browserFor();
    const host = await browser.install(hostOf(ECHO, { externally_connectable: manifest }));
    const client = await browser.install(clientOf());
    const own = await client.openPage('page.html');
    const web = await browser.openTab(page);
    const hasRuntime = await web.evaluate(() => typeof chrome.runtime?.connect);
    const fromWeb = hasRuntime === 'function' ? await web.evaluate(talk, host.id, [1], 1) : hasRuntime;
    return { fromExtension: (await own.evaluate(talk, host.id, [1], 1)).ended ? 'refused' : 'in', fromWeb };
  };

  test('absent: every extension, no page', async () => {
    const browser = browserFor();
    const host = await browser.install(hostOf(ECHO));
    const client = await browser.install(clientOf());
    const own = await client.openPage('page.html');
    expect(await own.evaluate(talk, host.id, [1], 1)).toMatchObject({ received: [{ echo: 1 }] });
    const web = await browser.openTab(page);
    expect(await web.evaluate(() => typeof chrome.runtime)).toBe('undefined');
  });

  test('matches without ids cuts off all extensions', async () => {
    expect(await connectFrom({ matches: ['https://*.example/*'] })).toMatchObject({
      fromExtension: 'refused',
      fromWeb: { received: [{ echo: 1 }] },
    });
  });

  test('ids alone lets no page in', async () => {
    expect(await connectFrom({ ids: ['*'] })).toEqual({ fromExtension: 'in', fromWeb: 'undefined' });
  });

  test('Firefox knows no such key', async () => {
    const browser = browserFor({ profile: 'firefox' });
    const host = await browser.install(hostOf(ECHO, { externally_connectable: { matches: [page] } }));
    const client = await browser.install(clientOf());
    const own = await client.openPage('page.html');
    expect(await own.evaluate(talk, host.id, [1], 1)).toMatchObject({ ended: false });
    const web = await browser.openTab(page);
    expect(
      await web.evaluate(() => [
        typeof Reflect.get(globalThis, 'chrome'),
        typeof Reflect.get(globalThis, 'browser'),
      ]),
    ).toEqual(['undefined', 'undefined']);
  });
});
