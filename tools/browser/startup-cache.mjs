import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./types.mjs').FoundBrowser} FoundBrowser */

const KEPT = fileURLToPath(new URL('../../node_modules/.cache/portico/', import.meta.url));

/** The second says which build the first is of: Firefox throws away what another one has left. */
const PARTS = ['startupCache', 'compatibility.ini'];

/** What Firefox keeps of extensions: these are new in every profile. */
const OF_EXTENSIONS = 'webext.sc.lz4';

/** @param {FoundBrowser} browser */
const placeOf = ({ version }) => join(KEPT, `firefox-${version}`);

/**
 * Gives a fresh profile of Firefox the browser's own scripts as an earlier run has compiled them, which takes
 * a fifth off a start. Nothing of the earlier profile comes with them.
 *
 * @param {FoundBrowser} browser
 * @param {string} profile
 */
export async function lendStartupCache(browser, profile) {
  const place = placeOf(browser);
  if (browser.name === 'firefox' && existsSync(place)) await cp(place, profile, { recursive: true });
}

/**
 * Keeps what a Firefox that has ended by itself compiled, unless there is some.
 *
 * @param {FoundBrowser} browser
 * @param {string} profile
 */
export async function keepStartupCache(browser, profile) {
  const place = placeOf(browser);
  if (browser.name !== 'firefox' || existsSync(place)) return;
  if (!PARTS.every((part) => existsSync(join(profile, part)))) return;
  await mkdir(dirname(place), { recursive: true });
  const copy = await mkdtemp(`${place}-`);
  try {
    for (const part of PARTS) {
      const filter = (/** @type {string} */ file) => basename(file) !== OF_EXTENSIONS;
      await cp(join(profile, part), join(copy, part), { recursive: true, filter });
    }
    // In one step: others may be looking, or doing the same.
    await rename(copy, place);
  } catch {
    await rm(copy, { recursive: true, force: true });
  }
}
