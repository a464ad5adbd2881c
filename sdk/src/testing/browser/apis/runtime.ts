import { posix } from 'node:path';
import type { Context } from '../contexts/context.js';
import { Channel } from '../ports/channel.js';
import { sendMessage } from '../ports/one-shot.js';
import { type Route, routeToExtension } from '../ports/routes.js';
import { ApiError, type Realm } from '../realm/realm.js';
import { checkAlive, expose } from './methods.js';

const EVENTS = [
  'onConnect',
  'onConnectExternal',
  'onMessage',
  'onMessageExternal',
  'onInstalled',
  'onStartup',
];
const MORE_EVENTS = ['onSuspend', 'onSuspendCanceled', 'onUpdateAvailable'];

interface ConnectInfo {
  readonly name?: string;
}

/** `connect` and `sendMessage`: all that a web page gets, where an extension lets it in. */
const messaging = (context: Context, realm: Realm) => ({
  connect: realm.fn('connect', (...args: unknown[]) => {
    checkAlive(context);
    const [id, info] = typeof args[0] === 'object' && args[0] !== null ? [undefined, args[0]] : args;
    const { name = '' } = (info ?? {}) as ConnectInfo;
    return new Channel(context, `${name}`, routeToExtension(context, id, 'connect')).opener.object;
  }),
  sendMessage: realm.fn('sendMessage', (...args: unknown[]) => {
    const callback =
      typeof args.at(-1) === 'function' ? (args.pop() as (response?: unknown) => void) : undefined;
    if (args.length === 0)
      throw new ApiError('Error in invocation of runtime.sendMessage: no message', 'TypeError');
    const hasId = args.length >= 3 || (args.length === 2 && typeof args[0] !== 'object');
    const [id, message] = hasId ? args : [undefined, args[0]];
    return sendMessage(context, realm, routeToExtension(context, id, 'sendMessage'), message, callback);
  }),
});

/** `tabs.connect` and `tabs.sendMessage`: the way to content scripts. */
export const tabMessaging = (context: Context, realm: Realm) => {
  const routeTo = (tabId: number, { frameId, documentId }: Partial<Route> = {}): Route => ({
    label: `tab ${tabId}`,
    tabId,
    frameId,
    documentId,
  });
  return {
    connect: realm.fn('connect', (tabId: number, info: ConnectInfo & Partial<Route> = {}) => {
      checkAlive(context);
      return new Channel(context, info.name ?? '', routeTo(tabId, info)).opener.object;
    }),
    sendMessage: realm.fn('sendMessage', (tabId: number, message: unknown, ...rest: unknown[]) => {
      const callback =
        typeof rest.at(-1) === 'function' ? (rest.pop() as (response?: unknown) => void) : undefined;
      const [options] = rest as [Partial<Route> | undefined];
      return sendMessage(context, realm, routeTo(tabId, options ?? {}), message, callback);
    }),
  };
};

/** `runtime` where an extension's code runs. */
export const runtimeOf = (context: Context, realm: Realm): object => {
  const { extension, world } = context;
  if (!extension)
    return withLastError(context, realm, Object.assign(realm.toolkit.object(), messaging(context, realm)));
  const isContent = context.facts.kind === 'content-script';
  const runtime = expose(context, realm, 'runtime', {
    events: isContent ? ['onConnect', 'onMessage'] : [...EVENTS, ...MORE_EVENTS],
    values: isContent
      ? {}
      : { OnInstalledReason: { INSTALL: 'install', UPDATE: 'update', CHROME_UPDATE: 'chrome_update' } },
    now: {
      getURL: (path: string) => `${extension.origin}/${posix.normalize(`${path}`).replace(/^\/|^\.$/, '')}`,
      getManifest: () => realm.adopt(extension.manifest),
      ...(isContent ? {} : { reload: () => world.life.reload(extension) }),
    },
    later: isContent
      ? {}
      : {
          getPlatformInfo: () => ({ os: 'linux', arch: 'x86-64' }),
          setUninstallURL: () => undefined,
          openOptionsPage: () => openOptionsPage(context),
        },
    missing: isContent ? [] : ['connectNative', 'sendNativeMessage', 'requestUpdateCheck', 'getContexts'],
  });
  Object.assign(runtime, messaging(context, realm));
  // An orphaned content script finds no id any more.
  Object.defineProperty(runtime, 'id', {
    enumerable: true,
    get: () => (context.isOrphan ? undefined : extension.id),
  });
  return withLastError(context, realm, runtime);
};

const withLastError = (context: Context, realm: Realm, runtime: object): object =>
  Object.defineProperty(runtime, 'lastError', {
    enumerable: true,
    get: () => {
      if (context.lastError === undefined) return undefined;
      context.lastErrorRead = true;
      return Object.assign(realm.toolkit.object(), { message: context.lastError });
    },
  });

const openOptionsPage = ({ extension, world }: Context): void => {
  const page = extension?.manifest.options_ui?.page ?? extension?.manifest.options_page;
  if (!extension || page === undefined) throw new ApiError('Could not create an options page.');
  const url = `${extension.origin}/${page.replace(/^\//, '')}`;
  const open = world.tabs.tabs.find((tab) => tab.url === url);
  if (open) world.tabs.activate(open);
  else world.tabs.open(url, true);
};
