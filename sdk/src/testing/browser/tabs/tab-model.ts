import type { Context } from '../contexts/context.js';
import type { Installed } from '../extensions/installed.js';
import { matchesAny } from '../extensions/match-pattern.js';

export interface WindowModel {
  readonly id: number;
  readonly type: 'normal' | 'popup';
  readonly incognito: boolean;
  readonly tabs: TabModel[];
}

/** What a tab has loaded: the document first, then content scripts and frames. */
export interface LoadedDocument {
  readonly url: string;
  readonly contexts: Context[];
}

export interface HistoryEntry {
  readonly url: string;
  /** Put away as it was, to be shown again. */
  kept?: LoadedDocument | undefined;
}

export interface TabModel {
  readonly id: number;
  window: WindowModel;
  url: string;
  title: string;
  active: boolean;
  pinned: boolean;
  audible: boolean;
  discarded: boolean;
  favIconUrl: string | undefined;
  status: 'loading' | 'complete';
  readonly history: HistoryEntry[];
  at: number;
  document: LoadedDocument | undefined;
  isOpen: boolean;
}

/** Whether an extension is told what a tab is called and where it leads. */
export const maySee = (extension: Installed | undefined, { url }: TabModel): boolean =>
  extension !== undefined &&
  (extension.has('tabs') || url.startsWith(`${extension.origin}/`) || matchesAny(extension.hosts, url));

/** A tab as `tabs.Tab`. */
export const describeTab = (tab: TabModel, full: boolean): Record<string, unknown> => ({
  id: tab.id,
  index: tab.window.tabs.indexOf(tab),
  windowId: tab.window.id,
  active: tab.active,
  highlighted: tab.active,
  pinned: tab.pinned,
  audible: tab.audible,
  discarded: tab.discarded,
  incognito: tab.window.incognito,
  status: tab.status,
  ...(full
    ? {
        url: tab.url,
        title: tab.title,
        ...(tab.favIconUrl === undefined ? {} : { favIconUrl: tab.favIconUrl }),
      }
    : {}),
});

export const describeWindow = (window: WindowModel, focused: boolean): Record<string, unknown> => ({
  id: window.id,
  focused,
  incognito: window.incognito,
  type: window.type,
  state: 'normal',
  alwaysOnTop: false,
});
