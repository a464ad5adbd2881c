import type { Implementation } from 'portico/host';
import type { BrowserTab, BrowserTabs } from './browser-tabs.js';
import type { tabs } from './tabs.protocol.js';

type Reader = Implementation<typeof tabs, 'read'>;
export type Tab = Awaited<ReturnType<Reader['list']>>[number];

/** Some pages draw their icon into the address, large: nobody needs more than this to tell tabs apart. */
const LONGEST_ICON = 32_768;

/** A tab as the protocol has it. What a caller may not see is left out later, by its grants. */
export const toTab = (tab: BrowserTab & { readonly id: number }): Tab => ({
  id: tab.id,
  windowId: tab.windowId,
  index: tab.index,
  active: tab.active,
  pinned: tab.pinned,
  audible: tab.audible ?? false,
  discarded: tab.discarded ?? false,
  title: tab.title,
  // While a new tab loads, Chromium has its address in another place.
  url: tab.url || tab.pendingUrl,
  favIconUrl: tab.favIconUrl && tab.favIconUrl.length <= LONGEST_ICON ? tab.favIconUrl : undefined,
});

/** Windows of developer tools have tabs without a usable id. */
const isReal = <T extends { readonly id?: number | undefined }>(
  item: T,
): item is T & { readonly id: number } => item.id !== undefined && item.id >= 0;

const KINDS: Readonly<Record<string, 'normal' | 'popup'>> = { normal: 'normal', popup: 'popup' };

export const readTabs = async (
  { tabs: api }: Pick<BrowserTabs, 'tabs'>,
  windowId?: number | undefined,
): Promise<Tab[]> => {
  const found = await api.query(windowId === undefined ? {} : { windowId });
  return found.filter(isReal).map(toTab);
};

/** Answers `read`. `onList` hears of every complete list, so that changes can be told against it. */
export const createReader = (
  api: Pick<BrowserTabs, 'tabs' | 'windows'>,
  onList: (tabs: readonly Tab[]) => void,
): Reader => ({
  async windows() {
    const windows = await api.windows.getAll();
    return windows.filter(isReal).map(({ id, focused, incognito, type = '' }) => ({
      id,
      focused,
      incognito,
      kind: KINDS[type] ?? 'other',
    }));
  },
  async list({ windowId }) {
    const list = await readTabs(api, windowId);
    if (windowId === undefined) onList(list);
    return list;
  },
});
