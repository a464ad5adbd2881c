import type { Clock } from './platform.js';

interface Deadline {
  readonly time: number;
  readonly run: () => void;
}

/** A clock on these two alone, whatever takes their place. */
const clockOn = (set: typeof setTimeout, meter: Pick<Performance, 'now'>) => {
  const deadlines: Deadline[] = [];
  /** When the timer fires; `Infinity` without one. */
  let due = Number.POSITIVE_INFINITY;

  /** Gives it, if it was there. */
  const drop = (deadline: Deadline): Deadline | undefined => {
    const at = deadlines.indexOf(deadline);
    return at < 0 ? undefined : deadlines.splice(at, 1)[0];
  };

  const sleep = (time: number): void => {
    if (time >= due) return;
    due = time;
    const timer: unknown = set(
      () => {
        // One that was set for later fires all the same.
        if (due !== time) return;
        due = Number.POSITIVE_INFINITY;
        const now = meter.now();
        for (const deadline of deadlines) {
          if (deadline.time > now) sleep(deadline.time);
          // In a turn of its own: it may cancel another, and if it throws, the others run all the same.
          else queueMicrotask(() => drop(deadline)?.run());
        }
      },
      Math.ceil(time - meter.now()),
    );
    // In Node a waiting deadline must not keep a test process alive. Browsers give a number.
    (timer as { unref?(): void }).unref?.();
  };

  return {
    set,
    now: () => meter.now(),
    at(time: number, run: () => void) {
      const deadline = { time, run };
      deadlines.push(deadline);
      sleep(time);
      return () => drop(deadline);
    },
  };
};

let latest: ReturnType<typeof clockOn> | undefined;

/** Tests put another clock in place of the runtime's, and back: what waits for one goes on waiting for that. */
const current = (): Clock => {
  if (latest?.set !== setTimeout) latest = clockOn(setTimeout, performance);
  return latest;
};

/**
 * Time as every JavaScript runtime has it. All deadlines share a timer, and what is cancelled leaves the timer
 * alone: to set and clear one for each connection took 37 of the 1,250 µs of a connect in Chromium. Nor is
 * `performance` looked up each time, which costs as much as asking it.
 */
export const systemClock: Clock = {
  now: () => current().now(),
  at: (time, run) => current().at(time, run),
};

/** 128 random bits. Not `randomUUID`: that is missing in content scripts of plain-http pages. */
export const randomId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
