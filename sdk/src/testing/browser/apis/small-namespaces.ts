import type { Context } from '../contexts/context.js';
import type { AlarmInfo } from '../extensions/alarms.js';
import type { Installed } from '../extensions/installed.js';
import { matchesAny } from '../extensions/match-pattern.js';
import { ApiError, type Realm } from '../realm/realm.js';
import { emit } from './emit.js';
import { expose } from './methods.js';

type Make = (context: Context, realm: Realm, extension: Installed) => object;

export const alarmsOf: Make = (context, realm, { alarms }) =>
  expose(context, realm, 'alarms', {
    events: ['onAlarm'],
    later: {
      create: (...args: [string, AlarmInfo] | [AlarmInfo]) =>
        args.length === 2 ? alarms.create(args[0], args[1]) : alarms.create('', args[0]),
      get: (name = '') => alarms.get(name),
      getAll: () => alarms.all,
      clear: (name = '') => alarms.clear(name),
      clearAll: () => alarms.clearAll(),
    },
  });

export const actionOf: Make = (context, realm, extension) => {
  const { action, world } = extension;
  return expose(context, realm, 'action', {
    events: ['onClicked', 'onUserSettingsChanged'],
    later: {
      setBadgeText: ({ text }: { text?: string }) => {
        action.badge = text ?? '';
      },
      getBadgeText: () => action.badge,
      setBadgeBackgroundColor: ({ color }: { color: unknown }) => {
        action.badgeColor = typeof color === 'string' ? color : JSON.stringify(color);
      },
      getBadgeBackgroundColor: () => action.badgeColor,
      setBadgeTextColor: () => undefined,
      setTitle: ({ title }: { title: string }) => {
        action.title = title;
      },
      getTitle: () => action.title || (extension.manifest.action?.default_title ?? ''),
      setIcon: () => undefined,
      setPopup: ({ popup }: { popup: string }) => {
        action.popup = popup;
      },
      getPopup: () => action.popup ?? extension.manifest.action?.default_popup ?? '',
      enable: () => {
        action.enabled = true;
      },
      disable: () => {
        action.enabled = false;
      },
      isEnabled: () => action.enabled,
      openPopup: () => void world.life.openPopup(extension),
    },
  });
};

export const permissionsOf: Make = (context, realm, extension) => {
  interface Wanted {
    readonly permissions?: readonly string[];
    readonly origins?: readonly string[];
  }
  const { manifest, granted } = extension;
  const all = ({ permissions = [], origins = [] }: Wanted): string[] => [...permissions, ...origins];
  const has = (each: string): boolean =>
    extension.has(each) ||
    extension.hosts.includes(each) ||
    (extension.hosts.includes('<all_urls>') && each.includes('://'));
  return expose(context, realm, 'permissions', {
    events: ['onAdded', 'onRemoved'],
    later: {
      contains: (wanted: Wanted) => all(wanted).every(has),
      getAll: () => ({
        permissions: [...(manifest.permissions ?? []), ...granted],
        origins: [...extension.hosts],
      }),
      request: (wanted: Wanted) => {
        const optional = [
          ...(manifest.optional_permissions ?? []),
          ...(manifest.optional_host_permissions ?? []),
        ];
        const missing = all(wanted).filter((each) => !has(each));
        if (missing.some((each) => !optional.includes(each) && !matchesAny(optional, each)))
          throw new ApiError('Only permissions specified in the manifest may be requested.');
        if (!context.world.life.grants) return false;
        for (const each of missing) granted.add(each);
        if (missing.length > 0) emit(extension, 'permissions.onAdded', () => [wanted]);
        return true;
      },
      remove: (wanted: Wanted) => {
        const removed = all(wanted).filter((each) => granted.delete(each));
        if (removed.length > 0) emit(extension, 'permissions.onRemoved', () => [wanted]);
        return removed.length > 0;
      },
    },
  });
};

export const managementOf: Make = (context, realm, extension) => {
  const { world } = context;
  const find = (id: string): Installed => {
    const found = world.extensions.get(id);
    if (!found) throw new ApiError(`Failed to find extension with id ${id}.`);
    return found;
  };
  const self = { getSelf: () => describeExtension(extension) };
  if (!extension.has('management')) return expose(context, realm, 'management', { later: self });
  return expose(context, realm, 'management', {
    events: ['onInstalled', 'onUninstalled', 'onEnabled', 'onDisabled'],
    later: {
      ...self,
      getAll: () => [...world.extensions.values()].map(describeExtension),
      get: (id: string) => describeExtension(find(id)),
      setEnabled: (id: string, enabled: boolean) => world.life.setEnabled(find(id), enabled),
      uninstallSelf: () => world.life.uninstall(extension),
      uninstall: (id: string) => world.life.uninstall(find(id)),
    },
  });
};

export const extensionOf: Make = (context, realm, { background }) => ({
  ...expose(context, realm, 'extension', {
    values: { inIncognitoContext: false },
    missing: ['getViews', 'isAllowedIncognitoAccess', 'isAllowedFileSchemeAccess'],
  }),
  // A worker has no window to give.
  getBackgroundPage: realm.fn('getBackgroundPage', () =>
    background.context?.facts.kind === 'event-page' ? background.context.realm.toolkit.own : null,
  ),
});

/** As `management.ExtensionInfo`. */
export const describeExtension = ({ id, name, manifest, enabled }: Installed): object => ({
  id,
  name,
  shortName: name,
  version: manifest.version,
  enabled,
  type: 'extension',
  installType: 'development',
  mayDisable: true,
  permissions: [...(manifest.permissions ?? [])],
  hostPermissions: [...(manifest.host_permissions ?? [])],
});

export const i18nOf: Make = (context, realm, { files, manifest }) => {
  type Messages = Readonly<Record<string, { readonly message: string } | undefined>>;
  const text = files.text(`_locales/${manifest.default_locale ?? 'en'}/messages.json`);
  const messages = text === undefined ? {} : (JSON.parse(text) as Messages);
  const fill = (message: string, values: readonly string[]): string =>
    message.replaceAll(/\$(\d)/g, (_, place: string) => values[Number(place) - 1] ?? '');
  return expose(context, realm, 'i18n', {
    now: {
      getMessage: (name: string, values: string | readonly string[] = []) => {
        const message = (messages as Messages)[name]?.message;
        return message === undefined ? '' : fill(message, [values].flat());
      },
      getUILanguage: () => 'en-US',
    },
    later: { getAcceptLanguages: () => ['en-US', 'en'] },
    missing: ['detectLanguage'],
  });
};
