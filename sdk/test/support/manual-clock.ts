import type { Clock } from '../../src/platform/platform.js';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** The same, as milliseconds since 1970. */
  time(): number;
  advance(milliseconds: number): void;
  /** How long until the next alarm: not positive for one that rings at once. */
  readonly next: number;
}

export const manualClock = (): ManualClock => {
  let now = 0;
  const due = new Map<(now: number) => number, number>();
  const set = (ring: (now: number) => number, time: number): void => {
    due.set(ring, Math.min(time, due.get(ring) ?? time));
  };
  return {
    now: () => now,
    time: () => now,
    get next() {
      return Math.min(...due.values()) - now;
    },
    alarm: (ring) => ({ at: (time) => set(ring, time), stop: () => void due.delete(ring) }),
    advance(milliseconds) {
      now += milliseconds;
      for (const [ring, time] of [...due].sort(([, a], [, b]) => a - b)) {
        if (time <= now && due.delete(ring)) set(ring, ring(now));
      }
    },
  };
};
