import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { atEnd } from './at-end.mjs';
import { startChromium } from './chromium.mjs';
import { startFirefox } from './firefox.mjs';
import { readManifest } from './manifest.mjs';
import { createProfile } from './profile.mjs';
import { createSession } from './session.mjs';
import { keepStartupCache, lendStartupCache } from './startup-cache.mjs';
import { withDeadline } from './wait.mjs';

/** @typedef {import('./types.mjs').ConsoleEntry} ConsoleEntry */
/** @typedef {import('./types.mjs').Driver} Driver */
/** @typedef {import('./types.mjs').FoundBrowser} FoundBrowser */
/** @typedef {import('./types.mjs').LaunchOptions} LaunchOptions */
/** @typedef {import('./types.mjs').PuppeteerBrowser} PuppeteerBrowser */
/** @typedef {import('./types.mjs').Session} Session */

const CLOSING = 60_000;

/**
 * Starts a browser with a fresh profile and the given extensions in it.
 *
 * @param {FoundBrowser} browser One of `findBrowsers()`.
 * @param {LaunchOptions} [options]
 * @returns {Promise<Session>}
 */
export async function launch(browser, options = {}) {
  const { args = [], prefs = {}, timeout = 240_000, waitForBackgrounds = true } = options;
  const extensions = (options.extensions ?? []).map((dir) => resolve(dir));
  await Promise.all(extensions.map(readManifest));
  const headless = options.headless ?? !hasDisplay();
  const profile = await createProfile(browser.name);
  await lendStartupCache(browser, profile.dir);

  /** @type {ConsoleEntry[]} */
  const log = [];
  /** @type {Set<(entry: ConsoleEntry) => void>} */
  const listeners = new Set();
  /** @param {ConsoleEntry} entry */
  const onConsole = (entry) => {
    log.push(entry);
    for (const listener of listeners) listener(entry);
  };

  const start = browser.name === 'firefox' ? startFirefox : startChromium;
  const aborter = new AbortController();
  const kill = () => aborter.abort();
  const release = atEnd(() => {
    kill();
    profile.removeNow();
  });
  const started = start({
    executablePath: browser.path,
    profile: profile.dir,
    env: profile.env,
    signal: aborter.signal,
    headless,
    args,
    prefs,
    timeout,
    extensions,
    onConsole,
  });
  /** @type {Driver} */
  let driver;
  try {
    // Puppeteer has a limit of its own for most of this; the deadline is for the rest.
    driver = await withDeadline(started, timeout * 1.5, 'It did not answer in time.');
  } catch (cause) {
    // A start that is still under way must leave neither a process nor a profile behind.
    kill();
    started.then((late) => late.browser.close()).catch(() => {});
    await profile.remove();
    release();
    throw new Error(explain(browser, headless, cause), { cause });
  }
  const close = once(async () => {
    if (await end(driver.browser, kill)) await keepStartupCache(browser, profile.dir);
    await profile.remove();
    release();
  });
  const { home } = profile;
  const session = createSession({
    browser,
    driver,
    home,
    log,
    listeners,
    timeout,
    waitForBackgrounds,
    close,
  });
  try {
    for (const dir of extensions) await session.install(dir);
  } catch (error) {
    await session.close();
    throw error;
  }
  return session;
}

/**
 * @param {PuppeteerBrowser} browser
 * @param {() => void} kill Ends the process that was started here, with its children, and no other.
 * @returns {Promise<boolean>} Whether it has ended by itself, and in order.
 */
async function end(browser, kill) {
  const child = browser.process();
  await withDeadline(browser.close(), CLOSING, 'The browser did not end by itself.').catch(() => {});
  if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode === 0;
  const exited = new Promise((done) => child.once('exit', done));
  kill();
  await withDeadline(exited, CLOSING, `The browser's process ${child.pid} does not end: end it by hand.`);
  return false;
}

/**
 * @param {() => Promise<void>} action
 * @returns {() => Promise<void>}
 */
function once(action) {
  /** @type {Promise<void> | undefined} */
  let result;
  return () => (result ??= action());
}

function hasDisplay() {
  const { DISPLAY, WAYLAND_DISPLAY, PORTICO_HEADLESS } = process.env;
  if (PORTICO_HEADLESS) return PORTICO_HEADLESS === '0';
  return process.platform !== 'linux' || Boolean(DISPLAY || WAYLAND_DISPLAY);
}

/**
 * @param {FoundBrowser} browser
 * @param {boolean} headless
 * @param {unknown} cause
 */
function explain({ name, path, product, version }, headless, cause) {
  const variable = name === 'firefox' ? 'PORTICO_FIREFOX' : 'PORTICO_CHROMIUM';
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hints = [
    `Run "${path}" by hand to see whether it starts at all; set ${variable} to use another one, or to "none" to leave it out.`,
  ];
  if (!existsSync(path)) hints.unshift('The file is not there (any more): call findBrowsers() again.');
  if (!headless)
    hints.push(
      'It was started with a window: pass { headless: true } or set PORTICO_HEADLESS=1 without a display.',
    );
  if (path.includes('/snap/'))
    hints.push('Snap packages cannot read a profile in the temporary directory: use another package.');
  if (/time/i.test(reason)) hints.push('On a slow machine pass a larger { timeout }.');
  return `${product} ${version} could not be started: ${reason}\n- ${hints.join('\n- ')}`;
}
