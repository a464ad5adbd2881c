import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readManifest } from './manifest.mjs';
import { waitUntil, withDeadline } from './wait.mjs';

/** @typedef {import('./types.mjs').ConsoleEntry} ConsoleEntry */
/** @typedef {import('./types.mjs').Driver} Driver */
/** @typedef {import('./types.mjs').ExtensionRef} ExtensionRef */
/** @typedef {import('./types.mjs').FoundBrowser} FoundBrowser */
/** @typedef {import('./types.mjs').LoadedExtension} LoadedExtension */
/** @typedef {import('./types.mjs').Session} Session */

/**
 * @typedef {object} SessionParts
 * @property {FoundBrowser} browser
 * @property {Driver} driver
 * @property {string} home
 * @property {readonly ConsoleEntry[]} log
 * @property {Set<(entry: ConsoleEntry) => void>} listeners
 * @property {number} timeout
 * @property {boolean} waitForBackgrounds
 * @property {() => Promise<void>} close
 */

/**
 * @param {SessionParts} parts
 * @returns {Session}
 */
export function createSession({ browser, driver, home, log, listeners, timeout, waitForBackgrounds, close }) {
  /** @type {LoadedExtension[]} */
  const extensions = [];

  /** @param {ExtensionRef} ref */
  const extension = (ref) => {
    const found =
      typeof ref === 'number'
        ? extensions[ref]
        : extensions.find(({ id, dir }) =>
            typeof ref === 'string' ? id === ref || dir === resolve(ref) : id === ref.id,
          );
    if (found) return found;
    const known = extensions.map(({ id, dir }) => `${id} (${dir})`).join(', ') || 'none';
    throw new Error(`No such extension: ${typeof ref === 'object' ? ref.id : ref}. Installed: ${known}.`);
  };

  /** @param {ExtensionRef} ref */
  const backgroundLog = (ref) => {
    const { id } = extension(ref);
    return log.filter((entry) => entry.extension === id);
  };

  /** @param {LoadedExtension} loaded */
  const untilStarted = async (loaded) => {
    const { background } = await readManifest(loaded.dir);
    if (background === undefined) return;
    await waitUntil(
      () => driver.hasStarted(loaded),
      timeout,
      () => {
        const said = backgroundLog(loaded)
          .map(({ text }) => `\n  ${text}`)
          .join('');
        return `The background of ${loaded.dir} did not start. Its script may have failed; it wrote: ${said || 'nothing.'}`;
      },
    );
  };

  /** @param {LoadedExtension} loaded */
  const remember = (loaded) => {
    const at = extensions.findIndex(({ id }) => id === loaded.id);
    if (at < 0) extensions.push(loaded);
    else extensions[at] = loaded;
  };

  const newPage = async () => {
    const page = await driver.browser.newPage();
    // Puppeteer's own half a minute is too short for a busy machine.
    page.setDefaultTimeout(timeout);
    return page;
  };

  /** @param {string} url */
  const openPage = async (url) => {
    const page = await newPage();
    await page.goto(url);
    return page;
  };

  return {
    name: browser.name,
    version: browser.version,
    product: browser.product,
    browser: driver.browser,
    home,
    get extensions() {
      return [...extensions];
    },
    get extensionIds() {
      return extensions.map(({ id }) => id);
    },
    extension,
    openPage,
    openExtensionPage: async (ref, path) => {
      const loaded = extension(ref);
      const { href, pathname } = new URL(path, `${loaded.origin}/`);
      // Firefox shows an empty page of the extension for a file that it has not got.
      if (!existsSync(join(loaded.dir, decodeURIComponent(pathname)))) {
        throw new Error(`${loaded.dir} has no page ${pathname}.`);
      }
      const page = await newPage();
      await driver.navigate(page, href);
      return page;
    },
    isBackgroundRunning: (ref) => driver.isRunning(extension(ref)),
    stopBackground: async (ref) => {
      const loaded = extension(ref);
      if (!(await driver.isRunning(loaded))) return false;
      await withDeadline(driver.stop(loaded), timeout, `The background of ${loaded.dir} did not stop.`);
      return true;
    },
    backgroundLog,
    onConsole: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    install: async (dir) => {
      const path = resolve(dir);
      await readManifest(path);
      const message = `${browser.product} did not install ${path}.`;
      const loaded = await withDeadline(driver.install(path), timeout, message);
      remember(loaded);
      if (waitForBackgrounds) await untilStarted(loaded);
      return loaded;
    },
    uninstall: async (ref) => {
      const loaded = extension(ref);
      await driver.uninstall(loaded);
      extensions.splice(extensions.indexOf(loaded), 1);
    },
    disable: (ref) => driver.setEnabled(extension(ref), false),
    enable: async (ref) => {
      const loaded = extension(ref);
      await driver.setEnabled(loaded, true);
      if (waitForBackgrounds) await untilStarted(loaded);
    },
    close,
  };
}
