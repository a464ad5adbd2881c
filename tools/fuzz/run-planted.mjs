import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleFuzz } from '../../sdk/test/mutation/bundle.mjs';
import { runNode } from '../run.mjs';
import { root } from '../setup.mjs';

/** @typedef {{ name: string, file: string, from: string, to: string, profile?: string }} Planted */

const MOST_BATCHES = 100_000;
const MOST_MILLISECONDS = 120_000;

/**
 * Plants each mistake in a copy of the SDK and lets the fuzz look for it, in a process of its own. Gives an exit code.
 * @param {string} folder for the copies @param {number} seed
 */
export async function runPlanted(folder, seed) {
  const list = join(folder, 'planted.mjs');
  const entry = join(root, 'sdk', 'test', 'mutation', 'planted.ts');
  await build({ entryPoints: [entry], outfile: list, format: 'esm', logLevel: 'silent' });
  /** @type {{ PLANTED: Planted[] }} */
  const { PLANTED } = await import(pathToFileURL(list).href);
  let missed = 0;
  for (const [i, planted] of PLANTED.entries()) {
    const found = await look(join(folder, `planted-${i}.mjs`), planted, seed);
    if (!found.includes('found')) missed++;
    console.log(`${i + 1}/${PLANTED.length} ${planted.name}: ${found}`);
  }
  console.log(`Planted: ${PLANTED.length - missed} of ${PLANTED.length} mistakes were found (seed ${seed})`);
  return missed > 0 ? 1 : 0;
}

/** @param {string} script @param {Planted} planted @param {number} seed */
async function look(script, planted, seed) {
  const started = performance.now();
  await bundleFuzz(script, [planted]);
  const { stdout, output } = await runNode(
    join(root, 'tools', 'fuzz', 'look.mjs'),
    [script, String(MOST_BATCHES), String(seed), planted.profile ?? ''],
    { timeout: MOST_MILLISECONDS },
  );
  const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  return stdout.trim() ? `${stdout.trim()} (${seconds})` : `NOT SEEN (${seconds})\n${output.trim()}`;
}
