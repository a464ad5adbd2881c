import { ATTENTION, type Attention, createAttentionGuard, type GuardedView } from './attention-guard.js';
import { createPressGuard, type PressGuard } from './press-guard.js';
import { createSight, type SightedView } from './sight.js';

/** Stands before everything on our screens that changes who may do what. */
export interface Guard {
  readonly attention: Attention;
  /** What takes place counts: everything that is decided about has been seen. */
  readonly isArmed: boolean;
  /** The window has been in front for a moment. Enough for a no, which must be possible wherever the window lies. */
  readonly isSettled: boolean;
  /** There is room in the window for everything that has to be seen. */
  readonly hasRoom: boolean;
  /** Judges the presses of what gives or takes rights. */
  readonly press: PressGuard;
  /** Judges the presses of a no. */
  readonly pressNo: PressGuard;
  /** What is shown is another: the wait begins anew. */
  restart(): void;
  stop(): void;
}

/**
 * @param parts what has to be in view; the last of them holds the buttons
 * @param tell hears of each change
 */
export const createGuard = (
  view: GuardedView & SightedView,
  parts: () => readonly Element[],
  tell: () => void,
): Guard => {
  const sight = createSight(view, parts, ATTENTION);
  const attention = createAttentionGuard(view, sight, tell);
  const isArmed = (): boolean => attention.attention === 'armed';
  return {
    get attention() {
      return attention.attention;
    },
    get isArmed() {
      return isArmed();
    },
    get isSettled() {
      return attention.isSettled;
    },
    get hasRoom() {
      return sight.hasRoom;
    },
    press: createPressGuard(isArmed, attention.restart),
    pressNo: createPressGuard(() => attention.isSettled, attention.restart),
    restart: attention.restart,
    stop: attention.stop,
  };
};
