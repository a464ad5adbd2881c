import type { Context } from '../contexts/context.js';
import { matchesAny } from '../extensions/match-pattern.js';
import { ApiError, type Realm } from '../realm/realm.js';
import { describeTab, maySee, type TabModel } from '../tabs/tab-model.js';
import { expose } from './methods.js';
import { tabMessaging } from './runtime.js';

interface Query {
  readonly windowId?: number;
  readonly active?: boolean;
  readonly currentWindow?: boolean;
  readonly lastFocusedWindow?: boolean;
  readonly pinned?: boolean;
  readonly audible?: boolean;
  readonly discarded?: boolean;
  readonly index?: number;
  readonly url?: string | readonly string[];
  readonly title?: string;
}

interface Change {
  readonly url?: string;
  readonly active?: boolean;
  readonly pinned?: boolean;
  readonly index?: number;
  readonly windowId?: number;
}

const EVENTS = [
  'onActivated',
  'onAttached',
  'onCreated',
  'onDetached',
  'onHighlighted',
  'onMoved',
  'onRemoved',
  'onReplaced',
  'onUpdated',
];

/** A 1 by 1 picture. */
const PICTURE =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** `tabs`, with what an extension may know of them. */
export const tabsOf = (context: Context, realm: Realm): object => {
  const { world, extension } = context;
  const { tabs: strip } = world;
  const describe = (tab: TabModel): object => describeTab(tab, maySee(extension, tab));
  const find = (tabId: number): TabModel => {
    const tab = strip.find(tabId);
    if (!tab)
      throw new ApiError(
        world.profile.family === 'firefox' ? `Invalid tab ID: ${tabId}` : `No tab with id: ${tabId}.`,
      );
    return tab;
  };
  /** Methods whose first argument may be left out. */
  const activeTab = (): TabModel => {
    const tab = strip.focused?.tabs.find(({ active }) => active);
    if (!tab) throw new ApiError('No active tab');
    return tab;
  };
  const captureVisibleTab = (first?: number | object): string => {
    const windowId = typeof first === 'number' ? first : strip.focused?.id;
    const tab = strip.tabs.find(({ active, window }) => active && window.id === windowId);
    if (!tab) throw new ApiError(`No window with id: ${windowId}.`);
    world.capturing.check();
    const mayLook = extension?.hosts.includes('<all_urls>') ?? false;
    const isOther =
      /^(?:chrome|moz)-extension:/.test(tab.url) && !tab.url.startsWith(`${extension?.origin}/`);
    if (!mayLook || isOther || /^(?:chrome|about):/.test(tab.url))
      throw new ApiError("Either the '<all_urls>' or 'activeTab' permission is required.");
    return PICTURE;
  };
  const update = (...args: [number, Change] | [Change]): object => {
    const [tab, change] = args.length === 2 ? [find(args[0]), args[1]] : [activeTab(), args[0]];
    if (change.url !== undefined) strip.navigate(tab, new URL(change.url, context.facts.url).href);
    if (change.active) strip.activate(tab);
    if (change.pinned !== undefined) strip.change(tab, { pinned: change.pinned });
    return describe(tab);
  };

  const tabs = expose(context, realm, 'tabs', {
    events: EVENTS,
    values: { TAB_ID_NONE: -1 },
    later: {
      query: (query: Query = {}) => strip.tabs.filter((tab) => fits(context, tab, query)).map(describe),
      get: (tabId: number) => describe(find(tabId)),
      getCurrent: () => (context.facts.tab ? describe(context.facts.tab) : undefined),
      create: ({ url = 'about:blank', active = true, windowId, index }: Change = {}) => {
        const window = strip.windows.find(({ id }) => id === windowId);
        if (windowId !== undefined && !window) throw new ApiError(`No window with id: ${windowId}.`);
        return describe(strip.open(new URL(url, context.facts.url).href, active, window, index));
      },
      update,
      reload: (tabId?: number) => strip.reload(tabId === undefined ? activeTab() : find(tabId)),
      goBack: (tabId?: number) => strip.travel(tabId === undefined ? activeTab() : find(tabId), -1),
      goForward: (tabId?: number) => strip.travel(tabId === undefined ? activeTab() : find(tabId), 1),
      move: (tabId: number, { index = -1 }: Change) => {
        strip.move(find(tabId), index);
        return describe(find(tabId));
      },
      remove: (tabIds: number | number[]) => {
        for (const tab of [tabIds].flat().map(find)) strip.close(tab);
      },
      captureVisibleTab,
    },
    missing: [
      'captureTab',
      'detectLanguage',
      'discard',
      'duplicate',
      'executeScript',
      'getZoom',
      'group',
      'highlight',
      'setZoom',
      'ungroup',
    ],
  });
  return Object.assign(tabs, tabMessaging(context, realm));
};

const fits = ({ world, facts, extension }: Context, tab: TabModel, query: Query): boolean => {
  const current = facts.tab?.window ?? world.tabs.focused;
  for (const key of ['active', 'pinned', 'audible', 'discarded'] as const)
    if (query[key] !== undefined && tab[key] !== query[key]) return false;
  const inWindow =
    (query.windowId === undefined ||
      tab.window.id === query.windowId ||
      (query.windowId === -2 && tab.window === current)) &&
    (!query.currentWindow || tab.window === current) &&
    (!query.lastFocusedWindow || tab.window === world.tabs.focused);
  const atIndex = query.index === undefined || tab.window.tabs.indexOf(tab) === query.index;
  if (!inWindow || !atIndex) return false;
  if (query.title !== undefined && !(maySee(extension, tab) && tab.title === query.title)) return false;
  return query.url === undefined || (maySee(extension, tab) && matchesAny([query.url].flat(), tab.url));
};
