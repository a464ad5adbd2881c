/**
 * Versions of protocols: `major.minor.patch`, digits only. Two versions are of one line when
 * they share a major, or, below 1.0.0, a minor: within a line minors differ freely.
 */

const VERSION = /^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/;

/** Whether it is a version as above. */
export const isVersion = (version: unknown): version is string =>
  typeof version === 'string' && VERSION.test(version);

/** Such as sorts as versions do. */
const sortable = (version: string): string => version.replace(/\d+/g, (digits) => digits.padStart(6));

/** Whether `a` is newer than `b`. Both must be versions. */
export const isNewer = (a: string, b: string): boolean => sortable(a) > sortable(b);

/** The line a version belongs to: `1` for 1.4.2, `0.3` for 0.3.1. */
export const lineOf = (version: string): string => {
  const [major, minor] = version.split('.');
  return major === '0' ? `0.${minor}` : (major as string);
};
