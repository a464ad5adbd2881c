import { keyOf, type Principal } from '../admission/principal.js';
import type { ProvenKey } from '../admission/question.js';
import { cleanName } from './clean-name.js';
import { type Denial, remaining } from './denials.js';
import type { Choice } from './questions.js';
import type { Subject } from './types.js';

/** How many principals are remembered. Strangers that make a host fill its storage. */
export const MAX_PRINCIPALS = 1000;
/** Grants of one principal, and denials. */
export const MAX_EACH = 64;

/** A yes of the person. */
export interface Grant {
  readonly subject: Subject;
  /** What the capability meant at the time. */
  readonly revision: number;
  readonly since: number;
  readonly until?: number | undefined;
  /** The thumbprint of the key it was given with: it holds with this one alone. */
  readonly key?: string | undefined;
  /** The chosen values; absent where the capability has no scope. */
  readonly scope?: readonly Choice[] | undefined;
}

/**
 * What a person allowed once, until a session takes it: the one that asked, or, where that is gone (or the host's
 * worker died), the next one of its principal that comes before the time is up. No other: whoever else waited for
 * the same answer asks again. Whoever has taken it holds it until the session ends.
 */
export interface OnceGrant {
  readonly grant: Grant;
  /** When it was answered. */
  readonly since: number;
  /** Until then it may be taken. */
  readonly until: number;
  /** For which session it is kept, as long as that is there; for any where none had waited. */
  readonly session?: string | undefined;
}

/** What is remembered of a principal. Owned by the book; changed by the ledger alone. */
export interface Entry {
  principal: Principal;
  readonly key: string;
  /** What it calls itself: cleaned. */
  name?: string | undefined;
  readonly since: number;
  seen: number;
  /** When the browser was last asked whether it is still installed. */
  checked: number;
  blocked?: number | undefined;
  /** The key that a rule trusts. */
  proven?: ProvenKey | undefined;
  readonly grants: Map<string, Grant>;
  readonly once: Map<string, OnceGrant>;
  readonly denials: Map<string, Denial>;
  /** The name as it came last: cleaning it costs more than all the rest of a connect. */
  rawName?: string | undefined;
}

/** The principals that a host remembers, by key. */
export interface GrantBook {
  get(key: string): Entry | undefined;
  readonly entries: Iterable<Entry>;
  /**
   * The entry of a principal, made where there is none; it was seen now. Not kept where the book is full of
   * blocked ones.
   */
  see(principal: Principal, now: number, name?: string): Entry;
  /** Takes over an entry that was stored. */
  adopt(entry: Entry): void;
  delete(key: string): void;
  clear(): void;
}

export const createGrantBook = (): GrantBook => {
  const entries = new Map<string, Entry>();
  return {
    get: (key) => entries.get(key),
    get entries() {
      return entries.values();
    },
    see(principal, now, name) {
      const key = keyOf(principal);
      let entry = entries.get(key);
      if (!entry) {
        entry = createEntry(principal, now);
        if (entries.size < MAX_PRINCIPALS || dropOne(entries, now)) entries.set(key, entry);
      }
      entry.principal = principal;
      // Never backwards: a clock that was set back would make it look forgotten later.
      entry.seen = Math.max(entry.seen, now);
      if (name !== undefined && name !== entry.rawName) {
        entry.rawName = name;
        entry.name = cleanName(name);
      }
      return entry;
    },
    adopt: (entry) => entries.set(entry.key, entry),
    delete: (key) => entries.delete(key),
    clear: () => entries.clear(),
  };
};

export const createEntry = (principal: Principal, now: number): Entry => ({
  principal,
  key: keyOf(principal),
  since: now,
  seen: now,
  checked: now,
  grants: new Map(),
  once: new Map(),
  denials: new Map(),
});

const BLOCKED = 4;

/** How much would be lost with it: a block most, since without it a door would open. */
const weightOf = ({ blocked, grants, once, proven, denials }: Entry, now: number): number => {
  if (blocked !== undefined) return BLOCKED;
  if (grants.size + once.size > 0) return 3;
  if (proven) return 2;
  return [...denials.values()].some((denial) => remaining(denial, now) > 0) ? 1 : 0;
};

/** Makes room, if that costs no block. */
const dropOne = (entries: Map<string, Entry>, now: number): boolean => {
  let least: { readonly entry: Entry; readonly weight: number } | undefined;
  for (const entry of entries.values()) {
    const weight = weightOf(entry, now);
    if (!least || weight < least.weight || (weight === least.weight && entry.seen < least.entry.seen))
      least = { entry, weight };
  }
  return least !== undefined && least.weight < BLOCKED && entries.delete(least.entry.key);
};

/** Puts in the newest, and makes room by the oldest: what is lost is asked for again. */
export const putBounded = <T extends { readonly since: number }>(
  map: Map<string, T>,
  key: string,
  value: T,
): void => {
  map.delete(key);
  while (map.size >= MAX_EACH) {
    const [oldest] = [...map].reduce((a, b) => (b[1].since < a[1].since ? b : a));
    map.delete(oldest);
  }
  map.set(key, value);
};
