import { afterEach, describe, expect, test, vi } from 'vitest';
import { browserHostPlatform } from '../../../src/platform/browser-host-platform.js';
import type { HostPlatform } from '../../../src/platform/platform.js';

/** An event of an API, and who listens to it. */
const eventOf = () => {
  const listeners: ((...args: unknown[]) => void)[] = [];
  return {
    addListener: (listener: (...args: unknown[]) => void) => void listeners.push(listener),
    removeListener() {},
    listeners,
    fire: (...args: unknown[]) => {
      for (const listener of listeners) listener(...args);
    },
  };
};

const ORIGIN = 'chrome-extension://own';
const runtime = {
  id: 'own',
  getURL: (path: string) => `${ORIGIN}/${path.replace(/^\//, '')}`,
  onConnect: eventOf(),
  onConnectExternal: eventOf(),
};

/** The platform in a browser with these APIs, each of whose uses is noted. */
const platformWith = (apis: Record<string, object>): { platform: HostPlatform; touched: string[] } => {
  const touched: string[] = [];
  const api = { runtime };
  for (const [name, value] of Object.entries(apis))
    Object.defineProperty(api, name, {
      get() {
        touched.push(name);
        return value;
      },
    });
  vi.stubGlobal('chrome', api);
  return { platform: browserHostPlatform(), touched };
};

afterEach(() => vi.unstubAllGlobals());

describe('what a host has no permission for', () => {
  test('is absent', () => {
    const { platform } = platformWith({ management: { getSelf() {} } });
    expect([platform.store, platform.managed, platform.windows, platform.extensions]).toEqual(
      Array(4).fill(undefined),
    );
  });

  test('and nobody touches what is not used', () => {
    const { platform, touched } = platformWith({
      storage: { local: {} },
      management: {},
      windows: {},
      tabs: {},
    });
    expect(platform.time()).toBeGreaterThan(1e12);
    expect(platform.randomId()).toMatch(/^[0-9a-f]{32}$/);
    expect(platform.own).toEqual({ browser: 'chromium', id: 'own', origin: ORIGIN });
    expect(touched).toEqual([]);
  });

  test('Safari has a storage, and no managed one', () => {
    const { platform } = platformWith({ storage: { local: {} } });
    expect(platform.store).toBeDefined();
    expect(platform.managed).toBeUndefined();
  });
});

describe('storage', () => {
  test('is read, written and emptied by key', async () => {
    const values = new Map<string, unknown>([['portico.a', { b: 1 }]]);
    const local = {
      get: async (key: string) => (values.has(key) ? { [key]: values.get(key) } : {}),
      set: async (items: object) => {
        for (const [key, value] of Object.entries(items)) values.set(key, value);
      },
      remove: async (key: string) => void values.delete(key),
    };
    const { store } = platformWith({ storage: { local } }).platform;
    expect(await store?.get('portico.a')).toEqual({ b: 1 });
    expect(await store?.get('portico.b')).toBeUndefined();
    await store?.set('portico.b', [2]);
    await store?.remove('portico.a');
    expect([...values]).toEqual([['portico.b', [2]]]);
  });

  test('a failure is handed on', async () => {
    const fail = () => Promise.reject(new Error('full'));
    const { store, managed } = platformWith({
      storage: { local: { get: fail, set: fail, remove: fail }, managed: { get: fail } },
    }).platform;
    for (const failing of [store?.get('a'), store?.set('a', 1), store?.remove('a'), managed?.get()])
      await expect(failing).rejects.toThrow('full');
  });

  test('a policy is read whole; changes are told where the browser does', async () => {
    const onChanged = eventOf();
    const managed = { get: async () => ({ portico: 1 }), onChanged };
    const { platform } = platformWith({ storage: { local: {}, managed } });
    expect(await platform.managed?.get()).toEqual({ portico: 1 });
    const told: unknown[][] = [];
    platform.managed?.onChanged((...args: unknown[]) => void told.push(args));
    onChanged.fire({ portico: { newValue: 2 } });
    expect(told).toEqual([[]]);
    const { platform: old } = platformWith({ storage: { local: {}, managed: { get: managed.get } } });
    expect(() => old.managed?.onChanged(() => {})).not.toThrow();
  });
});

