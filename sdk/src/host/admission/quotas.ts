import { Account } from '../../accounting/account.js';
import { principalBounds } from '../../accounting/bounds.js';
import type { Bounds, Surplus } from '../../accounting/kinds.js';
import { PorticoError } from '../../errors/portico-error.js';
import type { Limits } from '../../limits/limits.js';
import { keyOf, type Principal } from './principal.js';

/**
 * How much one principal may use of a host, over all of its sessions: what keeps one caller from starving the
 * others. The limits of a session (`Limits`) hold besides. Set with `createHost({ quotas })`. The host's own pages have
 * none: strangers can open as many of them as they like, and the person needs them to decide.
 */
export interface Quotas {
  /** Calls, subscriptions and requests a second, those that are refused too. One second's worth may come at once, and so in any second no more than twice as many pass. */
  readonly callsPerSecond: number;
  /**
   * Characters and bytes received a second in sessions, of what is refused or skipped too. One second's worth may
   * come at once. A value is read as long as anything is left, and paid for by silence where it was more.
   */
  readonly bytesPerSecond: number;
  /** Calls in flight: handlers that have not settled. Counts whether or not quotas are set. */
  readonly calls: number;
  /** Open subscriptions. Counts whether or not quotas are set. */
  readonly subscriptions: number;
  /**
   * Violations of the protocol within a minute that lead to a ban: 1 bans at the first. All content scripts of an
   * extension are counted, and banned, as one, in whatever origins; the extension itself apart from them.
   */
  readonly strikes: number;
  /**
   * Milliseconds of the first ban; each next within a day of the last one's end is twice as long, up to an hour, or
   * up to this where it is longer. Bans are kept in memory alone: they end with the host's instance.
   */
  readonly ban: number;
}

export const DEFAULT_QUOTAS: Quotas = {
  // A well-behaved caller may be as fast as the browser: half a million calls a second were measured.
  callsPerSecond: Number.POSITIVE_INFINITY,
  bytesPerSecond: Number.POSITIVE_INFINITY,
  calls: 40_000,
  subscriptions: 1024,
  strikes: 10,
  ban: 60_000,
};

/** Of the host's own pages. */
const UNBOUNDED: Quotas = {
  ...DEFAULT_QUOTAS,
  calls: Number.POSITIVE_INFINITY,
  subscriptions: Number.POSITIVE_INFINITY,
  strikes: Number.POSITIVE_INFINITY,
};

/** What one principal holds, and what is left to it. Times are milliseconds of a clock that never goes back. */
export interface Allowance {
  /** Kept as long as anything is held. */
  readonly account: Account;
  /** One more call: counted, unless a rate is used up; bytes that were read already may be the reason. */
  call(now: number): Surplus | undefined;
  /** So much was read. */
  bytes(amount: number, now: number): void;
  /** Whether bytes are bounded, and anything is left. */
  weighs(now: number): boolean;
  /** It broke the rules. Milliseconds of the ban where this leads to one; during a ban nothing is counted. */
  strike(now: number): number | undefined;
  /** Milliseconds that are left of a ban. */
  banned(now: number): number | undefined;
}

export interface QuotaKeeper {
  /**
   * The allowance of a principal: the same for the same `keyOf`.
   * @throws {PorticoError} INVALID_ARGUMENT where the quotas that the host's function gives are none; what it throws
   */
  of(principal: Principal, now: number, key?: string): Allowance;
  /** How many are kept. */
  readonly size: number;
}

const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
/** Sums of fractions: a microsecond early is in time. */
const TOLERANCE = 0.001;
/** Of a byte: whoever has nothing left waits until there is something. */
const SOMETHING = 1;
/** Principals without sessions that are remembered: one with many origins or ids must not fill the heap. */
const MOST_KEPT = 10_000;

/** Milliseconds of the rate that one costs; 0 where there is no rate. */
const costAt = (rate: number): number => SECOND / rate;

