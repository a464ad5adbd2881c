import type { ContextScope } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import type { Principal } from '../../../src/host/index.js';
import { managedPolicy } from '../../../src/host/policy/managed-policy.js';
import type { HostPlatform } from '../../../src/platform/platform.js';
import { browserFor, clientOf, PROFILES } from '../simulator/support.js';

const PERMISSIONS = ['storage', 'management'];

describe.each(PROFILES)('the parts of a host in %s', (profile) => {
  /** A host whose background is a function; gives the platform of its last start. */
  const installed = async (
    permissions: readonly string[],
    run: (platform: HostPlatform) => void = () => {},
  ) => {
    const browser = browserFor({ profile });
    let scope: ContextScope | undefined;
    const host = await browser.install({
      manifest: { name: 'Host', permissions: [...permissions] },
      files: { 'prompt.html': '<title>prompt</title>' },
      background(_api, own) {
        scope = own;
        run(own.platform);
      },
    });
    const platform = (): HostPlatform => (scope as ContextScope).platform;
    return { browser, host, platform };
  };

  test('are absent without permissions, but for windows', async () => {
    const { platform } = await installed([]);
    const { store, managed, windows, extensions } = platform();
    expect([store, managed, extensions]).toEqual([undefined, undefined, undefined]);
    expect(windows).toBeDefined();
  });

  test('a prompt that is closed while the background sleeps wakes it, and is told', async () => {
    const closed: number[] = [];
    const { browser, host, platform } = await installed([], ({ windows }) =>
      windows?.onClosed((id) => void closed.push(id)),
    );
    const open = async () =>
      browser.run(platform().windows?.open('prompt.html', { width: 400, height: 500 }) as Promise<number>);
    const id = await open();
    const exists = () => browser.run(platform().windows?.exists(id) as Promise<boolean>);
    expect(await exists()).toBe(true);
    const prompt = browser.tabs.find(({ url }) => url === `${host.origin}/prompt.html`);
    expect(prompt?.windowId).toBe(id);
    await host.worker.stop();
    const { starts } = host.worker;
    await prompt?.close();
    expect(host.worker.starts).toBe(starts + 1);
    expect(closed).toEqual([id]);
    expect(await exists()).toBe(false);
    await browser.run(platform().windows?.close(id) as Promise<void>);
    expect(await open()).not.toBe(id);
  });

  test("a window that is somebody else's is not ours", async () => {
    const { browser, platform } = await installed([]);
    const { windowId } = await browser.openTab('https://a.example/', { window: 'popup' });
    expect(await browser.run(platform().windows?.exists(windowId) as Promise<boolean>)).toBe(false);
  });

  test('storage outlives the background', async () => {
    const { browser, host, platform } = await installed(PERMISSIONS);
    await browser.run(platform().store?.set('portico.a', { b: [1] }) as Promise<void>);
    await host.worker.stop();
    await host.worker.start();
    expect(await browser.run(platform().store?.get('portico.a') as Promise<unknown>)).toEqual({ b: [1] });
    host.storage.local.fail('the disk is full');
    await expect(browser.run(platform().store?.get('portico.a') as Promise<unknown>)).rejects.toThrow('full');
    await browser.run(platform().store?.remove('portico.a') as Promise<void>);
    expect(host.storage.local.values).toEqual({});
  });

  test('other extensions are told of, and going wakes the background', async () => {
    const gone: string[] = [];
    const { browser, host, platform } = await installed(PERMISSIONS, ({ extensions }) =>
      extensions?.onGone((id, how) => void gone.push(`${id} ${how}`)),
    );
    const client = await browser.install(clientOf({ permissions: ['tabs'] }));
    const get = (id: string) => browser.run(platform().extensions?.get(id) as Promise<unknown>);
    expect(await get(client.id)).toMatchObject({ name: 'Client', enabled: true, permissions: ['tabs'] });
    await host.worker.stop();
    await client.disable();
    expect(await get(client.id)).toMatchObject({ enabled: false });
    await host.worker.stop();
    await client.uninstall();
    expect(await get(client.id)).toBeUndefined();
    expect(gone).toEqual([`${client.id} disabled`, `${client.id} uninstalled`]);
  });

  test('a policy comes after the installation, holds over restarts, and is dropped when it is gone', async () => {
    const start = (platform: HostPlatform): void => {
      policy = managedPolicy();
      policy.start(platform, undefined, () => void changes++);
    };
    let policy = managedPolicy();
    let changes = 0;
    const { browser, host } = await installed(PERMISSIONS, start);
    const caller: Principal = {
      browser: 'chromium',
      kind: 'extension',
      id: 'a'.repeat(32),
      origin: `chrome-extension://${'a'.repeat(32)}`,
    };
    const subject = { protocol: 'org.example.tabs', line: '1', capability: 'read' };
    const decided = () => policy.decide(caller, subject);
    expect(decided()).toBeUndefined();
    const put = (verdict: string) =>
      host.storage.managed.put({ portico: { rules: [{ ids: ['*'], verdict }] } }, { after: '2.8s' });
    await put('refuse');
    await browser.advance('3s');
    // Firefox tells nobody: the next start of the background reads it.
    expect(decided()).toBe(profile === 'firefox' ? undefined : 'refuse');
    expect(changes).toBe(profile === 'firefox' ? 0 : 1);
    await host.worker.stop();
    await host.worker.start();
    expect(decided()).toBe('refuse');
    await host.storage.managed.clear();
    await browser.restart();
    await host.worker.start();
    await browser.advance('59s');
    expect(decided()).toBe('refuse');
    expect(host.worker.state).toBe('running');
    await browser.advance('2s');
    expect(decided()).toBeUndefined();
    expect(host.storage.local.values).toEqual({});
  });
});
