import { consent } from 'portico/host';
import { extension, loopback } from 'portico/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TAB_BOARD } from '../../src/known-callers.js';
import { Pacer } from '../../src/pacer.js';
import { publishTabs } from '../../src/publish-tabs.js';
import { tabs as protocol } from '../../src/tabs.protocol.js';
import { createFakeBrowser } from './fake-browser.js';

// setImmediate stays real: it carries the messages of the loopback.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const PACE = { starts: 2, within: 1100 };
const never = new AbortController().signal;

test('no more start within any period than the pace allows, in order, and none fails', async () => {
  const pacer = new Pacer(PACE);
  const origin = performance.now();
  const starts: number[] = [];
  const task = async (name: number): Promise<number> => {
    starts.push(performance.now() - origin);
    return name;
  };
  const results = Promise.all([1, 2, 3, 4, 5].map((name) => pacer.run(() => task(name), never)));
  await vi.advanceTimersByTimeAsync(5000);
  expect(await results).toEqual([1, 2, 3, 4, 5]);
  expect(starts).toEqual([0, 0, 1100, 1100, 2200]);
});

test('after a pause there is no waiting', async () => {
  const pacer = new Pacer(PACE);
  await pacer.run(async () => {}, never);
  await pacer.run(async () => {}, never);
  await vi.advanceTimersByTimeAsync(1100);
  const before = performance.now();
  await pacer.run(async () => {}, never);
  expect(performance.now()).toBe(before);
});

test('who gives up leaves the queue, and holds nobody up', async () => {
  const pacer = new Pacer({ starts: 1, within: 1000 });
  const started: string[] = [];
  const task = (name: string) => async () => void started.push(name);
  const leaving = new AbortController();
  const first = pacer.run(task('first'), never);
  const second = pacer.run(task('second'), leaving.signal);
  const third = pacer.run(task('third'), never);
  leaving.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
  await vi.advanceTimersByTimeAsync(1000);
  await Promise.all([first, third]);
  expect(started).toEqual(['first', 'third']);
  await expect(pacer.run(task('fourth'), leaving.signal)).rejects.toThrow('enough');
});

test('a task that fails does not stop the others', async () => {
  const pacer = new Pacer(PACE);
  await expect(pacer.run(() => Promise.reject(new Error('no')), never)).rejects.toThrow('no');
  await expect(pacer.run(async () => 1, never)).resolves.toBe(1);
});

const connectBoard = () => {
  const fake = createFakeBrowser();
  const own = {
    browser: 'chromium',
    id: 'p'.repeat(32),
    origin: `chrome-extension://${'p'.repeat(32)}`,
  } as const;
  const { host } = publishTabs(fake.api, own, () => {}, { consent: consent() });
  const connect = () =>
    loopback(host, { as: extension(TAB_BOARD.chromium) }).connect(protocol, { needs: ['capture'] }).capture;
  return { ...fake, connect };
};

/** Lets the messages of the loopback arrive, then the time pass. */
const pass = async (milliseconds: number): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
  await vi.advanceTimersByTimeAsync(milliseconds);
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
};

test('pictures of all clients together keep to the quota of the browser', async () => {
  const { api, connect } = connectBoard();
  const clients = [connect(), connect()];
  const pictures = Promise.all(clients.flatMap(({ visible }) => [visible(), visible(), visible()]));
  await pass(0);
  expect(api.tabs.captureVisibleTab).toHaveBeenCalledTimes(2);
  await pass(1000);
  expect(api.tabs.captureVisibleTab).toHaveBeenCalledTimes(2);
  await pass(100);
  expect(api.tabs.captureVisibleTab).toHaveBeenCalledTimes(4);
  await pass(1100);
  expect(await pictures).toHaveLength(6);
});

test('a quota that somebody else used up is waited for', async () => {
  const { api, connect } = connectBoard();
  const { visible } = connect();
  const quota = new Error('This request exceeds the MAX_CAPTURE_VISIBLE_TAB_CALLS_PER_SECOND quota.');
  api.tabs.captureVisibleTab.mockRejectedValueOnce(quota);
  const picture = visible();
  await pass(1000);
  expect(api.tabs.captureVisibleTab).toHaveBeenCalledTimes(1);
  await pass(100);
  expect(await picture).toEqual(new Uint8Array([1, 2, 3]));
});

test('a picture for which the browser has no frame yet is asked for again, at its pace', async () => {
  const { api, connect } = connectBoard();
  const { visible } = connect();
  const noFrame = new Error('Failed to capture tab: image readback failed');
  for (let i = 0; i < 5; i++) api.tabs.captureVisibleTab.mockRejectedValueOnce(noFrame);
  const picture = visible();
  await pass(0);
  expect(api.tabs.captureVisibleTab).toHaveBeenCalledTimes(2);
  await pass(1100);
  expect(api.tabs.captureVisibleTab).toHaveBeenCalledTimes(4);
  await pass(1100);
  expect(await picture).toEqual(new Uint8Array([1, 2, 3]));
  expect(api.tabs.captureVisibleTab).toHaveBeenCalledTimes(6);
});

test('a browser that never has a frame is asked no longer than the call lasts', async () => {
  const { api, connect } = connectBoard();
  const { visible } = connect();
  api.tabs.captureVisibleTab.mockRejectedValue(new Error('Failed to capture tab: image readback failed'));
  const code = visible({}, { deadline: 10_000 }).catch((error) => error.code);
  await pass(60_000);
  expect(await code).toBe('DEADLINE_EXCEEDED');
  const asked = api.tabs.captureVisibleTab.mock.calls.length;
  await pass(60_000);
  expect(api.tabs.captureVisibleTab.mock.calls.length).toBe(asked);
});

test('a call that was aborted in the queue takes no picture', async () => {
  const { api, connect } = connectBoard();
  const { visible } = connect();
  const giveUp = new AbortController();
  const kept = Promise.all([visible(), visible()]);
  const given = visible({}, { signal: giveUp.signal }).catch((error) => error.code);
  await pass(0);
  giveUp.abort();
  expect(await given).toBe('ABORTED');
  await pass(5000);
  await kept;
  expect(api.tabs.captureVisibleTab).toHaveBeenCalledTimes(2);
});