/** One bucket: `full` is when it is full again, which says all there is to say. */
class Bucket {
  full = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly limit: keyof Quotas,
    readonly cost: number,
  ) {}

  /** Why so much can't be taken now, if so. */
  lacks(amount: number, now: number): Surplus | undefined {
    if (this.cost === 0) return undefined;
    const cost = amount * this.cost;
    const wait = this.full - now + cost - Math.max(SECOND, cost);
    return wait > TOLERANCE ? { limit: this.limit, retryAfter: Math.ceil(wait) } : undefined;
  }

  /** Takes it, more than there is too. */
  take(amount: number, now: number): void {
    if (this.cost > 0) this.full = Math.max(this.full, now) + amount * this.cost;
  }
}

/** What an offender has done: one principal, or all content scripts of an extension. */
class Conduct {
  private strikes: number[] = [];
  private bans = 0;
  private bannedUntil = Number.NEGATIVE_INFINITY;

  strike({ strikes, ban }: Quotas, now: number): number | undefined {
    if (strikes === Number.POSITIVE_INFINITY || this.banned(now) !== undefined) return undefined;
    this.strikes = this.strikes.filter((time) => time > now - MINUTE);
    if (this.strikes.push(now) < strikes) return undefined;
    if (now >= this.bannedUntil + DAY) this.bans = 0;
    const length = Math.min(ban * 2 ** this.bans, Math.max(ban, HOUR));
    this.strikes = [];
    this.bans++;
    this.bannedUntil = now + length;
    return length;
  }

  banned(now: number): number | undefined {
    const left = this.bannedUntil - now;
    return left > 0 ? left : undefined;
  }

  isBlank(now: number): boolean {
    return now >= this.bannedUntil + DAY && now >= (this.strikes.at(-1) ?? Number.NEGATIVE_INFINITY) + MINUTE;
  }
}

class PrincipalAllowance implements Allowance {
  readonly account: Account;
  private readonly callBucket: Bucket;
  private readonly byteBucket: Bucket;
  private readonly conduct: Conduct;

  constructor(
    private readonly quotas: Quotas,
    bounds: Bounds,
    host?: Account,
    /** What others have, too: kept apart from this. */
    private readonly shared?: Conduct,
  ) {
    this.conduct = shared ?? new Conduct();
    this.account = new Account(bounds, host);
    this.callBucket = new Bucket('callsPerSecond', costAt(quotas.callsPerSecond));
    this.byteBucket = new Bucket('bytesPerSecond', costAt(quotas.bytesPerSecond));
  }

  weighs(now: number): boolean {
    return this.byteBucket.cost > 0 && !this.byteBucket.lacks(SOMETHING, now);
  }

  call(now: number): Surplus | undefined {
    const surplus = this.callBucket.lacks(1, now) ?? this.byteBucket.lacks(SOMETHING, now);
    if (!surplus) this.callBucket.take(1, now);
    return surplus;
  }

  bytes(amount: number, now: number): void {
    this.byteBucket.take(amount, now);
  }

  strike(now: number): number | undefined {
    return this.conduct.strike(this.quotas, now);
  }

  banned(now: number): number | undefined {
    return this.conduct.banned(now);
  }

  /** A ban would be lost with it. */
  keepsBan(now: number): boolean {
    return !this.shared && this.banned(now) !== undefined;
  }

  /** Somebody counts on it being this one. */
  get isHeld(): boolean {
    return !this.account.isEmpty;
  }

  /** Nothing would be lost with it. */
  isBlank(now: number): boolean {
    return (
      !this.isHeld &&
      now >= this.callBucket.full &&
      now >= this.byteBucket.full &&
      (this.shared !== undefined || this.conduct.isBlank(now))
    );
  }
}

