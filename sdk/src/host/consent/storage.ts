import { createStoredPart, type PartOptions, type PartSurroundings, type StoredPart } from './stored-part.js';

export type StorageState = 'ok' | 'corrupt' | 'failed';

/** All that consent stores: parts, each under a key of its own. */
export interface Storage {
  /** Before `load`. */
  part<T>(options: PartOptions<T>): StoredPart;
  /** There until every part has been read once. */
  readonly loading: Promise<void> | undefined;
  /** The worst of its parts. */
  readonly state: StorageState;
  load(): void;
  /**
   * Tries again what the browser did not give: at most each ten seconds; `undefined` where there is nothing to try,
   * or it is too early. Gives whether anything came of it.
   */
  retry(): Promise<boolean> | undefined;
  /** Throws away what can't be read, and nothing else. Rejects where the browser does not. */
  reset(): Promise<void>;
}

/** Between tries to read, in milliseconds: whoever asks can cause one. */
export const RETRY_LOAD = 10_000;

export const createStorage = (surroundings: PartSurroundings): Storage => {
  const { clock, store, log } = surroundings;
  const parts: StoredPart[] = [];
  let loading: Promise<void> | undefined;
  let tried = Number.NEGATIVE_INFINITY;

  const has = (state: StoredPart['state']): boolean => parts.some((part) => part.state === state);
  const loadAll = async (): Promise<void> => {
    tried = clock.now();
    await Promise.all(parts.map((part) => part.load()));
  };

  return {
    part(options) {
      const part = createStoredPart(options, surroundings);
      parts.push(part);
      return part;
    },
    get loading() {
      return loading;
    },
    get state() {
      return has('corrupt') ? 'corrupt' : has('failed') ? 'failed' : 'ok';
    },
    load() {
      if (!store) {
        log?.({
          level: 'warn',
          event: 'configuration',
          message:
            'consent: without the permission "storage" what people decide is forgotten when the background stops',
        });
        return;
      }
      loading = loadAll().then(() => {
        loading = undefined;
      });
    },
    retry() {
      if (!has('failed') || clock.now() - tried < RETRY_LOAD) return undefined;
      const failed = parts.filter(({ state }) => state === 'failed').length;
      return loadAll().then(() => parts.filter(({ state }) => state === 'failed').length < failed);
    },
    async reset() {
      for (const part of parts) await part.reset();
    },
  };
};
