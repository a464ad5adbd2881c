import { defineProtocol, method } from 'portico';
import { connect, connectTab } from 'portico/client';
import { allow, anyExtension, consent, createHost, type Host, type LogEntry, self } from 'portico/host';
import type { ContextScope, SimulatedBrowser } from 'portico/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { browserHostPlatform } from '../../../src/platform/browser-host-platform.js';
import { claimPlace } from '../../../src/platform/host-place.js';
import type { HostPlatform } from '../../../src/platform/platform.js';
import { thrownBy } from '../../support/refusals.js';
import { browserFor, PROFILES } from '../simulator/support.js';

const protocolOf = (name: string) =>
  defineProtocol({
    name: `org.example.${name}`,
    version: '1.0.0',
    capabilities: { read: { title: 'Read', members: { ping: method() } } },
  });
const notes = protocolOf('notes');
const marks = protocolOf('marks');

/** A host that lets everybody have a protocol; `ran` counts its calls. */
const hostOf = (platform: HostPlatform, protocol = notes, log: LogEntry[] = []) => {
  const host = createHost({ platform, log: (entry) => log.push(entry) });
  let ran = 0;
  host.publish(protocol, {
    read: {
      admit: [allow(anyExtension()), allow(self())],
      provide: () => ({
        ping() {
          ran++;
        },
      }),
    },
  });
  return {
    host,
    log,
    get ran() {
      return ran;
    },
  };
};

const refusalOf = (host: Host): string => {
  const error = thrownBy(() => host.listen());
  expect(error.code).toBe('INVALID_ARGUMENT');
  return error.message;
};

/** An extension whose contexts a test plays, each by its platform. */
const installed = async (
  browser: SimulatedBrowser,
  name: string,
  background: (platform: HostPlatform) => void = () => {},
  manifest: object = {},
) => {
  const scopes: ContextScope[] = [];
  const content: ContextScope[] = [];
  const extension = await browser.install({
    manifest: { name, permissions: ['storage'], ...manifest },
    background(_api, scope) {
      scopes.push(scope);
      background(scope.platform);
    },
    contentScripts: [{ matches: ['https://site.example/*'], run: (_api, scope) => void content.push(scope) }],
  });
  return {
    extension,
    content,
    get platform() {
      return (scopes.at(-1) as ContextScope).platform;
    },
  };
};

const outcomeOf = (browser: SimulatedBrowser, platform: HostPlatform, host: string, protocol = notes) => {
  const connection = connect(protocol, { platform, host, needs: ['read'] });
  return browser.run(
    connection.read.ping().then(
      () => 'ran',
      ({ code }) => code,
    ),
  );
};

