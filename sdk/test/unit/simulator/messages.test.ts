import { describe, expect, test } from 'vitest';
import { browserFor, clientOf, hostOf, PROFILES } from './support.js';

const send = async (id: string, message: unknown) => {
  try {
    return { response: await chrome.runtime.sendMessage(id, message) };
  } catch (error) {
    return { error: (error as Error).message };
  }
};

describe.each(PROFILES)('sendMessage in %s', (profile) => {
  const stage = async (script: string) => {
    const browser = browserFor({ profile });
    const host = await browser.install(hostOf(script, {}, { 'page.html': '' }));
    const page = await (await browser.install(clientOf())).openPage('page.html');
    return { browser, host, page };
  };

  test('an answer at once, and one that takes its time', async () => {
    const { host, page } = await stage(`
      chrome.runtime.onMessageExternal.addListener((message, sender, respond) => {
        if (message === 'now') respond({ id: sender.id });
        else { setTimeout(respond, 60_000, 'later'); return true; }
      });
    `);
    const client = page.url.split('/')[2];
    const { response } = await page.evaluate(send, host.id, 'now');
    if (profile !== 'firefox') expect(response).toEqual({ id: client });
    expect(await page.evaluate(send, host.id, 'wait')).toEqual({ response: 'later' });
  });

  test('nobody listens', async () => {
    const { host, page } = await stage('');
    expect(await page.evaluate(send, host.id, 'a')).toEqual({
      error: 'Could not establish connection. Receiving end does not exist.',
    });
  });

  test('somebody listens and says nothing', async () => {
    const { host, page } = await stage('chrome.runtime.onMessageExternal.addListener(() => {});');
    expect(await page.evaluate(send, host.id, 'a')).toEqual({ response: undefined });
  });

  test('whoever promised an answer is stopped', async () => {
    const { host, page, browser } = await stage('chrome.runtime.onMessageExternal.addListener(() => true);');
    const outcome = page.evaluate(send, host.id, 'a');
    await browser.settle();
    await host.worker.stop();
    expect(await outcome).toEqual({
      error: expect.stringMatching(/message channel closed before a response|went out of scope/),
    });
  });

  test('a background that owes an answer does not idle', async () => {
    const { host, page, browser } = await stage(`
      chrome.runtime.onMessageExternal.addListener((_message, _sender, respond) => {
        globalThis.respond = respond;
        return true;
      });
    `);
    const outcome = page.evaluate(send, host.id, 'a');
    await browser.advance('2m');
    expect(host.worker.state).toBe('running');
    await host.worker.evaluate(() =>
      (globalThis as unknown as { respond: (value: string) => void }).respond('at last'),
    );
    expect(await outcome).toEqual({ response: 'at last' });
    await browser.advance('2m');
    expect(host.worker.state).toBe('stopped');
  });

  test('to its own pages, but not to the context that sends', async () => {
    const { host, browser } = await stage(`
      chrome.runtime.onMessage.addListener((message, sender, respond) => respond('the background has ' + message));
    `);
    const page = await host.openPage('page.html');
    expect(await page.evaluate(() => chrome.runtime.sendMessage('it'))).toBe('the background has it');
    await page.close();
    const alone = host.worker.evaluate(() => chrome.runtime.sendMessage('anybody?'));
    await expect(alone).rejects.toThrow('Receiving end does not exist');
    expect(browser.errors).toEqual([]);
  });

  test('by callback, with lastError', async () => {
    const { page } = await stage('');
    const words = await page.evaluate(
      (id) =>
        new Promise((resolve) => {
          chrome.runtime.sendMessage(id, 'a', () => resolve(chrome.runtime.lastError?.message));
        }),
      profile === 'firefox' ? 'absent@example.org' : 'a'.repeat(32),
    );
    expect(words).toBe('Could not establish connection. Receiving end does not exist.');
  });
});

test('tabs.sendMessage and tabs.connect reach content scripts, by frame too', async () => {
  const browser = browserFor();
  const content = `
    chrome.runtime.onMessage.addListener((message, sender, respond) => respond([message, location.href]));
    chrome.runtime.onConnect.addListener((port) => port.postMessage(port.name));
  `;
  const client = await browser.install(
    clientOf(
      { content_scripts: [{ matches: ['https://*/*'], js: ['content.js'] }] },
      { 'content.js': content },
    ),
  );
  const web = await browser.openTab('https://news.example/');
  const page = await client.openPage('page.html');
  const ask = (tabId: number, frameId: number) => chrome.tabs.sendMessage(tabId, 'hello', { frameId });
  expect(await page.evaluate(ask, web.id, 0)).toEqual(['hello', 'https://news.example/']);
  await expect(page.evaluate(ask, web.id, 9)).rejects.toThrow('Receiving end does not exist');
  const connect = (tabId: number) =>
    new Promise((resolve) => chrome.tabs.connect(tabId, { name: 'a name' }).onMessage.addListener(resolve));
  expect(await page.evaluate(connect, web.id)).toBe('a name');
});
