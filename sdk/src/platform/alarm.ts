import type { Clock } from './platform.js';

/** Ends what is late by `now`, and gives the time of the next deadline, `Infinity` for none. */
export type Ring = (now: number) => number;

/**
 * One timer for all deadlines of a clock: a timer for each call, or even for each connection, would cost
 * more than the call.
 */
export interface Alarm {
  /** Something has to be looked at by then, on the clock. */
  at(time: number): void;
  /** Whom to ring. Gives a function that stops it. */
  join(ring: Ring): () => void;
}

const alarms = new WeakMap<Clock, Alarm>();

/** The alarm of a clock; one for each. */
export const alarmOf = (clock: Clock): Alarm => {
  let alarm = alarms.get(clock);
  if (!alarm) {
    alarm = createAlarm(clock);
    alarms.set(clock, alarm);
  }
  return alarm;
};

const createAlarm = (clock: Clock): Alarm => {
  const rings = new Set<Ring>();
  let earliest = Number.POSITIVE_INFINITY;
  let stop = (): void => {};
  const at = (time: number): void => {
    if (time >= earliest) return;
    stop();
    earliest = time;
    stop = clock.after(Math.max(0, Math.ceil(time - clock.now())), () => {
      earliest = Number.POSITIVE_INFINITY;
      const now = clock.now();
      for (const ring of [...rings]) at(ring(now));
    });
  };
  return {
    at,
    // The timer is left as it is: at worst it rings once, and nobody is there.
    join(ring) {
      rings.add(ring);
      return () => rings.delete(ring);
    },
  };
};

/** Ends the late ones among `running`, and gives the earliest deadline of the others. */
export const expireLate = <T extends { readonly expires: number }>(
  running: Iterable<T>,
  now: number,
  end: (late: T) => void,
): number => {
  // Collected first: ending one may start or end others.
  const late: T[] = [];
  let next = Number.POSITIVE_INFINITY;
  for (const each of running) {
    if (each.expires <= now) late.push(each);
    else if (each.expires < next) next = each.expires;
  }
  for (const each of late) end(each);
  return next;
};
