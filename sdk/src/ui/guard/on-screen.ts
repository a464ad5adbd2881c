/** What of a window {@link isOnScreen} looks at. */
export interface PlacedView {
  readonly screenX: number;
  readonly screenY: number;
  readonly outerWidth: number;
  readonly outerHeight: number;
  /**
   * Of the screen that most of the window is on. `availLeft` and `availTop` are in no standard, and in every browser.
   * Documents that nobody sees have none.
   */
  readonly screen?: Pick<Screen, 'availWidth' | 'availHeight'> & {
    readonly availLeft?: number;
    readonly availTop?: number;
  };
}

/** Pixels: in Windows, windows that fill the screen reach over its edges by 8, as do the unseen borders of others. */
const OVER = 10;

/**
 * Whether a window lies on one screen as a whole. Any extension may move our windows so that half of them is out of
 * sight: the half that says who asks.
 */
export const isOnScreen = ({ screenX, screenY, outerWidth, outerHeight, screen }: PlacedView): boolean => {
  if (!screen) return false;
  const { availLeft = 0, availTop = 0, availWidth, availHeight } = screen;
  const fits = (from: number, length: number, start: number, room: number): boolean =>
    from >= start - OVER && from + length <= start + room + OVER;
  return (
    fits(screenX, outerWidth, availLeft, availWidth) && fits(screenY, outerHeight, availTop, availHeight)
  );
};
