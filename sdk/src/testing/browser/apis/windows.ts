import type { Context } from '../contexts/context.js';
import { ApiError, type Realm } from '../realm/realm.js';
import { describeTab, describeWindow, maySee, type WindowModel } from '../tabs/tab-model.js';
import { expose } from './methods.js';

interface Create {
  readonly url?: string | readonly string[];
  readonly type?: string;
  readonly incognito?: boolean;
  readonly focused?: boolean;
}

interface Get {
  readonly populate?: boolean;
}

export const windowsOf = (context: Context, realm: Realm): object => {
  const { world, extension } = context;
  const { tabs: strip } = world;
  const find = (windowId: number): WindowModel => {
    if (windowId === -2) return current();
    const window = strip.windows.find(({ id }) => id === windowId);
    if (!window)
      throw new ApiError(
        world.profile.family === 'firefox'
          ? `Invalid window ID: ${windowId}`
          : `No window with id: ${windowId}.`,
      );
    return window;
  };
  const current = (): WindowModel => {
    const window = context.facts.tab?.window ?? strip.focused;
    if (!window) throw new ApiError('No current window');
    return window;
  };
  const describe = (window: WindowModel, { populate = false }: Get = {}): object => ({
    ...describeWindow(window, window === strip.focused),
    ...(populate ? { tabs: window.tabs.map((tab) => describeTab(tab, maySee(extension, tab))) } : {}),
  });
  const create = ({ url, type, incognito = false }: Create = {}): object => {
    const window = strip.openWindow(type === 'popup' || type === 'panel' ? 'popup' : 'normal', incognito);
    for (const each of url === undefined ? ['about:blank'] : [url].flat())
      strip.open(new URL(each, context.facts.url).href, true, window);
    return describe(window, { populate: true });
  };

  return expose(context, realm, 'windows', {
    events: ['onCreated', 'onRemoved', 'onFocusChanged', 'onBoundsChanged'],
    values: { WINDOW_ID_NONE: -1, WINDOW_ID_CURRENT: -2 },
    later: {
      getAll: (get?: Get) => strip.windows.map((window) => describe(window, get)),
      get: (windowId: number, get?: Get) => describe(find(windowId), get),
      getCurrent: (get?: Get) => describe(current(), get),
      getLastFocused: (get?: Get) => {
        const window = strip.focused ?? strip.windows.at(-1);
        if (!window) throw new ApiError('No last-focused window');
        return describe(window, get);
      },
      create,
      update: (windowId: number, { focused }: { focused?: boolean } = {}) => {
        const window = find(windowId);
        if (focused) strip.focus(window);
        return describe(window);
      },
      remove: (windowId: number) => strip.closeWindow(find(windowId)),
    },
  });
};
