import { BuildError, build } from './build.mjs';
import { packSdk } from './package.mjs';
import { commandOf, isMain, runNode, secondsSince } from './run.mjs';
import { ensureInstalled } from './setup.mjs';
import { checkForbiddenStrings, checkSizes, lintFirefoxBuilds, lintManifests } from './shipped.mjs';

/** @typedef {import('./shipped.mjs').Findings} Findings */
/** @typedef {import('./entry-bundles.mjs').EntryBundle} EntryBundle */
/** @typedef {import('./package.mjs').PackedSdk} PackedSdk */
/**
 * @typedef {object} Subject What the steps look at beside the sources; made when it is asked for first.
 * @property {() => PackedSdk} packed
 * @property {() => Promise<EntryBundle[]>} bundles
 * @property {() => void} remove
 */
/**
 * @typedef {object} Step
 * @property {string} name
 * @property {boolean} [early] Whether it looks at sources alone, and so need not wait for the build.
 * @property {(subject: Subject) => Findings | Promise<Findings>} run
 */

/** @param {string} script @param {string[]} args @returns {Promise<Findings>} */
async function command(script, args) {
  const { code, output } = await runNode(script, args);
  return { problems: code === 0 ? [] : [output.trim() || `ended with code ${code}`] };
}

/** @type {Step} */
const gateTests = {
  name: 'layers and clauses',
  run: () => command(commandOf('vitest'), ['run', '--project', 'gate', '--reporter=dot']),
};

/** Loaded when needed: it imports what may have to be installed first. */
const published = () => import('./published.mjs');

/** @type {Step[]} */
const steps = [
  { name: 'types', run: () => command(commandOf('typescript', 'tsc'), ['-b', '--pretty', 'false']) },
  {
    name: 'format and lint',
    early: true,
    run: () =>
      command(commandOf('@biomejs/biome', 'biome'), ['check', '--error-on-warnings', '--colors=off', '.']),
  },
  {
    name: 'unused code',
    early: true,
    run: () => command(commandOf('knip'), ['--no-progress', '--no-config-hints']),
  },
  { name: 'package', run: async ({ packed }) => (await published()).lintPackage(packed()) },
  {
    name: 'how types resolve',
    run: async ({ packed }) => (await published()).checkTypeResolution(packed()),
  },
  {
    name: 'exports',
    run: async ({ packed, bundles }) => (await published()).checkExports(packed(), await bundles()),
  },
  { name: 'sizes', run: async ({ bundles }) => checkSizes(await bundles()) },
  {
    name: 'no code from text',
    run: async ({ packed, bundles }) => checkForbiddenStrings(packed(), await bundles()),
  },
  { name: 'manifests', run: lintManifests },
  { name: 'web-ext lint', run: lintFirefoxBuilds },
];

/** @returns {Subject} */
function createSubject() {
  /** @type {PackedSdk | undefined} */
  let packed;
  /** @type {Promise<EntryBundle[]> | undefined} */
  let bundles;
  const pack = () => (packed ??= packSdk());
  return {
    packed: pack,
    bundles: () =>
      (bundles ??= import('./entry-bundles.mjs').then(({ bundleEntries }) => bundleEntries(pack()))),
    remove: () => packed?.remove(),
  };
}

/** @param {Step} step @param {Subject} subject */
async function runStep({ name, run }, subject) {
  const started = performance.now();
  /** @type {Findings} */
  let findings;
  try {
    findings = await run(subject);
  } catch (error) {
    findings = { problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)] };
  }
  const { problems, notes = [] } = findings;
  console.log(`${problems.length === 0 ? '✓' : '✗'} ${name} (${secondsSince(started)})`);
  for (const line of [...problems, ...notes]) console.log(line.replaceAll(/^/gm, '    '));
  return { name, passed: problems.length === 0 };
}

/**
 * The gate: builds, and runs all steps side by side, each of which says what it found when it ends. Building leaves
 * a core idle for most of its time, so what needs no build does not wait for it.
 * @param {{ withTests: boolean }} options whether to run the gate's tests, or leave them to a run of all tests
 * @returns {Promise<{ name: string, passed: boolean }[]>}
 */
export async function check({ withTests }) {
  const subject = createSubject();
  /** @param {Step[]} some */
  const runAll = (some) => some.map((step) => runStep(step, subject));
  const early = runAll(steps.filter((step) => step.early));
  const isBuilt = await build().then(
    () => true,
    (error) => {
      console.log(error instanceof BuildError ? error.message : error);
      return false;
    },
  );
  const rest = isBuilt
    ? runAll([...steps.filter((step) => !step.early), ...(withTests ? [gateTests] : [])])
    : [];
  const results = await Promise.all([...early, ...rest]);
  subject.remove();
  return [{ name: 'build', passed: isBuilt }, ...results];
}

if (isMain(import.meta.url)) {
  ensureInstalled();
  const results = await check({ withTests: true });
  const failed = results.filter(({ passed }) => !passed);
  console.log(
    failed.length === 0 ? 'The gate is passed.' : `Failed: ${failed.map(({ name }) => name).join(', ')}`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}
