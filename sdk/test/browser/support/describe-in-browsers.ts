import { afterAll, beforeAll, describe, test } from 'vitest';
import type { FoundBrowser } from '../../../../tools/browser/types.mjs';
import { browsersHere } from './browsers.js';

/** Something that lives as long as the tests of one browser. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * Runs the same tests in each browser on this machine, with one start of the browser for all of them.
 * A kind of browser that is missing is skipped, and the reason is printed.
 */
export const describeInBrowsers = <W extends Closable>(
  open: (browser: FoundBrowser) => Promise<W>,
  tests: (world: () => W, browser: FoundBrowser) => void,
): void => {
  const { found, missing } = browsersHere();
  for (const browser of found) {
    describe(`in ${browser.name} (${browser.product} ${browser.version})`, () => {
      let world: W | undefined;
      beforeAll(async () => {
        world = await open(browser);
      });
      afterAll(() => world?.close());
      tests(() => {
        if (!world) throw new Error(`${browser.product} has not started`);
        return world;
      }, browser);
    });
  }
  for (const { name, why } of missing) {
    console.log(`No tests run in ${name}: ${why}`);
    describe(`in ${name}`, () => test.skip(why, () => {}));
  }
};
