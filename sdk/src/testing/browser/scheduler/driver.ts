import { setTimeout } from 'node:timers';
import { nextTurn, type Outside } from './quiet.js';
import type { Scheduler, Task } from './scheduler.js';

const realTimeout = setTimeout;

/** What is due within this time is still under way: messages, starts of workers, short timers. */
export const UNDER_WAY_MS = 100;
/** A browser that is busy for longer does not come to rest. */
const MOST_SETTLING_MS = 60_000;
const MOST_TASKS = 200_000;
/** How long `run` lets the time run, at most. */
const MOST_RUNNING_MS = 600_000;
/** Real time that a promise may take that waits for something outside of the browser. */
const GRACE_MS = 250;

/** Somebody who wants the browser to go on. */
interface Waiter {
  /** Up to which virtual time tasks may be run. */
  horizon(now: number): number;
  /** Whether it has what it wants. */
  done(): boolean;
  /** Called when nothing is left within its horizon. Says whether it waits no longer. */
  exhausted(): boolean | Promise<boolean>;
  finish(error?: unknown): void;
}

/** Runs tasks one after the other, each until nothing more follows from it, while somebody waits. */
export class Driver {
  private readonly waiters = new Set<Waiter>();
  private pumping = false;
  /** Somebody has begun to wait since the last turn: what follows from that comes before the next task. */
  private fresh = false;
  closed = false;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly outside: Outside,
    /** Around everything that runs: gives a function to call at the end. */
    private readonly surround: () => () => void,
  ) {}

  /** Until nothing is under way. Timers that are set for later stay. */
  settle(): Promise<void> {
    const { scheduler } = this;
    const start = scheduler.now;
    let tasks = 0;
    return this.wait((finish) => ({
      horizon: (now) => {
        tasks++;
        if (now - start > MOST_SETTLING_MS || tasks > MOST_TASKS)
          finish(new Error(`the browser does not come to rest: ${this.describePending()}`));
        return now + UNDER_WAY_MS;
      },
      done: () => false,
      exhausted: () => true,
    }));
  }

  /** Lets so much time pass. */
  advance(milliseconds: number): Promise<void> {
    const { scheduler } = this;
    const target = scheduler.now + milliseconds;
    return this.wait(() => ({
      horizon: () => target,
      done: () => false,
      exhausted: () => {
        scheduler.now = Math.max(scheduler.now, target);
        return true;
      },
    }));
  }

  /** Until the promise settles, however much time that takes. */
  run<T>(promise: PromiseLike<T>): Promise<T> {
    const { scheduler } = this;
    const limit = scheduler.now + MOST_RUNNING_MS;
    let settled = false;
    Promise.resolve(promise).then(
      () => {
        settled = true;
      },
      () => {
        settled = true;
      },
    );
    const waiting = this.wait((finish) => ({
      horizon: () => limit,
      done: () => settled,
      exhausted: async () => {
        // It may wait for something that is no part of the browser.
        for (let waited = 0; waited < GRACE_MS && !settled; waited += 5) {
          await new Promise((resolve) => realTimeout(resolve, 5));
          if (scheduler.earliest <= limit) return settled;
        }
        if (!settled) finish(new Error(this.neverSettles(limit)));
        return true;
      },
    }));
    return waiting.then(() => promise);
  }

  private neverSettles(limit: number): string {
    return this.scheduler.earliest > limit && this.scheduler.earliest < Number.POSITIVE_INFINITY
      ? `the promise did not settle within ten virtual minutes; next would come: ${this.describePending()}`
      : 'the promise never settles: nothing is left to happen in the simulated browser';
  }

  private describePending(): string {
    const labels = this.scheduler.pending(5).map(({ label, lane }) => `${lane.name}: ${label}`);
    return labels.join('; ') || 'nothing';
  }

  private wait(make: (finish: (error?: unknown) => void) => Omit<Waiter, 'finish'>): Promise<void> {
    if (this.closed) return Promise.reject(new Error('this simulated browser is closed'));
    return new Promise((resolve, reject) => {
      const finish = (error?: unknown): void => {
        if (!this.waiters.delete(waiter)) return;
        if (error === undefined) resolve();
        else reject(error);
      };
      const waiter: Waiter = { ...make(finish), finish };
      this.waiters.add(waiter);
      this.fresh = true;
      if (!this.pumping) void this.pump();
    });
  }

  private async pump(): Promise<void> {
    this.pumping = true;
    const restore = this.surround();
    try {
      while (this.waiters.size > 0) await this.step();
      // Rejections of the last task that nobody handles are told in the turn after it.
      await nextTurn();
    } catch (error) {
      for (const waiter of [...this.waiters]) waiter.finish(error);
    } finally {
      restore();
      this.pumping = false;
    }
    if (this.waiters.size > 0) void this.pump();
  }

  private async step(): Promise<void> {
    const { scheduler } = this;
    if (this.fresh) {
      this.fresh = false;
      await this.outside.quiet();
    }
    for (const waiter of [...this.waiters]) if (waiter.done() || this.closed) waiter.finish();
    const horizon = Math.max(...[...this.waiters].map((waiter) => waiter.horizon(scheduler.now)));
    if (this.waiters.size === 0) return;
    const { earliest } = scheduler;
    for (const waiter of [...this.waiters]) {
      // Somebody else may want more; this one has all that it wanted.
      if (earliest > waiter.horizon(scheduler.now) && (await waiter.exhausted())) waiter.finish();
    }
    const task = this.waiters.size > 0 && !this.fresh ? scheduler.take(horizon) : undefined;
    if (task) await this.perform(task);
  }

  private async perform(task: Task): Promise<void> {
    if (task.cancelled) return;
    await task.run();
    await this.outside.quiet();
  }
}
