import { PorticoError } from '../errors/portico-error.js';
import type { Duration } from './protocol.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
/** The longest time a browser's timer can wait. */
const LONGEST = 0x7fffffff;

/** Milliseconds of a duration. @throws {PorticoError} INVALID_ARGUMENT unless it is positive and a timer can wait that long */
export const milliseconds = (duration: Duration): number => {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(`${duration}`) ?? [];
  const value =
    typeof duration === 'number' ? duration : Number(digits) * (UNITS[unit as string] ?? Number.NaN);
  if (!(value > 0 && value <= LONGEST)) {
    throw new PorticoError(
      'INVALID_ARGUMENT',
      `${duration} is no duration: use milliseconds, or '200ms', '10s', '5m'`,
    );
  }
  return value;
};
