import { vi } from 'vitest';
import type { BrowserTab, BrowserTabs, BrowserWindow } from '../../src/browser-tabs.js';

/** `data:` address of the bytes 1, 2, 3. */
const PICTURE = 'data:image/png;base64,AQID';

export const tab = (id: number, more: Partial<BrowserTab> = {}): BrowserTab => ({
  id,
  windowId: 1,
  index: id - 1,
  active: false,
  pinned: false,
  audible: false,
  discarded: false,
  title: `Title ${id}`,
  url: `https://site-${id}.example/`,
  ...more,
});

/** A browser's tabs, kept in `tabs`: change them there. Fails for absent ids as browsers do. */
export const createFakeBrowser = (
  tabs: BrowserTab[] = [tab(1, { active: true }), tab(2), tab(3)],
  windows: BrowserWindow[] = [{ id: 1, focused: true, incognito: false, type: 'normal' }],
) => {
  const find = (tabId: number): BrowserTab => {
    const found = tabs.find(({ id }) => id === tabId);
    if (!found) throw new Error(`No tab with id: ${tabId}.`);
    return found;
  };
  const api = {
    tabs: {
      query: vi.fn(async ({ windowId }) =>
        tabs.filter((each) => windowId === undefined || each.windowId === windowId),
      ),
      get: vi.fn(async (tabId) => find(tabId)),
      create: vi.fn(async ({ url, active }) => {
        const created = tab(Math.max(0, ...tabs.map(({ id = 0 }) => id)) + 1, { url, active });
        tabs.push(created);
        return created;
      }),
      update: vi.fn(async (tabId) => find(tabId)),
      remove: vi.fn(async (tabId) => void tabs.splice(tabs.indexOf(find(tabId)), 1)),
      captureVisibleTab: vi.fn(async () => PICTURE),
    },
    windows: {
      getAll: vi.fn(async () => windows),
      getLastFocused: vi.fn(
        async () => windows.find(({ focused }) => focused) ?? { focused: false, incognito: false },
      ),
      update: vi.fn(async () => {}),
    },
    permissions: { contains: vi.fn(async () => true) },
  } satisfies BrowserTabs;
  return { api, tabs, windows };
};
