import type { Clock, ExtensionList, InstalledExtension } from '../../platform/platform.js';
import { MAX_PRINCIPALS } from './grant-book.js';
import { within } from './within.js';

/** What the browser's list of extensions says of clients, where the host may look there. */
export interface Installed {
  /** Whether it can be asked at all. */
  readonly isKnown: boolean;
  /**
   * From memory, or as the browser says; `undefined` where it does not. At most five minutes old; `afresh` past the
   * memory, since nothing tells of an extension that was updated under another name.
   */
  look(id: string, afresh?: boolean): Promise<InstalledExtension | undefined>;
  /** It has just been heard of: what was said of it before may be wrong. */
  heard(id: string): void;
  /** Asks afresh which of these are installed; those of which the browser says nothing are left out. */
  probe(ids: readonly string[]): Promise<ReadonlyMap<string, boolean>>;
}

const FRESH = 300_000;
/** How long a screen waits for a name, in milliseconds: it does without. */
const PATIENCE = 1000;
/** Questions to the browser at a time. */
const AT_A_TIME = 4;

interface Looked {
  readonly at: number;
  readonly said: Promise<InstalledExtension | undefined>;
  disabled: boolean;
}

/** Registers the browser's listener: in the first turn. */
export const createInstalled = (
  extensions: ExtensionList | undefined,
  clock: Clock,
  gone: (id: string, how: 'disabled' | 'uninstalled') => void,
): Installed => {
  const looked = new Map<string, Looked>();
  extensions?.onGone((id, how) => {
    looked.delete(id);
    gone(id, how);
  });
  return {
    isKnown: extensions !== undefined,
    look(id, afresh = false) {
      if (!extensions) return Promise.resolve(undefined);
      const known = looked.get(id);
      if (known && !afresh && clock.now() - known.at < FRESH) return known.said;
      if (looked.size >= MAX_PRINCIPALS) looked.clear();
      const look: Looked = {
        at: clock.now(),
        said: quietly(() => within(clock, PATIENCE, extensions.get(id))),
        disabled: false,
      };
      look.said.then((said) => {
        look.disabled = said?.enabled === false;
      });
      looked.set(id, look);
      return look.said;
    },
    heard(id) {
      if (looked.get(id)?.disabled) looked.delete(id);
    },
    async probe(ids) {
      const there = new Map<string, boolean>();
      if (!extensions) return there;
      await inTurns(ids, async (id) => {
        try {
          there.set(id, (await extensions.get(id)) !== undefined);
        } catch {
          // Nothing follows from what the browser does not say.
        }
      });
      return there;
    },
  };
};

const quietly = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await ask();
  } catch {
    return undefined;
  }
};

/** Runs `work` for each, a few at a time. */
export const inTurns = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const rest = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const item of { [Symbol.iterator]: () => rest }) await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
};
