import { PorticoError } from '../../errors/portico-error.js';
import { keyOf, type Principal } from './principal.js';

/**
 * How much one principal may use of a host, over all of its sessions: what keeps one caller from starving the
 * others. The limits of a session (`Limits`) hold besides. Set with `createHost({ quotas })`.
 */
export interface Quotas {
  /** Calls a second. One second's worth may come at once, and so in any second no more than twice as many pass. */
  readonly callsPerSecond: number;
  /**
   * Characters and bytes received a second. One second's worth may come at once; a message larger than that passes
   * alone after silence, and is paid for by silence.
   */
  readonly bytesPerSecond: number;
  /** Calls in flight. */
  readonly calls: number;
  /** Open subscriptions. */
  readonly subscriptions: number;
  /** Violations of the protocol within a minute that lead to a ban: 1 bans at the first. */
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

/** Which quota is used up. */
export interface Exceeded {
  readonly quota: keyof Quotas;
  /** Milliseconds after which it may fit again; where others must end first, when to look. */
  readonly retryAfter: number;
}

/**
 * What is left to one principal. Times are milliseconds of a clock that never goes back. What answers `undefined`
 * has been counted; what answers otherwise has not.
 */
export interface Allowance {
  /** A session of this principal begins: the allowance is kept while it lasts. */
  hold(): void;
  /** The session is over. */
  release(): void;
  call(now: number): Exceeded | undefined;
  bytes(amount: number, now: number): Exceeded | undefined;
  /** A call begins to run. */
  begin(): Exceeded | undefined;
  end(): void;
  subscribe(): Exceeded | undefined;
  unsubscribe(): void;
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
/** When to look again where it is others that must end first. */
const LOOK_AGAIN = 1000;
/** Sums of fractions: a microsecond early is in time. */
const TOLERANCE = 0.001;
/** Principals without sessions that are remembered: one with many origins or ids must not fill the heap. */
const MOST_KEPT = 10_000;

/** Milliseconds of the rate that one costs; 0 where there is no rate. */
const costAt = (rate: number): number => SECOND / rate;

/** One bucket: `full` is when it is full again, which says all there is to say. */
class Bucket {
  full = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly quota: keyof Quotas,
    private readonly cost: number,
  ) {}

  /** Whatever costs more than a full bucket holds passes when it is full. */
  take(amount: number, now: number): Exceeded | undefined {
    if (this.cost === 0) return undefined;
    const cost = amount * this.cost;
    const owed = Math.max(0, this.full - now);
    const wait = owed + cost - Math.max(SECOND, cost);
    if (wait > TOLERANCE) return { quota: this.quota, retryAfter: Math.ceil(wait) };
    this.full = now + owed + cost;
    return undefined;
  }
}

class PrincipalAllowance implements Allowance {
  private readonly callBucket: Bucket;
  private readonly byteBucket: Bucket;
  private sessions = 0;
  private running = 0;
  private subscribed = 0;
  private strikes: number[] = [];
  private bans = 0;
  private bannedUntil = Number.NEGATIVE_INFINITY;

  constructor(private readonly quotas: Quotas) {
    this.callBucket = new Bucket('callsPerSecond', costAt(quotas.callsPerSecond));
    this.byteBucket = new Bucket('bytesPerSecond', costAt(quotas.bytesPerSecond));
  }

  hold(): void {
    this.sessions++;
  }

  release(): void {
    if (this.sessions > 0) this.sessions--;
  }

  call(now: number): Exceeded | undefined {
    return this.callBucket.take(1, now);
  }

  bytes(amount: number, now: number): Exceeded | undefined {
    return this.byteBucket.take(amount, now);
  }

  begin(): Exceeded | undefined {
    if (this.running >= this.quotas.calls) return { quota: 'calls', retryAfter: LOOK_AGAIN };
    this.running++;
    return undefined;
  }

  end(): void {
    if (this.running > 0) this.running--;
  }

  subscribe(): Exceeded | undefined {
    if (this.subscribed >= this.quotas.subscriptions)
      return { quota: 'subscriptions', retryAfter: LOOK_AGAIN };
    this.subscribed++;
    return undefined;
  }

  unsubscribe(): void {
    if (this.subscribed > 0) this.subscribed--;
  }

  strike(now: number): number | undefined {
    const { strikes, ban } = this.quotas;
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

  /** Somebody counts on it being this one. */
  get isHeld(): boolean {
    return this.sessions + this.running + this.subscribed > 0;
  }

  /** Nothing would be lost with it. */
  isBlank(now: number): boolean {
    return (
      !this.isHeld &&
      now >= this.bannedUntil + DAY &&
      now >= this.callBucket.full &&
      now >= this.byteBucket.full &&
      now >= (this.strikes.at(-1) ?? Number.NEGATIVE_INFINITY) + MINUTE
    );
  }
}

/** Keeps everybody's allowance. With a function, each principal has the quotas that it gives for it, and else the defaults. */
export const createQuotaKeeper = (
  quotas: Partial<Quotas> | ((principal: Principal) => Partial<Quotas>),
): QuotaKeeper => {
  const fixed = typeof quotas === 'function' ? undefined : checked(quotas);
  const kept = new Map<string, PrincipalAllowance>();
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
      if (each.banned(now) === undefined) {
        kept.delete(key);
        return;
      }
      banned ??= key;
    }
    if (banned !== undefined) kept.delete(banned);
  };

  return {
    of(principal, now, key = keyOf(principal)) {
      const known = kept.get(key);
      if (known) return known;
      const made = new PrincipalAllowance(
        fixed ?? checked((quotas as (principal: Principal) => Partial<Quotas>)(principal)),
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
