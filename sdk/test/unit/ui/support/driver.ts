import { afterAll, beforeAll } from 'vitest';
import { findBrowsers } from '../../../../../tools/browser/find.mjs';
import type { Page } from '../../../../../tools/browser/types.mjs';
import { openScreens, type Screens } from './screens.js';

/** What only a real browser knows: focus, keys, layout, accessibility. With fake sources, and no extension. */
export const chromium = findBrowsers().find(({ name }) => name === 'chromium');

export let screens: Screens;
export let page: Page;
/** In the tab that there is, unless it was closed: a tab takes the browser longer to open than all that most tests do. */
export const open = async (query: string): Promise<void> => {
  page = await screens.open(query, page);
};
export const find = (selector: string) =>
  `portico-consent-prompt >>> ${selector}, portico-connections >>> ${selector}`;
export const text = async (selector = '[lang]'): Promise<string> =>
  page.$eval(find(selector), (element) => (element.textContent ?? '').replaceAll(/\s+/g, ' ').trim());
/** Looks from inside of the page: puppeteer's own `waitForSelector` sees no change inside of a shadow. */
export const until = async (selector: string): Promise<void> => {
  await page.waitForFunction(
    (steps) =>
      ['portico-consent-prompt', 'portico-connections'].some((screen) => {
        let found = document.querySelector(screen);
        for (const step of steps) found = found?.shadowRoot?.querySelector(step) ?? null;
        return found !== null;
      }),
    { polling: 30 },
    selector.split(' >>> '),
  );
};
export const untilArmed = () => until('.frame.armed');
export const focused = (): Promise<string> =>
  page.evaluate(() => {
    const inner = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
    return `${inner?.localName}: ${(inner?.getAttribute('aria-label') ?? inner?.textContent ?? '').replaceAll(/\s+/g, ' ').trim()}`;
  });
export const clicks = (label: string) => page.locator(`::-p-aria([name="${label}"][role="button"])`).click();
export const calls = () =>
  page.evaluate(() =>
    (window.prompts ?? window.connections).calls.filter(
      ([name]) => !/^(get|list|audit|storage|traffic)$/.test(name),
    ),
  );

/** One browser for the tests of a file. */
export const useScreens = (): void => {
  beforeAll(async () => {
    if (chromium) screens = await openScreens(chromium);
  });
  afterAll(() => screens?.close());
};
