import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { checkOut } from './bench/checkout.mjs';
import { compare } from './bench/compare.mjs';
import { measureMemory } from './bench/memory.mjs';
import { METRICS, SIDES } from './bench/metrics.mjs';
import { bundlePair, openPair } from './bench/pair.mjs';
import { quantile } from './bench/quantiles.mjs';
import { measureTypes } from './bench/types.mjs';
import { measureValidation } from './bench/validation.mjs';
import { findBrowsers } from './browser/find.mjs';
import { launch } from './browser/launch.mjs';
import { build } from './build.mjs';
import { root } from './setup.mjs';

/**
 * Measures Portico against a hand-written port, both between the same two extensions in one Chromium,
 * in alternating blocks: single runs vary by a third, the ratio of neighbours by far less.
 */

const program = new Command('bench')
  .description('Measures Portico against a hand-written runtime port in real Chromium.')
  .argument('[subject]', '"types" measures the type-check of a large protocol instead')
  .option(
    '--against <commit>',
    'compare with the build of a commit, in turns in one browser; the exit code is 1 if anything is slower now',
  )
  .option('--json', 'print { browser, rows } for machines, and nothing else on standard output')
  .option('--blocks <n>', 'blocks of each side; with --against 60 unless you say', Number, 25)
  .option('--milliseconds <n>', 'length of a block', Number, 60)
  .option('--warm-up <n>', 'blocks of each side before those that count', Number, 20)
  .option('--only <metric>', 'measure one metric')
  .parse();
const options =
  /** @type {{ against?: string, json?: boolean, blocks: number, milliseconds: number, warmUp: number, only?: string }} */ (
    program.opts()
  );
// Of equal builds, a row seems slower once in thirty times with 25 blocks, and once in some hundreds with 60.
if (options.against !== undefined && program.getOptionValueSource('blocks') === 'default')
  options.blocks = 60;

// Whatever tools print on their way, standard output is the JSON's.
if (options.json) console.log = console.error;
/** @param {string} text */
const say = (text) => options.json || console.log(text);
/** @param {string} text */
const tell = (text) => console.error(text);
/** @param {object} result */
const give = (result) => {
  if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
};

async function main() {
  await build();
  if (program.args[0] === 'types') {
    give({ rows: await measureTypes(say) });
    return;
  }
  const browser = (await findBrowsers()).find(({ name }) => name === 'chromium');
  if (!browser)
    throw new Error('The benchmark needs Chromium, Chrome or Edge: install one, or set PORTICO_CHROMIUM.');
  const dir = await mkdtemp(join(tmpdir(), 'portico-bench-'));
  const other = options.against === undefined ? undefined : await checkOut(options.against, tell);
  try {
    const dirs = await bundlePair(root, join(dir, 'now'));
    if (other) dirs.push(...(await bundlePair(other.root, join(dir, 'before'))));
    const session = await launch(browser, { extensions: dirs });
    const name = `${browser.product} ${browser.version}`;
    try {
      if (other) await measureBoth(session, name, other.commit);
      else await measure(session, name);
    } finally {
      await session.close();
    }
  } finally {
    other?.remove();
    await rm(dir, { recursive: true, force: true });
  }
}

/** @param {import('./browser/types.mjs').Session} session @param {string} browser @param {string} commit */
async function measureBoth(session, browser, commit) {
  const [host = '', client = '', hostBefore = '', clientBefore = ''] = session.extensionIds;
  const now = await openPair(session, host, client);
  const before = await openPair(session, hostBefore, clientBefore);
  const { blocks, milliseconds } = options;
  say(
    `${browser}; now and ${commit.slice(0, 9)} in turns, ${blocks} blocks of ${milliseconds} ms each; medians (quartiles)\n`,
  );
  const rows = await compare({ session, now, before }, options, say, tell);
  const slower = rows.filter((row) => row.slower).map(({ metric }) => metric);
  say(slower.length === 0 ? '\nNothing is slower.' : `\nSlower: ${slower.join(', ')}`);
  give({ browser, against: commit, rows });
  process.exitCode = slower.length === 0 ? 0 : 1;
}

/** @param {import('./browser/types.mjs').Session} session @param {string} browser */
async function measure(session, browser) {
  const [host = '', client = ''] = session.extensionIds;
  const pair = await openPair(session, host, client);
  const { blocks, milliseconds, warmUp } = options;
  say(`${browser}; ${blocks} blocks of ${milliseconds} ms for each side, alternating; ratio to a raw port\n`);
  const rows = [];
  for (const { metric, unit, perOperation, target, says } of METRICS) {
    if (options.only && options.only !== metric) continue;
    const run = (/** @type {'raw' | 'portico'} */ side) => pair.run(metric, side, milliseconds);
    // Warm-up: caches, the worker itself, and V8's compilers, which are done after a thousand connects or so.
    for (let i = 0; i < warmUp; i++) for (const side of SIDES) await run(side);
    /** @type {{ raw: number[], portico: number[] }} */
    const rates = { raw: [], portico: [] };
    for (let i = 0; i < blocks; i++) {
      for (const side of i % 2 ? SIDES : [...SIDES].reverse()) rates[side].push(await run(side));
    }
    /** @param {number} rate operations a millisecond */
    const shown = (rate) => (perOperation ? 1000 / rate : rate * 1000);
    const ratios = rates.portico.map((rate, i) => {
      const ratio = rate / /** @type {number} */ (rates.raw[i]);
      return perOperation ? 1 / ratio : ratio;
    });
    const ratio = quantile(ratios, 0.5);
    for (const side of SIDES) {
      rows.push({
        name: side,
        metric,
        value: shown(quantile(rates[side], 0.5)),
        ratioToRaw: side === 'raw' ? 1 : ratio,
        quartiles: [quantile(rates[side], 0.25), quantile(rates[side], 0.75)].map(shown),
        ratioQuartiles: side === 'raw' ? [1, 1] : [quantile(ratios, 0.25), quantile(ratios, 0.75)],
      });
    }
    const number = (/** @type {number} */ value) =>
      value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
    say(
      `${metric.padEnd(11)} raw ${number(shown(quantile(rates.raw, 0.5)))}, Portico ${number(shown(quantile(rates.portico, 0.5)))} ${unit};` +
        ` ratio ${ratio.toFixed(2)} (quartiles ${quantile(ratios, 0.25).toFixed(2)}–${quantile(ratios, 0.75).toFixed(2)}); target ${says}${target(ratio) === undefined ? '' : `: ${target(ratio) ? 'met' : 'MISSED'}`}`,
    );
  }
  if (!options.only || options.only === 'idle') rows.push(...(await measureMemory(session, pair, say)));
  say('');
  const validation = await measureValidation(options, say);
  give({ browser, rows: [...rows, ...validation] });
}

await main();
