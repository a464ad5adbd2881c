import { randomUUID } from 'node:crypto';
import puppeteer from 'puppeteer-core';
import { openChromeScope } from './firefox-chrome-scope.mjs';
import {
  BACKGROUND_STATE,
  GET_UUID,
  LISTEN_TO_CONSOLES,
  PIN_UUID,
  SET_ENABLED,
  TERMINATE_BACKGROUND,
} from './firefox-scripts.mjs';
import { geckoId, readManifest } from './manifest.mjs';
import { waitUntil, withDeadline } from './wait.mjs';

/** @typedef {import('./types.mjs').Driver} Driver */
/** @typedef {import('./types.mjs').DriverOptions} DriverOptions */
/** @typedef {import('./types.mjs').Page} Page */

const RUNNING = ['starting', 'running', 'suspending'];

/**
 * @param {DriverOptions} options
 * @returns {Promise<Driver>}
 */
export async function startFirefox(options) {
  const uuids = await chooseUuids(options.extensions);
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: options.executablePath,
    headless: options.headless,
    userDataDir: options.profile,
    env: options.env,
    timeout: options.timeout,
    protocolTimeout: options.timeout,
    signal: options.signal,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: ['--remote-allow-system-access', ...options.args],
    extraPrefsFirefox: {
      'extensions.webextensions.uuids': JSON.stringify(Object.fromEntries(uuids)),
      ...options.prefs,
    },
  });
  const chrome = await openChromeScope(browser);
  await chrome.listen(LISTEN_TO_CONSOLES, options.onConsole);

  return {
    browser,
    install: async (dir) => {
      const known = geckoId(await readManifest(dir));
      if (known !== undefined) {
        const uuid = uuids.get(known) ?? randomUUID();
        uuids.set(known, uuid);
        await chrome.call(PIN_UUID, known, uuid);
      }
      const id = await browser.installExtension(dir);
      return { dir, id, origin: `moz-extension://${await chrome.call(GET_UUID, id)}` };
    },
    uninstall: (extension) => browser.uninstallExtension(extension.id),
    setEnabled: (extension, enabled) => chrome.call(SET_ENABLED, extension.id, enabled),
    hasStarted: async (extension) => (await chrome.call(BACKGROUND_STATE, extension.id)) === 'running',
    isRunning: async (extension) => RUNNING.includes(await chrome.call(BACKGROUND_STATE, extension.id)),
    stop: (extension) => chrome.call(TERMINATE_BACKGROUND, extension.id),
    navigate: (page, url) => navigate(page, url, options.timeout),
  };
}

/**
 * @param {readonly string[]} dirs
 * @returns {Promise<Map<string, string>>} UUIDs by extension id.
 */
async function chooseUuids(dirs) {
  const ids = await Promise.all(dirs.map(async (dir) => geckoId(await readManifest(dir))));
  return new Map(ids.flatMap((id) => (id === undefined ? [] : [[id, randomUUID()]])));
}

/**
 * Firefox never reports the end of a navigation to an extension page: look for it instead.
 *
 * @param {Page} page
 * @param {string} url
 * @param {number} timeout
 */
async function navigate(page, url, timeout) {
  const message = `Firefox did not open ${url}. Does the extension have that page, and is it enabled?`;
  await withDeadline(page.goto(url, { waitUntil: [] }), timeout, message);
  const { pathname } = new URL(url);
  await waitUntil(
    async () => {
      const [href = '', state] = await page
        .evaluate(() => [location.href, document.readyState])
        .catch(() => []); // It is between two documents.
      return state === 'complete' && href !== '' && new URL(href).pathname === pathname;
    },
    timeout,
    message,
  );
}