describe.each(PROFILES)('one host for one extension, in %s', (profile) => {
  test('two in one background: the second says so, and the first goes on, alone', async () => {
    const browser = browserFor({ profile });
    const words: string[] = [];
    const hosts: ReturnType<typeof hostOf>[] = [];
    const host = await installed(browser, 'Host', (platform) => {
      hosts.push(hostOf(platform), hostOf(platform), hostOf(platform, marks));
      hosts[0]?.host.listen();
      for (const each of hosts.slice(1)) words.push(refusalOf(each.host));
    });
    const client = await installed(browser, 'Client');
    expect(words).toEqual(Array(2).fill(expect.stringContaining('publish all protocols on one host')));
    expect(await outcomeOf(browser, client.platform, host.extension.id)).toBe('ran');
    expect(hosts.map(({ ran }) => ran)).toEqual([1, 0, 0]);
    expect(await outcomeOf(browser, client.platform, host.extension.id, marks)).toBe('REFUSED');
  });

  test('another may listen when the first has stopped; to stop that again stops no other', async () => {
    const browser = browserFor({ profile });
    const host = await installed(browser, 'Host');
    const client = await installed(browser, 'Client');
    const first = hostOf(host.platform);
    const second = hostOf(host.platform, marks);
    const stop = first.host.listen();
    stop();
    const stopSecond = second.host.listen();
    stop();
    expect(await outcomeOf(browser, client.platform, host.extension.id, marks)).toBe('ran');
    expect(refusalOf(first.host)).toContain('another host listens here');
    stopSecond();
    first.host.listen();
    expect(await outcomeOf(browser, client.platform, host.extension.id)).toBe('ran');
  });

  test('each start of a background, and each extension, has its own', async () => {
    const browser = browserFor({ profile });
    const listen = (platform: HostPlatform): void => void hostOf(platform).host.listen();
    const host = await installed(browser, 'Host', listen);
    const other = await installed(browser, 'Other', listen);
    const client = await installed(browser, 'Client');
    await host.extension.worker.stop();
    for (const { extension } of [host, other])
      expect(await outcomeOf(browser, client.platform, extension.id)).toBe('ran');
    expect(host.extension.worker.starts).toBe(2);
  });

  test('a content script is a host for connectTab, one in each', async () => {
    const browser = browserFor({ profile });
    const host = await installed(browser, 'Host', (platform) => void hostOf(platform).host.listen());
    const tab = await browser.openTab('https://site.example/');
    const { platform } = host.content[0] as ContextScope;
    const inTab = hostOf(platform, marks);
    inTab.host.listen();
    expect(refusalOf(hostOf(platform).host)).toContain('another host listens here');
    const connection = connectTab(marks, tab.id, { platform: host.platform as never, needs: ['read'] });
    await browser.run(connection.read.ping());
    expect(inTab.ran).toBe(1);
  });

  test('of the hosts in the frames of a tab connectTab reaches one: each call runs once', async () => {
    const browser = browserFor({ profile });
    const inFrames: ReturnType<typeof hostOf>[] = [];
    let platform: HostPlatform | undefined;
    await browser.install({
      manifest: { name: 'Host' },
      background(_api, scope) {
        ({ platform } = scope);
      },
      contentScripts: [
        {
          matches: ['https://site.example/*'],
          run(_api, scope) {
            inFrames.push(hostOf(scope.platform, marks));
            inFrames.at(-1)?.host.listen();
          },
        },
      ],
    });
    const tab = await browser.openTab('https://site.example/');
    await tab.addFrame('https://site.example/frame');
    expect(inFrames).toHaveLength(2);
    const connection = connectTab(marks, tab.id, { platform: platform as never, needs: ['read'] });
    await browser.run(connection.read.ping());
    await browser.run(connection.read.ping());
    expect(inFrames.map(({ ran }) => ran)).toEqual([2, 0]);
  });

  test('consent needs one background: with "incognito": "split" it says so; without consent all goes on', async () => {
    const browser = browserFor({ profile });
    const host = await installed(browser, 'Host', undefined, { incognito: 'split' });
    const client = await installed(browser, 'Client');
    const asking = createHost({ platform: host.platform, consent: consent() });
    asking.publish(notes, { read: { admit: [allow(anyExtension())], provide: () => ({ ping() {} }) } });
    // Firefox knows no such thing, and has one background.
    if (profile === 'firefox') asking.listen();
    else {
      expect(refusalOf(asking)).toMatch(/"incognito": "split".* Remove "split" from the manifest/);
      expect(await outcomeOf(browser, client.platform, host.extension.id)).toBe('UNREACHABLE');
      hostOf(host.platform).host.listen();
    }
    expect(await outcomeOf(browser, client.platform, host.extension.id)).toBe('ran');
    const spanning = await installed(browser, 'Spanning', undefined, { incognito: 'spanning' });
    const other = createHost({ platform: spanning.platform, consent: consent() });
    other.publish(notes, { read: { admit: [allow(anyExtension())], provide: () => ({ ping() {} }) } });
    other.listen();
    expect(await outcomeOf(browser, client.platform, spanning.extension.id)).toBe('ran');
  });

  test('an own content script that no rule names is told no, and the log says why', async () => {
    const browser = browserFor({ profile });
    const log: LogEntry[] = [];
    const host = await installed(browser, 'Host', (platform) => {
      const host = createHost({ platform, log: (entry) => log.push(entry) });
      host.publish(notes, { read: { admit: [allow(anyExtension())], provide: () => ({ ping() {} }) } });
      host.listen();
    });
    await browser.openTab('https://site.example/');
    const { platform } = host.content[0] as ContextScope;
    expect(await outcomeOf(browser, platform, host.extension.id)).toBe('REFUSED');
    expect(log.map(({ event, message }) => `${event}: ${message}`)).toEqual([
      `refused: refused content-script ${host.extension.id} (https://site.example): no rule admits it`,
    ]);
  });
});

/** A browser's API, as far as it tells where code runs. */
const apiOf = (more: object = {}, runtime: object = {}) => ({
  runtime: {
    id: 'own',
    getURL: () => 'chrome-extension://own/',
    getManifest: () => ({}),
    onConnectExternal: {},
    ...runtime,
  },
  ...more,
});

describe('where a host may listen, by what a browser tells', () => {
  afterEach(() => vi.unstubAllGlobals());

  const claim = (api: object, globals: Record<string, unknown> = {}): string => {
    vi.stubGlobal('chrome', api);
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    try {
      browserHostPlatform().claim?.(true)();
      return 'listens';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const givenBy = (page: object | null) => ({ extension: { getBackgroundPage: () => page } });

  test.each<[string, string | RegExp, object, Record<string, unknown>?]>([
    ['a worker', 'listens', apiOf()],
    ['a background page', 'listens', apiOf(givenBy(globalThis)), { document: {} }],
    ['a content script', 'listens', apiOf({}, { onConnectExternal: undefined }), { document: {} }],
    ['a page beside a worker', /this is a page/, apiOf(givenBy(null)), { document: {} }],
    ['a page beside a background page', /this is a page/, apiOf(givenBy({})), { document: {} }],
    ['a page where nobody tells', /this is a page/, apiOf(), { document: {} }],
    ['a split worker', /split/, apiOf({}, { getManifest: () => ({ incognito: 'split' }) })],
    ['a spanning worker', 'listens', apiOf({}, { getManifest: () => ({ incognito: 'spanning' }) })],
  ])('%s: %s', (_where, expected, api, globals) => {
    expect(claim(api, globals)).toMatch(expected);
  });

  test('two copies of Portico find each other', async () => {
    const path = '../../../src/platform/host-place.js?copy';
    const copy: { claimPlace: typeof claimPlace } = await import(/* @vite-ignore */ path);
    expect(copy.claimPlace).not.toBe(claimPlace);
    const place = { scope: {}, kind: 'background', isShared: false } as const;
    const leave = claimPlace(place);
    expect(() => copy.claimPlace(place)).toThrow('another host listens here');
    leave();
    const leaveCopy = copy.claimPlace(place);
    // It is not there any more, and takes nobody else's place away.
    leave();
    expect(() => claimPlace(place)).toThrow('another host listens here');
    leaveCopy();
    expect(place.scope).toEqual({});
  });
});
