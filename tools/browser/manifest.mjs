import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @typedef {{ background?: unknown, browser_specific_settings?: { gecko?: { id?: string } } }} Manifest */

/**
 * @param {string} dir
 * @returns {Promise<Manifest>}
 */
export async function readManifest(dir) {
  const file = join(dir, 'manifest.json');
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Error(
      `No extension can be loaded from ${dir}: ${file} is missing or is no JSON. Build it first, or correct the directory.`,
      { cause },
    );
  }
}

/** @param {Manifest} manifest */
export function geckoId(manifest) {
  return manifest.browser_specific_settings?.gecko?.id;
}
