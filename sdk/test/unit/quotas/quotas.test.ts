import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Account } from '../../../src/accounting/account.js';
import { hostBounds } from '../../../src/accounting/bounds.js';
import { CALLS, SESSIONS, SUBSCRIPTIONS, type Surplus } from '../../../src/accounting/kinds.js';
import { keyOf, type Principal } from '../../../src/host/admission/principal.js';
import {
  type Allowance,
  createQuotaKeeper,
  DEFAULT_QUOTAS,
  type Quotas,
} from '../../../src/host/admission/quotas.js';
import { DEFAULT_LIMITS } from '../../../src/limits/limits.js';

const extension = (id: string): Principal => ({
  browser: 'firefox',
  kind: 'extension',
  id,
  origin: `moz-extension://${id}`,
});
const ALICE = extension('alice');

type Given = Partial<Quotas> | ((principal: Principal) => Partial<Quotas>);
const keeperOf = (quotas: Given) =>
  createQuotaKeeper(quotas, DEFAULT_LIMITS, new Account(hostBounds(DEFAULT_LIMITS)));
const allowance = (quotas: Given, principal = ALICE) => keeperOf(quotas).of(principal, 0);

/** Reads so much if anything may be read, and pays for it. */
const read = (alice: Allowance, amount: number, now: number): Surplus | undefined => {
  const surplus = alice.call(now);
  if (!surplus) alice.bytes(amount, now);
  return surplus;
};

/** How many pass of so many in one moment. */
const passing = (times: number, take: () => Surplus | undefined): number =>
  Array.from({ length: times }, take).filter((surplus) => surplus === undefined).length;

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

describe('rates', () => {
  test('are unlimited by default, and cost nothing to keep', () => {
    const alice = allowance({});
    expect(passing(100_000, () => alice.call(0))).toBe(100_000);
    expect([read(alice, 1e12, 0), read(alice, 1e12, 0), alice.weighs(0)]).toEqual([
      undefined,
      undefined,
      false,
    ]);
  });

  test('a second of calls may come at once, and then as many as time gives', () => {
    const alice = allowance({ callsPerSecond: 50 });
    expect(passing(60, () => alice.call(0))).toBe(50);
    expect(alice.call(0)).toEqual({ limit: 'callsPerSecond', retryAfter: 20 });
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
    expect(alice.call(5000)).toEqual({ limit: 'callsPerSecond', retryAfter: 5000 });
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
            const { retryAfter = 0 } = read(alice, amount, now) ?? {};
            if (retryAfter > 0) {
              if (retryAfter > 1.5) expect(alice.call(now + retryAfter - 1.5)).toBeDefined();
              now += retryAfter;
              expect(read(alice, amount, now)).toBeUndefined();
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

  test('in any second no more bytes than twice the rate pass, and one value that goes beyond', () => {
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
            if (!read(alice, amount, now)) passed.push([now, amount]);
          }
          for (const [index, [first]] of passed.entries()) {
            const within = passed.slice(index).filter(([time]) => time <= first + 1000);
            const sum = within.reduce((total, [, amount]) => total + amount, 0);
            const largest = Math.max(...within.map(([, amount]) => amount));
            expect(sum).toBeLessThanOrEqual(2 * rate + largest + 1e-6 * rate);
          }
        },
      ),
    );
  });

  test('what is read is paid for, whatever becomes of it, and nothing more is read before', () => {
    const alice = allowance({ bytesPerSecond: 100 });
    expect(alice.call(0)).toBeUndefined();
    alice.bytes(600, 0);
    // Of the same message: it was on its way to be read.
    alice.bytes(400, 0);
    expect(alice.call(1000)).toEqual({ limit: 'bytesPerSecond', retryAfter: 8010 });
    expect(alice.call(9009)).toEqual({ limit: 'bytesPerSecond', retryAfter: 1 });
    expect(alice.call(9010)).toBeUndefined();
  });

  test('a call that is refused for its bytes takes none of the calls', () => {
    const alice = allowance({ callsPerSecond: 1, bytesPerSecond: 100 });
    alice.bytes(200, 0);
    expect(alice.call(0)?.limit).toBe('bytesPerSecond');
    expect(alice.call(2000)).toBeUndefined();
    expect(alice.call(2000)?.limit).toBe('callsPerSecond');
  });
});

