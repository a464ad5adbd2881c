/** What of a window {@link createSight} looks at; tests bring their own. */
export interface SightedView {
  readonly innerWidth: number;
  readonly innerHeight: number;
  readonly visualViewport?:
    | Pick<VisualViewport, 'offsetLeft' | 'offsetTop' | 'width' | 'height'>
    | null
    | undefined;
}

/** Whether a person who decides has what they decide about before their eyes. */
export interface Sight {
  /** All parts are whole in view; or, where there is no room for all of them at once, each has been for a moment. */
  readonly isClear: boolean;
  /** Milliseconds for which those that are in view have been there, and have not moved. */
  readonly rest: number;
  /** There is room for all parts at once. */
  readonly hasRoom: boolean;
  /** What was seen before counts no more. */
  forget(): void;
}

/** Room, in pixels, for what stands between the parts: some lines to read, and the space around. */
const BETWEEN = 140;
/** Browsers round. */
const SLACK = 1;
/** So far inside of an edge it is looked whether something lies over it: round corners are none of it. */
const INSET = 3;

/**
 * Looks whether elements are in view: inside of what is visible of the page, cut by nothing, covered by nothing.
 * Looked at when it is asked, and not told by an IntersectionObserver: what counts is the moment of the press.
 *
 * Whoever magnifies the page, or has a small screen, can't have everything in view at once. Then each part has to be
 * in view for a moment, and the last of them now.
 * @param parts what has to be seen; the last one holds the buttons. Nothing is clear while there are none
 * @param moment milliseconds
 */
export const createSight = (
  view: SightedView,
  parts: () => readonly Element[],
  moment: number,
  now = (): number => performance.now(),
): Sight => {
  /** Where the parts that are in view stand, and since when. What moves under the pointer has to be seen anew. */
  let standing = new Map<Element, { readonly place: string; readonly since: number }>();
  const seen = new Set<Element>();

  const visible = () => {
    const { offsetLeft = 0, offsetTop = 0, width, height } = view.visualViewport ?? {};
    return {
      left: offsetLeft - SLACK,
      top: offsetTop - SLACK,
      right: offsetLeft + (width ?? view.innerWidth) + SLACK,
      bottom: offsetTop + (height ?? view.innerHeight) + SLACK,
    };
  };

  const isWhole = (part: Element): boolean => {
    const { left, top, right, bottom, width, height } = part.getBoundingClientRect();
    const room = visible();
    if (width === 0 || height === 0) return false;
    if (left < room.left || top < room.top || right > room.right || bottom > room.bottom) return false;
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const points = [
      [x, y],
      [left + INSET, y],
      [right - INSET, y],
      [x, top + INSET],
      [x, bottom - INSET],
    ] as const;
    const root = part.getRootNode() as Document | ShadowRoot;
    return points.every(([x, y]) => part.contains(root.elementFromPoint(x, y)));
  };

  const hasRoom = (all: readonly Element[]): boolean => {
    const { top, bottom } = visible();
    const needed = all.reduce((sum, part) => sum + part.getBoundingClientRect().height, BETWEEN);
    return needed <= bottom - top;
  };

  const stand = (part: Element, time: number) => {
    const { left, top } = part.getBoundingClientRect();
    const place = `${Math.round(left)} ${Math.round(top)}`;
    const before = standing.get(part);
    return before?.place === place ? before : { place, since: time };
  };

  return {
    get isClear() {
      const all = parts();
      const whole = all.filter(isWhole);
      const time = now();
      standing = new Map(whole.map((part) => [part, stand(part, time)]));
      for (const [part, { since }] of standing) if (time - since >= moment) seen.add(part);
      const last = all.at(-1);
      if (last === undefined) return false;
      if (whole.length === all.length) return true;
      return !hasRoom(all) && whole.includes(last) && all.every((part) => part === last || seen.has(part));
    },
    get rest() {
      return now() - Math.max(...[...standing.values()].map(({ since }) => since));
    },
    get hasRoom() {
      return hasRoom(parts());
    },
    forget() {
      standing.clear();
      seen.clear();
    },
  };
};
