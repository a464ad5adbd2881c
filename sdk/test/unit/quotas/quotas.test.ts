import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyOf, type Principal } from '../../../src/host/admission/principal.js';
import { createQuotaKeeper, DEFAULT_QUOTAS, type Exceeded } from '../../../src/host/admission/quotas.js';

const extension = (id: string): Principal => ({
  browser: 'firefox',
  kind: 'extension',
  id,
  origin: `moz-extension://${id}`,
});
const ALICE = extension('alice');

const allowance = (quotas: Parameters<typeof createQuotaKeeper>[0], principal = ALICE) =>
  createQuotaKeeper(quotas).of(principal, 0);

/** How many pass of so many in one moment. */
const passing = (times: number, take: () => Exceeded | undefined): number =>
  Array.from({ length: times }, take).filter((exceeded) => exceeded === undefined).length;

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

describe('rates', () => {
  test('are unlimited by default, and cost nothing to keep', () => {
    const alice = allowance({});
    expect(passing(100_000, () => alice.call(0))).toBe(100_000);
    expect(alice.bytes(1e12, 0)).toBeUndefined();
  });

  test('a second of calls may come at once, and then as many as time gives', () => {
    const alice = allowance({ callsPerSecond: 50 });
    expect(passing(60, () => alice.call(0))).toBe(50);
    expect(alice.call(0)).toEqual({ quota: 'callsPerSecond', retryAfter: 20 });
    expect(passing(60, () => alice.call(100))).toBe(5);
    expect(passing(60, () => alice.call(10_000))).toBe(50);
  });

  test.each([3, 7, 11, 333, 9973, 100_000])('%d a second are exactly that many', (rate) => {
    for (const start of [0, 0.1, 1e9 + 1 / 3]) {
      const alice = allowance({ callsPerSecond: rate });
      expect(passing(rate + 3, () => alice.call(start))).toBe(rate);
      expect(passing(rate + 3, () => alice.call(start + 1000))).toBe(rate);
    }
  });

  test('fewer than one a second: one at once, then one each time it is due', () => {
    const alice = allowance({ callsPerSecond: 0.1 });
    expect(alice.call(0)).toBeUndefined();
    expect(alice.call(5000)).toEqual({ quota: 'callsPerSecond', retryAfter: 5000 });
    expect(alice.call(10_000)).toBeUndefined();
  });

  test('retryAfter is right: a millisecond earlier it does not fit', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1e5, noNaN: true }),
        fc.array(fc.nat(200), { minLength: 1, maxLength: 50 }),
        fc.nat(3000),
        (rate, amounts, pause) => {
          const alice = allowance({ bytesPerSecond: rate });
          let now = 1234.5;
          for (const amount of amounts) {
            const exceeded = alice.bytes(amount, now);
            if (exceeded) {
              expect(exceeded.retryAfter).toBeGreaterThan(0);
              if (exceeded.retryAfter > 1.5)
                expect(alice.bytes(amount, now + exceeded.retryAfter - 1.5)).toBeDefined();
              now += exceeded.retryAfter;
              expect(alice.bytes(amount, now)).toBeUndefined();
            }
            now += pause / 50;
          }
        },
      ),
    );
  });

  test('in any second no more than twice the rate passes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.tuple(fc.oneof(fc.nat(50), fc.nat(1500)), fc.integer({ min: 1, max: 60 })), {
          minLength: 1,
          maxLength: 120,
        }),
        (rate, bursts) => {
          const alice = allowance({ callsPerSecond: rate });
          const passed: number[] = [];
          let now = 0;
          for (const [pause, calls] of bursts) {
            now += pause / 3;
            for (let call = 0; call < calls; call++) if (!alice.call(now)) passed.push(now);
          }
          for (const [index, first] of passed.entries()) {
            const within = passed.slice(index).filter((time) => time <= first + 1000).length;
            expect(within).toBeLessThanOrEqual(2 * rate);
          }
        },
      ),
    );
  });

  test('in any second no more bytes than twice the rate pass, unless a single message is larger than the rate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.array(fc.tuple(fc.nat(900), fc.nat(1200)), { minLength: 1, maxLength: 120 }),
        (rate, messages) => {
          const alice = allowance({ bytesPerSecond: rate });
          const passed: (readonly [time: number, amount: number])[] = [];
          let now = 0;
          for (const [pause, amount] of messages) {
            now += pause / 3;
            if (!alice.bytes(amount, now)) passed.push([now, amount]);
          }
          for (const [index, [first]] of passed.entries()) {
            const within = passed.slice(index).filter(([time]) => time <= first + 1000);
            const sum = within.reduce((total, [, amount]) => total + amount, 0);
            const largest = Math.max(...within.map(([, amount]) => amount));
            expect(sum).toBeLessThanOrEqual(2 * rate + Math.max(0, largest - rate) + 1e-6 * rate);
          }
        },
      ),
    );
  });

  test('a message larger than a second passes alone, and is paid for', () => {
    const alice = allowance({ bytesPerSecond: 100 });
    expect(alice.bytes(1000, 0)).toBeUndefined();
    expect(alice.bytes(1, 1000)).toEqual({ quota: 'bytesPerSecond', retryAfter: 8010 });
    expect(alice.bytes(100, 9999)).toBeDefined();
    expect(alice.bytes(100, 10_000)).toBeUndefined();
    expect(alice.bytes(1000, 10_500)).toEqual({ quota: 'bytesPerSecond', retryAfter: 500 });
  });
});

