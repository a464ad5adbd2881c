import { randomInt } from 'node:crypto';
import { millisecondsOf, type Time } from './durations.js';
import { type ExtensionSource, loadPackage } from './extensions/source.js';
import { type Extension, extensionHandle } from './handles/extension-handle.js';
import { type Tab, tabHandle } from './handles/tab-handle.js';
import type { BrowserOptions } from './options.js';
import type { ProfileName } from './profile.js';
import type { BrowserError, ConsoleLine } from './trace/errors.js';
import type { Trace } from './trace/trace.js';
import { World } from './world.js';

/** A browser without a browser: extensions run in it as they were built, on virtual time. */
export interface SimulatedBrowser {
  readonly profile: ProfileName;
  /** Give it to `createBrowser` to see the same run again. */
  readonly seed: number | string;
  /** Virtual milliseconds since it was made. */
  readonly now: number;
  /** Installs an extension, and waits until it has come to rest. One that is there by its id is updated. @throws {TypeError} for a manifest that no browser takes */
  install(source: ExtensionSource): Promise<Extension>;
  /** @throws {TypeError} if none is installed with this id */
  extension(id: string): Extension;
  readonly extensions: readonly Extension[];
  /** Opens a tab. In front, unless `active` is false; in a window of its own if `window` says so. */
  openTab(
    url: string,
    options?: { readonly active?: boolean; readonly window?: 'same' | 'new' | 'popup' },
  ): Promise<Tab>;
  readonly tabs: readonly Tab[];
  /** Until nothing is under way any more: messages, starts of backgrounds, timers of less than 100 ms. */
  settle(): Promise<void>;
  /** Lets time pass: `'30s'`, `'5m'`, or milliseconds. All that is due happens. */
  advance(time: Time): Promise<void>;
  /** Runs the browser until a promise has settled: for promises that code of the test made. @throws what it rejects with; an Error if it can't settle any more */
  run<T>(promise: PromiseLike<T>): Promise<T>;
  /** Quits and starts again: tabs are closed, storage and databases are kept. */
  restart(): Promise<void>;
  /** What the person at the browser says when an extension asks for permissions. */
  answerPermissionRequests(yes: boolean): void;
  readonly trace: Trace;
  /** What the browser would show an extension's author. A test may well want it to be empty. */
  readonly errors: readonly BrowserError[];
  readonly console: readonly ConsoleLine[];
  /** Seed, errors and trace: to be printed when a test fails. */
  story(): string;
  /** Ends all that runs in it. */
  close(): Promise<void>;
}

const someSeed = (): number | string => process.env['PORTICO_SEED'] ?? randomInt(0x7fffffff);

/**
 * Makes a simulated browser, for tests in Node. Several may live at once; none touches the globals of the test.
 * Not for what only a browser can show: layout, real timing, what is listed in `docs/guides/testing.md`.
 */
export const createBrowser = (options: BrowserOptions = {}): SimulatedBrowser => {
  const world = new World(options, options.seed ?? someSeed());
  const { driver, life, tabs } = world;
  return {
    profile: world.profile.name,
    seed: world.seed,
    get now() {
      return world.scheduler.now;
    },
    async install(source) {
      const extension = life.install(loadPackage(source, world.profile));
      await driver.settle();
      return extensionHandle(extension);
    },
    extension(id) {
      const found = world.extensions.get(id);
      if (!found)
        throw new TypeError(
          `no extension ${id} is installed: ${[...world.extensions.keys()].join(', ') || 'none is'}`,
        );
      return extensionHandle(found);
    },
    get extensions() {
      return [...world.extensions.values()].map(extensionHandle);
    },
    async openTab(url, { active = true, window = 'same' } = {}) {
      const into = window === 'same' ? undefined : tabs.openWindow(window === 'popup' ? 'popup' : 'normal');
      const tab = tabs.open(new URL(url).href, active, into);
      await driver.settle();
      return tabHandle(world, tab);
    },
    get tabs() {
      return tabs.tabs.map((tab) => tabHandle(world, tab));
    },
    settle: () => driver.settle(),
    advance: async (time) => driver.advance(millisecondsOf(time)),
    run: (promise) => driver.run(promise),
    async restart() {
      life.restart();
      await driver.settle();
    },
    answerPermissionRequests(yes) {
      life.grants = yes;
    },
    trace: world.trace,
    errors: world.errors,
    console: world.lines,
    story: () => storyOf(world),
    async close() {
      if (!driver.closed) world.close();
    },
  };
};

const storyOf = ({ profile, seed, errors, trace }: World): string =>
  [
    `Simulated ${profile.name}, seed ${seed}: run again with PORTICO_SEED=${seed}, or createBrowser({ seed: ${JSON.stringify(seed)} })`,
    ...errors.map(({ context, message }) => `! ${context}: ${message}`),
    trace.toString(),
  ].join('\n');
