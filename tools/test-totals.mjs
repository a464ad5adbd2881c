import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Totals */
/** @typedef {{ fullName: string, status: string }} Assertion */
/** @typedef {{ name: string, status: string, assertionResults: Assertion[] }} TestFile */

/** @param {Totals[]} all @returns {Totals} */
export function sum(all) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of all) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}

/**
 * The test files in the report of vitest's JSON reporter; none if there is no report.
 * @param {string} report @returns {TestFile[]}
 */
export function readReport(report) {
  return existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).testResults : [];
}

/**
 * @param {TestFile[]} files @param {number} exitCode vitest's
 * @returns {Totals}
 */
export function totalsOf(files, exitCode) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of files) {
    for (const { status: outcome } of assertionResults) {
      if (outcome === 'passed' || outcome === 'failed') total[outcome]++;
      else total.skipped++;
    }
    // A file that could not be loaded, or whose set-up failed, has no failed test to count.
    if (status === 'failed' && !assertionResults.some((each) => each.status === 'failed')) total.failed++;
  }
  // An error outside of any test, a run without tests, or one that was stopped.
  if (exitCode !== 0 && total.failed === 0) total.failed++;
  return total;
}

/**
 * How many tests ran in a browser: those of the browser suites whose title, or a describe's around it, names it.
 * @param {TestFile[]} files @param {string} browser
 */
export function testsIn(files, browser) {
  return files
    .filter(({ name }) => /[\\/]test[\\/](?:browser|bundlers)[\\/]/.test(name))
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(
      ({ fullName, status }) =>
        /^(?:passed|failed)$/.test(status) && new RegExp(`\\b${browser}\\b`, 'i').test(fullName),
    ).length;
}
