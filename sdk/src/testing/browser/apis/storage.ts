import type { Context } from '../contexts/context.js';
import { readManaged } from '../extensions/storage.js';
import type { AreaName } from '../extensions/storage-area.js';
import { ApiError, type Realm } from '../realm/realm.js';
import { eventOf } from './api-event.js';
import { expose } from './methods.js';

/** `storage`, where the permission is. Content scripts do not see `session`. */
export const storageOf = (context: Context, realm: Realm): object => {
  const { extension, facts } = context;
  const storage = realm.toolkit.object();
  if (!extension) return storage;
  const names: AreaName[] = ['local', 'sync', 'managed'];
  if (facts.kind !== 'content-script') names.push('session');
  for (const name of names) storage[name] = areaOf(context, realm, name);
  storage['onChanged'] = eventOf(context, 'storage.onChanged').expose(realm);
  return storage;
};

const areaOf = (context: Context, realm: Realm, name: AreaName): object => {
  const { extension } = context;
  if (!extension) return {};
  const area = extension.storage[name];
  const isManaged = name === 'managed';
  const write = (run: () => void): void => {
    if (isManaged) throw new ApiError('This is a read-only store.');
    run();
  };
  return expose(context, realm, `storage.${name}`, {
    events: ['onChanged'],
    values: name === 'session' || name === 'local' ? { QUOTA_BYTES: 10_485_760 } : {},
    later: {
      get: (keys?: unknown) => (isManaged ? readManaged(extension, keys) : area.get(keys)),
      getKeys: () => Object.keys(isManaged ? readManaged(extension, null) : area.get(null)),
      set: (items: Record<string, unknown>) => write(() => area.set(items)),
      remove: (keys: unknown) => write(() => area.remove(keys)),
      clear: () => write(() => area.clear()),
      getBytesInUse: (keys?: unknown) => area.bytesInUse(keys),
      setAccessLevel: () => undefined,
    },
  });
};
