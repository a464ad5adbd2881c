import { type AnsweredDetail, defineConsentPrompt } from 'portico/ui';
import { browser } from './browser.js';

// The window that the background opens to ask. What it says, and what may be clicked when, is the element's.
defineConsentPrompt();

/** By its tab: in a window that was opened by an extension, `window.close()` is not for every browser. */
const close = async (): Promise<void> => {
  const tab = await browser.tabs.getCurrent();
  if (tab?.id !== undefined) await browser.tabs.remove(tab.id);
};

document.addEventListener('portico-answered', (event) => {
  const { outcome } = (event as CustomEvent<AnsweredDetail>).detail;
  // Whoever finds a question that is over reads so, instead of seeing the window vanish.
  if (outcome !== 'gone') void close();
});
