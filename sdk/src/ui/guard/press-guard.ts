export interface PressGuard {
  readonly onPress: () => void;
  readonly onKey: (event: KeyboardEvent) => void;
  /** Whether this click may change something. */
  counts(event: Pick<MouseEvent, 'detail' | 'isTrusted'>): boolean;
}

/**
 * Judges the press on a button, from its begin to its end: a button of the mouse that went down before the window was
 * seen must not count when it comes up after, nor a key that has been held down since, nor the second click of two,
 * nor one that a script has made.
 * @param isArmed whether the window has been seen
 * @param tooSoon somebody was too quick: the wait begins anew
 */
export const createPressGuard = (isArmed: () => boolean, tooSoon: () => void): PressGuard => {
  let begunSeen: boolean | undefined;
  const begin = (): void => {
    begunSeen = isArmed();
    if (!begunSeen) tooSoon();
  };
  return {
    onPress: begin,
    onKey(event) {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      // Held down since before: the browser would click, over and over.
      if (event.repeat) event.preventDefault();
      else begin();
    },
    counts({ detail, isTrusted }) {
      // Nothing went down at all where a screen reader or a voice presses the button.
      const begun = begunSeen ?? true;
      begunSeen = undefined;
      // `detail` counts the clicks that follow each other quickly.
      const counted = isTrusted && begun && isArmed() && detail <= 1;
      if (!counted) tooSoon();
      return counted;
    },
  };
};
