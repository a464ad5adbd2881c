import type { PromptWindows } from './platform.js';

/** As `tabs.Tab`. */
interface Tab {
  readonly id?: number;
  readonly url?: string;
  readonly status?: string;
  readonly active?: boolean;
}

interface Removed {
  addListener(listener: (id: number) => void): void;
}

/** `chrome.windows`, as far as Portico uses it. */
export interface WindowsApi {
  create(options: object): Promise<{ readonly id?: number; readonly tabs?: readonly Tab[] }>;
  get(id: number, options: { readonly populate: true }): Promise<{ readonly tabs?: readonly Tab[] }>;
  update(id: number, changes: { readonly focused: true }): Promise<unknown>;
  remove(id: number): Promise<void>;
  readonly onRemoved: Removed;
}

/** `chrome.tabs`, as far as Portico uses it. */
export interface TabsApi {
  create(options: object): Promise<Tab>;
  get(id: number): Promise<Tab>;
  update(id: number, changes: { readonly active: true }): Promise<unknown>;
  remove(id: number): Promise<void>;
  readonly onRemoved: Removed;
}

export interface Opener {
  readonly tabs?: TabsApi;
  readonly windows?: WindowsApi;
  readonly runtime: { getURL(path: string): string };
}

/** Windows, or tabs where the browser has no windows: Firefox for Android. */
export const browserWindows = ({ windows, tabs, runtime }: Opener): PromptWindows | undefined => {
  const own = runtime.getURL('');
  // After a restart of the browser a number may be another window's. What loads can't be told from others yet.
  const showsOurs = ({ url }: Tab): boolean => url?.startsWith(own) === true;
  const isOurs = (tab: Tab): boolean => tab.status === 'loading' || showsOurs(tab);
  /** The tabs that were opened, by window: where one goes, its number goes along. */
  const opened = new Map<number, number>();
  if (windows)
    return {
      async open(page, size) {
        const made = await windows.create({
          url: runtime.getURL(page),
          type: 'popup',
          focused: true,
          ...size,
        });
        const id = numberOf(made);
        const tab = made.tabs?.[0]?.id;
        if (tab !== undefined) opened.set(id, tab);
        return id;
      },
      focus: async (id) => void (await windows.update(id, { focused: true })),
      close(id) {
        const tab = opened.get(id);
        opened.delete(id);
        // The window goes with its last tab; others in it are none of ours.
        return orElse(() => (tab !== undefined && tabs ? tabs.remove(tab) : windows.remove(id)), undefined);
      },
      exists: (id) =>
        orElse(async () => {
          const found = await windows.get(id, { populate: true });
          return found.tabs?.some(isOurs) ?? true;
        }, false),
      shows: (id) =>
        orElse(async () => {
          const found = await windows.get(id, { populate: true });
          return found.tabs?.some((tab) => tab.active !== false && showsOurs(tab)) ?? true;
        }, false),
      onClosed: (listener) => windows.onRemoved.addListener((id) => listener(id)),
    };
  return (
    tabs && {
      open: async (page) => numberOf(await tabs.create({ url: runtime.getURL(page), active: true })),
      focus: async (id) => void (await tabs.update(id, { active: true })),
      close: (id) => orElse(() => tabs.remove(id), undefined),
      exists: (id) => orElse(async () => isOurs(await tabs.get(id)), false),
      // Where there are only tabs, a person looks at others, and comes back.
      shows: (id) => orElse(async () => showsOurs(await tabs.get(id)), false),
      onClosed: (listener) => tabs.onRemoved.addListener((id) => listener(id)),
    }
  );
};

/** Numbers come from storage, too: browsers throw at once for some. */
const orElse = async <T>(ask: () => Promise<T>, otherwise: T): Promise<T> => {
  try {
    return await ask();
  } catch {
    return otherwise;
  }
};

/** Browsers leave the number out where the extension may not see the window, which is its own here. */
const numberOf = ({ id }: { readonly id?: number }): number => {
  if (id === undefined) throw new Error('the browser gave the window no number');
  return id;
};