describe('what is open at a time', () => {
  test('calls and subscriptions, each with its own quota', () => {
    const alice = allowance({ calls: 2, subscriptions: 1 });
    expect([alice.begin(), alice.begin()]).toEqual([undefined, undefined]);
    expect(alice.begin()).toEqual({ quota: 'calls', retryAfter: 1000 });
    expect(alice.subscribe()).toBeUndefined();
    expect(alice.subscribe()).toEqual({ quota: 'subscriptions', retryAfter: 1000 });
    alice.end();
    expect(alice.begin()).toBeUndefined();
    alice.unsubscribe();
    expect(alice.subscribe()).toBeUndefined();
  });

  test('what ends once too often makes no room', () => {
    const alice = allowance({ calls: 1, subscriptions: 1 });
    alice.end();
    alice.unsubscribe();
    expect([alice.begin(), alice.subscribe()]).toEqual([undefined, undefined]);
    expect(alice.begin()?.quota).toBe('calls');
    expect(alice.subscribe()?.quota).toBe('subscriptions');
  });
});

describe('strikes', () => {
  const struck = (alice: ReturnType<typeof allowance>, times: number, now: number) =>
    Array.from({ length: times }, () => alice.strike(now));

  test('so many within a minute lead to a ban', () => {
    const alice = allowance({});
    expect(struck(alice, 10, 0)).toEqual([...Array(9).fill(undefined), 60_000]);
    expect(alice.banned(0)).toBe(60_000);
    expect(alice.banned(59_999)).toBe(1);
    expect(alice.banned(60_000)).toBeUndefined();
  });

  test('older ones do not count', () => {
    const alice = allowance({ strikes: 3 });
    expect(struck(alice, 2, 0)).toEqual([undefined, undefined]);
    expect(struck(alice, 2, MINUTE)).toEqual([undefined, undefined]);
    expect(alice.strike(MINUTE + 1)).toBe(60_000);
  });

  test('nothing counts during a ban, and after it all begins anew', () => {
    const alice = allowance({ strikes: 2 });
    struck(alice, 2, 0);
    expect(struck(alice, 5, 30_000)).toEqual(Array(5).fill(undefined));
    expect(alice.banned(30_000)).toBe(30_000);
    expect(alice.strike(MINUTE)).toBeUndefined();
    expect(alice.strike(MINUTE)).toBe(2 * MINUTE);
  });

  test('each next ban within a day is twice as long, up to an hour', () => {
    const alice = allowance({ strikes: 1 });
    const lengths: (number | undefined)[] = [];
    let now = 0;
    for (let ban = 0; ban < 8; ban++) {
      const length = alice.strike(now);
      lengths.push(length);
      now += length ?? 0;
    }
    expect(lengths.map((length) => (length ?? 0) / MINUTE)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    expect(alice.strike(now + DAY - 1)).toBe(HOUR);
    expect(alice.strike(now + DAY - 1 + HOUR + DAY)).toBe(MINUTE);
  });

  test('a first ban longer than an hour stays as long', () => {
    const alice = allowance({ strikes: 1, ban: 2 * HOUR });
    expect([alice.strike(0), alice.strike(2 * HOUR)]).toEqual([2 * HOUR, 2 * HOUR]);
  });

  test('without the quota nobody is banned, and nothing is kept of strikes', () => {
    const alice = allowance({ strikes: Number.POSITIVE_INFINITY });
    expect(struck(alice, 1000, 0).every((ban) => ban === undefined)).toBe(true);
  });
});

describe('whose allowance it is', () => {
  test('the same for the same principal, whatever else is known of it', () => {
    const keeper = createQuotaKeeper({ calls: 1 });
    const again: Principal = { ...ALICE, origin: 'moz-extension://reinstalled', tabId: 7 } as Principal;
    expect(keyOf(again)).toBe(keyOf(ALICE));
    expect(keeper.of(again, 0)).toBe(keeper.of(ALICE, 0));
    expect(keeper.of(extension('bob'), 0)).not.toBe(keeper.of(ALICE, 0));
    expect(keeper.size).toBe(2);
  });

  test('names of prototypes are principals like others', () => {
    const keeper = createQuotaKeeper({ calls: 1 });
    const odd = keeper.of(extension('__proto__'), 0);
    expect(odd.begin()).toBeUndefined();
    expect(keeper.of(extension('__proto__'), 0)).toBe(odd);
    expect(keeper.of(extension('constructor'), 0).begin()).toBeUndefined();
  });

  test('a function gives each its own quotas', () => {
    const keeper = createQuotaKeeper((principal) =>
      principal.kind === 'extension' && principal.id === 'alice' ? { calls: 1 } : {},
    );
    const alice = keeper.of(ALICE, 0);
    alice.begin();
    expect(alice.begin()).toEqual({ quota: 'calls', retryAfter: 1000 });
    const bob = keeper.of(extension('bob'), 0);
    expect(passing(50_000, () => bob.begin())).toBe(DEFAULT_QUOTAS.calls);
  });
});

describe('what is kept', () => {
  const fill = (keeper: ReturnType<typeof createQuotaKeeper>, count: number, now: number, name = 'x') => {
    for (let i = 0; i < count; i++) keeper.of(extension(`${name}${i}`), now);
  };

  test('strangers are forgotten, those with sessions, calls, subscriptions, strikes and bans are not', () => {
    const keeper = createQuotaKeeper({ strikes: 2, callsPerSecond: 1 });
    const names = ['held', 'calling', 'subscribed', 'struck', 'banned', 'waiting'];
    const [held, calling, subscribed, struck, banned, waiting] = names.map((name) =>
      keeper.of(extension(name), 0),
    );
    held?.hold();
    calling?.begin();
    subscribed?.subscribe();
    struck?.strike(0);
    banned?.strike(0);
    banned?.strike(0);
    waiting?.call(0);
    fill(keeper, 9994, 0);
    expect(keeper.size).toBe(10_000);
    fill(keeper, 100, 500, 'y');
    expect(keeper.size).toBe(106);
    expect(names.map((name) => keeper.of(extension(name), 500))).toEqual([
      held,
      calling,
      subscribed,
      struck,
      banned,
      waiting,
    ]);
    expect(keeper.of(extension('banned'), 500)).toBe(banned);
  });

  test('a session that is over leaves nothing to keep', () => {
    const keeper = createQuotaKeeper({});
    const held = keeper.of(ALICE, 0);
    held.hold();
    held.hold();
    held.release();
    fill(keeper, 20_000, 5000);
    expect(keeper.of(ALICE, 5000)).toBe(held);
    held.release();
    fill(keeper, 20_000, 10_000, 'y');
    expect(keeper.of(ALICE, 10_000)).not.toBe(held);
  });

  test('never more than 10,000, however many misbehave; those with sessions stay, and banned ones longest', () => {
    const keeper = createQuotaKeeper({ strikes: 2 });
    const held = keeper.of(extension('held'), 0);
    held.hold();
    const banned = keeper.of(extension('banned'), 0);
    banned.strike(0);
    banned.strike(0);
    for (let i = 0; i < 12_000; i++) keeper.of(extension(`x${i}`), 1).strike(1);
    expect(keeper.size).toBe(10_000);
    expect(keeper.of(extension('held'), 1)).toBe(held);
    expect(keeper.of(extension('banned'), 1)).toBe(banned);
    for (let i = 0; i < 12_000; i++) {
      const each = keeper.of(extension(`y${i}`), 2);
      each.strike(2);
      each.strike(2);
    }
    expect(keeper.size).toBe(10_000);
    expect(keeper.of(extension('held'), 2)).toBe(held);
  });
});

describe('quotas that are none', () => {
  test.each([
    { callsPerSecond: 0 },
    { callsPerSecond: -1 },
    { callsPerSecond: Number.NaN },
    { callsPerSecond: Number.MIN_VALUE },
    { bytesPerSecond: '1000' as never },
    { calls: 0.5 },
    { subscriptions: 0 },
    { strikes: 1.5 },
    { ban: Number.POSITIVE_INFINITY },
    { ban: null as never },
    { calls: undefined as never },
  ])('%o', (quotas) => {
    expect(() => createQuotaKeeper(quotas)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    const keeper = createQuotaKeeper(() => quotas);
    expect(() => keeper.of(ALICE, 0)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(keeper.size).toBe(0);
  });
});
