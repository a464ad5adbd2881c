import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../setup.mjs';
import { quantile } from './quantiles.mjs';

/**
 * Measures what a host does with values, by the interpreter and by Ajv's code, beside `structuredClone` of the
 * same value: in Node, since no browser is asked for anything.
 */

/** @param {string} file of tsc's output: none of this is public */
const internal = (file) => import(pathToFileURL(join(root, 'sdk/build', file)).href);

const SIDES = /** @type {const} */ (['clone', 'interpreter', 'ajv']);
/** @typedef {typeof SIDES[number]} Side */

/** @param {number} id */
const tab = (id) => ({
  id,
  windowId: 1,
  index: id,
  active: id === 0,
  pinned: false,
  audible: false,
  discarded: false,
  title: `The tab with the number ${id}`,
  url: `https://example.org/page/${id}`,
  ...(id % 3 ? { favIconUrl: 'https://example.org/favicon.ico' } : {}),
});

const VALUES = [
  { name: 'validate small', value: { value: 5 }, most: 0.2, repeat: 1000 },
  {
    name: 'validate 1000 tabs',
    value: Array.from({ length: 1000 }, (_, id) => tab(id)),
    most: 600,
    repeat: 1,
  },
];

/** The protocol as a host's compiler writes it. @param {any} protocol */
async function compiledForHosts(protocol) {
  const { hostCode } = await internal('build/host-code/index.js');
  const { planOf } = await internal('protocol/plan.js');
  const data = JSON.parse(
    JSON.stringify(protocol, (_, part) =>
      part && typeof part === 'object' && '~plan' in part ? planOf(part) : part,
    ),
  );
  const dir = await mkdtemp(join(tmpdir(), 'portico-bench-'));
  try {
    const file = join(dir, 'bench.mjs');
    await writeFile(
      file,
      hostCode(new Map([['bench', protocol]]), () => data).replace("'portico/kinds'", () =>
        JSON.stringify(pathToFileURL(join(root, 'sdk/build/protocol/kinds/index.js')).href),
      ),
    );
    return (await import(pathToFileURL(file).href)).bench;
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** @returns {Promise<(name: string, side: Side) => (value: unknown) => unknown>} */
async function functions() {
  const { paramsDecoder, outputEncoder } = await internal('call/member-codecs.js');
  const { Conversion, FAIL } = await internal('protocol/conversion.js');
  const { DEFAULT_LIMITS } = await internal('limits/limits.js');
  // Not before the SDK is built.
  const { bench: published } = await import('./bench.protocol.js');
  const { defineProtocol } = await internal('protocol/define-protocol.js');
  // Defined by the published copy of Portico; what reads it here is another, and each has kinds of its own.
  const bench = defineProtocol(JSON.parse(JSON.stringify(published)));
  const protocols = { interpreter: bench, ajv: await compiledForHosts(bench) };
  return (name, side) => {
    if (side === 'clone') return structuredClone;
    const { echo, list } = protocols[side].capabilities.read.members;
    const codec =
      name === 'validate small'
        ? paramsDecoder(echo.params)
        : outputEncoder(list.result, new Set(), { nativeBytes: false, tables: true });
    return (value) => {
      const copy = new Conversion(DEFAULT_LIMITS).convert(codec, value);
      if (copy === FAIL) throw new Error(`${name}: refused`);
      return copy;
    };
  };
}

/** Microseconds for each run. @param {(value: unknown) => unknown} run @param {unknown} value @param {number} repeat @param {number} milliseconds */
function block(run, value, repeat, milliseconds) {
  const from = performance.now();
  let runs = 0;
  let took = 0;
  while (took < milliseconds) {
    for (let i = 0; i < repeat; i++) run(value);
    runs += repeat;
    took = performance.now() - from;
  }
  return (1000 * took) / runs;
}

/**
 * @param {{ blocks: number, milliseconds: number, only?: string }} options
 * @param {(text: string) => unknown} say
 */
export async function measureValidation({ blocks, milliseconds, only }, say) {
  const runOf = await functions();
  const rows = [];
  for (const { name, value, most, repeat } of VALUES) {
    if (only && only !== name) continue;
    const runs = SIDES.map((side) => /** @type {const} */ ([side, runOf(name, side)]));
    for (const [, run] of runs) block(run, value, repeat, 4 * milliseconds);
    /** @type {Record<Side, number[]>} */
    const times = { clone: [], interpreter: [], ajv: [] };
    for (let i = 0; i < blocks; i++) {
      for (const [side, run] of i % 2 ? runs : [...runs].reverse())
        times[side].push(block(run, value, repeat, milliseconds));
    }
    for (const side of SIDES) {
      const ratios = times[side].map((time, i) => time / /** @type {number} */ (times.clone[i]));
      const [low, middle, high] = [0.25, 0.5, 0.75].map((q) => quantile(ratios, q));
      const took = quantile(times[side], 0.5);
      rows.push({
        name: side,
        metric: name,
        value: took,
        quartiles: [quantile(times[side], 0.25), quantile(times[side], 0.75)],
        ratioToClone: middle,
        ratioQuartiles: [low, high],
      });
      const bound = side === 'ajv' ? quantile(times.interpreter, 0.5) : most;
      const says = side === 'ajv' ? 'faster than the interpreter' : `at most ${most} µs`;
      say(
        `${name.padEnd(19)}${side.padEnd(12)}${took.toPrecision(3)} µs; ratio to structuredClone ${middle?.toFixed(2)} (quartiles ${low?.toFixed(2)}–${high?.toFixed(2)})${
          side === 'clone' ? '' : `; target ${says}: ${took <= bound ? 'met' : 'MISSED'}`
        }`,
      );
    }
  }
  return rows;
}
