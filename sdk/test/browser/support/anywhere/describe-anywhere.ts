import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ProfileName } from '../../../../src/testing/browser/index.js';
import { type Closable, describeInBrowsers } from '../describe-in-browsers.js';
import { realBrowser } from './real-browser.js';
import { simulatedBrowser } from './simulated-browser.js';
import type { Lacks, StartableBrowser, TestBrowser } from './test-browser.js';

/** What the tests of a suite share. */
export interface TestWorld extends Closable {
  readonly browser: TestBrowser;
}

/** Tests that are written once, for real and for simulated browsers. */
export interface Suite<W extends TestWorld> {
  open(browser: StartableBrowser): Promise<W>;
  tests(world: () => W, lacks: Lacks): void;
}

/** Runs a suite in each browser on this machine. */
export const describeInRealBrowsers = <W extends TestWorld>({ open, tests }: Suite<W>): void =>
  describeInBrowsers(
    (found) => open(realBrowser(found)),
    (world) => tests(world, {}),
  );

const PROFILES: readonly ProfileName[] = ['chromium', 'chromium-clone', 'firefox'];
const SIMULATED_LACKS: Lacks = { pixels: 'a simulated browser shows nothing: its pictures are of one pixel' };

/** Runs it in the simulated ones, where nothing may be shown in red. The seed of each run is printed when a test fails. */
export const describeInSimulatedBrowsers = <W extends TestWorld>({ open, tests }: Suite<W>): void => {
  for (const profile of PROFILES) {
    describe(`in simulated ${profile}`, () => {
      const browser = simulatedBrowser(profile);
      let world: W | undefined;
      beforeAll(async () => {
        world = await open(browser);
      });
      afterAll(async () => {
        const story = world?.browser.story();
        await world?.close();
        expect(browser.errors(), story).toEqual([]);
      });
      beforeEach(({ onTestFailed }) => onTestFailed(() => console.log(world?.browser.story())));
      tests(() => {
        if (!world) throw new Error(`simulated ${profile} has not started`);
        return world;
      }, SIMULATED_LACKS);
    });
  }
};

/** A test of what some browsers lack: there it is skipped, and its title says why. */
export const testUnless = (lack: string | undefined, title: string, run: () => Promise<void>): void => {
  if (lack === undefined) test(title, run);
  else test.skip(`${title} (${lack})`, run);
};
