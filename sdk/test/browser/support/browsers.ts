import { findBrowsers } from '../../../../tools/browser/find.mjs';
import { launch } from '../../../../tools/browser/launch.mjs';
import type { FoundBrowser, Session } from '../../../../tools/browser/types.mjs';
import type { BrowserName } from './manifests.js';

const KINDS = {
  chromium: { variable: 'PORTICO_CHROMIUM', hint: 'Debian, Ubuntu: apt-get install chromium' },
  firefox: { variable: 'PORTICO_FIREFOX', hint: 'Debian, Ubuntu: apt-get install firefox-esr' },
} as const;

/** The browsers on this machine; of each kind that is missing, why there are no tests in it. */
export const browsersHere = (): {
  found: FoundBrowser[];
  missing: { name: BrowserName; why: string }[];
} => {
  const found = findBrowsers();
  const missing = (Object.keys(KINDS) as BrowserName[])
    .filter((name) => !found.some((each) => each.name === name))
    .map((name) => {
      const { variable, hint } = KINDS[name];
      const isLeftOut = process.env[variable] === 'none';
      return { name, why: isLeftOut ? `left out by ${variable}` : `not found (${hint})` };
    });
  return { found, missing };
};

/** Without a window unless PORTICO_HEADLESS=0 asks for one: windows that lose the focus close their popups. */
export const startBrowser = (browser: FoundBrowser, extensions: readonly string[]): Promise<Session> =>
  launch(browser, { extensions, headless: process.env['PORTICO_HEADLESS'] !== '0' });
