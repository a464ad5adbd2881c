import { PorticoError } from '../errors/portico-error.js';
import type { BrowserName, ConnectInfo, Platform, RuntimePort } from './platform.js';
import { randomId, systemClock } from './system.js';

interface ConnectEventSource {
  addListener(listener: (port: RuntimePort) => void): void;
  removeListener(listener: (port: RuntimePort) => void): void;
}

/** The part of the extension API that Portico touches. */
interface ExtensionApi {
  readonly runtime: {
    readonly id: string;
    readonly lastError?: { readonly message?: string };
    readonly onConnect: ConnectEventSource;
    /** Absent in content scripts. */
    readonly onConnectExternal?: ConnectEventSource;
    getURL(path: string): string;
    connect(id: string, info: ConnectInfo): RuntimePort;
    connect(info: ConnectInfo): RuntimePort;
  };
  readonly tabs?: {
    connect(tabId: number, info: { name: string; frameId?: number; documentId?: string }): RuntimePort;
  };
}

const SCHEMES: Readonly<Record<string, BrowserName>> = {
  'chrome-extension:': 'chromium',
  'moz-extension:': 'firefox',
  'safari-web-extension:': 'safari',
};

/**
 * The adapter on the browser's own API.
 * @throws {PorticoError} INVALID_ARGUMENT where there is no extension API
 */
export const browserPlatform = (): Platform => {
  cached ??= createPlatform();
  return cached;
};

/** The API is the same for the life of a realm, and asking it for the origin costs. */
let cached: Platform | undefined;

const createPlatform = (): Platform => {
  const scope = globalThis as { browser?: ExtensionApi; chrome?: ExtensionApi };
  // Firefox has both names; a page may define `browser` for itself, so only one with an id counts.
  const api = scope.browser?.runtime?.id ? scope.browser : scope.chrome;
  if (!api?.runtime?.id) {
    throw new PorticoError(
      'INVALID_ARGUMENT',
      'no extension API here: run in an extension, or use portico/testing',
    );
  }
  const { runtime } = api;
  const own = new URL(runtime.getURL(''));
  return {
    ...systemClock,
    own: {
      browser: SCHEMES[own.protocol] ?? 'chromium',
      id: runtime.id,
      origin: `${own.protocol}//${own.host}`,
    },
    randomId,
    connect(target, info) {
      if (target.to === 'extension') return runtime.connect(target.id, info);
      if (target.to === 'self') return runtime.connect(info);
      if (!api.tabs)
        throw new PorticoError(
          'INVALID_ARGUMENT',
          'connectTab works where the tabs API is: not in content scripts',
        );
      const { tabId, frameId, documentId } = target;
      return api.tabs.connect(tabId, {
        name: info.name,
        ...(frameId === undefined ? {} : { frameId }),
        ...(documentId === undefined ? {} : { documentId }),
      });
    },
    listen(event, listener) {
      const source = event === 'internal' ? runtime.onConnect : runtime.onConnectExternal;
      source?.addListener(listener);
      return () => source?.removeListener(listener);
    },
    // Chrome sets runtime.lastError and complains in the console unless it is read; Firefox sets port.error.
    lastError: (port) => runtime.lastError?.message ?? port.error?.message,
  };
};
