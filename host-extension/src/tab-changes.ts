import type { TabEvents } from './browser-tabs.js';
import type { Tab } from './read-tabs.js';

export interface Change {
  readonly id: number;
  /** Absent when the tab was closed. */
  readonly tab?: Tab | undefined;
}

export interface TabChanges {
  /** Something happened to this tab: it will be told about even if it looks as before. */
  touch(tabId: number): void;
  /** A complete list that went out: what has not been told yet counts from here. */
  listed(tabs: readonly Tab[]): void;
}

/** How long changes are gathered. One navigation is half a dozen browser events within this time. */
export const GATHER_MS = 50;

/**
 * Turns the browser's events into changes of the protocol: gathers for a moment, then reads all tabs once and
 * tells what differs. Reading them all finds what has no event of its own, such as the tabs that move up
 * when one before them is closed.
 */
export const watchTabs = (
  read: () => Promise<readonly Tab[]>,
  changed: { readonly subscribers: number; emit(change: Change): void },
  onError: (error: unknown) => void,
): TabChanges => {
  /** What the subscribers know of each tab; empty when that can't be told. */
  const known = new Map<number, string>();
  let touched = new Set<number>();
  let gathering = false;

  const tell = async (): Promise<void> => {
    const before = touched;
    touched = new Set();
    if (changed.subscribers === 0) {
      // Nobody listens, so nobody will know of this.
      known.clear();
      return;
    }
    const now = new Map((await read()).map((tab) => [tab.id, tab]));
    for (const tab of now.values()) {
      const text = JSON.stringify(tab);
      if (!before.has(tab.id) && known.get(tab.id) === text) continue;
      known.set(tab.id, text);
      changed.emit({ id: tab.id, tab });
    }
    for (const id of new Set([...known.keys(), ...before])) {
      if (now.has(id)) continue;
      known.delete(id);
      changed.emit({ id });
    }
  };

  /** One at a time: a list that was read earlier must never be told later. */
  const gather = (): void => {
    if (gathering) return;
    gathering = true;
    setTimeout(async () => {
      await tell().catch(onError);
      gathering = false;
      if (touched.size > 0) gather();
    }, GATHER_MS);
  };

  return {
    touch(tabId) {
      touched.add(tabId);
      gather();
    },
    listed(tabs) {
      // An older list is still what its reader knows, so only the first one counts.
      if (known.size > 0) return;
      for (const tab of tabs) known.set(tab.id, JSON.stringify(tab));
    },
  };
};

/** What of a tab the protocol tells; the browser also has events for what it doesn't. */
const TOLD = ['audible', 'discarded', 'favIconUrl', 'pinned', 'title', 'url'] as const;

/** Must run in the first turn of the background's script: these events wake it. */
export const listenToTabs = (events: TabEvents, { touch }: TabChanges): void => {
  events.onCreated.addListener(({ id }) => {
    if (id !== undefined) touch(id);
  });
  events.onUpdated.addListener((tabId, info) => {
    if (TOLD.some((key) => info[key] !== undefined)) touch(tabId);
  });
  events.onMoved.addListener(touch);
  events.onAttached.addListener(touch);
  events.onDetached.addListener(touch);
  events.onActivated.addListener(({ tabId }) => touch(tabId));
  events.onRemoved.addListener(touch);
  events.onReplaced.addListener((added, removed) => {
    touch(added);
    touch(removed);
  });
};
