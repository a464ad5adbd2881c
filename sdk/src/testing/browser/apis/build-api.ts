import type { Context } from '../contexts/context.js';
import type { Installed } from '../extensions/installed.js';
import { matchesAny } from '../extensions/match-pattern.js';
import { lazily } from '../realm/define.js';
import type { Realm } from '../realm/realm.js';
import { runtimeOf } from './runtime.js';
import { actionOf, alarmsOf, extensionOf, i18nOf, managementOf, permissionsOf } from './small-namespaces.js';
import { storageOf } from './storage.js';
import { tabsOf } from './tabs.js';
import { windowsOf } from './windows.js';

interface Entry {
  /** The permission, or the key of the manifest, without which it is absent. */
  readonly needs?: string;
  readonly inContentScripts?: boolean;
  readonly make: (context: Context, realm: Realm, extension: Installed) => object;
}

const NAMESPACES: Readonly<Record<string, Entry>> = {
  runtime: { inContentScripts: true, make: runtimeOf },
  i18n: { inContentScripts: true, make: i18nOf },
  storage: { needs: 'storage', inContentScripts: true, make: storageOf },
  alarms: { needs: 'alarms', make: alarmsOf },
  action: { needs: 'action', make: actionOf },
  management: { make: managementOf },
  permissions: { make: permissionsOf },
  extension: { make: extensionOf },
  tabs: { make: tabsOf },
  windows: { make: windowsOf },
};

/** Real namespaces that are not simulated, each with the permission without which it is absent. */
const NOT_SIMULATED: Readonly<Record<string, string | undefined>> = {
  bookmarks: 'bookmarks',
  browsingData: 'browsingData',
  contextMenus: 'contextMenus',
  cookies: 'cookies',
  debugger: 'debugger',
  declarativeNetRequest: 'declarativeNetRequest',
  downloads: 'downloads',
  history: 'history',
  identity: 'identity',
  idle: 'idle',
  menus: 'menus',
  notifications: 'notifications',
  offscreen: 'offscreen',
  pageCapture: 'pageCapture',
  power: 'power',
  privacy: 'privacy',
  proxy: 'proxy',
  readingList: 'readingList',
  scripting: 'scripting',
  search: 'search',
  sessions: 'sessions',
  sidePanel: 'sidePanel',
  tabGroups: 'tabGroups',
  topSites: 'topSites',
  tts: 'tts',
  userScripts: 'userScripts',
  webNavigation: 'webNavigation',
  webRequest: 'webRequest',
};
/** `chrome`, as far as this context has it. What is real and not simulated is there, and says so when it is called. */
export const buildApi = (context: Context, realm: Realm): object | undefined => {
  const { extension } = context;
  if (!extension) return apiOfPage(context, realm);
  const api = realm.toolkit.object();
  const isContent = context.facts.kind === 'content-script';
  for (const [name, { needs, inContentScripts, make }] of Object.entries(NAMESPACES)) {
    if (isContent && !inContentScripts) continue;
    if (needs !== undefined && !extension.has(needs) && !(needs in extension.manifest)) continue;
    lazily(api, name, () => make(context, realm, extension));
  }
  if (isContent) return api;
  for (const [name, permission] of Object.entries(NOT_SIMULATED)) {
    if (permission !== undefined && !extension.has(permission)) continue;
    lazily(api, name, () =>
      realm.toolkit.missing(`${context.world.apiName}.${name}`, (path) =>
        context.world.missing(context, path),
      ),
    );
  }
  return api;
};

/** Pages get a `runtime` where an extension's manifest names them; in Firefox never. */
const apiOfPage = (context: Context, realm: Realm): object | undefined => {
  const { world, facts } = context;
  if (world.profile.family === 'firefox') return undefined;
  const api = realm.toolkit.object();
  const isNamed = [...world.extensions.values()].some(
    ({ enabled, manifest }) =>
      enabled && matchesAny(manifest.externally_connectable?.matches ?? [], facts.url),
  );
  if (isNamed) lazily(api, 'runtime', () => runtimeOf(context, realm));
  return api;
};
