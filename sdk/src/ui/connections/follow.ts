import { PorticoError } from '../../errors/portico-error.js';
import type { AuditEntry, Connection, ConnectionsSource, StorageState, Traffic } from '../source.js';

/** Everything that the screen shows, as it was at one time. */
export interface Overview {
  readonly connections: readonly Connection[];
  readonly audit: readonly AuditEntry[];
  readonly storage: StorageState;
  readonly traffic: Traffic;
}

/**
 * `paused`: the background went away while nobody looked. `failed`: trying again is up to the person.
 * `refused`: this page is none of the host's own.
 */
export type Standing = 'connecting' | 'live' | 'paused' | 'failed' | 'refused';

export interface Follower {
  /** Reads everything again, and connects again where that has ended. */
  readonly refresh: () => Promise<void>;
  /** Whose traffic is read; everybody's without a key. */
  showTraffic(key: string | undefined): Promise<void>;
  stop(): void;
}

/** Traffic makes no event of its own. Each minute has a number of its own. */
const TRAFFIC_EVERY = 60_000;
/** A connection that lasts for less was no success … */
const SHORTEST = 1_000;
/** … and so many in a row are a failure: a background that falls over each time is not called in a loop. */
const MOST_SHORT = 3;

/**
 * Keeps what the screen shows up to date while somebody looks. Backgrounds go to sleep after half a minute; a page
 * that is seen connects again at once, a hidden one when it is seen, so that a forgotten tab lets the host sleep.
 */
export const followConnections = (
  source: ConnectionsSource,
  page: Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>,
  show: (overview: Overview) => void,
  tell: (standing: Standing) => void,
): Follower => {
  const stopped = new AbortController();
  const { signal } = stopped;
  let running = false;
  let short = 0;
  let key: string | undefined;
  let latest = 0;

  const read = async (): Promise<void> => {
    const turn = ++latest;
    const [connections, audit, storage, traffic] = await Promise.all([
      source.list(),
      source.audit(),
      source.storage(),
      source.traffic(key === undefined ? {} : { key }),
    ]);
    // Two readings may overtake each other: the one that was asked for last is the newest.
    if (turn === latest && !signal.aborted) show({ connections, audit, storage: storage.state, traffic });
  };

  /** Ends with the connection. */
  const attempt = async (): Promise<'again' | 'wait'> => {
    let since = Number.POSITIVE_INFINITY;
    tell('connecting');
    try {
      // Subscribed before it is read: what changes in between is read twice rather than missed.
      const changes = source.changed({ signal, onGap: () => {} });
      await read();
      since = performance.now();
      tell('live');
      for await (const _ of changes) await read();
      return 'wait';
    } catch (error) {
      if (signal.aborted) return 'wait';
      const code = PorticoError.is(error) ? error.code : undefined;
      short = performance.now() - since > SHORTEST ? 0 : short + 1;
      if (code === 'DISCONNECTED' && short < MOST_SHORT) {
        if (!page.hidden) return 'again';
        tell('paused');
        return 'wait';
      }
      tell(code === 'REFUSED' || code === 'CAPABILITY_REFUSED' ? 'refused' : 'failed');
      return 'wait';
    }
  };

  const run = async (): Promise<void> => {
    if (running || signal.aborted) return;
    running = true;
    short = 0;
    while ((await attempt()) === 'again');
    running = false;
  };

  const refresh = async (): Promise<void> => {
    if (running) await read().catch(() => {});
    else void run();
  };

  const onVisible = (): void => {
    if (!page.hidden) void run();
  };
  page.addEventListener('visibilitychange', onVisible);
  const polling = setInterval(() => {
    // Whoever is not connected does not wake the background for a plot.
    if (running && !page.hidden) void refresh();
  }, TRAFFIC_EVERY);
  void run();

  return {
    refresh,
    async showTraffic(wanted) {
      key = wanted;
      await refresh();
    },
    stop() {
      clearInterval(polling);
      page.removeEventListener('visibilitychange', onVisible);
      stopped.abort();
    },
  };
};
