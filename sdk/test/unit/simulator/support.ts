import { type BrowserOptions, createBrowser, type ProfileName, type SimulatedBrowser } from 'portico/testing';
import { afterEach, onTestFailed } from 'vitest';

export const PROFILES: readonly ProfileName[] = ['chromium', 'chromium-clone', 'firefox'];

const open: SimulatedBrowser[] = [];
afterEach(async () => {
  for (const browser of open.splice(0)) await browser.close();
});

/** A browser that is closed after the test, and tells its story if the test fails. */
export const browserFor = (options: BrowserOptions = {}): SimulatedBrowser => {
  const browser = createBrowser({ seed: 1, ...options });
  open.push(browser);
  onTestFailed(() => console.log(browser.story()));
  return browser;
};

/** An extension that hosts something, by its background's script. */
export const hostOf = (
  script: string,
  manifest: object = {},
  files: Readonly<Record<string, string>> = {},
) => ({
  manifest: { name: 'Host', ...manifest },
  files: { 'background.js': script, ...files },
});

/** An extension with a page that a test can evaluate in, and a background that does nothing. */
export const clientOf = (manifest: object = {}, files: Readonly<Record<string, string>> = {}) => ({
  manifest: { name: 'Client', ...manifest },
  files: { 'background.js': '', 'page.html': '<title>page</title>', ...files },
});

/** Answers whatever comes, once for each message. */
export const ECHO = `
  chrome.runtime.onConnectExternal.addListener((port) => {
    port.onMessage.addListener((message) => port.postMessage({ echo: message }));
  });
`;

/** Connects, posts, and gives what came back until so many messages came, or the end. For `evaluate`. */
export const talk = (id: string, posts: readonly unknown[], enough: number) =>
  new Promise<{ received: unknown[]; ended: boolean; words: string | undefined }>((resolve) => {
    const port = chrome.runtime.connect(id, { name: 'talk' });
    const received: unknown[] = [];
    port.onMessage.addListener((message: unknown) => {
      received.push(message);
      if (received.length < enough) return;
      port.disconnect();
      resolve({ received, ended: false, words: undefined });
    });
    port.onDisconnect.addListener((ended) => {
      const { error } = ended as { error?: { message: string } | null };
      resolve({ received, ended: true, words: chrome.runtime.lastError?.message ?? error?.message });
    });
    for (const post of posts) port.postMessage(post);
  });
