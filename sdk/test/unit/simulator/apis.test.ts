import { describe, expect, test } from 'vitest';
import { browserFor, clientOf, hostOf, PROFILES } from './support.js';

const STORAGE = { permissions: ['storage', 'alarms', 'management'] };

describe.each(PROFILES)('storage in %s', (profile) => {
  test('local survives stops, updates and restarts; session survives stops alone', async () => {
    const browser = browserFor({ profile });
    const host = await browser.install(hostOf('', STORAGE));
    await host.worker.evaluate(() =>
      Promise.all([chrome.storage.local.set({ a: 1 }), chrome.storage.session.set({ a: 1 })]),
    );
    const both = async () => [
      await chrome.storage.local.get('a'),
      await chrome.storage.session.get({ a: 'none' }),
    ];
    await host.worker.stop();
    expect(await host.worker.evaluate(both)).toEqual([{ a: 1 }, { a: 1 }]);
    for (const end of [
      () => host.update(),
      () => host.disable().then(host.enable),
      () => browser.restart(),
    ]) {
      await host.worker.evaluate(() => chrome.storage.session.set({ a: 1 }));
      await end();
      expect(await host.worker.evaluate(both)).toEqual([{ a: 1 }, { a: 'none' }]);
    }
  });

  test('changes are told to every context, and wake the background', async () => {
    const browser = browserFor({ profile });
    const listen =
      'globalThis.seen = []; chrome.storage.onChanged.addListener((changes, area) => seen.push([changes, area]));';
    const host = await browser.install(
      hostOf(listen, STORAGE, { 'page.html': '<script src="background.js"></script>' }),
    );
    const page = await host.openPage('page.html');
    await host.worker.stop();
    await host.storage.local.put({ a: [1] });
    const expected = [[{ a: { newValue: [1] } }, 'local']];
    const seen = () => Reflect.get(globalThis, 'seen');
    expect(await page.evaluate(seen)).toEqual(expected);
    expect(host.worker.state).toBe('running');
    expect(await host.worker.evaluate(seen)).toEqual(expected);
    expect(host.storage.local.values).toEqual({ a: [1] });
  });

  test('full, failing and slow', async () => {
    const browser = browserFor({ profile });
    const host = await browser.install(hostOf('', STORAGE));
    const fill = async (area: 'local' | 'session') => {
      const big = 'x'.repeat(6 * 1024 * 1024);
      await chrome.storage[area].set({ a: big });
      return chrome.storage[area].set({ b: big }).then(
        () => 'fits',
        (error: Error) => error.message,
      );
    };
    expect(await host.worker.evaluate(fill, 'local')).toBe(
      profile === 'firefox' ? 'fits' : 'Resource::kQuotaBytes quota exceeded',
    );
    expect(await host.worker.evaluate(fill, 'session')).toMatch(/quota/);
    host.storage.local.fail('the disk is on fire');
    await expect(host.worker.evaluate(() => chrome.storage.local.get('a'))).rejects.toThrow(
      'the disk is on fire',
    );
    host.storage.local.delay('5s');
    const before = browser.now;
    await host.worker.evaluate(() => chrome.storage.local.getBytesInUse('b'));
    expect(browser.now - before).toBeGreaterThanOrEqual(5000);
  });

  test('managed: nothing at first, the policy later, never written', async () => {
    const browser = browserFor({ profile });
    const host = await browser.install(hostOf('', STORAGE));
    const read = () => chrome.storage.managed.get('rule').catch((error: Error) => error.message);
    expect(await host.worker.evaluate(read)).toEqual(
      profile === 'firefox' ? 'Managed storage manifest not found' : {},
    );
    await host.storage.managed.put({ rule: 'strict' }, { after: '2.8s' });
    expect(await host.worker.evaluate(read)).not.toEqual({ rule: 'strict' });
    await browser.advance('3s');
    expect(await host.worker.evaluate(read)).toEqual({ rule: 'strict' });
    await expect(host.worker.evaluate(() => chrome.storage.managed.set({ rule: 'lax' }))).rejects.toThrow(
      'read-only',
    );
  });

  test('managed: Chromium tells of changes, also a background that sleeps; Firefox reads once, and tells nobody', async () => {
    const browser = browserFor({ profile });
    const script =
      'chrome.storage.managed.onChanged.addListener((changes) => console.log(Object.keys(changes)));';
    const host = await browser.install(hostOf(script, STORAGE));
    const read = () => chrome.storage.managed.get().catch((error: Error) => error.message);
    await host.storage.managed.put({ rule: 1 });
    expect(await host.worker.evaluate(read)).toEqual({ rule: 1 });
    await host.worker.stop();
    await host.storage.managed.put({ rule: 2, other: 3 });
    const isFirefox = profile === 'firefox';
    expect(host.worker.state).toBe(isFirefox ? 'stopped' : 'running');
    expect(await host.worker.evaluate(read)).toEqual(isFirefox ? { rule: 1 } : { rule: 2, other: 3 });
    await host.storage.managed.clear();
    expect(await host.worker.evaluate(read)).toEqual(isFirefox ? { rule: 1 } : {});
    expect(browser.console.map(({ text }) => text.replaceAll(/\s/g, ''))).toEqual(
      isFirefox ? [] : ["['rule']", "['rule','other']", "['rule','other']"],
    );
    await browser.restart();
    expect(await host.worker.evaluate(read)).toEqual(isFirefox ? 'Managed storage manifest not found' : {});
  });

  test('values are copied as the browser copies them', async () => {
    const browser = browserFor({ profile });
    const host = await browser.install(hostOf('', STORAGE));
    const kinds = await host.worker.evaluate(async () => {
      const value = { list: [1] };
      const setting = chrome.storage.local.set({ value, bytes: new Uint8Array([1]) });
      value.list.push(2);
      await setting;
      const { value: kept, bytes } = await chrome.storage.local.get();
      return [(kept as typeof value).list, bytes instanceof Uint8Array];
    });
    expect(kinds).toEqual([[1], profile === 'firefox']);
  });
});

