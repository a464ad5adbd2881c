import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { toTab } from '../../src/read-tabs.js';
import { type Change, GATHER_MS, listenToTabs, watchTabs } from '../../src/tab-changes.js';
import { tab } from './fake-browser.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const setUp = () => {
  const tabs = [1, 2, 3].map((id) => toTab({ ...tab(id), id }));
  const read = vi.fn(async () => [...tabs]);
  const emitted: Change[] = [];
  const changed = { subscribers: 1, emit: (change: Change) => void emitted.push(change) };
  const onError = vi.fn();
  const changes = watchTabs(read, changed, onError);
  changes.listed(tabs);
  const gathered = () => vi.advanceTimersByTimeAsync(GATHER_MS);
  return { tabs, read, emitted, changed, changes, onError, gathered, ids: () => emitted.map(({ id }) => id) };
};

test('many events of a moment are one change of each tab', async () => {
  const { tabs, read, emitted, changes, gathered } = setUp();
  for (let i = 0; i < 10; i++) changes.touch(2);
  tabs[1] = toTab({ ...tab(2, { title: 'Last' }), id: 2 });
  await vi.advanceTimersByTimeAsync(GATHER_MS - 1);
  expect(emitted).toEqual([]);
  await gathered();
  expect(emitted).toEqual([{ id: 2, tab: expect.objectContaining({ title: 'Last' }) }]);
  expect(read).toHaveBeenCalledTimes(1);
});

test('a tab that was closed is told without a tab, and those that moved up for it are told, too', async () => {
  const { tabs, emitted, changes, gathered } = setUp();
  tabs.splice(1, 1);
  tabs[1] = toTab({ ...tab(3, { index: 1 }), id: 3 });
  changes.touch(2);
  await gathered();
  expect(emitted).toEqual([{ id: 3, tab: expect.objectContaining({ index: 1 }) }, { id: 2 }]);
});

test('a tab that came and went in between is told as closed', async () => {
  const { emitted, changes, gathered } = setUp();
  changes.touch(9);
  await gathered();
  expect(emitted).toEqual([{ id: 9 }]);
});

test('while nobody listens nothing is read, and afterwards nothing is taken as known', async () => {
  const { read, changed, changes, gathered, ids } = setUp();
  changed.subscribers = 0;
  changes.touch(1);
  await gathered();
  expect(read).not.toHaveBeenCalled();
  changed.subscribers = 1;
  changes.touch(1);
  await gathered();
  expect(ids()).toEqual([1, 2, 3]);
});

test('what happens during a read is told by the next one', async () => {
  const { tabs, read, changes, gathered, ids } = setUp();
  let finish = (): void => {};
  read.mockImplementationOnce(() => {
    const then = [...tabs];
    return new Promise((resolve) => {
      finish = () => resolve(then);
    });
  });
  changes.touch(1);
  await gathered();
  changes.touch(2);
  await gathered();
  expect(read).toHaveBeenCalledTimes(1);
  finish();
  await gathered();
  expect(ids()).toEqual([1, 2]);
});

test('a read that fails is reported, and the next one works', async () => {
  const { read, changes, onError, gathered, ids } = setUp();
  read.mockRejectedValueOnce(new Error('no browser'));
  changes.touch(1);
  await gathered();
  expect(onError).toHaveBeenCalledWith(new Error('no browser'));
  changes.touch(1);
  await gathered();
  expect(ids()).toEqual([1]);
});

test('the browser’s events touch their tabs, unless they are about something else', () => {
  const listeners = new Map<string, (...args: unknown[]) => void>();
  const events = new Proxy(
    {},
    {
      get: (_target, name: string) => ({
        addListener: (listener: (...args: unknown[]) => void) => listeners.set(name, listener),
      }),
    },
  );
  const touched: number[] = [];
  listenToTabs(events as never, { touch: (id) => void touched.push(id), listed: () => {} });
  const fire = (name: string, ...args: unknown[]) => listeners.get(name)?.(...args);
  fire('onCreated', { id: 1 });
  fire('onUpdated', 2, { title: 'new' });
  fire('onUpdated', 99, { status: 'loading' });
  fire('onMoved', 3, {});
  fire('onAttached', 4, {});
  fire('onDetached', 5, {});
  fire('onActivated', { tabId: 6, windowId: 1 });
  fire('onRemoved', 7, {});
  fire('onReplaced', 8, 9);
  expect(touched).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
