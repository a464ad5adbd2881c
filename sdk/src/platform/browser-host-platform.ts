import { browserPlatform, extensionApi } from './browser-platform.js';
import type { HostPlatform } from './platform.js';
import { randomId } from './system.js';

/**
 * The browser's adapter for hosts.
 * @throws {PorticoError} INVALID_ARGUMENT where there is no extension API
 */
export const browserHostPlatform = (): HostPlatform => {
  const { runtime } = extensionApi();
  return {
    ...browserPlatform(),
    randomId,
    listen(event, listener) {
      const source = event === 'internal' ? runtime.onConnect : runtime.onConnectExternal;
      source?.addListener(listener);
      return () => source?.removeListener(listener);
    },
  };
};
