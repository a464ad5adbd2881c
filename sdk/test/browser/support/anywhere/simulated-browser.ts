import { resolve } from 'node:path';
import { pageDom } from '../../../../../tools/start/page-dom.mjs';
import {
  createBrowser,
  type ProfileName,
  type SimulatedBrowser,
  type Tab,
} from '../../../../src/testing/browser/index.js';
import type { InstalledExtension, StartableBrowser, TestBrowser, TestPage } from './test-browser.js';

/** As real pages are served. */
const WEB = 'http://127.0.0.1:8080';

interface SimulatedStartable extends StartableBrowser {
  /** What a real browser would have shown the extensions' authors in red. */
  errors(): readonly string[];
}

/** A simulated browser that is yet to be made. */
export const simulatedBrowser = (profile: ProfileName): SimulatedStartable => {
  const name = profile === 'firefox' ? 'firefox' : 'chromium';
  let browser: SimulatedBrowser | undefined;
  return {
    name,
    errors: () => (browser?.errors ?? []).map(({ context, message }) => `${context}: ${message}`),
    async start({ extensions, pages }) {
      browser = createBrowser({
        profile,
        seed: process.env['PORTICO_SEED'] ?? 1,
        pages: Object.fromEntries(Object.entries(pages).map(([path, html]) => [WEB + path, html])),
        dom: pageDom,
      });
      const started = testBrowserOf(browser, name);
      for (const dir of extensions) await started.install(dir);
      return started;
    },
  };
};

const testBrowserOf = (browser: SimulatedBrowser, name: TestBrowser['name']): TestBrowser => {
  const extensions: InstalledExtension[] = [];
  return {
    name,
    isSimulated: true,
    extensions,
    url: (path) => WEB + path,
    pageOrigin: WEB,
    async install(dir) {
      const { id, origin } = await browser.install({ dir });
      const installed = { id, origin, dir: resolve(dir) };
      extensions.push(installed);
      return installed;
    },
    openPage: async (url) => testPageOf(await browser.openTab(url)),
    openExtensionPage: async ({ id }, path) => testPageOf(await browser.extension(id).openPage(path)),
    findPage: async (part) =>
      testPageOf(
        await eventuallyIn(
          browser,
          () => browser.tabs.find(({ url }) => url.includes(part)),
          `a page of ${part}`,
        ),
      ),
    countPages: async (part) => browser.tabs.filter(({ url }) => url.includes(part)).length,
    stopBackground: ({ id }) => browser.extension(id).background.stop(),
    disable: ({ id }) => browser.extension(id).disable(),
    enable: ({ id }) => browser.extension(id).enable(),
    logOf: ({ id }) => browser.console.filter(({ extension }) => extension === id).map(({ text }) => text),
    eventually: (ask, what) => eventuallyIn(browser, ask, what),
    story: () => shortened(browser.story()),
    close: () => browser.close(),
  };
};

const testPageOf = (tab: Tab): TestPage => ({
  evaluate: (run, ...args) => tab.evaluate(run, ...args),
  click: (selector) => tab.evaluate(click, selector),
  type: (selector, text) => tab.evaluate(type, selector, text),
  press: async () => {},
  bringToFront: () => tab.activate(),
  screenshot: async () => {},
  close: () => tab.close(),
});

/** What a person's click does, as far as a DOM without a browser leaves it to its user: forms are submitted. */
const click = (selector: string): void => {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found || found.closest('[hidden]')) throw new Error(`${selector} is not there to be clicked`);
  found.click();
  const form = found.closest('form');
  if (!form || found.getAttribute('type') === 'button') return;
  form.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
};

const type = (selector: string, text: string): void => {
  const found = document.querySelector<HTMLInputElement>(selector);
  if (!found) throw new Error(`${selector} is not there to be typed into`);
  found.value += text;
  found.dispatchEvent(new Event('input', { bubbles: true }));
};

const STEP = 25;
/** Virtual milliseconds. */
const PATIENCE = 45_000;

const eventuallyIn = async <T>(
  browser: SimulatedBrowser,
  ask: () => T | undefined | Promise<T | undefined>,
  what: string,
): Promise<T> => {
  const end = browser.now + PATIENCE;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (browser.now > end) throw new Error(`It did not come about that ${what}.`);
    await browser.advance(STEP);
  }
};

const MOST_LINES = 60;

/** The seed, the errors, and the last that happened. */
const shortened = (story: string): string => {
  const [first = '', ...lines] = story.split('\n');
  const errors = lines.filter((line) => line.startsWith('! '));
  return [first, ...errors, ...lines.slice(errors.length).slice(-MOST_LINES)].join('\n');
};
