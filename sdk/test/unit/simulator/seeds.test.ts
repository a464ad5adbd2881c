import { createBrowser, type ProfileName } from 'portico/testing';
import { expect, test } from 'vitest';
import { clientOf, hostOf, PROFILES } from './support.js';

const HOST = hostOf(`
  let served = 0;
  chrome.runtime.onConnectExternal.addListener((port) => {
    port.onMessage.addListener((message) => port.postMessage([message, ++served]));
  });
`);

/** Three ports at once, while the host is stopped at some moment. */
const chat = (id: string) =>
  Promise.all(
    ['a', 'b', 'c'].map(
      (name) =>
        new Promise<unknown[]>((resolve) => {
          const got: unknown[] = [];
          const port = chrome.runtime.connect(id, { name });
          port.onMessage.addListener((message: [string, number]) => {
            got.push(message[0]);
            if (got.length === 10) resolve([name, 'all', got]);
          });
          port.onDisconnect.addListener(() => resolve([name, 'cut', got]));
          for (let i = 0; i < 10; i++) port.postMessage(`${name}${i}`);
        }),
    ),
  );

const run = async (seed: number, profile: ProfileName) => {
  const browser = createBrowser({ seed, profile });
  try {
    const host = await browser.install(HOST);
    const page = await (await browser.install(clientOf())).openPage('page.html');
    // By the seed it falls before, between or after the messages.
    const [outcomes] = await Promise.all([page.evaluate(chat, host.id), host.worker.stop()]);
    for (const [name, , got] of outcomes as [string, string, string[]][])
      expect(got, browser.story()).toEqual(Array.from(got, (_, i) => `${name}${i}`));
    expect(browser.errors, browser.story()).toEqual([]);
    return { trace: browser.trace.toString(), ends: outcomes.map(([, end]) => end).join() };
  } finally {
    await browser.close();
  }
};

test('two hundred seeds: messages of a port keep their order, whatever else happens', async () => {
  const traces = new Set<string>();
  for (let seed = 0; seed < 200; seed++) {
    const profile = PROFILES[seed % 3] as ProfileName;
    const { trace } = await run(seed, profile);
    traces.add(
      trace
        .split('\n')
        .filter((line) => line.includes(' gets '))
        .join('\n'),
    );
  }
  // Hardly two of them are alike.
  expect(traces.size).toBeGreaterThan(150);
});

test.each(PROFILES)('the same seed in %s: the same trace, time and end', async (profile) => {
  expect(await run(42, profile)).toEqual(await run(42, profile));
  expect((await run(43, profile)).trace).not.toBe((await run(42, profile)).trace);
});
