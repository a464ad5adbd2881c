import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { browserFor, clientOf, hostOf, PROFILES } from './support.js';

const WEB = 'https://news.example/';
const CONTENT = {
  content_scripts: [
    { matches: ['https://*.example/*'], exclude_matches: ['https://*/private*'], js: ['content.js'] },
  ],
};

const keepPort = () => {
  const seen: unknown[] = [];
  const port = chrome.runtime.connect({ name: 'kept' });
  Object.assign(globalThis, { seen, port });
  port.onMessage.addListener((message: unknown) => seen.push(message));
  port.onDisconnect.addListener(() => seen.push('ended'));
  addEventListener('pageshow', ({ persisted }) => seen.push(`pageshow ${persisted}`));
  addEventListener('pagehide', ({ persisted }) => seen.push(`pagehide ${persisted}`));
};
const seen = () => Reflect.get(globalThis, 'seen') as unknown[];

const KEEPER = `
  globalThis.seen = [];
  chrome.runtime.onConnect.addListener((port) => {
    globalThis.port = port;
    port.onMessage.addListener((message) => seen.push(message));
    port.onDisconnect.addListener(() => seen.push('ended'));
  });
`;

describe.each(PROFILES)('tabs in %s', (profile) => {
  test('content scripts run where their patterns match, apart from the page', async () => {
    const browser = browserFor({
      profile,
      pages: { [WEB]: '<title>News</title><script>globalThis.own = 1</script>' },
    });
    const client = await browser.install(clientOf(CONTENT, { 'content.js': 'globalThis.isContent = true;' }));
    const web = await browser.openTab(WEB);
    expect(web.title).toBe('News');
    expect(
      await web
        .content(client)
        .evaluate(() => [Reflect.get(globalThis, 'isContent'), 'own' in globalThis, location.href]),
    ).toEqual([true, false, WEB]);
    expect(await web.evaluate(() => ['isContent' in globalThis, Reflect.get(globalThis, 'own')])).toEqual([
      false,
      1,
    ]);
    for (const address of ['https://news.example/private', 'http://news.example/', 'https://other.test/']) {
      const tab = await browser.openTab(address);
      expect(() => tab.content(client)).toThrow(`no content script of ${client.id} runs in ${address}`);
    }
  });

  test('a page that is put away and shown again: what becomes of its ports', async () => {
    const browser = browserFor({ profile });
    const client = await browser.install(hostOf(KEEPER, CONTENT, { 'content.js': '' }));
    const web = await browser.openTab(WEB);
    const content = web.content(client);
    await content.evaluate(keepPort);
    await browser.settle();
    await web.navigate('https://news.example/else');
    expect(content.isAlive).toBe(false);
    const post = () =>
      (globalThis as unknown as { port: chrome.runtime.Port }).port.postMessage('while it was away');
    if (profile === 'firefox') await client.worker.evaluate(post);
    await browser.settle();
    expect(await client.worker.evaluate(seen)).toEqual(profile === 'firefox' ? [] : ['ended']);
    await web.back();
    expect(web.url).toBe(WEB);
    expect(content.isAlive).toBe(true);
    // No event of the port: nothing tells the page but pageshow.
    expect(await content.evaluate(seen)).toEqual(['pagehide true', 'pageshow true']);
    await content.evaluate(() =>
      (globalThis as unknown as { port: chrome.runtime.Port }).port.postMessage('back'),
    );
    await browser.settle();
    // In Chromium what is posted vanishes; Firefox has kept the port.
    expect(await client.worker.evaluate(seen)).toEqual(profile === 'firefox' ? ['back'] : ['ended']);
  });

  test('a page that is not kept, or a tab that is closed, ends its ports', async () => {
    const browser = browserFor({ profile });
    const client = await browser.install(hostOf(KEEPER, CONTENT, { 'content.js': '' }));
    const web = await browser.openTab(WEB);
    await web.content(client).evaluate(keepPort);
    await browser.settle();
    await web.navigate('https://news.example/else', { keep: false });
    expect(await client.worker.evaluate(seen)).toEqual(['ended']);
    await web.back();
    await web.content(client).evaluate(keepPort);
    await browser.settle();
    await web.close();
    expect(await client.worker.evaluate(seen)).toEqual(['ended', 'ended']);
    expect(web.isOpen).toBe(false);
  });

  test('the tabs API: what there is, and what an extension may know of it', async () => {
    const browser = browserFor({ profile, pages: { [WEB]: '<title>News</title>' } });
    const all = await browser.install(hostOf('', { permissions: ['tabs'] }, { 'page.html': '' }));
    const none = await browser.install(clientOf());
    const web = await browser.openTab(WEB);
    const query = () => chrome.tabs.query({});
    expect(await all.worker.evaluate(query)).toMatchObject([
      { id: web.id, index: 0, active: true, title: 'News', url: WEB },
    ]);
    const [seenByNone] = await none.worker.evaluate(query);
    expect(seenByNone).toMatchObject({ id: web.id, active: true });
    expect(seenByNone).not.toHaveProperty('url');
    const page = await all.openPage('page.html');
    const done = await page.evaluate(async () => {
      const own = await chrome.tabs.getCurrent();
      const made = await chrome.tabs.create({ url: 'https://made.example/', active: false });
      const window = await chrome.windows.create({ url: 'page.html', type: 'popup' });
      const windows = await chrome.windows.getAll();
      await chrome.tabs.update(made.id as number, { active: true });
      await chrome.tabs.move(made.id as number, { index: 0 });
      const order = (await chrome.tabs.query({ windowId: made.windowId })).map(({ id }) => id === made.id);
      await chrome.tabs.remove(made.id as number);
      return [own?.url?.endsWith('/page.html'), windows.map(({ type }) => type), window?.tabs?.length, order];
    });
    expect(done).toEqual([true, ['normal', 'popup'], 1, [true, false, false]]);
  });

  test('events of tabs come in order', async () => {
    const browser = browserFor({ profile });
    const script = `
      globalThis.seen = [];
      for (const name of ['onCreated', 'onActivated', 'onUpdated', 'onRemoved', 'onMoved'])
        chrome.tabs[name].addListener((first, second) => seen.push(name + (second?.status ? ' ' + second.status : '')));
    `;
    const host = await browser.install(hostOf(script));
    const tab = await browser.openTab(WEB);
    await tab.navigate('https://news.example/2');
    await tab.change({ title: 'secret', pinned: true });
    await tab.close();
    expect(await host.worker.evaluate(seen)).toEqual([
      'onCreated',
      'onActivated',
      'onUpdated complete',
      'onUpdated loading',
      'onUpdated complete',
      'onUpdated',
      'onRemoved',
    ]);
  });

  test('pages go elsewhere, reload and close by themselves', async () => {
    const browser = browserFor({ profile });
    const client = await browser.install(clientOf({}, { 'popup.html': '' }));
    const web = await browser.openTab(WEB);
    await web.evaluate(() => {
      Object.assign(globalThis, { mark: 1 });
      location.href = '/next';
    });
    await browser.settle();
    expect(web.url).toBe(`${WEB}next`);
    await web.evaluate(() => history.back());
    await browser.settle();
    expect(await web.evaluate(() => [location.href, 'mark' in globalThis])).toEqual([WEB, true]);
    await web.evaluate(() => location.reload());
    await browser.settle();
    expect(await web.evaluate(() => [location.href, 'mark' in globalThis])).toEqual([WEB, false]);
    const popup = await client.openPopup('popup.html');
    for (const each of [web, popup]) await each.evaluate(() => void globalThis.close());
    await browser.settle();
    expect([web.isOpen, popup.isAlive]).toEqual([false, false]);
  });

  test.skipIf(profile === 'firefox')('an orphaned content script gets nothing of the new load', async () => {
    const browser = browserFor({ profile });
    const content = 'globalThis.got = 0; chrome.runtime.onMessage.addListener(() => void got++);';
    const client = await browser.install(clientOf(CONTENT, { 'content.js': content }));
    const web = await browser.openTab(WEB);
    const orphan = web.content(client);
    await client.update();
    const page = await client.openPage('page.html');
    await expect(page.evaluate((id) => chrome.tabs.sendMessage(id, 'a'), web.id)).rejects.toThrow(
      'does not exist',
    );
    expect(await orphan.evaluate(() => Reflect.get(globalThis, 'got'))).toBe(0);
  });

  test('pages of the web by a function of their address', async () => {
    const browser = browserFor({
      profile,
      pages: (url) => (url.startsWith(WEB) ? `<title>${url}</title>` : undefined),
    });
    expect((await browser.openTab(`${WEB}?a`)).title).toBe(`${WEB}?a`);
    expect((await browser.openTab('https://other.example/')).title).toBe('other.example/');
  });

  test('documents know whether they are seen, and how far they are', async () => {
    const browser = browserFor({ profile });
    const script = `
      globalThis.seen = [document.readyState];
      document.addEventListener('DOMContentLoaded', () => seen.push('DOMContentLoaded ' + document.readyState));
      addEventListener('load', () => seen.push('load ' + document.readyState));
      document.addEventListener('visibilitychange', () => seen.push(document.visibilityState));
    `;
    const client = await browser.install(
      clientOf({}, { 'page.html': '<script src="page.js"></script>', 'page.js': script }),
    );
    const page = await client.openPage('page.html');
    await browser.openTab(WEB);
    await page.activate();
    expect(await page.evaluate(seen)).toEqual([
      'loading',
      'DOMContentLoaded interactive',
      'load complete',
      'hidden',
      'visible',
    ]);
  });

  test('a DOM that the test brings', async () => {
    const browser = browserFor({
      profile,
      dom: (html, url) => ({
        document: Object.assign(new EventTarget(), {
          querySelector: (selector: string) => `${selector} of ${html} at ${url}`,
        }),
      }),
    });
    const client = await browser.install(clientOf({}, { 'page.html': '<p>' }));
    const page = await client.openPage('page.html');
    expect(await page.evaluate(() => document.querySelector('p') as unknown)).toBe(
      `p of <p> at ${client.origin}/page.html`,
    );
  });

  test('a DOM of a library: its elements and their classes, and still the clock of the browser', async () => {
    const browser = browserFor({ profile, dom: (html) => parseHTML(html) });
    const client = await browser.install(clientOf({}, { 'page.html': '<button>' }));
    const page = await client.openPage('page.html');
    const before = browser.now;
    const seen = await page.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      return document.querySelector('button') instanceof HTMLElement;
    });
    expect([seen, browser.now - before]).toEqual([true, 60_000]);
  });

  test('pictures', async () => {
    const browser = browserFor({ profile });
    const host = await browser.install(
      hostOf('', { permissions: ['tabs'], host_permissions: ['<all_urls>'] }),
    );
    await browser.openTab(WEB);
    const take = async (times: number) => {
      const outcomes = [];
      for (let i = 0; i < times; i++)
        outcomes.push(
          await chrome.tabs.captureVisibleTab().then(
            (picture) => picture.slice(0, 15),
            (error: Error) => error.message,
          ),
        );
      return outcomes;
    };
    const [first, second, third] = await host.worker.evaluate(take, 3);
    expect([first, second]).toEqual(['data:image/png;', 'data:image/png;']);
    if (profile === 'firefox') expect(third).toBe(first);
    else expect(third).toContain('MAX_CAPTURE_VISIBLE_TAB_CALLS_PER_SECOND');
    await browser.advance('1s');
    expect(await host.worker.evaluate(take, 1)).toEqual(['data:image/png;']);
  });
});

test('bfcache: a restored page’s timers go on, and an evicted page is gone', async () => {
  const browser = browserFor();
  const web = await browser.openTab(WEB);
  await web.evaluate(() => {
    Object.assign(globalThis, { rang: 0 });
    setInterval(() => Object.assign(globalThis, { rang: Reflect.get(globalThis, 'rang') + 1 }), 1000);
  });
  await web.navigate('https://news.example/else');
  await browser.advance('10s');
  await web.back();
  const rang = () => Reflect.get(globalThis, 'rang');
  expect(await web.evaluate(rang)).toBeLessThan(3);
  await browser.advance('5s');
  expect(await web.evaluate(rang)).toBeGreaterThan(3);
});
