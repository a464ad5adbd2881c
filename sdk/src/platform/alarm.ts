import type { Alarm, Clock } from './platform.js';

/** Runs once, so many milliseconds from now. Gives a function that cancels it. */
export const after = (clock: Clock, milliseconds: number, run: () => void): (() => void) => {
  const alarm = clock.alarm(() => {
    run();
    return Number.POSITIVE_INFINITY;
  });
  alarm.at(clock.now() + milliseconds);
  return alarm.stop;
};

/** Milliseconds that each ring of a calm alarm takes up of its time, and how many of these may be made up for. */
const CALM = 50;
const SAVED = 1000;

/**
 * An alarm that peers set by deadlines of theirs. It rings in time, but no more than twenty times a second, one
 * second's worth at once: a ring looks at much, and a peer can have a deadline end in each millisecond.
 */
export const calmAlarm = (clock: Clock, ring: (now: number) => number): Alarm => {
  let calmUntil = Number.NEGATIVE_INFINITY;
  const alarm = clock.alarm((now) => {
    calmUntil = Math.max(calmUntil, now - SAVED) + CALM;
    return Math.max(ring(now), calmUntil);
  });
  return { ...alarm, at: (time) => alarm.at(Math.max(time, calmUntil)) };
};

/** Ends the late ones among `running`, and gives the earliest deadline of the others. */
export const expireLate = <T extends { readonly expires: number }>(
  running: Iterable<T>,
  now: number,
  end: (late: T) => void,
): number => {
  let next = Number.POSITIVE_INFINITY;
  const late: T[] = [];
  for (const each of running) {
    if (each.expires <= now) late.push(each);
    else next = Math.min(next, each.expires);
  }
  // Afterwards: ending one may start or end others.
  for (const each of late) end(each);
  return next;
};
