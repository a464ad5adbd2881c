/**
 * Versions of protocols: `major.minor.patch`, digits only. Two versions are of one line when
 * they share a major, or, below 1.0.0, a minor: within a line minors differ freely.
 */

const VERSION = /^(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})$/;

/** Whether it is a version as above. */
export const isVersion = (version: unknown): version is string =>
  typeof version === 'string' && VERSION.test(version);

/** Negative, zero or positive, as `a` is older than, the same as, or newer than `b`. Both must be versions. */
export const compareVersions = (a: string, b: string): number => {
  const left = a.split('.');
  const right = b.split('.');
  for (let i = 0; i < 3; i++) {
    const difference = Number(left[i]) - Number(right[i]);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** The line a version belongs to: `1` for 1.4.2, `0.3` for 0.3.1. */
export const lineOf = (version: string): string => {
  const [major, minor] = version.split('.');
  return major === '0' ? `0.${minor}` : (major as string);
};
