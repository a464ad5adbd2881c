import type { Subject } from './types.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How a question came to a no: the person said so, closed it or let it lapse, or it could not be shown. */
export type DenialCause = 'denied' | 'closed' | 'failed';

/** A no, and how long it holds. */
export interface Denial {
  readonly subject: Subject;
  readonly since: number;
  readonly until: number;
  /** How often in a row the person said no. */
  readonly denied: number;
  /** How often in a row the question was closed, or lapsed. */
  readonly closed: number;
}

/** How long the first no holds, and the longest. */
const STEPS = { denied: [HOUR, 30 * DAY], closed: [MINUTE, DAY], failed: [MINUTE, MINUTE] } as const;

/** Each no holds four times as long as the one before. */
const FACTOR = 4;

/** How long the nth no of its kind holds, in milliseconds. */
export const backOff = (cause: DenialCause, nth: number): number => {
  const [first, longest] = STEPS[cause];
  return Math.min(first * FACTOR ** (nth - 1), longest);
};

/** The denial that follows one of before. What could not even be shown counts as none. */
export const deny = (
  subject: Subject,
  cause: DenialCause,
  before: Denial | undefined,
  now: number,
): Denial => {
  const denied = (before?.denied ?? 0) + (cause === 'denied' ? 1 : 0);
  const closed = (before?.closed ?? 0) + (cause === 'closed' ? 1 : 0);
  const length = backOff(cause, cause === 'denied' ? denied : Math.max(1, closed));
  return { subject, since: now, until: Math.max(now + length, before?.until ?? 0), denied, closed };
};

/** Milliseconds that a denial still holds; 0 for no more. Never longer than it was given: clocks are set back. */
export const remaining = ({ since, until }: Pick<Denial, 'since' | 'until'>, now: number): number =>
  Math.max(0, Math.min(until - now, until - since));

/** After that long without another, the count begins anew. */
const FORGOTTEN = 30 * DAY;
export const isForgotten = ({ until }: Pick<Denial, 'until'>, now: number): boolean =>
  now > until + FORGOTTEN;
