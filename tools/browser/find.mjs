import { execFileSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';

/** @typedef {import('./types.mjs').BrowserName} BrowserName */
/** @typedef {import('./types.mjs').FoundBrowser} FoundBrowser */
/** @typedef {{ name: BrowserName, product: string, commands: string[], mac: string[], windows: string[] }} Candidate */

/**
 * In the order of preference: Chromium and Chrome for Testing take unpacked extensions most readily.
 *
 * @type {readonly Candidate[]}
 */
const CANDIDATES = [
  {
    name: 'chromium',
    product: 'Chromium',
    commands: ['chromium', 'chromium-browser'],
    mac: ['Chromium.app/Contents/MacOS/Chromium'],
    windows: ['Chromium\\Application\\chrome.exe'],
  },
  {
    name: 'chromium',
    product: 'Google Chrome',
    commands: ['google-chrome', 'google-chrome-stable', 'google-chrome-beta', 'google-chrome-unstable'],
    mac: ['Google Chrome.app/Contents/MacOS/Google Chrome'],
    windows: ['Google\\Chrome\\Application\\chrome.exe'],
  },
  {
    name: 'chromium',
    product: 'Microsoft Edge',
    commands: ['microsoft-edge', 'microsoft-edge-stable', 'microsoft-edge-beta', 'microsoft-edge-dev'],
    mac: ['Microsoft Edge.app/Contents/MacOS/Microsoft Edge'],
    windows: ['Microsoft\\Edge\\Application\\msedge.exe'],
  },
  {
    name: 'firefox',
    product: 'Mozilla Firefox',
    commands: ['firefox', 'firefox-esr', 'firefox-developer-edition', 'firefox-nightly'],
    mac: [
      'Firefox.app/Contents/MacOS/firefox',
      'Firefox Developer Edition.app/Contents/MacOS/firefox',
      'Firefox Nightly.app/Contents/MacOS/firefox',
    ],
    windows: [
      'Mozilla Firefox\\firefox.exe',
      'Firefox Developer Edition\\firefox.exe',
      'Firefox Nightly\\firefox.exe',
    ],
  },
];

/** @type {Readonly<Record<BrowserName, string>>} */
const OVERRIDES = { chromium: 'PORTICO_CHROMIUM', firefox: 'PORTICO_FIREFOX' };

/**
 * The browsers on this machine that the harness can drive, preferred ones first.
 *
 * `PORTICO_CHROMIUM` and `PORTICO_FIREFOX` hold the path of the one browser to use of that kind,
 * or `none` to use none.
 *
 * @returns {FoundBrowser[]}
 */
export function findBrowsers() {
  /** @type {FoundBrowser[]} */
  const found = [];
  const seen = new Set();
  for (const name of /** @type {BrowserName[]} */ (['chromium', 'firefox'])) {
    const override = process.env[OVERRIDES[name]];
    if (override === 'none') continue;
    if (override) {
      found.push(overridden(name, override));
      continue;
    }
    for (const candidate of CANDIDATES.filter((each) => each.name === name)) {
      for (const path of pathsOf(candidate)) {
        const real = isExecutable(path) ? realpathSync(path) : undefined;
        if (real === undefined || seen.has(real)) continue;
        seen.add(real);
        const identity = identify(path, candidate.product);
        if (!found.some((other) => isSame(other, identity))) found.push({ name, path, ...identity });
      }
    }
  }
  return found;
}

/**
 * Debian's `firefox` is another file than its `firefox-esr`, but no other browser.
 *
 * @param {FoundBrowser} found
 * @param {{ version: string, product: string }} identity
 */
function isSame(found, { version, product }) {
  return version !== '' && found.version === version && found.product === product;
}

/**
 * @param {BrowserName} name
 * @param {string} value
 * @returns {FoundBrowser}
 */
function overridden(name, value) {
  const path = resolve(value);
  if (!isExecutable(path)) {
    throw new Error(
      `${OVERRIDES[name]} is set to ${value}, which is not an executable file. ` +
        `Set it to the path of a ${name === 'firefox' ? 'Firefox' : 'Chromium, Chrome or Edge'} executable, to "none", or unset it.`,
    );
  }
  return { name, path, ...identify(path, name === 'firefox' ? 'Mozilla Firefox' : 'Chromium') };
}

/**
 * @param {Candidate} candidate
 * @returns {string[]}
 */
function pathsOf(candidate) {
  if (process.platform === 'win32') {
    const { PROGRAMFILES, LOCALAPPDATA } = process.env;
    const roots = [PROGRAMFILES, process.env['ProgramFiles(x86)'], LOCALAPPDATA];
    return roots.flatMap((root) => (root ? candidate.windows.map((file) => join(root, file)) : []));
  }
  const places = (process.env['PATH'] ?? '').split(delimiter).filter((place) => place !== '');
  if (process.platform === 'linux') places.push('/usr/bin', '/usr/local/bin', '/snap/bin');
  const commands = places.flatMap((place) => candidate.commands.map((command) => join(place, command)));
  if (process.platform !== 'darwin') return commands;
  const apps = ['/Applications', join(homedir(), 'Applications')];
  return [...apps.flatMap((app) => candidate.mac.map((file) => join(app, file))), ...commands];
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * @param {string} path
 * @param {string} product What it is if it does not say.
 * @returns {{ version: string, product: string }}
 */
function identify(path, product) {
  // On Windows `--version` would open a window instead.
  if (process.platform === 'win32') return { version: versionOnDisk(path), product };
  try {
    const said = execFileSync(path, ['--version'], {
      encoding: 'utf8',
      timeout: 120_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const match = /^\s*(.*?)\s+(\d+(?:\.\d+)+\w*)/m.exec(said);
    return { version: match?.[2] ?? '', product: match?.[1] || product };
  } catch {
    return { version: '', product };
  }
}

/** @param {string} path */
function versionOnDisk(path) {
  const dir = dirname(path);
  try {
    return /^Version=(.+)$/m.exec(readFileSync(join(dir, 'application.ini'), 'utf8'))?.[1]?.trim() ?? '';
  } catch {
    return readdirSync(dir).find((entry) => /^\d+(\.\d+){3}$/.test(entry)) ?? '';
  }
}