describe('windows', () => {
  const windowsWith = (tabs: readonly object[] | undefined) => {
    const calls: unknown[][] = [];
    const onRemoved = eventOf();
    const windows = {
      create: async (options: object) => {
        calls.push(['create', options]);
        return { id: 7 };
      },
      get: async (id: number) => {
        if (id !== 7) throw new Error('No window');
        return { id, ...(tabs ? { tabs } : {}) };
      },
      update: async (...args: unknown[]) => void calls.push(['update', ...args]),
      remove: async (id: number) => {
        if (id !== 7) throw new Error('No window');
        calls.push(['remove', id]);
      },
      onRemoved,
    };
    const found = platformWith({ windows, tabs: {} }).platform.windows;
    if (!found) throw new Error('there are windows');
    return { windows: found, calls, onRemoved };
  };

  test('open in front, with an address of their own', async () => {
    const { windows, calls } = windowsWith([]);
    expect(await windows.open('prompt.html?id=1', { width: 400, height: 500 })).toBe(7);
    await windows.focus(7);
    const url = `${ORIGIN}/prompt.html?id=1`;
    expect(calls).toEqual([
      ['create', { url, type: 'popup', focused: true, width: 400, height: 500 }],
      ['update', 7, { focused: true }],
    ]);
  });

  test.each<[string, readonly object[] | undefined, boolean]>([
    ['our page', [{ url: `${ORIGIN}/prompt.html` }], true],
    ['a page that loads', [{ url: '', status: 'loading' }], true],
    ['a browser that gives no tabs', undefined, true],
    ['a page that we may not see: the number is another window now', [{ status: 'complete' }], false],
    ['a page of a look-alike', [{ url: `${ORIGIN}.evil.example/`, status: 'complete' }], false],
    ['no page', [], false],
  ])('exist where they show %s', async (_name, tabs, expected) => {
    expect(await windowsWith(tabs).windows.exists(7)).toBe(expected);
  });

  test('that are closed do not exist, and closing them does nothing; nor do numbers that are none', async () => {
    const { windows, calls } = windowsWith([]);
    expect(await windows.exists(8)).toBe(false);
    await windows.close(8);
    await windows.close(7);
    expect(calls).toEqual([['remove', 7]]);
    const throwing = () => {
      throw new TypeError('Invalid type');
    };
    const odd = platformWith({ windows: { get: throwing, remove: throwing } }).platform.windows;
    expect(await odd?.exists('7' as never)).toBe(false);
    await odd?.close(Number.NaN);
  });

  test('tell their number when they are closed', () => {
    const { windows, onRemoved } = windowsWith([]);
    const closed: unknown[][] = [];
    windows.onClosed((...args: unknown[]) => void closed.push(args));
    onRemoved.fire(7, { more: true });
    expect(closed).toEqual([[7]]);
  });

  test('take our page along when they close, wherever somebody has moved it, and no other page', async () => {
    const removed: string[] = [];
    const windows = {
      create: async () => ({ id: 7, tabs: [{ id: 70 }] }),
      remove: async (id: number) => void removed.push(`window ${id}`),
    };
    const tabs = { remove: async (id: number) => void removed.push(`tab ${id}`) };
    const found = platformWith({ windows, tabs }).platform.windows;
    await found?.open('prompt.html', { width: 400, height: 500 });
    await found?.close(7);
    // An earlier run has opened this one: nobody knows its tab.
    await found?.close(8);
    expect(removed).toEqual(['tab 70', 'window 8']);
  });

  test.each<[string, readonly object[] | undefined, boolean]>([
    ['our page', [{ url: `${ORIGIN}/prompt.html`, active: true }], true],
    ['our page, while it loads', [{ url: `${ORIGIN}/prompt.html`, active: true, status: 'loading' }], true],
    ['a browser that gives no tabs', undefined, true],
    ['a page that we may not see', [{ active: true, status: 'loading' }], false],
    [
      'our page behind another one',
      [{ url: `${ORIGIN}/prompt.html`, active: false }, { active: true }],
      false,
    ],
    ['no page', [], false],
  ])('show our page, or not: %s', async (_name, tabs, expected) => {
    const { windows } = windowsWith(tabs);
    expect(await windows.shows(7)).toBe(expected);
    expect(await windows.shows(8)).toBe(false);
  });

  test('a window without a number is none', async () => {
    const { platform } = platformWith({ windows: { create: async () => ({}) } });
    await expect(platform.windows?.open('a.html', { width: 1, height: 1 })).rejects.toThrow('no number');
  });

  test('are tabs where the browser has no windows', async () => {
    const calls: unknown[][] = [];
    const onRemoved = eventOf();
    const tabs = {
      create: async (options: object) => {
        calls.push(['create', options]);
        return { id: 3 };
      },
      get: async (id: number) => {
        if (id !== 3) throw new Error('Invalid tab ID');
        return { id, url: `${ORIGIN}/prompt.html` };
      },
      update: async (...args: unknown[]) => void calls.push(['update', ...args]),
      remove: async (id: number) => {
        if (id !== 3) throw new Error('Invalid tab ID');
        calls.push(['remove', id]);
      },
      onRemoved,
    };
    const { windows } = platformWith({ tabs }).platform;
    expect(await windows?.open('prompt.html', { width: 400, height: 500 })).toBe(3);
    await windows?.focus(3);
    expect([await windows?.exists(3), await windows?.exists(4)]).toEqual([true, false]);
    expect([await windows?.shows(3), await windows?.shows(4)]).toEqual([true, false]);
    await windows?.close(3);
    await windows?.close(4);
    expect(calls).toEqual([
      ['create', { url: `${ORIGIN}/prompt.html`, active: true }],
      ['update', 3, { active: true }],
      ['remove', 3],
    ]);
    const closed: unknown[][] = [];
    windows?.onClosed((...args: unknown[]) => void closed.push(args));
    onRemoved.fire(3, {});
    expect(closed).toEqual([[3]]);
  });
});