describe.each(PROFILES)('other APIs in %s', (profile) => {
  test('alarms go off, asleep or not, and survive a restart in Chromium', async () => {
    const browser = browserFor({ profile });
    const script = 'chrome.alarms.onAlarm.addListener(({ name }) => console.log(name));';
    const host = await browser.install(hostOf(script, STORAGE));
    await host.worker.evaluate(async () => {
      await chrome.alarms.create('once', { delayInMinutes: 2 });
      await chrome.alarms.create('often', { periodInMinutes: 5 });
    });
    expect(host.alarms.map(({ name }) => name)).toEqual(['once', 'often']);
    await browser.advance('11m');
    expect(browser.console.map(({ text }) => text)).toEqual(['once', 'often', 'often']);
    expect(host.worker.starts).toBe(4);
    await browser.restart();
    expect(host.alarms).toHaveLength(profile === 'firefox' ? 0 : 1);
  });

  test('management sees others come and go', async () => {
    const browser = browserFor({ profile });
    const script = `
      for (const name of ['onInstalled', 'onUninstalled', 'onEnabled', 'onDisabled'])
        chrome.management[name].addListener((what) => console.log(name, what.name ?? what));
    `;
    await browser.install(hostOf(script, STORAGE));
    const client = await browser.install(clientOf());
    await client.disable();
    await client.enable();
    await client.uninstall();
    expect(browser.console.map(({ text }) => text)).toEqual([
      'onInstalled Client',
      'onDisabled Client',
      'onEnabled Client',
      `onUninstalled ${profile === 'firefox' ? 'Client' : client.id}`,
    ]);
  });

  test('the button: badge, click, popup', async () => {
    const browser = browserFor({ profile });
    const script = `
      chrome.action.onClicked.addListener((tab) => chrome.action.setBadgeText({ text: 'tab ' + tab.id }));
      chrome.action.setBadgeBackgroundColor({ color: 'red' });
    `;
    const host = await browser.install(
      hostOf(script, { action: { default_title: 'A title' } }, { 'popup.html': '' }),
    );
    const tab = await browser.openTab('https://news.example/');
    expect(await host.action.click()).toBeUndefined();
    expect([host.action.badge, host.action.badgeColor, host.action.title]).toEqual([
      `tab ${tab.id}`,
      'red',
      'A title',
    ]);
    await host.worker.evaluate(() => chrome.action.setPopup({ popup: 'popup.html' }));
    const popup = await host.action.click();
    expect(await popup?.evaluate(() => location.pathname)).toBe('/popup.html');
    expect(await popup?.evaluate(() => chrome.tabs.getCurrent().then((own) => own ?? 'no tab'))).toBe(
      'no tab',
    );
    await popup?.close();
    expect(popup?.isAlive).toBe(false);
  });

  test('permissions are asked for, given and taken back', async () => {
    const browser = browserFor({ profile });
    const host = await browser.install(hostOf('', { optional_permissions: ['storage'], action: {} }));
    const ask = () => chrome.permissions.request({ permissions: ['storage'] });
    const has = () => chrome.permissions.contains({ permissions: ['storage'] });
    browser.answerPermissionRequests(false);
    expect(await host.worker.evaluate(ask)).toBe(false);
    browser.answerPermissionRequests(true);
    expect([await host.worker.evaluate(ask), await host.worker.evaluate(has)]).toEqual([true, true]);
    const more = () => chrome.permissions.request({ permissions: ['history'] });
    await expect(host.worker.evaluate(more)).rejects.toThrow(
      'Only permissions specified in the manifest may be requested.',
    );
    expect(await host.worker.evaluate(() => chrome.permissions.remove({ permissions: ['storage'] }))).toBe(
      true,
    );
    expect(await host.worker.evaluate(has)).toBe(false);
  });

  test('messages of i18n, addresses and the manifest', async () => {
    const browser = browserFor({ profile });
    const messages = JSON.stringify({ hello: { message: 'Hello $1' } });
    const host = await browser.install(
      hostOf('', { default_locale: 'en' }, { '_locales/en/messages.json': messages }),
    );
    const all = () => [
      chrome.i18n.getMessage('hello', ['you']),
      chrome.i18n.getMessage('nothing'),
      chrome.runtime.getURL('a/b.html'),
      chrome.runtime.getURL(''),
      chrome.runtime.getManifest().name,
      chrome.runtime.id,
    ];
    const { origin, id } = host;
    expect(await host.worker.evaluate(all)).toEqual([
      'Hello you',
      '',
      `${origin}/a/b.html`,
      `${origin}/`,
      'Host',
      id,
    ]);
  });

  test('the options page is opened once', async () => {
    const browser = browserFor({ profile });
    const host = await browser.install(
      hostOf('', { options_ui: { page: 'options.html' } }, { 'options.html': '' }),
    );
    for (let i = 0; i < 2; i++) await host.worker.evaluate(() => chrome.runtime.openOptionsPage());
    expect(browser.tabs.map(({ url }) => url)).toEqual([`${host.origin}/options.html`]);
  });

  test('fetch reaches the extension’s own files and what the test answers, and nothing else', async () => {
    const answer = (request: Request) => Response.json({ asked: request.url });
    const read = (address: string) =>
      fetch(address)
        .then((response) => response.json())
        .catch((error: Error) => error.message);
    const [browser, offline] = [browserFor({ profile, fetch: answer }), browserFor({ profile })];
    const host = await browser.install(hostOf('', {}, { 'own.json': '{"own":true}' }));
    expect(await host.worker.evaluate(read, '/own.json')).toEqual({ own: true });
    expect(await host.worker.evaluate(read, 'https://api.example/')).toEqual({
      asked: 'https://api.example/',
    });
    const other = await offline.install(hostOf(''));
    expect(await other.worker.evaluate(read, 'https://api.example/')).toMatch(/fetch/);
  });
});
