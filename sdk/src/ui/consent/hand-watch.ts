/** What of a window is watched; tests bring their own. */
export interface WatchedView
  extends Pick<
    Window,
    'screenX' | 'screenY' | 'outerWidth' | 'outerHeight' | 'addEventListener' | 'removeEventListener'
  > {
  readonly document: Pick<
    Document,
    'visibilityState' | 'hasFocus' | 'addEventListener' | 'removeEventListener' | 'documentElement'
  >;
}

/**
 * What is known of the person's hand. `away`: the window is not in front. `leaving`: the person has done something
 * here, and may be about to close the window. `here`: nothing of the kind: who closes the window now is somebody else.
 */
export type Hand = 'here' | 'leaving' | 'away';

export interface HandWatch {
  readonly state: Hand;
  stop(): void;
}

/** These begin what closes a window: Control+W, Alt+F4, Command+W. */
const CLOSING_KEYS: ReadonlySet<string> = new Set(['Control', 'Alt', 'AltGraph', 'Meta', 'F4']);
/** Milliseconds within which the rest of such keys is pressed. */
const KEYS_LAST = 3_000;
/** Milliseconds after which a page that was about to go has stayed. */
const ENDING_LASTS = 1_000;

/**
 * Watches for what a person does before they close a window. Extensions may close it as well, and no event tells who
 * it was. But a page is told what a person does in it: nobody closes a window with a pointer that rests on the page,
 * and nobody is there who has not moved anything yet. What scripts and browsers make up moves no pointer over the
 * screen: a window that is pushed under a pointer, or away from it, tells nothing.
 * @param tell hears of each change
 */
export const createHandWatch = (view: WatchedView, tell: () => void): HandWatch => {
  const { document } = view;
  let hasActed = false;
  let isInside = false;
  let keys: ReturnType<typeof setTimeout> | undefined;
  /** The page is going: that it is hidden on its way says nothing of where the hand was. */
  let ending: ReturnType<typeof setTimeout> | undefined;
  /** Where the pointer was on the screen, and the window. */
  let pointer: string | undefined;
  let place = '';
  let state: Hand = 'away';

  const placeNow = (): string => [view.screenX, view.screenY, view.outerWidth, view.outerHeight].join(' ');
  const judge = (): Hand => {
    if (document.visibilityState !== 'visible' || !document.hasFocus()) return 'away';
    return keys !== undefined || (hasActed && !isInside) ? 'leaving' : 'here';
  };
  const update = (): void => {
    if (ending !== undefined) return;
    const next = judge();
    if (next === state) return;
    state = next;
    tell();
  };

  const onPointer = (event: PointerEvent): void => {
    if (!event.isTrusted) return;
    const at = `${event.screenX} ${event.screenY}`;
    if (event.type === 'pointerdown' || (pointer !== undefined && pointer !== at)) hasActed = true;
    pointer = at;
    place = placeNow();
    // A finger is nowhere once it is lifted.
    isInside = event.pointerType !== 'touch';
    update();
  };
  const onLeave = (event: PointerEvent): void => {
    if (!event.isTrusted) return;
    isInside = false;
    // The window was taken from under the pointer: nobody's hand has left.
    if (place !== placeNow()) hasActed = false;
    update();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (!event.isTrusted) return;
    hasActed = true;
    if (CLOSING_KEYS.has(event.key)) {
      clearTimeout(keys);
      keys = setTimeout(() => {
        keys = undefined;
        update();
      }, KEYS_LAST);
    }
    update();
  };

  const onEnding = (): void => {
    clearTimeout(ending);
    ending = setTimeout(() => {
      ending = undefined;
      update();
    }, ENDING_LASTS);
  };

  const root = document.documentElement;
  const passive = { capture: true, passive: true };
  const pointers = ['pointermove', 'pointerdown', 'pointerup'] as const;
  for (const type of pointers) view.addEventListener(type, onPointer, passive);
  root.addEventListener('pointerleave', onLeave, passive);
  view.addEventListener('keydown', onKey, passive);
  const endings = ['beforeunload', 'pagehide'] as const;
  for (const type of endings) view.addEventListener(type, onEnding);
  const turns = ['focus', 'blur', 'pageshow'] as const;
  for (const type of turns) view.addEventListener(type, update);
  document.addEventListener('visibilitychange', update);
  state = judge();

  return {
    get state() {
      return ending === undefined ? judge() : state;
    },
    stop() {
      clearTimeout(keys);
      clearTimeout(ending);
      for (const type of endings) view.removeEventListener(type, onEnding);
      for (const type of pointers) view.removeEventListener(type, onPointer, passive);
      root.removeEventListener('pointerleave', onLeave, passive);
      view.removeEventListener('keydown', onKey, passive);
      for (const type of turns) view.removeEventListener(type, update);
      document.removeEventListener('visibilitychange', update);
    },
  };
};
