import { emit } from '../apis/emit.js';
import { ApiError } from '../realm/realm.js';
import type { Installed } from './installed.js';
import { type AreaName, StorageArea, valuesIn } from './storage-area.js';

export type ExtensionStorage = Readonly<Record<AreaName, StorageArea>>;

const MIB = 1024 * 1024;

/** The storage of an extension. What changes is told to all of its contexts. */
export const createStorage = (extension: Installed): ExtensionStorage => {
  const isChromium = extension.world.profile.family === 'chromium';
  const told = (name: AreaName) => (changes: object) => {
    // Told to everybody, and to whoever made the change.
    emit(extension, 'storage.onChanged', () => [changes, name], { contentScripts: name !== 'session' });
    emit(extension, `storage.${name}.onChanged`, () => [changes, name], {
      contentScripts: name !== 'session',
    });
  };
  const area = (name: AreaName, quota: number, words: string): StorageArea =>
    new StorageArea(
      name,
      isChromium,
      told(name),
      () => (extension.has('unlimitedStorage') ? Number.POSITIVE_INFINITY : quota),
      words,
    );
  return {
    local: area(
      'local',
      isChromium ? 10 * MIB : Number.POSITIVE_INFINITY,
      'Resource::kQuotaBytes quota exceeded',
    ),
    session: area(
      'session',
      10 * MIB,
      isChromium
        ? 'Session storage quota bytes exceeded. Values were not stored.'
        : 'QuotaExceededError: storage.session API call exceeded its quota limitations.',
    ),
    sync: area('sync', 102_400, 'Resource::kQuotaBytes quota exceeded'),
    managed: new StorageArea(
      'managed',
      isChromium,
      // Firefox tells nobody.
      isChromium ? told('managed') : () => {},
      () => 0,
      'This is a read-only store.',
    ),
  };
};

/** What `storage.managed` gives: nothing yet, nothing at all, or the policy. */
export const readManaged = (extension: Installed, keys: unknown): object => {
  const { storage, world } = extension;
  const { managed } = storage;
  if (world.profile.family === 'chromium') return managed.get(keys);
  if (!managed.isSet && !extension.policy) throw new ApiError('Managed storage manifest not found');
  // Also a read that fails on demand has to be asked for.
  const found = managed.get(null);
  extension.policy ??= found;
  return valuesIn(extension.policy as Readonly<Record<string, unknown>>, keys);
};
