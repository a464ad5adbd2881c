import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { check } from './check.mjs';
import { commandOf, runNode, secondsSince } from './run.mjs';
import { ensureInstalled, root } from './setup.mjs';
import { readReport, sum, testsIn, totalsOf } from './test-totals.mjs';

/** Ends a run that hangs: on a busy machine it may take many times as long as on an idle one. */
const limit = 3_600_000;
const packages = /** @type {const} */ ({ chromium: 'chromium', firefox: 'firefox-esr' });
const browserNames = /** @type {(keyof typeof packages)[]} */ (Object.keys(packages));

/** @param {number} started when `npm test` began, its dependencies being there */
async function runSuites(started) {
  const report = join(root, 'artifacts', 'vitest.json');
  await rm(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const timeout = Math.max(1000, Math.round(limit - (performance.now() - started)));
  const { code, output } = await runNode(commandOf('vitest'), ['run', ...reporters], { show: true, timeout });
  if (output) console.log(output.trim());
  const files = readReport(report);
  return { files, totals: totalsOf(files, code) };
}

/**
 * Says which browsers were used; a required one that was not is a failure.
 * @param {import('./test-totals.mjs').TestFile[]} files
 */
async function reportBrowsers(files) {
  const { findBrowsers } = await import('./browser/find.mjs');
  const found = await findBrowsers();
  const required = (process.env['PORTICO_REQUIRE_BROWSERS'] ?? '').split(',').map((name) => name.trim());
  let failed = 0;
  for (const name of browserNames) {
    const versions = found
      .filter((each) => each.name === name)
      .map(({ path, version }) => `${version} at ${path}`);
    const ran = testsIn(files, name);
    if (versions.length === 0) {
      console.log(`Browser not found: ${name} (on Debian or Ubuntu: apt-get install ${packages[name]})`);
    } else if (ran === 0) {
      console.log(`Browser found, but no test ran in it: ${name} ${versions.join(', ')}`);
    } else {
      console.log(`Browser used: ${name} ${versions.join(', ')} (${ran} tests)`);
    }
    if (ran === 0 && required.includes(name)) {
      console.log(`  ${name} is required by PORTICO_REQUIRE_BROWSERS: this is a failure`);
      failed++;
    }
  }
  return { passed: 0, failed, skipped: 0 };
}

ensureInstalled();
const started = performance.now();
const gate = (await check({ withTests: false })).map(({ passed }) => ({
  passed: Number(passed),
  failed: Number(!passed),
  skipped: 0,
}));
const { files, totals } = await runSuites(started);
const browsers = await reportBrowsers(files).catch((error) => {
  console.log(error.message);
  return { passed: 0, failed: 1, skipped: 0 };
});
const { passed, failed, skipped } = sum([...gate, totals, browsers]);
console.log(`In ${secondsSince(started)}, gate and suites:\n`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
