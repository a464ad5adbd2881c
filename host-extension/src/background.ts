import { consent, consoleLog, managedPolicy } from 'portico/host';
import { browser } from './browser.js';
import { publishTabs } from './publish-tabs.js';
import { listenToTabs } from './tab-changes.js';

const origin = browser.runtime.getURL('').replace(/\/$/, '');
const own = {
  browser: origin.startsWith('moz-') ? 'firefox' : 'chromium',
  id: browser.runtime.id,
  origin,
} as const;

// All of it in the first turn: the browser starts this script for a connection or a tab's event.
const { host, changes } = publishTabs(browser, own, consoleLog, {
  consent: consent({ page: 'consent.html' }),
  policy: managedPolicy(),
});
host.listen();
listenToTabs(browser.tabs, changes);
browser.action.onClicked.addListener(() => void browser.runtime.openOptionsPage());
