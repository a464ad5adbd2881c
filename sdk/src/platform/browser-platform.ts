import { PorticoError } from '../errors/portico-error.js';
import type { ManagementApi } from './browser-extensions.js';
import type { StorageApi } from './browser-storage.js';
import type { TabsApi, WindowsApi } from './browser-windows.js';
import { INVALIDATED, invalidated } from './left-behind.js';
import type { BrowserName, ConnectInfo, Platform, RuntimePort } from './platform.js';
import { systemClock } from './system.js';

interface ConnectEventSource {
  addListener(listener: (port: RuntimePort) => void): void;
  removeListener(listener: (port: RuntimePort) => void): void;
}

/** The part of the extension API that Portico touches. */
export interface ExtensionApi {
  readonly runtime: {
    readonly id: string;
    readonly lastError?: { readonly message?: string };
    readonly onConnect: ConnectEventSource;
    /** Absent in content scripts. */
    readonly onConnectExternal?: ConnectEventSource;
    getURL(path: string): string;
    getManifest(): { readonly incognito?: unknown };
    connect(id: string, info: ConnectInfo): RuntimePort;
    connect(info: ConnectInfo): RuntimePort;
  };
  /** Absent in content scripts. */
  readonly tabs?: TabsApi & {
    connect(tabId: number, info: { name: string; frameId?: number; documentId?: string }): RuntimePort;
  };
  /** Absent in content scripts, and in Firefox for Android. */
  readonly windows?: WindowsApi;
  /** In Chromium's workers, and in content scripts, with less in it, or absent. */
  readonly extension?: { readonly getBackgroundPage?: () => object | null };
  /** Absent without the permission. */
  readonly storage?: StorageApi;
  readonly management?: ManagementApi;
}

/**
 * @throws {PorticoError} INVALID_ARGUMENT where there is no extension API, CONTEXT_INVALIDATED where there was
 */
export const extensionApi = (): ExtensionApi => {
  const { browser, chrome } = globalThis as { browser?: ExtensionApi; chrome?: ExtensionApi };
  // Firefox has both names; a page may define `browser` for itself, so only one with an id counts.
  const api = browser?.runtime?.id ? browser : chrome;
  if (api?.runtime?.id) return api;
  // Web pages may have a `runtime` as well, and no more in it than what connects.
  throw api?.runtime?.getURL !== undefined
    ? invalidated()
    : new PorticoError('INVALID_ARGUMENT', 'there is no extension API here');
};

const browserOf = (url: string): BrowserName =>
  url.startsWith('moz') ? 'firefox' : url.startsWith('safari') ? 'safari' : 'chromium';

/** The API is the same for the life of a realm. */
let platform: Platform | undefined;

/** Milliseconds between two looks whether a content script with open ports was left behind. */
const WATCH = 30_000;

/**
 * The adapter on the browser's own API.
 * @throws {PorticoError} INVALID_ARGUMENT where there is no extension API, CONTEXT_INVALIDATED where there was
 */
export const browserPlatform = (): Platform => {
  if (platform) return platform;
  const { runtime } = extensionApi();
  const browser = browserOf(runtime.getURL(''));
  const unheard = typeof document === 'object' ? new Set<() => void>() : undefined;
  const tellAll = (): void => {
    for (const run of [...(unheard as Set<() => void>)]) run();
  };
  // Chromium closes the ports of pages in its back-forward cache: no event tells, and what is posted vanishes.
  if (unheard)
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted) tellAll();
    });
  // Nor does any tell a content script that it was left behind, but for ports to its own extension. Firefox ends it.
  const watch =
    unheard && !location.protocol.endsWith('-extension:')
      ? systemClock.alarm((now) => {
          if (isOrphan()) tellAll();
          return unheard.size > 0 ? now + WATCH : Number.POSITIVE_INFINITY;
        })
      : undefined;
  // Asked of content scripts alone: to read the id costs every connect of a worker, where nothing can be left behind.
  const isOrphan = (): boolean => watch !== undefined && !runtime.id;
  platform = {
    ...systemClock,
    own: { browser, id: runtime.id },
    connect({ id }, info) {
      if (isOrphan()) throw invalidated();
      watch?.at(systemClock.now() + WATCH);
      return id === undefined ? runtime.connect(info) : runtime.connect(id, info);
    },
    // Chrome sets runtime.lastError and complains in the console unless it is read; Firefox sets port.error.
    lastError: (port) => (isOrphan() ? INVALIDATED : (port.error ?? runtime.lastError)?.message),
    unheard,
  };
  return platform;
};
