/** What of a window the guard looks at; tests bring their own. */
export interface GuardedView {
  readonly document: Pick<
    Document,
    'visibilityState' | 'hasFocus' | 'addEventListener' | 'removeEventListener'
  >;
  readonly screenX: number;
  readonly screenY: number;
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/** `away`: the window is not in front. `waiting`: it is, but not for long enough. */
export type Attention = 'away' | 'waiting' | 'armed';

export interface AttentionGuard {
  /** Whether a click now is the click of somebody who has seen what it is on. */
  readonly attention: Attention;
  /** Starts the wait anew: what is shown has changed, or somebody was too quick. */
  restart(): void;
  stop(): void;
}

/** Milliseconds for which the window must be in front, still, and whole. */
export const ATTENTION = 500;
/** No event tells that a window was moved. */
const LOOK_EVERY = 100;

/**
 * Tells when a window has been seen long enough for a click to mean what it says. A page can open our window under
 * the pointer, over a place where somebody is about to click twice, or in front of somebody who types.
 * @param tell hears of each change
 */
export const createAttentionGuard = (view: GuardedView, tell: () => void): AttentionGuard => {
  const { document } = view;
  let attention: Attention = 'away';
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let place = '';

  const isInFront = (): boolean => document.visibilityState === 'visible' && document.hasFocus();
  const set = (next: Attention): void => {
    if (attention === next) return;
    attention = next;
    tell();
  };
  const restart = (): void => {
    clearTimeout(waiting);
    set(isInFront() ? 'waiting' : 'away');
    if (attention === 'waiting') waiting = setTimeout(() => set(isInFront() ? 'armed' : 'away'), ATTENTION);
  };
  const look = (): void => {
    const now = `${view.screenX} ${view.screenY}`;
    const moved = now !== place;
    place = now;
    // Not every way to lose or get the focus has an event: browsers forget some.
    if (moved || (attention !== 'away') !== isInFront()) restart();
  };

  const looking = setInterval(look, LOOK_EVERY);
  const disturbances = ['focus', 'blur', 'resize', 'pageshow'];
  for (const type of disturbances) view.addEventListener(type, restart);
  document.addEventListener('visibilitychange', restart);
  look();

  return {
    get attention() {
      // No event may have told yet: what counts is how things stand now.
      return isInFront() ? attention : 'away';
    },
    restart,
    stop() {
      clearTimeout(waiting);
      clearInterval(looking);
      for (const type of disturbances) view.removeEventListener(type, restart);
      document.removeEventListener('visibilitychange', restart);
    },
  };
};
