import { millisecondsOf, type Time } from '../durations.js';
import type { StorageArea } from '../extensions/storage-area.js';
import { createLane } from '../scheduler/scheduler.js';
import type { World } from '../world.js';

/** One storage area of an extension, from outside: what is in it, and what goes wrong with it. */
export interface TestStorage {
  /** All there is. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Puts values there as another context would: listeners are told. For `managed`: the administrator's policy. */
  put(values: Readonly<Record<string, unknown>>, options?: { readonly after?: Time }): Promise<void>;
  /** Takes all values out, as another context would. For `managed`: the policy is removed. */
  clear(): Promise<void>;
  /** The next use fails, or so many, with these words. */
  fail(message?: string, times?: number): void;
  /** From now on every answer takes so long; 0 for no time. */
  delay(time: Time): void;
}

const FULL = 'IO error: No space left on device';

export const storageHandle = (world: World, area: StorageArea): TestStorage => ({
  get values() {
    return area.all;
  },
  async put(values, { after = 0 } = {}) {
    const delay = millisecondsOf(after);
    const write = (): void => area.replace(structuredClone(values));
    if (delay > 0) world.scheduler.post(createLane(`storage.${area.name}`), 'is filled', write, delay);
    else write();
    await world.driver.settle();
  },
  async clear() {
    area.discard();
    await world.driver.settle();
  },
  fail: (message = FULL, times = 1) => area.fail(message, times),
  delay: (time) => {
    area.delay = millisecondsOf(time);
  },
});
