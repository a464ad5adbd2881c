import type { CapabilityClient } from 'portico/client';
import type { tabs } from 'portico-tabs/protocol';

type Read = CapabilityClient<typeof tabs, 'read'>;
export type Tab = Awaited<ReturnType<Read['list']>>[number];
export type Window = Awaited<ReturnType<Read['windows']>>[number];

export interface Change {
  readonly id: number;
  readonly tab?: Tab | undefined;
}

/** A window as the board shows it. */
export interface BoardWindow {
  readonly id: number;
  readonly name: string;
  readonly tabs: readonly Tab[];
}

export interface Board {
  apply(change: Change): void;
  /** All tabs anew. */
  setTabs(list: readonly Tab[]): void;
  /** What the board must not know any more: titles, addresses, icons. */
  forgetTitles(): void;
  /** Whether a change brought a window that the list of windows didn't have. */
  readonly lacksWindows: boolean;
  setWindows(windows: readonly Window[]): void;
  /** In the order in which they were opened, each with its tabs from left to right. */
  readonly windows: readonly BoardWindow[];
}

const NAMES: Readonly<Record<Window['kind'], string>> = {
  normal: 'Window',
  popup: 'Small window',
  other: 'Window',
};

/** What the board knows of the tabs: a list, and the changes since. `leaveOut` is a window that is not shown. */
export const createBoard = (
  list: readonly Tab[],
  windows: readonly Window[],
  leaveOut?: number | undefined,
): Board => {
  let known = new Map(list.map((tab) => [tab.id, tab]));
  let described = new Map(windows.map((window) => [window.id, window]));

  const shown = (): Tab[] => [...known.values()].filter(({ windowId }) => windowId !== leaveOut);
  const nameOf = (windowId: number, place: number): string => {
    const { kind = 'normal', incognito = false } = described.get(windowId) ?? {};
    return `${incognito ? 'Private window' : NAMES[kind]} ${place}`;
  };

  return {
    apply({ id, tab }) {
      if (tab) known.set(id, tab);
      else known.delete(id);
    },
    setTabs(next) {
      known = new Map(next.map((tab) => [tab.id, tab]));
    },
    forgetTitles() {
      for (const [id, { title, url, favIconUrl, ...rest }] of known) known.set(id, rest);
    },
    get lacksWindows() {
      return shown().some(({ windowId }) => !described.has(windowId));
    },
    setWindows(next) {
      described = new Map(next.map((window) => [window.id, window]));
    },
    get windows() {
      const byWindow = new Map<number, Tab[]>();
      for (const tab of shown()) byWindow.set(tab.windowId, [...(byWindow.get(tab.windowId) ?? []), tab]);
      return [...byWindow]
        .sort(([one], [other]) => one - other)
        .map(([id, its], place) => ({
          id,
          name: nameOf(id, place + 1),
          tabs: its.sort((one, other) => one.index - other.index),
        }));
    },
  };
};

/** "12 tabs in 2 windows" */
export const summary = (windows: readonly BoardWindow[]): string => {
  const count = windows.reduce((sum, each) => sum + each.tabs.length, 0);
  return `${plural(count, 'tab')} in ${plural(windows.length, 'window')}`;
};

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
