/** Milliseconds before the end from which on the time that is left is shown. */
export const LAST_MINUTE = 60_000;

/** The seconds that a screen reader says: each one would talk over everything else. */
const SPOKEN: ReadonlySet<number> = new Set([60, 30, 10]);

export const spokenSeconds = (left: number): number | undefined => {
  const seconds = Math.ceil(left / 1_000);
  return SPOKEN.has(seconds) ? seconds : undefined;
};
