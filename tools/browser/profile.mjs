import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const XDG = ['XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME'];

/**
 * @typedef {object} Profile
 * @property {string} dir The browser's profile.
 * @property {string} home
 * @property {Record<string, string | undefined>} env
 * @property {() => Promise<void>} remove
 * @property {() => void} removeNow
 */

/**
 * A temporary profile, with a HOME of its own on Linux: nothing of the user's reaches the browser,
 * and Firefox does not refuse a HOME that belongs to somebody else.
 *
 * @param {string} name
 * @returns {Promise<Profile>}
 */
export async function createProfile(name) {
  const root = await mkdtemp(join(tmpdir(), `portico-${name}-`));
  const dir = join(root, 'profile');
  const home = join(root, 'home');
  await mkdir(join(dir, 'Default'), { recursive: true });
  await mkdir(home);
  if (name === 'chromium') {
    // Without this, `runtime.reload()` disables an extension that came over the debugging pipe.
    const preferences = { extensions: { ui: { developer_mode: true } } };
    await writeFile(join(dir, 'Default', 'Preferences'), JSON.stringify(preferences));
  }
  return {
    dir,
    home,
    env: process.platform === 'linux' ? environment(home) : process.env,
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }),
    removeNow: () => rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }),
  };
}

/** @param {string} home */
function environment(home) {
  const kept = Object.entries(process.env).filter(([key]) => !XDG.includes(key));
  return { ...Object.fromEntries(kept), HOME: home };
}
