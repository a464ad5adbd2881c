import { PorticoError } from '../errors/portico-error.js';
import type { Limits } from '../limits/limits.js';
import { type Bounds, SESSIONS, type Surplus } from './kinds.js';

/** For each kind, in their order, the limit and how much it is. */
type Rows = readonly (readonly [limit: string, most: number])[];

/** When to look again where it is others that must end first. */
const LOOK_AGAIN = 1000;

const boundsOf = (rows: Rows, retryAfter?: number, shares = Number.POSITIVE_INFINITY): Bounds => ({
  most: rows.map(([, most]) => most),
  // A port is what the number of shares depends on.
  share: rows.map(([, most], kind) => (kind === SESSIONS ? 0 : most / shares)),
  surplus: rows.map(([limit]) => (retryAfter === undefined ? { limit } : { limit, retryAfter })),
});

export const sessionBounds = (limits: Limits): Bounds =>
  boundsOf([
    ['earlySize', limits.earlySize],
    ['eventSize', limits.eventSize],
    ['callSize', limits.callSize],
    // Whoever calls and cancels, over and over, has no more running than twice as many: stopping takes time.
    ['calls', 2 * limits.calls],
    ['subscriptions', limits.subscriptions],
    ['questions', 1],
    ['sessions', 1],
  ]);

/** What may be set for each principal apart. */
export interface PrincipalBounds {
  readonly calls: number;
  readonly subscriptions: number;
}

export const principalBounds = (limits: Limits, { calls, subscriptions }: PrincipalBounds): Bounds =>
  boundsOf(
    [
      ['earlySizePerPrincipal', limits.earlySizePerPrincipal],
      ['eventSizePerPrincipal', limits.eventSizePerPrincipal],
      ['callSizePerPrincipal', limits.callSizePerPrincipal],
      ['calls', calls],
      ['subscriptions', subscriptions],
      ['sessionsPerPrincipal', limits.sessionsPerPrincipal],
      ['sessionsPerPrincipal', limits.sessionsPerPrincipal],
    ],
    LOOK_AGAIN,
  );

/** As many shares as there can be principals with ports: all of them together double what a host holds at most. */
export const hostBounds = (limits: Limits): Bounds =>
  boundsOf(
    [
      ['earlySizePerHost', limits.earlySizePerHost],
      ['eventSizePerHost', limits.eventSizePerHost],
      ['callSizePerHost', limits.callSizePerHost],
      ['callsPerHost', limits.callsPerHost],
      ['subscriptionsPerHost', limits.subscriptionsPerHost],
      ['sessions', limits.sessions],
      ['sessions', limits.sessions],
    ],
    LOOK_AGAIN,
    limits.sessions,
  );

/** How a peer is told. */
export const surplusError = (surplus: Surplus): PorticoError =>
  new PorticoError('LIMIT_EXCEEDED', `more than ${surplus.limit}`, { data: surplus });
