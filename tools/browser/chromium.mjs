import puppeteer from 'puppeteer-core';
import { readChromiumConsole } from './chromium-console.mjs';
import { openWorkers } from './chromium-workers.mjs';

/** @typedef {import('./types.mjs').Driver} Driver */
/** @typedef {import('./types.mjs').DriverOptions} DriverOptions */
/** @typedef {import('./types.mjs').LoadedExtension} LoadedExtension */
/** @typedef {import('./types.mjs').PuppeteerBrowser} PuppeteerBrowser */

const ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-logging=stderr',
];

/**
 * @param {DriverOptions} options
 * @returns {Promise<Driver>}
 */
export async function startChromium(options) {
  const isRoot = process.getuid?.() === 0;
  const browser = await puppeteer.launch({
    executablePath: options.executablePath,
    headless: options.headless,
    pipe: true,
    enableExtensions: true,
    userDataDir: options.profile,
    env: options.env,
    timeout: options.timeout,
    protocolTimeout: options.timeout,
    signal: options.signal,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [...ARGS, ...(isRoot ? ['--no-sandbox'] : []), ...options.args],
  });
  const stderr = browser.process()?.stderr;
  if (stderr) readChromiumConsole(stderr, options.onConsole);
  const workers = await openWorkers(browser);

  return {
    browser,
    install: async (dir) => {
      const id = await browser.installExtension(dir);
      return { dir, id, origin: `chrome-extension://${id}` };
    },
    uninstall: (extension) => browser.uninstallExtension(extension.id),
    setEnabled: (extension, enabled) => setEnabled(browser, extension, enabled),
    hasStarted: (extension) => workers.areActive(extension.origin),
    isRunning: async (extension) => (await workers.find(extension.origin)).length > 0,
    stop: (extension) => workers.stop(extension.origin),
    navigate: async (page, url) => void (await page.goto(url)),
  };
}

/**
 * Only the browser's own page of extensions may do this.
 *
 * @param {PuppeteerBrowser} browser
 * @param {LoadedExtension} extension
 * @param {boolean} enabled
 */
async function setEnabled(browser, extension, enabled) {
  const page = await browser.newPage();
  try {
    await page.goto('chrome://extensions/');
    await page.evaluate(
      async (id, value) => {
        const scope = /** @type {any} */ (globalThis);
        await scope.chrome.management.setEnabled(id, value);
      },
      extension.id,
      enabled,
    );
  } finally {
    await page.close();
  }
}
