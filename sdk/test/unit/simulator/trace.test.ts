import { describe, expect, test } from 'vitest';
import { TraceBook } from '../../../src/testing/browser/trace/trace.js';
import { browserFor, clientOf, ECHO, hostOf, talk } from './support.js';

describe('the trace', () => {
  test('reads as what happened, with time and place', async () => {
    const browser = browserFor({ seed: 7 });
    const host = await browser.install(hostOf(ECHO));
    const page = await (await browser.install(clientOf())).openPage('page.html');
    await page.evaluate(talk, host.id, ['hello'], 1);
    await browser.settle();
    const lines = browser.trace.entries.map(({ where, what }) => `${where}: ${what}`);
    const from = 'page of Client /page.html #3';
    const to = 'worker of Host #1';
    const about = lines.filter((line) => line.includes('port 1'));
    expect(about).toEqual([
      `${from}: port 1 "talk" to Host`,
      `${from}: port 1 posts "hello"`,
      `${to}: runtime.onConnectExternal brings port 1 "talk"`,
      `${to}: port 1 gets "hello"`,
      `${to}: port 1 posts {"echo":"hello"}`,
      `${from}: port 1 gets {"echo":"hello"}`,
      `${from}: port 1 disconnects`,
      `${to}: port 1 is closed`,
    ]);
    expect(browser.story().split('\n')[0]).toBe(
      'Simulated chromium, seed 7: run again with PORTICO_SEED=7, or createBrowser({ seed: 7 })',
    );
    expect(browser.trace.toString()).toMatch(/^ +0 ms {2}Host +is installed as [a-p]{32}$/m);
  });

  test('the seed comes from the environment where the test gives none', async () => {
    const { createBrowser } = await import('portico/testing');
    process.env['PORTICO_SEED'] = '77';
    try {
      expect(createBrowser().seed).toBe('77');
      expect(createBrowser({ seed: 3 }).seed).toBe(3);
    } finally {
      delete process.env['PORTICO_SEED'];
    }
    expect(createBrowser().seed).not.toBe(createBrowser().seed);
  });

  test('keeps the end of a long run, and says how much is forgotten', () => {
    const trace = new TraceBook(() => 5, 10);
    for (let i = 0; i < 95; i++) trace.write('here', `${i}`);
    expect(trace.entries.map(({ what }) => what)).toEqual(Array.from({ length: 10 }, (_, i) => `${85 + i}`));
    expect(trace.forgotten).toBe(85);
    expect(trace.toString().split('\n')[0]).toBe('(85 earlier entries are forgotten)');
  });

  test('long messages are cut, and nothing is kept where nothing is wanted', async () => {
    const browser = browserFor({ traceLength: 0 });
    const host = await browser.install(hostOf(ECHO));
    const page = await (await browser.install(clientOf())).openPage('page.html');
    await page.evaluate(talk, host.id, ['x'.repeat(10_000)], 1);
    expect(browser.trace.entries).toEqual([]);
    const traced = browserFor();
    const other = await traced.install(hostOf(ECHO));
    const own = await (await traced.install(clientOf())).openPage('page.html');
    await own.evaluate(talk, other.id, ['x'.repeat(10_000)], 1);
    expect(Math.max(...traced.trace.entries.map(({ what }) => what.length))).toBeLessThan(250);
  });
});
