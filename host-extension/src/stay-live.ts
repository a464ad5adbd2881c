/** `paused`: the host went away while nobody looked. `failed`: trying again is up to the person. */
export type Liveness = 'connecting' | 'live' | 'paused' | 'failed';

/** What of the page matters here; tests bring their own. */
export interface Visibility {
  readonly hidden: boolean;
  onVisible(listener: () => void): void;
}

/** Below this a connection was no success … */
const SHORTEST = 1000;
/** … and so many of those in a row are a failure: a host that falls over each time is not called in a loop. */
const MOST = 3;

/**
 * Keeps `follow` running while somebody looks: `follow` calls `live` when it has all it needs, and ends with
 * the connection. Hosts go to sleep after half a minute of silence; a page that is seen connects again at once,
 * a hidden one waits until it is seen, so that a forgotten tab lets the host sleep.
 */
export const stayLive = (
  follow: (live: () => void) => Promise<void>,
  tell: (state: Liveness, error?: unknown) => void,
  page: Visibility = pageVisibility,
) => {
  let running = false;
  let short = 0;

  const attempt = async (): Promise<'again' | 'wait'> => {
    let since = Number.POSITIVE_INFINITY;
    tell('connecting');
    try {
      await follow(() => {
        since = performance.now();
        tell('live');
      });
      return 'wait';
    } catch (error) {
      const { code } = error as { code?: string };
      // What was missed is made up for by reading everything afresh.
      if (code === 'EVENTS_MISSED') return 'again';
      // One is no surprise: the end of a port is told a moment after it, and a call may fall in between.
      short = performance.now() - since > SHORTEST ? 0 : short + 1;
      if (code !== 'DISCONNECTED' || short >= MOST) {
        tell('failed', error);
        return 'wait';
      }
      if (!page.hidden) return 'again';
      tell('paused');
      return 'wait';
    }
  };

  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    short = 0;
    while ((await attempt()) === 'again');
    running = false;
  };

  page.onVisible(run);
  return run;
};

const pageVisibility: Visibility = {
  get hidden() {
    return document.hidden;
  },
  onVisible(listener) {
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) listener();
    });
    // A window that was covered by another one counts as visible all along.
    addEventListener('focus', listener);
    // Chromium closes the ports of a page that it puts away, and never tells the page.
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted) location.reload();
    });
  },
};
