import type { Plan } from '../../protocol/plan.js';
import { MAX_PRINCIPALS } from './grant-book.js';
import { COUNT, FORMAT, text } from './stored-shapes.js';

const MINUTE = 60_000;
/** How many minutes are kept. */
const HOUR = 60;

interface Minute {
  /** Minutes since 1970. */
  readonly at: number;
  calls: number;
  bytes: number;
}

/** Calls and bytes minute by minute, oldest first. */
export interface TrafficSeries {
  /** Milliseconds since 1970 at which the first minute begins. */
  from: number;
  calls: number[];
  bytes: number[];
}

export interface StoredTraffic {
  readonly format: 1;
  readonly traffic: readonly { readonly key: string; readonly minutes: readonly Readonly<Minute>[] }[];
}

/** What principals have used in the last hour. Their keys are texts, whoever they are. */
export interface Traffic {
  /** On the way of every call: adds, and no more. */
  add(key: string, calls: number, bytes: number, now: number): void;
  /** Of everybody where no key is given. */
  series(key: string | undefined, now: number): TrafficSeries;
  delete(key: string): void;
  adopt(stored: StoredTraffic): boolean;
  snapshot(now: number): StoredTraffic;
  clear(): void;
}

export const TRAFFIC: Plan = [
  'o',
  [
    FORMAT,
    [
      'traffic',
      [
        'a',
        [
          'o',
          [
            ['key', text(2048), 1],
            [
              'minutes',
              [
                'a',
                [
                  'o',
                  [
                    ['at', COUNT, 1],
                    ['calls', COUNT, 1],
                    ['bytes', COUNT, 1],
                  ],
                ],
                { maxItems: HOUR },
              ],
              1,
            ],
          ],
        ],
        { maxItems: MAX_PRINCIPALS },
      ],
      1,
    ],
  ],
];

export const createTraffic = (): Traffic => {
  /** In the order of first use within the hour: of too many, the first goes. */
  const principals = new Map<string, Minute[]>();

  const recent = (minutes: readonly Minute[], now: number): Minute[] => {
    const last = Math.floor(now / MINUTE);
    // What lies ahead was counted before the clock was set back.
    return minutes.filter(({ at }) => at > last - HOUR && at <= last);
  };

  const minutesOf = (key: string, now: number): Minute[] => {
    const known = principals.get(key);
    if (known) return known;
    if (principals.size >= MAX_PRINCIPALS) {
      const idle = [...principals].find(([, minutes]) => recent(minutes, now).length === 0);
      principals.delete(idle ? idle[0] : (principals.keys().next().value as string));
    }
    const minutes: Minute[] = [];
    principals.set(key, minutes);
    return minutes;
  };

  return {
    add(key, calls, bytes, now) {
      const minutes = minutesOf(key, now);
      const at = Math.floor(now / MINUTE);
      let minute = minutes.at(-1);
      if (minute?.at !== at) {
        const kept = recent(minutes, now);
        // There already only where the clock was set back.
        minute = kept.find((each) => each.at === at) ?? { at, calls: 0, bytes: 0 };
        minutes.splice(0, minutes.length, ...kept.filter((each) => each !== minute), minute);
      }
      minute.calls += calls;
      minute.bytes += Math.round(bytes);
    },
    series(key, now) {
      const first = Math.floor(now / MINUTE) - HOUR + 1;
      const series: TrafficSeries = {
        from: first * MINUTE,
        calls: new Array<number>(HOUR).fill(0),
        bytes: new Array<number>(HOUR).fill(0),
      };
      const chosen = key === undefined ? [...principals.values()] : [principals.get(key) ?? []];
      for (const { at, calls, bytes } of chosen.flatMap((minutes) => recent(minutes, now))) {
        series.calls[at - first] = (series.calls[at - first] as number) + calls;
        series.bytes[at - first] = (series.bytes[at - first] as number) + bytes;
      }
      return series;
    },
    delete: (key) => principals.delete(key),
    adopt({ traffic }) {
      if (new Set(traffic.map(({ key }) => key)).size !== traffic.length) return false;
      for (const { key, minutes } of traffic) {
        const since = principals.get(key) ?? [];
        const before = minutes.filter(({ at }) => !since.some((each) => each.at === at));
        principals.set(key, [...before.map((each) => ({ ...each })), ...since].slice(-HOUR));
      }
      return true;
    },
    snapshot: (now) => ({
      format: 1,
      traffic: [...principals]
        .map(([key, minutes]) => ({ key, minutes: recent(minutes, now).map((each) => ({ ...each })) }))
        .filter(({ key, minutes }) => minutes.length > 0 && key.length <= 2048)
        .slice(0, MAX_PRINCIPALS),
    }),
    clear: () => principals.clear(),
  };
};
