import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/testing/browser/random.js';
import { createLane, Scheduler } from '../../../src/testing/browser/scheduler/scheduler.js';
import { browserFor } from './support.js';

/** Runs all that is due by then; gives what ran, with its time. */
const runAll = (scheduler: Scheduler, horizon = Number.POSITIVE_INFINITY): string[] => {
  const ran: string[] = [];
  for (let task = scheduler.take(horizon); task; task = scheduler.take(horizon)) {
    task.run();
    ran.push(`${task.label}@${scheduler.now}`);
  }
  return ran;
};

const labels = (ran: readonly string[]): string[] => ran.map((each) => each.split('@')[0] ?? '');

describe('the scheduler', () => {
  test('a lane keeps its order, and lanes interleave by the seed', () => {
    const orders = new Set<string>();
    for (let seed = 0; seed < 100; seed++) {
      const scheduler = new Scheduler(createRandom(seed));
      const one = createLane('one');
      const two = createLane('two');
      for (const n of [1, 2]) {
        scheduler.post(one, `a${n}`, () => {});
        scheduler.post(two, `b${n}`, () => {});
      }
      orders.add(labels(runAll(scheduler)).join(' '));
    }
    expect([...orders].sort()).toEqual([
      'a1 a2 b1 b2',
      'a1 b1 a2 b2',
      'a1 b1 b2 a2',
      'b1 a1 a2 b2',
      'b1 a1 b2 a2',
      'b1 b2 a1 a2',
    ]);
  });

  test('what arrives in a lane behind something slow waits for it', () => {
    const scheduler = new Scheduler(createRandom(1));
    const lane = createLane('lane');
    scheduler.post(lane, 'slow', () => {}, 500);
    scheduler.post(lane, 'quick', () => {});
    expect(runAll(scheduler)).toEqual(['slow@500', 'quick@500']);
  });

  test('timers of one context go off by their time, those of the same time as they were set', () => {
    for (let seed = 0; seed < 20; seed++) {
      const scheduler = new Scheduler(createRandom(seed));
      const timers = createLane('timers', 'time');
      scheduler.post(timers, 'late', () => {}, 20);
      scheduler.post(timers, 'first', () => {}, 10);
      scheduler.post(timers, 'second', () => {}, 10);
      expect(runAll(scheduler)).toEqual(['first@10', 'second@10', 'late@20']);
    }
  });

  test('a slow machine lets a short timer overtake what could happen at once, and never a long one', () => {
    const overtaken = (delay: number): number => {
      let count = 0;
      for (let seed = 0; seed < 200; seed++) {
        const scheduler = new Scheduler(createRandom(seed));
        scheduler.post(createLane('message'), 'message', () => {});
        scheduler.post(createLane('timer', 'time'), 'timer', () => {}, delay);
        if (labels(runAll(scheduler))[0] === 'timer') count++;
      }
      return count;
    };
    expect(overtaken(2)).toBeGreaterThan(0);
    expect(overtaken(2)).toBeLessThan(60);
    expect(overtaken(50)).toBe(0);
  });

  test('a task that was taken back does not run, and holds nobody up', () => {
    const scheduler = new Scheduler(createRandom(1));
    const lane = createLane('lane');
    const cancel = scheduler.post(lane, 'never', () => {}, 10);
    scheduler.post(lane, 'then', () => {}, 20);
    cancel();
    expect(runAll(scheduler)).toEqual(['then@20']);
  });

  test('nothing beyond the horizon', () => {
    const scheduler = new Scheduler(createRandom(1));
    scheduler.post(createLane('a'), 'soon', () => {}, 10);
    scheduler.post(createLane('b'), 'later', () => {}, 1000);
    expect(runAll(scheduler, 100)).toEqual(['soon@10']);
    expect(scheduler.earliest).toBe(1000);
  });
});

describe('virtual time', () => {
  test('advance takes no real time, and lets happen what is due', async () => {
    const browser = browserFor();
    const page = await browser.openTab('https://news.example/');
    await page.evaluate(() => {
      const ticks: number[] = [];
      Object.assign(globalThis, { ticks });
      setInterval(() => ticks.push(performance.now()), 60_000);
    });
    const before = browser.now;
    await browser.advance('10m');
    expect(browser.now).toBe(before + 600_000);
    expect(await page.evaluate(() => (globalThis as unknown as { ticks: number[] }).ticks.length)).toBe(10);
  });

  test('every clock of a context is the virtual one', async () => {
    const browser = browserFor();
    const page = await browser.openTab('https://news.example/');
    const clocks = () => [
      Date.now(),
      new Date(new Date()).getTime(),
      performance.timeOrigin + performance.now(),
      Date(),
    ];
    const before = await page.evaluate(clocks);
    await browser.advance('1h');
    const after = await page.evaluate(clocks);
    for (const i of [0, 1, 2]) expect(Number(after[i]) - Number(before[i])).toBe(3_600_000);
    expect(after[3]).not.toBe(before[3]);
    expect(
      await page.evaluate(() => [
        new Date(0).getTime(),
        new Date() instanceof Date,
        new Date(2020, 1).getFullYear(),
      ]),
    ).toEqual([0, true, 2020]);
  });

  test('evaluate runs the time until its promise settles', async () => {
    const browser = browserFor();
    const page = await browser.openTab('https://news.example/');
    expect(await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 45_000, 'done')))).toBe(
      'done',
    );
    expect(browser.now).toBeGreaterThanOrEqual(45_000);
  });

  test('settle leaves timers that are set for later', async () => {
    const browser = browserFor();
    const page = await browser.openTab('https://news.example/');
    await page.evaluate(() => {
      setTimeout(() => Object.assign(globalThis, { short: true }), 50);
      setTimeout(() => Object.assign(globalThis, { long: true }), 5000);
    });
    await browser.settle();
    expect(await page.evaluate(() => ['short' in globalThis, 'long' in globalThis])).toEqual([true, false]);
  });

  test('a promise that can never settle is told as such', async () => {
    const browser = browserFor();
    const page = await browser.openTab('https://news.example/');
    await expect(page.evaluate(() => new Promise(() => {}))).rejects.toThrow(
      'the promise never settles: nothing is left to happen in the simulated browser',
    );
  });

  test('a browser that does not come to rest names what keeps it going', async () => {
    const browser = browserFor();
    const page = await browser.openTab('https://news.example/');
    await page.evaluate(() => {
      setInterval(() => {}, 20);
    });
    await expect(browser.settle()).rejects.toThrow(
      /^the browser does not come to rest: web page https:\/\/news.example\/ #1, timers: setInterval 20 ms$/,
    );
  });

  test('timers can be stopped, and get their arguments', async () => {
    const browser = browserFor();
    const page = await browser.openTab('https://news.example/');
    const seen = await page.evaluate(async () => {
      const seen: unknown[] = [];
      clearTimeout(setTimeout(() => seen.push('never'), 1));
      const interval = setInterval(
        (text: string) => seen.push(text) > 2 && clearInterval(interval),
        10,
        'tick',
      );
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return seen;
    });
    expect(seen).toEqual(['tick', 'tick', 'tick']);
  });

  test('a bad time is refused with what to write', async () => {
    const browser = browserFor();
    await expect(browser.advance('soon' as '1s')).rejects.toThrow(
      "soon is no time: use milliseconds, or '200ms'",
    );
  });
});
