import type { Alarm, Clock } from './platform.js';

/** An alarm, and when it rings. */
interface Watched extends Alarm {
  time: number;
}

/** A clock on these two alone, whatever takes their place. */
export const clockOn = <Set extends (run: () => void, milliseconds: number) => unknown>(
  set: Set,
  meter: Pick<Performance, 'now'>,
): Clock & { readonly set: Set } => {
  /** Those that are set. */
  const watched = new Map<Watched, (now: number) => number>();
  /** When the timer fires; `Infinity` without one. */
  let due = Number.POSITIVE_INFINITY;

  const sleep = (time: number): void => {
    if (time >= due) return;
    due = time;
    const timer: unknown = set(
      () => {
        // One that was set for later fires all the same.
        if (due !== time) return;
        due = Number.POSITIVE_INFINITY;
        const now = meter.now();
        for (const [alarm, ring] of watched) {
          if (alarm.time > now) sleep(alarm.time);
          // In a turn of its own: it may stop another, and if it throws, the others ring all the same.
          else
            queueMicrotask(() => {
              if (alarm.time > now) return;
              alarm.stop();
              alarm.at(ring(now));
            });
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
    alarm(ring: (now: number) => number): Alarm {
      const alarm: Watched = {
        time: Number.POSITIVE_INFINITY,
        at(time) {
          if (time >= alarm.time) return;
          alarm.time = time;
          watched.set(alarm, ring);
          sleep(time);
        },
        stop() {
          alarm.time = Number.POSITIVE_INFINITY;
          watched.delete(alarm);
        },
      };
      return alarm;
    },
  };
};

let latest: ReturnType<typeof clockOn<typeof setTimeout>> | undefined;

/** Tests put another clock in place of the runtime's, and back: what waits for one goes on waiting for that. */
const current = (): Clock => {
  if (latest?.set !== setTimeout) latest = clockOn(setTimeout, performance);
  return latest;
};

/**
 * Time as every JavaScript runtime has it. All alarms share a timer, and one that is stopped leaves the timer
 * alone: to set and clear one for each connection took 37 of the 1,250 µs of a connect in Chromium. Nor is
 * `performance` looked up each time, which costs as much as asking it.
 */
export const systemClock: Clock = {
  now: () => current().now(),
  alarm: (ring) => current().alarm(ring),
};

/**
 * In a task of its own, so that everything else has its turn: a loop that tries what fails at once, again and again,
 * would freeze its page by microtasks alone.
 */
export const soon = (run: () => void): void => void setTimeout(run);

/** 128 random bits. Not `randomUUID`: that is missing in content scripts of plain-http pages. */
export const randomId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
