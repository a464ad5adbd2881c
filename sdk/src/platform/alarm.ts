import type { Clock } from './platform.js';

/** One timer for many deadlines: a timer for each call or handshake would cost more than the call. */
export interface Alarm {
  /** Something has to be looked at by then, on the clock. `Infinity` for nothing. */
  at(time: number): void;
  /** Nothing has, any more. */
  stop(): void;
}

/** `ring` ends what is late by `now`, and gives the time of the next deadline, `Infinity` for none. */
export const createAlarm = (clock: Clock, ring: (now: number) => number): Alarm => {
  let earliest = Number.POSITIVE_INFINITY;
  let cancel = (): void => {};
  const stop = (): void => {
    cancel();
    earliest = Number.POSITIVE_INFINITY;
  };
  const at = (time: number): void => {
    if (time >= earliest) return;
    cancel();
    earliest = time;
    cancel = clock.at(time, () => {
      stop();
      at(ring(clock.now()));
    });
  };
  return { at, stop };
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
