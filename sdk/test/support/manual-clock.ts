import type { Clock } from '../../src/platform/platform.js';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** The same, as milliseconds since 1970. */
  time(): number;
  advance(milliseconds: number): void;
}

export const manualClock = (): ManualClock => {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  return {
    now: () => now,
    time: () => now,
    at(time, run) {
      const timer = { at: time, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(milliseconds) {
      now += milliseconds;
      for (const timer of [...timers].sort((a, b) => a.at - b.at)) {
        if (timer.at > now || !timers.delete(timer)) continue;
        timer.run();
      }
    },
  };
};
