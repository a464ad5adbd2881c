import type { ExtensionList, InstalledExtension } from './platform.js';

/** `management.ExtensionInfo`, as far as Portico uses it. */
interface Info {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /** Themes have none. */
  readonly permissions?: readonly string[];
  readonly hostPermissions?: readonly string[];
}

interface ListEvent<T> {
  addListener(listener: (what: T) => void): void;
}

/** `chrome.management` with the permission; without it all but `getSelf` is missing. */
export interface ManagementApi {
  get?(id: string): Promise<Info>;
  getAll(): Promise<readonly Info[]>;
  readonly onDisabled: ListEvent<Info>;
  /** Firefox gives all of it, Chromium the id. */
  readonly onUninstalled: ListEvent<string | Info>;
}

export const browserExtensions = (management: ManagementApi): ExtensionList => ({
  async get(id) {
    let info: Info | undefined;
    try {
      info = await management.get?.(id);
    } catch {
      // It also rejects where it fails. Only the whole list tells that one is not there.
      info = (await management.getAll()).find((each) => each.id === id);
    }
    return info && installed(info);
  },
  onGone(listener) {
    management.onDisabled.addListener(({ id }) => listener(id, 'disabled'));
    management.onUninstalled.addListener((what) =>
      listener(typeof what === 'string' ? what : what.id, 'uninstalled'),
    );
  },
});

const installed = ({ name, enabled, permissions, hostPermissions }: Info): InstalledExtension => ({
  name,
  enabled,
  permissions: permissions ?? [],
  hostPermissions: hostPermissions ?? [],
});
