import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { Command } from 'commander';
import { rollup } from 'rollup';
import { measureMemory } from './bench/memory.mjs';
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

/** Blocks of each side that are not counted. */
const WARM_UP = 20;

const SIDES = /** @type {const} */ (['raw', 'portico']);

const METRICS = [
  {
    metric: 'sequential',
    unit: 'µs a call',
    perOperation: true,
    target: (/** @type {number} */ r) => r <= 1.1,
    says: 'at most 1.10',
  },
  {
    metric: 'concurrent',
    unit: 'calls/s',
    perOperation: false,
    target: (/** @type {number} */ r) => r >= 30,
    says: 'at least 30',
  },
  {
    metric: 'objects',
    unit: 'objects/s',
    perOperation: false,
    target: (/** @type {number} */ r) => r >= 0.85,
    says: 'at least 0.85',
  },
  {
    metric: 'connect',
    unit: 'µs a connect',
    perOperation: true,
    target: (/** @type {number} */ r) => r <= 1.2,
    says: 'at most 1.20',
  },
  {
    metric: 'granted',
    unit: 'µs a connect that a person has allowed',
    perOperation: true,
    target: (/** @type {number} */ r) => r <= 1.2,
    says: 'at most 1.20',
  },
  {
    metric: 'proven',
    unit: 'µs a connect with a key, against two raw round trips',
    perOperation: true,
    target: () => undefined,
    says: 'none: one round trip more, and the signatures',
  },
];

const program = new Command('bench')
  .description('Measures Portico against a hand-written runtime port in real Chromium.')
  .argument('[subject]', '"types" measures the type-check of a large protocol instead')
  .option('--json', 'print { browser, rows } for machines')
  .option('--blocks <n>', 'blocks of each side', Number, 25)
  .option('--milliseconds <n>', 'length of a block', Number, 60)
  .option('--only <metric>', 'measure one metric')
  .parse();
const options = /** @type {{ json?: boolean, blocks: number, milliseconds: number, only?: string }} */ (
  program.opts()
);

/** @param {string} text */
const say = (text) => options.json || console.log(text);

/** @param {number[]} values @param {number} q */
const quantile = (values, q) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at % 1);
};

/** @param {string} dir @param {string} name */
async function bundleExtension(dir, name) {
  const { portico } = await import(/** @type {string} */ ('../sdk/dist/build.js'));
  const to = join(dir, name);
  await mkdir(to);
  for (const [input, output] of name === 'host'
    ? [
        [name, 'background'],
        ['page', 'page'],
      ]
    : [[name, 'background']]) {
    const bundle = await rollup({
      input: join(root, 'tools/bench', `${input}.js`),
      plugins: [nodeResolve(), portico({ side: input === 'host' ? 'host' : 'client', lint: false })],
    });
    await bundle.write({ file: join(to, `${output}.js`), format: 'es' });
  }
  const manifest = {
    manifest_version: 3,
    name: `bench ${name}`,
    version: '1',
    permissions: ['storage'],
    background: { service_worker: 'background.js', type: 'module' },
  };
  await writeFile(join(to, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(
    join(to, 'page.html'),
    `<!doctype html><title>bench</title>${name === 'host' ? '<script type="module" src="page.js"></script>' : ''}`,
  );
  return to;
}

async function main() {
  await build();
  if (program.args[0] === 'types') {
    const rows = await measureTypes(say);
    if (options.json) console.log(JSON.stringify({ rows }, null, 2));
    return;
  }
  const browser = (await findBrowsers()).find(({ name }) => name === 'chromium');
  if (!browser)
    throw new Error('The benchmark needs Chromium, Chrome or Edge: install one, or set PORTICO_CHROMIUM.');
  const dir = await mkdtemp(join(tmpdir(), 'portico-bench-'));
  try {
    const dirs = [await bundleExtension(dir, 'host'), await bundleExtension(dir, 'client')];
    const session = await launch(browser, { extensions: dirs });
    try {
      await measure(session, `${browser.product} ${browser.version}`);
    } finally {
      await session.close();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** @param {import('./browser/types.mjs').Session} session @param {string} browser */
async function measure(session, browser) {
  const [host, client] = session.extensionIds;
  const page = await session.openExtensionPage(/** @type {string} */ (client), 'page.html');
  /** @param {string} metric @param {'raw' | 'portico'} side */
  const run = async (metric, side) => {
    const message = { metric, side, milliseconds: options.milliseconds, host };
    const result = await page.evaluate(
      (sent) => /** @type {any} */ (globalThis).chrome.runtime.sendMessage(sent),
      message,
    );
    if (!result || result.error) throw new Error(`${metric} ${side}: ${result?.error ?? 'no answer'}`);
    return result.done / result.took;
  };

  say(
    `${browser}; ${options.blocks} blocks of ${options.milliseconds} ms for each side, alternating; ratio to a raw port\n`,
  );
  const rows = [];
  for (const { metric, unit, perOperation, target, says } of METRICS) {
    if (options.only && options.only !== metric) continue;
    // Warm-up: caches, the worker itself, and V8's compilers, which are done after a thousand connects or so.
    for (let i = 0; i < WARM_UP; i++) for (const side of SIDES) await run(metric, side);
    /** @type {{ raw: number[], portico: number[] }} */
    const rates = { raw: [], portico: [] };
    for (let i = 0; i < options.blocks; i++) {
      for (const side of i % 2 ? SIDES : [...SIDES].reverse()) rates[side].push(await run(metric, side));
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
  if (!options.only || options.only === 'idle') {
    const open = (/** @type {'raw' | 'portico'} */ side, /** @type {number} */ count) =>
      page.evaluate((sent) => /** @type {any} */ (globalThis).chrome.runtime.sendMessage(sent), {
        metric: 'idle',
        side,
        count,
        host,
      });
    rows.push(...(await measureMemory(session, open, say)));
  }
  say('');
  const validation = await measureValidation(options, say);
  if (options.json) console.log(JSON.stringify({ browser, rows: [...rows, ...validation] }, null, 2));
}

await main();
