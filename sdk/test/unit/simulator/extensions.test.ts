import { fileURLToPath } from 'node:url';
import { type BrowserOptions, createBrowser, type ProfileName, type SimulatedBrowser } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import { browserFor, PROFILES } from './support.js';

const dirOf = (name: string, profile: ProfileName): string =>
  fileURLToPath(
    new URL(`../../../../${name}/dist/${profile === 'firefox' ? 'firefox' : 'chromium'}`, import.meta.url),
  );

/** Portico Tabs and Tab Board, as they are built, beside one tab of the web. */
const install = async (browser: SimulatedBrowser) => {
  await browser.openTab('https://news.example/');
  const host = await browser.install({ dir: dirOf('host-extension', browser.profile) });
  const board = await browser.install({ dir: dirOf('client-extension', browser.profile) });
  return { browser, host, board };
};

const openStage = (options: BrowserOptions) => install(browserFor(options));

const LIVE = '#4338ca';
const STALE = '#71717a';

describe.each(PROFILES)('the two built extensions in %s', (profile) => {
  test('talk: the board counts the tabs', async () => {
    const { browser, board } = await openStage({ profile });
    expect([board.action.badge, board.action.badgeColor]).toEqual(['1', LIVE]);
    const tab = await browser.openTab('https://other.example/');
    expect(board.action.badge).toBe('2');
    await tab.close();
    expect(board.action.badge).toBe('1');
    expect(browser.errors).toEqual([]);
  });

  test('the host is stopped: the number turns grey, and the next start connects again', async () => {
    const { browser, host, board } = await openStage({ profile });
    await host.worker.stop();
    expect([board.action.badge, board.action.badgeColor]).toEqual(['1', STALE]);
    expect(host.worker.state).toBe('stopped');
    await board.worker.stop();
    await browser.openTab('https://other.example/');
    await board.worker.start();
    await browser.settle();
    expect([board.action.badge, board.action.badgeColor]).toEqual(['2', LIVE]);
    expect(host.worker.starts).toBe(2);
    expect(browser.errors).toEqual([]);
  });

  test('the host is idle while a tab’s event wakes it', async () => {
    const { browser, host, board } = await openStage({ profile });
    await browser.advance('1m');
    expect([host.worker.state, board.worker.state]).toEqual(['stopped', 'stopped']);
    await browser.openTab('https://other.example/');
    expect(host.worker.state).toBe('running');
    expect(board.worker.state).toBe('stopped');
    await board.action.click();
    expect(board.action.badge).toBe('3');
    expect(browser.tabs.map(({ url }) => url)).toContain(`${board.origin}/board.html`);
  });

  test('the host is updated under the client, then disabled', async () => {
    const { host, board, browser } = await openStage({ profile });
    await host.update();
    expect(board.action.badgeColor).toBe(STALE);
    await host.disable();
    await board.worker.stop();
    await board.worker.start();
    await browser.settle();
    expect(board.action.badgeColor).toBe(STALE);
    await host.enable();
    await board.action.click();
    expect(board.action.badgeColor).toBe(LIVE);
    expect(browser.errors.filter(({ kind }) => kind !== 'not-simulated' && kind !== 'uncaught')).toEqual([]);
  });
});

/** Much that could happen in any order; in the end the board must be right. Gives what happened. */
const smallScenario = async (seed: number, profile: ProfileName): Promise<string> => {
  const browser = createBrowser({ seed, profile });
  try {
    const { host, board } = await install(browser);
    const addresses = ['https://a.example/', 'https://b.example/', 'https://c.example/'];
    await Promise.all(addresses.map((url) => browser.openTab(url)));
    await host.worker.stop();
    await board.worker.stop();
    await Promise.all([board.worker.start(), browser.openTab('https://d.example/')]);
    await browser.advance('1s');
    const outcome = [seed, board.action.badge, board.action.badgeColor, browser.errors.length];
    expect(outcome, browser.story()).toEqual([seed, '5', LIVE, 0]);
    return browser.trace.toString();
  } finally {
    await browser.close();
  }
};

describe('seeds', () => {
  test.each(PROFILES)('the same one gives the same run in %s, another one another', async (profile) => {
    const first = await smallScenario(1, profile);
    expect(await smallScenario(1, profile)).toBe(first);
    expect(await smallScenario(2, profile)).not.toBe(first);
  });

  test('whatever the order, the board is right in the end', async () => {
    for (let seed = 0; seed < 30; seed++) await smallScenario(seed, PROFILES[seed % 3] as ProfileName);
  });
});
