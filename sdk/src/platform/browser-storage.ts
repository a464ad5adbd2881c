import type { ManagedStore, Store } from './platform.js';

interface Area {
  get(keys?: string | null): Promise<Record<string, unknown>>;
  set(items: object): Promise<void>;
  remove(key: string): Promise<void>;
}

/** `chrome.storage`, as far as Portico uses it. */
export interface StorageApi {
  readonly local: Area;
  /** Safari has none. */
  readonly managed?: Pick<Area, 'get'> & {
    /** Firefox never fires it. */
    readonly onChanged?: { addListener(listener: () => void): void };
  };
}

export const browserStore = ({ local }: StorageApi): Store => ({
  get: async (key) => (await local.get(key))[key],
  set: (key, value) => local.set({ [key]: value }),
  remove: (key) => local.remove(key),
});

export const browserManaged = ({ managed }: StorageApi): ManagedStore | undefined =>
  managed && {
    get: () => managed.get(),
    onChanged: (listener) => managed.onChanged?.addListener(() => listener()),
  };
