import { hostParts } from './browser-host-parts.js';
import { browserPlatform, extensionApi } from './browser-platform.js';
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
    listen(event, listener) {
      const source = event === 'internal' ? runtime.onConnect : runtime.onConnectExternal;
      source?.addListener(listener);
      return () => source?.removeListener(listener);
    },
  } satisfies Partial<HostPlatform>);
};
