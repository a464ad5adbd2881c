import { isOnScreen, type PlacedView } from './on-screen.js';
import type { Sight } from './sight.js';

/** What of a window the guard looks at; tests bring their own. */
export interface GuardedView extends PlacedView {
  readonly document: Pick<
    Document,
    'visibilityState' | 'hasFocus' | 'addEventListener' | 'removeEventListener'
  >;
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/**
 * `away`: the window is not in front. `off-screen`: a part of it is beyond the screen's edge. `unseen`: what is
 * decided about is not in view. `waiting`: nothing is in the way, but not for long enough.
 */
export type Attention = 'away' | 'off-screen' | 'unseen' | 'waiting' | 'armed';

export interface AttentionGuard {
  /** Whether a click now is the click of somebody who has seen what it is on. */
  readonly attention: Attention;
  /** The window has been in front for long enough, wherever it lies: for what only takes away. */
  readonly isSettled: boolean;
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
 * the pointer, over a place where somebody is about to click twice, or in front of somebody who types; an extension
 * can move it, make it small, and bring it to the front.
 * @param sight whether what is decided about is in view
 * @param tell hears of each change
 */
export const createAttentionGuard = (
  view: GuardedView,
  sight: Pick<Sight, 'isClear' | 'rest' | 'forget'>,
  tell: () => void,
): AttentionGuard => {
  const { document } = view;
  let attention: Attention = 'away';
  let isSettled = false;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let settling: ReturnType<typeof setTimeout> | undefined;
  let place = '';

  const isInFront = (): boolean => document.visibilityState === 'visible' && document.hasFocus();
  const obstacle = (): Attention | undefined => {
    if (!isInFront()) return 'away';
    if (!isOnScreen(view)) return 'off-screen';
    return sight.isClear ? undefined : 'unseen';
  };
  /** It stood still for long enough. Looks are apart, and browsers' clocks are coarse. */
  const isAtRest = (): boolean => sight.rest > ATTENTION - LOOK_EVERY;
  const set = (next: Attention): void => {
    if (attention === next) return;
    attention = next;
    tell();
  };
  const arm = (): void => {
    const found = obstacle();
    if (found === undefined && !isAtRest()) wait();
    else set(found ?? 'armed');
  };
  const wait = (): void => {
    clearTimeout(waiting);
    set(obstacle() ?? 'waiting');
    if (attention === 'waiting') waiting = setTimeout(arm, ATTENTION);
  };
  const settle = (): void => {
    clearTimeout(settling);
    const was = isSettled;
    isSettled = false;
    settling = setTimeout(() => {
      isSettled = isInFront();
      if (isSettled) tell();
    }, ATTENTION);
    if (was) tell();
  };
  /** It has come to the front, or shows something else: whatever was seen before says nothing. */
  const restart = (): void => {
    sight.forget();
    settle();
    wait();
  };
  /** It is elsewhere, or of another size; still in front. */
  const rearrange = (): void => {
    sight.forget();
    wait();
  };
  const isAsKnown = (found: Attention | undefined): boolean =>
    attention === (found ?? 'waiting') || (found === undefined && attention === 'armed' && isAtRest());
  const look = (): void => {
    const now = `${view.screenX} ${view.screenY}`;
    const moved = now !== place;
    place = now;
    const found = obstacle();
    // Not every way to lose or get the focus has an event: browsers forget some.
    if ((attention !== 'away') !== (found !== 'away')) restart();
    else if (moved) rearrange();
    else if (isAsKnown(found)) return;
    else wait();
  };

  const looking = setInterval(look, LOOK_EVERY);
  const disturbances = ['focus', 'blur', 'pageshow'];
  for (const type of disturbances) view.addEventListener(type, restart);
  view.addEventListener('resize', rearrange);
  document.addEventListener('visibilitychange', restart);
  restart();
  look();

  return {
    get attention() {
      // No event may have told yet: what counts is how things stand now.
      const hasMoved = `${view.screenX} ${view.screenY}` !== place;
      const found = obstacle();
      if (found !== undefined || attention !== 'armed') return found ?? attention;
      return hasMoved || !isAtRest() ? 'waiting' : 'armed';
    },
    get isSettled() {
      return isSettled && isInFront();
    },
    restart,
    stop() {
      clearTimeout(waiting);
      clearTimeout(settling);
      clearInterval(looking);
      for (const type of disturbances) view.removeEventListener(type, restart);
      view.removeEventListener('resize', rearrange);
      document.removeEventListener('visibilitychange', restart);
    },
  };
};
