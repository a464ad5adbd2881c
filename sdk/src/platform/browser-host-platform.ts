import { hostParts } from './browser-host-parts.js';
import { browserPlatform, type ExtensionApi, extensionApi } from './browser-platform.js';
import { claimPlace, type HostPlace } from './host-place.js';
import type { HostPlatform } from './platform.js';
import { randomId } from './system.js';

/**
 * The browser's adapter for hosts.
 * @throws {PorticoError} INVALID_ARGUMENT where there is no extension API
 */
export const browserHostPlatform = (): HostPlatform => {
  const api = extensionApi();
  const { runtime } = api;
  const platform = browserPlatform();
  const { protocol, host } = new URL(runtime.getURL(''));
  return Object.assign(hostParts(api), platform, {
    own: { ...platform.own, origin: `${protocol}//${host}` },
    randomId,
    time: () => Date.now(),
    claim: (remembers) =>
      claimPlace({
        scope: globalThis,
        kind: kindOf(api),
        isShared: remembers && runtime.getManifest().incognito === 'split',
      }),
    listen(event, listener) {
      const source = event === 'internal' ? runtime.onConnect : runtime.onConnectExternal;
      source?.addListener(listener);
      return () => source?.removeListener(listener);
    },
  } satisfies Partial<HostPlatform>);
};

/** A background is a worker, or the one document that the browser itself calls so: any page can have its address. */
const kindOf = ({ runtime, extension }: ExtensionApi): HostPlace['kind'] => {
  if (!runtime.onConnectExternal) return 'content-script';
  if (typeof document === 'undefined') return 'background';
  return extension?.getBackgroundPage?.() === globalThis ? 'background' : 'page';
};
