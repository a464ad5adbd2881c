import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { bundleFuzz } from '../sdk/test/mutation/bundle.mjs';
import { keepExamples } from './fuzz/keep-examples.mjs';
import { runPlanted } from './fuzz/run-planted.mjs';
import { failureText, progress } from './fuzz/texts.mjs';
import { ensureInstalled } from './setup.mjs';

/**
 * Sends random and tampered batches to a host in a simulated browser, and holds all that comes back against the
 * wire, while honest clients of the same host go on working.
 */

const number = (/** @type {string} */ text) => {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
};

const program = new Command('fuzz')
  .description('Sends random batches to a host in the simulated browser.')
  .option('--count <n>', 'batches to send', number, 1_000_000)
  .option('--seed <n>', 'for the same batches again', number)
  .addOption(
    new Option('--profile <name>', 'one simulated browser instead of all').choices([
      'chromium',
      'chromium-clone',
      'firefox',
    ]),
  )
  .option('--shrink', 'look for fewer batches that fail as well')
  .option('--keep', 'add examples of answers that the corpus does not have yet to sdk/test/corpus')
  .option('--planted', 'plant mistakes in copies of the SDK, and see which are found')
  .parse();

/** @type {{ count: number, seed?: number, profile?: string, shrink?: boolean, keep?: boolean, planted?: boolean }} */
const options = program.opts();
const seed = options.seed ?? randomInt(0x7fffffff);

ensureInstalled();
const folder = await mkdtemp(join(tmpdir(), 'portico-fuzz-'));
process.on('uncaughtException', (error) => {
  console.error(
    `Fuzz: nobody caught this: ${error?.stack ?? error}\nAgain: npm run fuzz -- --seed ${seed} --count ${options.count}${options.profile ? ` --profile ${options.profile}` : ''}`,
  );
  rmSync(folder, { recursive: true, force: true });
  process.exit(1);
});
try {
  process.exitCode = options.planted ? await runPlanted(folder, seed) : await run();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function run() {
  const { count, profile, shrink = false, keep = false } = options;
  const script = join(folder, 'fuzz.mjs');
  await bundleFuzz(script);
  const { createKeeper, fuzz, written } = await import(pathToFileURL(script).href);
  const examples = keep ? await keepExamples(createKeeper()) : undefined;
  const show = progress(count, seed);
  const { tally, failure, heapGrowth } = await fuzz({
    count,
    seed,
    shrink,
    ...(profile ? { profiles: [profile] } : {}),
    onProgress: show,
    onTalks: examples?.collect,
  });
  show(tally, true);
  const kept = (await examples?.save()) ?? [];
  for (const file of kept) console.log(`Kept: ${file}`);
  if (failure) {
    console.error(failureText(failure, seed, written));
    return 1;
  }
  console.log(
    `Fuzz: nothing wrong in ${tally.batches} batches (${tally.sessions} sessions, ${tally.admitted} admitted, ${tally.endings} ended by the host); the heap grew by at most ${heapGrowth.toFixed(1)} MB in a browser`,
  );
  return 0;
}
