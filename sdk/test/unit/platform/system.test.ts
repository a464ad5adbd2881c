import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { after as afterOn } from '../../../src/platform/alarm.js';
import { systemClock } from '../../../src/platform/system.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const after = (milliseconds: number, run: () => void): (() => void) =>
  afterOn(systemClock, milliseconds, run);

describe('an alarm', () => {
  test('rings at the earliest of its times, and again when it said', async () => {
    const rang: number[] = [];
    const begun = systemClock.now();
    const alarm = systemClock.alarm((now) => {
      rang.push(Math.round(now - begun));
      return rang.length < 3 ? now + 50 : Number.POSITIVE_INFINITY;
    });
    alarm.at(begun + 100);
    alarm.at(begun + 300);
    await vi.advanceTimersByTimeAsync(99);
    expect(rang).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(rang).toEqual([100, 150, 200]);
    alarm.at(systemClock.now() + 10);
    alarm.stop();
    await vi.advanceTimersByTimeAsync(1000);
    alarm.at(systemClock.now() + 10);
    await vi.advanceTimersByTimeAsync(10);
    expect(rang).toHaveLength(4);
  });

  test('that is stopped is held by nothing', async () => {
    setFlagsFromString('--expose-gc');
    const refs = Array.from({ length: 10 }, () => {
      const held = {};
      const alarm = systemClock.alarm(() => (held ? 0 : 1));
      alarm.at(systemClock.now() + 1e6);
      alarm.stop();
      return new WeakRef(held);
    });
    vi.useRealTimers();
    await new Promise((resolve) => setTimeout(resolve, 1));
    runInNewContext('gc')();
    expect(refs.filter((ref) => ref.deref() !== undefined)).toEqual([]);
  });
});

describe('deadlines', () => {
  test('run once, in the order of their times, and not before', async () => {
    const ran: string[] = [];
    after(300, () => ran.push('late'));
    after(100, () => ran.push('soon'));
    after(200, () => ran.push('then'));
    await vi.advanceTimersByTimeAsync(99);
    expect(ran).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ran).toEqual(['soon']);
    await vi.advanceTimersByTimeAsync(1000);
    expect(ran).toEqual(['soon', 'then', 'late']);
  });

  test('that have passed already run soon, and never at once', async () => {
    const ran: string[] = [];
    after(-5, () => ran.push('passed'));
    expect(ran).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(ran).toEqual(['passed']);
  });

  test('that are cancelled do not run, not even by another of the same time', async () => {
    const ran: string[] = [];
    const cancel = after(100, () => ran.push('cancelled'));
    after(200, () => {
      ran.push('first');
      cancelSecond();
    });
    const cancelSecond = after(200, () => ran.push('second'));
    cancel();
    await vi.advanceTimersByTimeAsync(500);
    expect(ran).toEqual(['first']);
  });

  test('share one timer, which what comes later and what is cancelled leave alone', () => {
    const timers = vi.getTimerCount();
    after(100, () => {})();
    expect(vi.getTimerCount()).toBe(timers + 1);
    for (let i = 0; i < 100; i++) after(200 + i, () => {})();
    expect(vi.getTimerCount()).toBe(timers + 1);
  });

  test('run though another throws', async () => {
    const ran: string[] = [];
    const thrown: unknown[] = [];
    const hear = (error: unknown): unknown => thrown.push(error);
    const heard = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException').on('uncaughtException', hear);
    try {
      after(100, () => {
        throw new Error('of its author');
      });
      after(100, () => ran.push('other'));
      after(150, () => ran.push('later'));
      await vi.advanceTimersByTimeAsync(200);
      vi.useRealTimers();
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.removeListener('uncaughtException', hear);
      for (const each of heard) process.on('uncaughtException', each);
    }
    expect(ran).toEqual(['other', 'later']);
    expect(thrown).toEqual([new Error('of its author')]);
  });

  test('wait for the clock that they came with, when a test has put in another', async () => {
    const ran: string[] = [];
    after(100, () => ran.push('fake'));
    vi.useRealTimers();
    await new Promise<void>((resolve) => {
      after(5, () => {
        ran.push('real');
        resolve();
      });
    });
    vi.useFakeTimers();
    after(50, () => ran.push('fake again'));
    await vi.advanceTimersByTimeAsync(60);
    expect(ran).toEqual(['real', 'fake again']);
  });
});
