import { connect } from 'portico/client';
import { tabs } from 'portico-tabs/protocol';
import { browser } from './browser.js';
import { keepCount } from './keep-count.js';

const { read } = connect(tabs, { needs: ['read'] });
const wake = keepCount(read, browser.action);

// In the first turn of every start, whatever the browser woke this script for.
wake();
// To be woken at all when the browser starts; an extension without permissions has few other ways.
browser.runtime.onStartup.addListener(wake);
browser.runtime.onInstalled.addListener(wake);

browser.action.onClicked.addListener(() => {
  wake();
  // A board that is open comes to the front. A new one gets a window of its own: Chromium takes no pictures of
  // windows that show an extension's page, and so every window of the browser can be pictured.
  browser.runtime
    .sendMessage('show')
    .catch(() => browser.windows.create({ url: 'board.html', type: 'popup', width: 460, height: 820 }));
});