describe('what is open at a time', () => {
  test('calls and subscriptions, each with its own quota', () => {
    const alice = allowance({ calls: 2, subscriptions: 1 });
    expect([alice.account.hold(CALLS), alice.account.hold(CALLS)]).toEqual([undefined, undefined]);
    expect(alice.account.hold(CALLS)).toEqual({ limit: 'calls', retryAfter: 1000 });
    expect(alice.account.hold(SUBSCRIPTIONS)).toBeUndefined();
    expect(alice.account.hold(SUBSCRIPTIONS)).toEqual({ limit: 'subscriptions', retryAfter: 1000 });
    alice.account.release(CALLS);
    expect(alice.account.hold(CALLS)).toBeUndefined();
    alice.account.release(SUBSCRIPTIONS);
    expect(alice.account.hold(SUBSCRIPTIONS)).toBeUndefined();
  });

  test('what ends once too often makes no room', () => {
    const alice = allowance({ calls: 1, subscriptions: 1 });
    alice.account.release(CALLS);
    alice.account.release(SUBSCRIPTIONS);
    expect([alice.account.hold(CALLS), alice.account.hold(SUBSCRIPTIONS)]).toEqual([undefined, undefined]);
    expect(alice.account.hold(CALLS)?.limit).toBe('calls');
    expect(alice.account.hold(SUBSCRIPTIONS)?.limit).toBe('subscriptions');
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
    const keeper = keeperOf({ calls: 1 });
    const again: Principal = { ...ALICE, origin: 'moz-extension://reinstalled', tabId: 7 } as Principal;
    expect(keyOf(again)).toBe(keyOf(ALICE));
    expect(keeper.of(again, 0)).toBe(keeper.of(ALICE, 0));
    expect(keeper.of(extension('bob'), 0)).not.toBe(keeper.of(ALICE, 0));
    expect(keeper.size).toBe(2);
  });

  test('names of prototypes are principals like others', () => {
    const keeper = keeperOf({ calls: 1 });
    const odd = keeper.of(extension('__proto__'), 0);
    expect(odd.account.hold(CALLS)).toBeUndefined();
    expect(keeper.of(extension('__proto__'), 0)).toBe(odd);
    expect(keeper.of(extension('constructor'), 0).account.hold(CALLS)).toBeUndefined();
  });

  test('a function gives each its own quotas', () => {
    const keeper = keeperOf((principal) =>
      principal.kind === 'extension' && principal.id === 'alice' ? { calls: 1 } : {},
    );
    const alice = keeper.of(ALICE, 0);
    alice.account.hold(CALLS);
    expect(alice.account.hold(CALLS)).toEqual({ limit: 'calls', retryAfter: 1000 });
    const bob = keeper.of(extension('bob'), 0);
    expect(passing(50_000, () => bob.account.hold(CALLS))).toBe(DEFAULT_QUOTAS.calls);
  });
});

describe('content scripts of an extension', () => {
  const script = (site: number): Principal => ({
    browser: 'firefox',
    kind: 'content-script',
    id: 'alice',
    origin: `https://a${site}.example`,
    own: false,
  });

  test('have their strikes and bans together, be they forgotten meanwhile, and else an allowance each', () => {
    const keeper = keeperOf({ strikes: 3, callsPerSecond: 1 });
    const strikes = [0, 1, 2].map((site) => keeper.of(script(site), 0).strike(0));
    expect(strikes).toEqual([undefined, undefined, 60_000]);
    for (let i = 0; i < 20_000; i++) keeper.of(script(i + 3), 1);
    expect([keeper.of(script(0), 1).banned(1), keeper.of(ALICE, 1).banned(1)]).toEqual([59_999, undefined]);
    expect([0, 1].map((site) => keeper.of(script(site), 1).call(1))).toEqual([undefined, undefined]);
  });

  test('where the author bans none, are not banned for others', () => {
    const keeper = keeperOf(({ origin }) => ({
      strikes: origin === script(0).origin ? Number.POSITIVE_INFINITY : 1,
    }));
    keeper.of(script(1), 0).strike(0);
    expect([0, 1].map((site) => keeper.of(script(site), 0).banned(0))).toEqual([undefined, 60_000]);
  });
});

describe('what is kept', () => {
  const fill = (keeper: ReturnType<typeof createQuotaKeeper>, count: number, now: number, name = 'x') => {
    for (let i = 0; i < count; i++) keeper.of(extension(`${name}${i}`), now);
  };

  test('strangers are forgotten, those with sessions, calls, subscriptions, strikes and bans are not', () => {
    const keeper = keeperOf({ strikes: 2, callsPerSecond: 1 });
    const names = ['held', 'calling', 'subscribed', 'struck', 'banned', 'waiting'];
    const [held, calling, subscribed, struck, banned, waiting] = names.map((name) =>
      keeper.of(extension(name), 0),
    );
    held?.account.hold(SESSIONS);
    calling?.account.hold(CALLS);
    subscribed?.account.hold(SUBSCRIPTIONS);
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
    const keeper = keeperOf({});
    const held = keeper.of(ALICE, 0);
    held.account.hold(SESSIONS);
    held.account.hold(SESSIONS);
    held.account.release(SESSIONS);
    fill(keeper, 20_000, 5000);
    expect(keeper.of(ALICE, 5000)).toBe(held);
    held.account.release(SESSIONS);
    fill(keeper, 20_000, 10_000, 'y');
    expect(keeper.of(ALICE, 10_000)).not.toBe(held);
  });

  test('never more than 10,000, however many misbehave; those with sessions stay, and banned ones longest', () => {
    const keeper = keeperOf({ strikes: 2 });
    const held = keeper.of(extension('held'), 0);
    held.account.hold(SESSIONS);
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
    Promise.resolve({ calls: 1 }) as never,
    null as never,
  ])('%o', (quotas) => {
    expect(() => keeperOf(quotas)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    const keeper = keeperOf(() => quotas);
    expect(() => keeper.of(ALICE, 0)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(keeper.size).toBe(0);
  });
});
