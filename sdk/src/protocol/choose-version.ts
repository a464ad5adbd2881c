import { isNewer, lineOf } from './versions.js';

/** What two sides agreed on. */
export interface Agreement {
  /** The version both speak: the older of the two of the newest common line. */
  readonly version: string;
  /** The host's own version of that line. */
  readonly published: string;
}

/** Chooses the newest line both sides have; `undefined` when there is none. Order of the inputs doesn't matter. */
export const chooseVersion = (
  offered: readonly string[],
  published: readonly string[],
): Agreement | undefined => {
  let best: Agreement | undefined;
  for (const mine of published) {
    for (const theirs of offered) {
      // The same, mostly: then nothing is taken apart.
      if (mine !== theirs && lineOf(mine) !== lineOf(theirs)) continue;
      const version = mine !== theirs && isNewer(mine, theirs) ? theirs : mine;
      if (best === undefined || isNewer(version, best.version)) best = { version, published: mine };
    }
  }
  return best;
};
