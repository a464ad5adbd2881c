import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Account } from '../../../src/accounting/account.js';
import { hostBounds, principalBounds, sessionBounds } from '../../../src/accounting/bounds.js';
import {
  CALLS,
  EARLY,
  EVENTS,
  PARAMETERS,
  QUESTIONS,
  SESSIONS,
  SUBSCRIPTIONS,
} from '../../../src/accounting/kinds.js';
import { Shared } from '../../../src/accounting/shared.js';
import { DEFAULT_LIMITS, type Limits } from '../../../src/limits/limits.js';

/** So tight that random sequences reach every bound. */
const LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  earlySize: 100,
  earlySizePerPrincipal: 150,
  earlySizePerHost: 200,
  eventSize: 100,
  eventSizePerPrincipal: 150,
  eventSizePerHost: 200,
  callSize: 100,
  callSizePerPrincipal: 150,
  callSizePerHost: 200,
  calls: 3,
  callsPerHost: 9,
  subscriptions: 3,
  subscriptionsPerHost: 8,
  sessions: 8,
  sessionsPerPrincipal: 3,
};
const QUOTAS = { calls: 8, subscriptions: 5 };
const KINDS = [EARLY, EVENTS, PARAMETERS, CALLS, SUBSCRIPTIONS, QUESTIONS, SESSIONS];
const NOTHING = KINDS.map(() => 0);

const tree = (limits = LIMITS) => {
  const host = new Account(hostBounds(limits));
  const principal = (): Account => new Account(principalBounds(limits, QUOTAS), host);
  const session = (of: Account): Account => new Account(sessionBounds(limits), of);
  return { host, principal, session };
};

describe('an account', () => {
  test('holds in all three, or in none', () => {
    const { host, principal, session } = tree();
    const alice = principal();
    const first = session(alice);
    const second = session(alice);
    expect(first.hold(EARLY, 100)).toBeUndefined();
    expect(first.hold(EARLY, 1)).toEqual({ limit: 'earlySize' });
    expect(second.hold(EARLY, 51)).toEqual({ limit: 'earlySizePerPrincipal', retryAfter: 1000 });
    expect([first, second, alice, host].map(({ held }) => held[EARLY])).toEqual([100, 0, 100, 100]);
  });

  test('says which limit it is, and of whom', () => {
    const { principal, session } = tree();
    const [alice, bob, carol] = [principal(), principal(), principal()];
    const sessions = [alice, alice, alice, bob, bob, bob].map(session);
    for (const each of sessions) expect(each.hold(SESSIONS)).toBeUndefined();
    expect(session(alice).hold(SESSIONS)?.limit).toBe('sessionsPerPrincipal');
    for (const each of [carol, carol].map(session)) each.hold(SESSIONS);
    expect(session(carol).hold(SESSIONS)).toEqual({ limit: 'sessions', retryAfter: 1000 });
  });

  test('closed gives all back at once but the calls that still run, and nothing twice', () => {
    const { host, principal, session } = tree();
    const alice = principal();
    const [gone, other] = [session(alice), session(alice)];
    for (const each of [gone, other]) {
      each.hold(SESSIONS);
      each.hold(EARLY, 20);
      each.hold(SUBSCRIPTIONS, 2);
      each.hold(QUESTIONS);
      each.hold(CALLS);
      each.hold(PARAMETERS, 30);
    }
    gone.close();
    gone.close();
    gone.release(SUBSCRIPTIONS, 2);
    gone.release(QUESTIONS);
    expect(alice.held).toEqual([20, 0, 60, 2, 2, 1, 1]);
    gone.release(CALLS);
    gone.release(PARAMETERS, 30);
    expect(gone.held).toEqual(NOTHING);
    expect([alice.held, host.held]).toEqual([other.held, other.held]);
  });

  test('[W11.3] where others have used up what the host has, everybody still has a share', () => {
    const { host, principal, session } = tree();
    for (const each of [principal(), principal()].map(session)) each.hold(EARLY, 100);
    const late = session(principal());
    expect(late.hold(EARLY, 25)).toBeUndefined();
    expect(late.hold(EARLY, 1)).toEqual({ limit: 'earlySizePerHost', retryAfter: 1000 });
    expect(host.held[EARLY]).toBe(225);
  });
});