describe('other extensions', () => {
  const info = { id: 'alice', name: 'Alice', enabled: true, permissions: ['tabs'], hostPermissions: [] };

  test('are told of, as far as Portico reads them', async () => {
    const { extensions } = platformWith({
      management: { get: async () => ({ ...info, icons: [] }) },
    }).platform;
    expect(await extensions?.get('alice')).toEqual({
      name: 'Alice',
      enabled: true,
      permissions: ['tabs'],
      hostPermissions: [],
    });
  });

  test('themes hold nothing', async () => {
    const theme = { id: 'theme', name: 'Theme', enabled: true };
    const { extensions } = platformWith({ management: { get: async () => theme } }).platform;
    expect(await extensions?.get('theme')).toMatchObject({ permissions: [], hostPermissions: [] });
  });

  test('one that is not there is told from a browser that does not say', async () => {
    const get = () => Promise.reject(new Error('whatever it says'));
    const absent = platformWith({ management: { get, getAll: async () => [info] } }).platform;
    expect(await absent.extensions?.get('bob')).toBeUndefined();
    expect(await absent.extensions?.get('alice')).toMatchObject({ name: 'Alice' });
    const failing = platformWith({ management: { get, getAll: get } }).platform;
    await expect(failing.extensions?.get('bob')).rejects.toThrow('whatever it says');
  });

  test('are heard going, by id in Chromium and whole in Firefox', () => {
    const onDisabled = eventOf();
    const onUninstalled = eventOf();
    const { extensions } = platformWith({ management: { get() {}, onDisabled, onUninstalled } }).platform;
    const gone: unknown[][] = [];
    extensions?.onGone((...args: unknown[]) => void gone.push(args));
    onDisabled.fire(info);
    onUninstalled.fire('alice');
    onUninstalled.fire({ ...info, id: 'bob' });
    expect(gone).toEqual([
      ['alice', 'disabled'],
      ['alice', 'uninstalled'],
      ['bob', 'uninstalled'],
    ]);
  });
});
