import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';

/** @typedef {import('../browser/types.mjs').Session} Session */
/** @typedef {import('./metrics.mjs').Side} Side */
/**
 * @typedef {object} Pair A host and its client in a browser.
 * @property {string} host The host's id.
 * @property {(metric: string, side: Side, milliseconds: number) => Promise<number>} run
 *   Operations a millisecond, in a block of that length.
 * @property {(side: Side, count: number) => Promise<unknown>} open Opens so many connections more, and keeps them.
 */

/**
 * Bundles the two extensions of the benchmark with the SDK that was built beside them.
 * @param {string} root of a working tree @param {string} to an empty folder
 * @returns {Promise<string[]>} the host's folder and the client's
 */
export async function bundlePair(root, to) {
  const { portico } = await import(pathToFileURL(join(root, 'sdk/dist/build.js')).href);
  const write = async (/** @type {string} */ name, /** @type {readonly string[]} */ scripts) => {
    const folder = join(to, name);
    await mkdir(folder, { recursive: true });
    for (const script of scripts) {
      const input = join(root, 'tools/bench', `${script}.js`);
      // An earlier commit may not have it yet.
      if (!existsSync(input)) continue;
      const bundle = await rollup({
        input,
        plugins: [nodeResolve(), portico({ side: script === 'host' ? 'host' : 'client', lint: false })],
      });
      await bundle.write({ file: join(folder, `${script}.js`), format: 'es' });
    }
    const [background] = scripts;
    const manifest = {
      manifest_version: 3,
      name: `bench ${name}`,
      version: '1',
      permissions: ['storage'],
      background: { service_worker: `${background}.js`, type: 'module' },
    };
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
    const page = scripts.includes('page') ? '<script type="module" src="page.js"></script>' : '';
    await writeFile(join(folder, 'page.html'), `<!doctype html><title>bench</title>${page}`);
    return folder;
  };
  return [await write('host', ['host', 'page']), await write('client', ['client'])];
}

/**
 * @param {Session} session @param {string} host @param {string} client ids
 * @returns {Promise<Pair>}
 */
export async function openPair(session, host, client) {
  const page = await session.openExtensionPage(client, 'page.html');
  const tell = async (/** @type {object} */ message) => {
    const result = await page.evaluate(
      (sent) => /** @type {any} */ (globalThis).chrome.runtime.sendMessage(sent),
      { ...message, host },
    );
    if (!result || result.error)
      throw new Error(`${JSON.stringify(message)}: ${result?.error ?? 'no answer'}`);
    return result;
  };
  return {
    host,
    run: async (metric, side, milliseconds) => {
      const { done, took } = await tell({ metric, side, milliseconds });
      return done / took;
    },
    open: (side, count) => tell({ metric: 'idle', side, count }),
  };
}