describe('what is shared', () => {
  test('is paid for once by each account, and by nobody when nobody holds it', () => {
    const { host, principal, session } = tree();
    const [alice, bob] = [principal(), principal()];
    const [first, second, third] = [session(alice), session(alice), session(bob)];
    const event = new Shared(EVENTS, 60);
    for (const each of [first, first, second, third]) expect(event.holdBy(each)).toBeUndefined();
    const held = () => [first, second, third, alice, bob, host].map((each) => each.held[EVENTS]);
    expect(held()).toEqual([60, 60, 60, 60, 60, 60]);
    event.releaseBy(first);
    event.releaseBy(second);
    expect(held()).toEqual([60, 0, 60, 60, 60, 60]);
    event.releaseBy(first);
    expect(held()).toEqual([0, 0, 60, 0, 60, 60]);
    event.releaseBy(third);
    expect(held()).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('is held by nobody more where one of them has no room', () => {
    const { host, principal, session } = tree();
    const alice = principal();
    const [first, second] = [session(alice), session(alice)];
    expect(new Shared(EVENTS, 100).holdBy(first)).toBeUndefined();
    expect(new Shared(EVENTS, 60).holdBy(second)).toEqual({
      limit: 'eventSizePerPrincipal',
      retryAfter: 1000,
    });
    expect([second, alice, host].map(({ held }) => held[EVENTS])).toEqual([0, 100, 100]);
  });
});

/** One session of few, and what it does. */
const step = fc.record({
  session: fc.nat(11),
  kind: fc.constantFrom(...KINDS),
  amount: fc.integer({ min: 1, max: 60 }),
  act: fc.constantFrom('hold', 'hold', 'hold', 'release', 'share', 'share', 'unshare', 'close'),
  event: fc.nat(3),
});

test('whatever happens: each holds what those below it do, none more than it may, and in the end nothing', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const { host, principal, session } = tree();
      const principals = Array.from({ length: 4 }, principal);
      const sessions = principals.flatMap((each) => [session(each), session(each), session(each)]);
      const events = [10, 20, 40, 90].map((size) => ({ size, shared: new Shared(EVENTS, size) }));
      /** Which sessions hold which event, once for each time. */
      const holders = events.map((): Account[] => []);
      for (const { session: at, kind, amount, act, event } of steps) {
        const account = sessions[at] as Account;
        const { shared } = events[event] as (typeof events)[number];
        const held = holders[event] as Account[];
        // Events are held by what is shared alone.
        if (act === 'hold' && kind !== EVENTS) account.hold(kind, amount);
        else if (act === 'release' && kind !== EVENTS) account.release(kind, amount);
        else if (act === 'close') account.close();
        else if (act === 'share' && !shared.holdBy(account)) held.push(account);
        else if (act === 'unshare' && held.includes(account)) {
          shared.releaseBy(account);
          held.splice(held.indexOf(account), 1);
        }
        for (const each of KINDS.filter((other) => other !== EVENTS)) {
          for (const parent of [host, ...principals]) {
            const below = [...principals, ...sessions].filter((child) => child.parent === parent);
            expect(parent.held[each]).toBe(below.reduce((sum, child) => sum + (child.held[each] ?? 0), 0));
          }
        }
        for (const account of [...sessions, ...principals, host]) {
          const isWithin = (other: Account | undefined): boolean =>
            other !== undefined && (other === account || isWithin(other.parent));
          const sizes = events.map(({ size }, i) => (holders[i]?.some(isWithin) ? size : 0));
          expect(account.held[EVENTS]).toBe(sizes.reduce((sum, size) => sum + size, 0));
          for (const each of KINDS) {
            const most = account.bounds.most[each] as number;
            // The shares, where the rest is used up.
            const more = account === host ? principals.length * (host.bounds.share[each] as number) : 0;
            expect(account.held[each]).toBeLessThanOrEqual(most + more);
          }
        }
      }
      events.forEach(({ shared }, i) => {
        for (const account of holders[i] ?? []) shared.releaseBy(account);
      });
      for (const account of sessions) {
        account.close();
        for (const kind of [CALLS, PARAMETERS]) account.release(kind, account.held[kind]);
      }
      for (const account of [...sessions, ...principals, host]) {
        expect(account.held).toEqual(NOTHING);
        expect(account.isEmpty).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});