/** Keeps everybody's allowance. With a function, each principal has the quotas that it gives for it, and else the defaults. */
export const createQuotaKeeper = (
  quotas: Partial<Quotas> | ((principal: Principal) => Partial<Quotas>),
  limits: Limits,
  host: Account,
): QuotaKeeper => {
  const fixed = typeof quotas === 'function' ? undefined : checked(quotas);
  const bounds = fixed && principalBounds(limits, fixed);
  const kept = new Map<string, PrincipalAllowance>();
  // Below no host: what strangers hold leaves these as much room as before.
  const own = new PrincipalAllowance(UNBOUNDED, principalBounds(limits, UNBOUNDED));
  let sweptAt = Number.NEGATIVE_INFINITY;

  /** Makes room for one more: of those that nobody holds. */
  const forget = (now: number): void => {
    // Looking through all of them is not for each stranger to cause.
    if (now - sweptAt >= SECOND) {
      sweptAt = now;
      for (const [key, each] of kept) if (each.isBlank(now)) kept.delete(key);
    }
    if (kept.size < MOST_KEPT) return;
    let banned: string | undefined;
    for (const [key, each] of kept) {
      if (each.isHeld) continue;
      if (!each.keepsBan(now)) {
        kept.delete(key);
        return;
      }
      banned ??= key;
    }
    if (banned !== undefined) kept.delete(banned);
  };

  /**
   * What the content scripts of an extension have done, by its id: it has no more strikes in many origins than in one.
   * Apart from the extension itself, which a compromised page could keep out otherwise.
   */
  const scripts = new Map<string, Conduct>();
  const conductOf = (principal: Principal, { strikes }: Quotas): Conduct | undefined => {
    if (principal.kind !== 'content-script' || strikes === Number.POSITIVE_INFINITY) return undefined;
    const known = scripts.get(principal.id);
    if (known) return known;
    const made = new Conduct();
    if (scripts.size >= MOST_KEPT) scripts.delete(scripts.keys().next().value as string);
    scripts.set(principal.id, made);
    return made;
  };

  return {
    of(principal, now, key = keyOf(principal)) {
      if (principal.kind === 'self') return own;
      const known = kept.get(key);
      if (known) return known;
      const its = fixed ?? checked((quotas as (principal: Principal) => Partial<Quotas>)(principal));
      const made = new PrincipalAllowance(
        its,
        bounds ?? principalBounds(limits, its),
        host,
        conductOf(principal, its),
      );
      if (kept.size >= MOST_KEPT) forget(now);
      kept.set(key, made);
      return made;
    },
    get size() {
      return kept.size;
    },
  };
};

const NAMES = Object.keys(DEFAULT_QUOTAS) as readonly (keyof Quotas)[];
/** What is counted one by one: a fraction of it would be none. */
const WHOLE: readonly (keyof Quotas)[] = ['calls', 'subscriptions', 'strikes'];

/** @throws {PorticoError} INVALID_ARGUMENT */
const checked = (given: Partial<Quotas>): Quotas => {
  // A promise has none of them: it would read as the defaults.
  if (typeof given !== 'object' || given === null || 'then' in given)
    throw new PorticoError('INVALID_ARGUMENT', 'quotas are an object, and no promise of one');
  const quotas: Quotas = { ...DEFAULT_QUOTAS, ...given };
  for (const name of NAMES) {
    const value: unknown = quotas[name];
    // The smallest of numbers would cost more than there is time.
    const isNumber = typeof value === 'number' && value > 0 && costAt(value) < Number.POSITIVE_INFINITY;
    const fits =
      isNumber &&
      (value === Number.POSITIVE_INFINITY
        ? name !== 'ban'
        : !WHOLE.includes(name) || Number.isSafeInteger(value));
    if (!fits)
      throw new PorticoError(
        'INVALID_ARGUMENT',
        `quotas.${name} must be a number above 0${WHOLE.includes(name) ? ', and whole' : ''}, not ${String(value)}`,
      );
  }
  return quotas;
};
