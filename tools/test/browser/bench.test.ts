import { describe, expect, test } from 'vitest';
import { browsersHere } from '../../../sdk/test/browser/support/browsers.js';
import { runNode } from '../../run.mjs';

const chromium = browsersHere().found.some(({ name }) => name === 'chromium');
const QUICK = ['--blocks', '1', '--milliseconds', '5', '--warm-up', '0', '--only', 'sequential'];

describe.skipIf(!chromium)('the benchmark, in Chromium', () => {
  test('gives machines JSON alone on standard output', async () => {
    const { code, stdout, output } = await runNode('tools/bench.mjs', ['--json', ...QUICK]);
    expect(code, output).toBe(0);
    const { browser, rows } = JSON.parse(stdout) as { browser: string; rows: object[] };
    expect(browser).toMatch(/\d/);
    expect(rows).toMatchObject([
      { name: 'raw', metric: 'sequential', ratioToRaw: 1 },
      { name: 'portico', metric: 'sequential' },
    ]);
    // It has been said, but elsewhere.
    expect(output).toContain('Build:');
  });
});
