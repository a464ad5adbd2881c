import { browserExtensions } from './browser-extensions.js';
import type { ExtensionApi } from './browser-platform.js';
import { browserManaged, browserStore } from './browser-storage.js';
import { browserWindows, type Opener } from './browser-windows.js';
import type { HostPlatform } from './platform.js';

/** The APIs of a host's background. What it has no permission for is absent. */
export type HostApi = Opener & Pick<ExtensionApi, 'storage' | 'management'>;

/** What of a host's platform only some hosts use: a browser makes each of its namespaces when it is first asked for it. */
export const hostParts = (
  api: HostApi,
): Pick<HostPlatform, 'store' | 'managed' | 'windows' | 'extensions'> => ({
  get store() {
    return api.storage && browserStore(api.storage);
  },
  get managed() {
    return api.storage && browserManaged(api.storage);
  },
  get windows() {
    return browserWindows(api);
  },
  get extensions() {
    // Without the permission it is there all the same, with nothing but what the extension may know of itself.
    const { management } = api;
    return management?.get ? browserExtensions(management) : undefined;
  },
});
