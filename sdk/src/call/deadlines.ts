import type { Clock } from '../platform/platform.js';

/** Something that must not go on past a time. */
interface Expiring {
  /** On the clock given to {@link watchDeadlines}. */
  readonly expires: number;
}

/**
 * Watches many deadlines with one timer: a timer for each call would cost more than the call.
 * `running` gives what is still under way when the timer rings; `expire` ends one.
 */
export const watchDeadlines = <T extends Expiring>(
  clock: Clock,
  running: () => Iterable<T>,
  expire: (late: T) => void,
): ((expires: number) => void) => {
  let earliest = Number.POSITIVE_INFINITY;
  let cancel = (): void => {};
  const ring = (): void => {
    earliest = Number.POSITIVE_INFINITY;
    const now = clock.now();
    // Collected first: ending one may start others.
    const late: T[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const each of running()) {
      if (each.expires <= now) late.push(each);
      else if (each.expires < next) next = each.expires;
    }
    if (next < Number.POSITIVE_INFINITY) watch(next);
    for (const each of late) expire(each);
  };
  const watch = (expires: number): void => {
    if (expires >= earliest) return;
    cancel();
    earliest = expires;
    cancel = clock.after(Math.max(0, Math.ceil(expires - clock.now())), ring);
  };
  return watch;
};
