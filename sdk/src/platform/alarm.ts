import type { Clock } from './platform.js';

/** Runs once, so many milliseconds from now. Gives a function that cancels it. */
export const after = (clock: Clock, milliseconds: number, run: () => void): (() => void) => {
  const alarm = clock.alarm(() => {
    run();
    return Number.POSITIVE_INFINITY;
  });
  alarm.at(clock.now() + milliseconds);
  return alarm.stop;
};

/** Ends the late ones among `running`, and gives the earliest deadline of the others. */
export const expireLate = <T extends { readonly expires: number }>(
  running: Iterable<T>,
  now: number,
  end: (late: T) => void,
): number => {
  let next = Number.POSITIVE_INFINITY;
  // A copy: ending one may start or end others.
  for (const each of [...running]) {
    if (each.expires <= now) end(each);
    else next = Math.min(next, each.expires);
  }
  return next;
};
