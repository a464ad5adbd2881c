import { PorticoError } from '../errors/portico-error.js';
import { extensionApi } from './browser-platform.js';
import type { Platform, TabPlatform } from './platform.js';

/** Where in a tab. */
interface Place {
  readonly frameId?: number | undefined;
  readonly documentId?: string | undefined;
}

/**
 * A platform whose connections lead to our own content scripts in a tab.
 * @throws {PorticoError} INVALID_ARGUMENT where there is no `tabs` API
 */
export const inTab = (platform: Platform, tabId: number, { frameId, documentId }: Place): Platform => {
  const open = (platform as Partial<TabPlatform>).connectTab ?? tabsApi();
  // The browser would give the port to every frame's script: each would answer, and each run every call.
  const frame = frameId ?? (documentId === undefined ? 0 : undefined);
  const place = {
    ...(frame === undefined ? {} : { frameId: frame }),
    ...(documentId === undefined ? {} : { documentId }),
  };
  return { ...platform, connect: (_target, { name }) => open(tabId, { name, ...place }) };
};

const tabsApi = (): TabPlatform['connectTab'] => {
  const { tabs } = extensionApi();
  if (!tabs)
    throw new PorticoError(
      'INVALID_ARGUMENT',
      'connectTab works where the tabs API is: not in content scripts',
    );
  return (tabId, info) => tabs.connect(tabId, info);
};
