import type { Page } from 'puppeteer-core';
import { openChromeScope } from '../../../../tools/browser/firefox-chrome-scope.mjs';
import type { LoadedExtension, Session } from '../../../../tools/browser/types.mjs';

/** Runs in Firefox's privileged scope. */
const CLICK = `(id) => {
  const { extension } = WebExtensionPolicy.getByID(id);
  const window = Services.wm.getMostRecentWindow('navigator:browser');
  extension.apiManager.global.browserActionFor(extension).triggerAction(window);
}`;

/** Clicks an extension's button in the toolbar while a page is shown. */
export const clickButton = async (session: Session, { id }: LoadedExtension, page: Page): Promise<void> => {
  await page.bringToFront();
  if (session.name === 'firefox') {
    await (await openChromeScope(session.browser)).call(CLICK, id);
    return;
  }
  const extension = (await session.browser.extensions()).get(id);
  if (!extension) throw new Error(`the browser knows no extension ${id}`);
  await extension.triggerAction(page);
};
