/** The part of the browser's API that this extension uses: all that tests have to fake. */

export interface BrowserTab {
  readonly id?: number | undefined;
  readonly windowId: number;
  readonly index: number;
  readonly active: boolean;
  readonly pinned: boolean;
  readonly audible?: boolean | undefined;
  readonly discarded?: boolean | undefined;
  readonly title?: string | undefined;
  readonly url?: string | undefined;
  readonly pendingUrl?: string | undefined;
  readonly favIconUrl?: string | undefined;
}

export interface BrowserWindow {
  readonly id?: number | undefined;
  readonly focused: boolean;
  readonly incognito: boolean;
  readonly type?: string | undefined;
}

export interface BrowserTabs {
  readonly tabs: {
    query(filter: { windowId?: number }): Promise<BrowserTab[]>;
    get(tabId: number): Promise<BrowserTab>;
    create(properties: { url: string; active: boolean }): Promise<BrowserTab>;
    update(tabId: number, properties: { active: true }): Promise<BrowserTab | undefined>;
    remove(tabId: number): Promise<void>;
    captureVisibleTab(windowId: number, options: { format: 'png' }): Promise<string>;
  };
  readonly windows: {
    getAll(): Promise<BrowserWindow[]>;
    getLastFocused(): Promise<BrowserWindow>;
    update(windowId: number, properties: { focused: true }): Promise<unknown>;
  };
  readonly permissions: {
    contains(permissions: { origins: string[] }): Promise<boolean>;
  };
}

/** The events after which tabs are not what they were. */
export type TabEvents = Pick<
  typeof chrome.tabs,
  | 'onCreated'
  | 'onUpdated'
  | 'onMoved'
  | 'onAttached'
  | 'onDetached'
  | 'onActivated'
  | 'onRemoved'
  | 'onReplaced'
>;
