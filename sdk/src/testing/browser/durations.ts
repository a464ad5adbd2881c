const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds, or `'200ms'`, `'30s'`, `'5m'`, `'2h'`, `'1d'`. */
export type Time = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** Longer than the durations of a protocol may be: virtual days cost nothing. */
export const millisecondsOf = (time: Time): number => {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(`${time}`) ?? [];
  const value = typeof time === 'number' ? time : Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (!(value >= 0 && Number.isFinite(value)))
    throw new TypeError(`${time} is no time: use milliseconds, or '200ms', '30s', '5m', '2h', '1d'`);
  return value;
};
