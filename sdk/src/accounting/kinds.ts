/**
 * What peers make a host hold, by kind: the place of each in an account and in its bounds. The first three are
 * bytes, roughly; the others are counted.
 */
/** What came before the welcome: the hello, which its session keeps, and the messages that wait for the rules. */
export const EARLY = 0;
/** Events that wait for credit. */
export const EVENTS = 1;
/** The parameters of calls that run. */
export const PARAMETERS = 2;
/** Calls whose handlers have not settled, those that were answered or cancelled meanwhile too. */
export const CALLS = 3;
export const SUBSCRIPTIONS = 4;
/** What waits for a person. */
export const QUESTIONS = 5;
/** Ports, half-open ones too. */
export const SESSIONS = 6;

/** A bound that is reached: as it is told, in the data of LIMIT_EXCEEDED. */
export interface Surplus {
  readonly limit: string;
  /** Milliseconds after which there may be room. */
  readonly retryAfter?: number;
}

/** How much an account may hold, by kind. */
export interface Bounds {
  readonly most: readonly number[];
  /** What every account directly below may hold even when the others have used up the rest. */
  readonly share: readonly number[];
  /** What is told where there is no room. */
  readonly surplus: readonly Surplus[];
}
