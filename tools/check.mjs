import { BuildError, build } from './build.mjs';
import { commandOf, isMain, runNode, secondsSince } from './run.mjs';
import { ensureInstalled } from './setup.mjs';
import { checkEntryPoints, checkForbiddenStrings, checkSizes, lintFirefoxBuilds } from './shipped.mjs';

/** @typedef {import('./shipped.mjs').Findings} Findings */
/** @typedef {{ name: string, run: () => Findings | Promise<Findings> }} Step */

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

/** @type {Step[]} */
const steps = [
  { name: 'types', run: () => command(commandOf('typescript', 'tsc'), ['-b', '--pretty', 'false']) },
  {
    name: 'format and lint',
    run: () =>
      command(commandOf('@biomejs/biome', 'biome'), ['check', '--error-on-warnings', '--colors=off', '.']),
  },
  { name: 'unused code', run: () => command(commandOf('knip'), ['--no-progress', '--no-config-hints']) },
  { name: 'entry points', run: checkEntryPoints },
  { name: 'sizes', run: checkSizes },
  { name: 'no code from text', run: checkForbiddenStrings },
  { name: 'web-ext lint', run: lintFirefoxBuilds },
];

/** @param {Step} step */
async function runStep({ name, run }) {
  const started = performance.now();
  /** @type {Findings} */
  let findings;
  try {
    findings = await run();
  } catch (error) {
    findings = { problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)] };
  }
  const { problems, notes = [] } = findings;
  console.log(`${problems.length === 0 ? '✓' : '✗'} ${name} (${secondsSince(started)})`);
  for (const line of [...problems, ...notes]) console.log(line.replaceAll(/^/gm, '    '));
  return { name, passed: problems.length === 0 };
}

/**
 * The gate: builds, then runs every step, also after one that failed.
 * @param {{ withTests: boolean }} options whether to run the gate's tests, or leave them to a run of all tests
 * @returns {Promise<{ name: string, passed: boolean }[]>}
 */
export async function check({ withTests }) {
  try {
    await build();
  } catch (error) {
    console.log(error instanceof BuildError ? error.message : error);
    return [{ name: 'build', passed: false }];
  }
  const results = [{ name: 'build', passed: true }];
  for (const step of withTests ? [...steps, gateTests] : steps) results.push(await runStep(step));
  return results;
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
