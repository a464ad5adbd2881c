import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { stayLive } from '../../src/stay-live.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const failed = (code: string) => Object.assign(new Error(code), { code });

/** Runs through one attempt after another: each lives so long, or not at all, and ends in an error. */
const setUp = (attempts: { readonly lives?: number; readonly ends: string }[], hidden = false) => {
  const left = [...attempts];
  const states: string[] = [];
  let show = (): void => {};
  const page = {
    hidden,
    onVisible: (listener: () => void) => {
      show = listener;
    },
  };
  const run = stayLive(
    async (live) => {
      const attempt = left.shift();
      if (!attempt) throw new Error('one attempt too many');
      if (attempt.lives !== undefined) {
        live();
        await new Promise((resolve) => setTimeout(resolve, attempt.lives));
      }
      throw failed(attempt.ends);
    },
    (state, error) =>
      states.push(error === undefined ? state : `${state} ${(error as { code: string }).code}`),
    page,
  );
  return { run, states, page, show: () => show(), left };
};

test('a page that is seen connects again at once when the host went to sleep', async () => {
  const { run, states } = setUp([{ lives: 30_000, ends: 'DISCONNECTED' }, { ends: 'UNREACHABLE' }]);
  void run();
  await vi.advanceTimersByTimeAsync(29_999);
  expect(states).toEqual(['connecting', 'live']);
  await vi.advanceTimersByTimeAsync(1);
  expect(states).toEqual(['connecting', 'live', 'connecting', 'failed UNREACHABLE']);
});

test('a hidden page lets the host sleep until it is seen', async () => {
  const { run, states, page, show, left } = setUp(
    [
      { lives: 30_000, ends: 'DISCONNECTED' },
      { lives: 30_000, ends: 'REFUSED' },
    ],
    true,
  );
  void run();
  await vi.advanceTimersByTimeAsync(1_000_000);
  expect(states).toEqual(['connecting', 'live', 'paused']);
  expect(left).toHaveLength(1);
  page.hidden = false;
  show();
  await vi.advanceTimersByTimeAsync(0);
  expect(states.slice(3)).toEqual(['connecting', 'live']);
});

test('a call into a port that has just died is made again', async () => {
  const { run, states } = setUp([
    { lives: 30_000, ends: 'DISCONNECTED' },
    { ends: 'DISCONNECTED' },
    { lives: 30_000, ends: 'CLOSED' },
  ]);
  void run();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(states).toEqual(['connecting', 'live', 'connecting', 'connecting', 'live']);
});

test('a host that falls over at each attempt is not called in a loop', async () => {
  const { run, states } = setUp([
    { lives: 900, ends: 'DISCONNECTED' },
    { ends: 'DISCONNECTED' },
    { lives: 900, ends: 'DISCONNECTED' },
  ]);
  void run();
  await vi.advanceTimersByTimeAsync(1_000_000);
  expect(states.filter((state) => state !== 'live')).toEqual([
    'connecting',
    'connecting',
    'connecting',
    'failed DISCONNECTED',
  ]);
});

test('missed events are made up for at once', async () => {
  const { run, states } = setUp([
    { lives: 10, ends: 'EVENTS_MISSED' },
    { lives: 10, ends: 'CLOSED' },
  ]);
  void run();
  await vi.advanceTimersByTimeAsync(100);
  expect(states).toEqual(['connecting', 'live', 'connecting', 'live', 'failed CLOSED']);
});

test('there is one attempt at a time, and another after a failure', async () => {
  const { run, states, show } = setUp([{ lives: 5000, ends: 'REFUSED' }, { ends: 'UNREACHABLE' }]);
  void run();
  void run();
  show();
  await vi.advanceTimersByTimeAsync(5000);
  expect(states).toEqual(['connecting', 'live', 'failed REFUSED']);
  await run();
  expect(states.slice(3)).toEqual(['connecting', 'failed UNREACHABLE']);
});
