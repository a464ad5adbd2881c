/**
 * Changes of what is remembered. The core hears of each at once, so that nothing goes on that was taken
 * away; it is written behind.
 */
import { PorticoError } from '../../errors/portico-error.js';
import type { Lasting } from '../../session/departure.js';
import { keyOf, type Principal, partyOf } from '../admission/principal.js';
import type { ProvenKey } from '../admission/question.js';
import { subjectKey } from './catalogue.js';
import { type DenialCause, deny, isForgotten } from './denials.js';
import { type Grant, putBounded } from './grant-book.js';
import type { Memory } from './memory.js';
import { isSpent } from './once-grants.js';
import type { Choice } from './questions.js';
import { isFor, type Recall } from './recall.js';
import type { Asker, AuditDecision, ConsentContext, LiveSession, Subject } from './types.js';

/** What came out for one capability. */
export interface Outcome {
  readonly subject: Subject;
  readonly verdict: 'always' | 'once' | DenialCause;
  readonly scope?: readonly Choice[] | undefined;
}

export interface Ledger {
  /** Writes down an answer. `first`: the session that asked, where it is still there; the next one has what was allowed once otherwise. */
  settle(
    asker: Asker,
    outcomes: readonly Outcome[],
    first: readonly [session: string, Lasting] | undefined,
  ): void;
  /** Somebody has shown up. */
  see(principal: Principal, name?: string): void;
  rememberKey(principal: Principal, key: ProvenKey): void;
  admitted(session: LiveSession, asker: Asker, granted: readonly Subject[]): void;
  ended(session: string): void;
  /**
   * Takes grants away, all where no subjects are given. What the person revokes is not asked for again for a
   * while, as if it had been denied; `forget` makes an end of that.
   */
  revoke(key: string, decision: 'revoked' | 'given-back', subjects?: readonly Subject[]): void;
  /** @throws {PorticoError} LIMIT_EXCEEDED where a thousand are blocked already */
  block(principal: Principal): void;
  unblock(key: string): void;
  /** Forgets all but a block: a caller must not shed it by being installed anew. */
  forget(key: string): void;
  record(principal: Principal, decision: AuditDecision, subject?: Subject): void;
  use(principal: Principal, calls: number, bytes: number): void;
  /** The browser was asked whether it is installed still, and says so. */
  checked(key: string): void;
  /** Takes out what is over. `lapses`: whose grants end if they were not used for ninety days. */
  sweep(lapses: (principal: Principal) => boolean): void;
}

export interface LedgerOptions {
  readonly context: ConsentContext;
  readonly memory: Memory;
  readonly recall: Recall;
  /** How long "always" lasts, in milliseconds. */
  readonly lasts: number | undefined;
  /** What screens show is another. */
  readonly told: () => void;
}

/** Grants nobody used for so long end where nobody can tell whether the client is still there. */
const UNUSED = 90 * 86_400_000;

export const createLedger = ({ context, memory, recall, lasts, told }: LedgerOptions): Ledger => {
  const { audit, book, catalogue, holdings, now, pauses, stored, traffic } = memory;

  /** Sessions whose admission is in the audit log: it may be told again, when one is granted more. */
  const counted = new Set<string>();

  const record = (principal: Principal, decision: AuditDecision, subject?: Subject): void => {
    // Our own pages come and go; nobody needs to be told.
    if (principal.kind === 'self' && decision === 'admitted') return;
    audit.add(principal, decision, now(), subject);
    stored.audit.saveLater();
    told();
  };

  const save = (): void => {
    stored.grants.save();
    stored.audit.save();
    told();
  };

  const changed = (key: string): void => {
    context.changed(key);
    save();
  };

  return {
    settle(asker, outcomes, first) {
      const { principal, key: proven, name } = asker;
      const since = now();
      const entry = book.see(principal, since, name);
      const another = recall.cameWithAnother(asker, entry);
      const settled = outcomes.map((outcome) => ({ ...outcome, key: subjectKey(outcome.subject) }));
      const verdicts = outcomes.map(({ verdict }) => verdict);
      if (verdicts.includes('always') || verdicts.includes('once')) pauses.end(partyOf(principal));
      else if (verdicts.includes('denied') || verdicts.includes('closed'))
        pauses.begin(partyOf(principal), since);
      else if (verdicts.includes('failed')) pauses.fail(partyOf(principal), since);
      for (const { subject, key, verdict } of settled) {
        entry.once.delete(key);
        if (verdict === 'always' || verdict === 'once') {
          record(principal, verdict === 'always' ? 'allowed' : 'allowed-once', subject);
          entry.denials.delete(key);
          continue;
        }
        const before = entry.grants.get(key);
        // One that was for less. Not one that somebody with another key holds.
        if (verdict === 'denied' && before && isFor(before, proven, another)) entry.grants.delete(key);
        putBounded(entry.denials, key, deny(subject, verdict, entry.denials.get(key), since));
        record(principal, 'denied', subject);
      }
      const grantOf = ({ subject, scope }: Outcome): Grant => {
        const revision = catalogue.find(subject)?.revision ?? 1;
        return { subject, revision, since, key: proven?.thumbprint, scope };
      };
      const lasting = settled.filter(({ verdict }) => verdict === 'always');
      const until = lasts === undefined ? undefined : since + lasts;
      for (const each of lasting) putBounded(entry.grants, each.key, { ...grantOf(each), until });
      if (lasting.length > 0) {
        // "Once" says nothing of whom to trust from now on.
        if (another) {
          entry.proven = proven && { thumbprint: proven.thumbprint, algorithm: proven.algorithm };
          record(principal, 'key-changed');
        }
        changed(entry.key);
      }
      // After that: sessions that did not wait are not to take it from those that did.
      for (const each of settled.filter(({ verdict }) => verdict === 'once')) {
        const once = {
          grant: grantOf(each),
          since,
          until: since + context.limits.pending,
          session: first?.[0],
        };
        putBounded(entry.once, each.key, once);
      }
      if (first && verdicts.includes('once')) holdings.expect(...first);
      save();
    },
    see(principal, name) {
      book.see(principal, now(), name);
      stored.grants.saveLater();
    },
    rememberKey(principal, { thumbprint, algorithm }) {
      // What is stored may hold another one.
      if (!memory.readable) return;
      const entry = book.see(principal, now());
      if (entry.proven?.thumbprint === thumbprint) return;
      entry.proven = { thumbprint, algorithm };
      save();
    },
    admitted({ id, principal }, asker, granted) {
      if (principal.kind === 'self' && !book.get(keyOf(principal))) return;
      const time = now();
      const entry = book.see(principal, time, asker.name);
      stored.grants.saveLater();
      told();
      if (!counted.has(id)) {
        counted.add(id);
        for (const subject of granted) record(principal, 'admitted', subject);
      }
      if (entry.once.size === 0) return;
      const { key } = entry;
      for (const subject of granted.map(subjectKey)) {
        const once = entry.once.get(subject);
        const offer = catalogue.findByKey(subject);
        if (!once || !offer || recall.grantFor(entry, asker, subject, offer.revision, id) !== once.grant)
          continue;
        holdings.take(id, key, once.grant);
        entry.once.delete(subject);
        stored.grants.save();
      }
    },
    ended(session) {
      counted.delete(session);
      holdings.ended(session);
      told();
    },
    revoke(key, decision, subjects) {
      const entry = book.get(key);
      if (!entry) return;
      const keys = subjects?.map(subjectKey);
      const isMeant = (each: string): boolean => keys === undefined || keys.includes(each);
      const taken = new Map<string, Subject>();
      for (const [each, { subject }] of entry.grants) if (isMeant(each)) taken.set(each, subject);
      for (const { subject } of recall.onceOf(key)) {
        const each = subjectKey(subject);
        if (isMeant(each)) taken.set(each, subject);
      }
      for (const each of [...entry.grants.keys(), ...entry.once.keys()].filter(isMeant)) {
        entry.grants.delete(each);
        entry.once.delete(each);
      }
      for (const each of keys ?? [undefined]) holdings.drop(key, each);
      // What the person has just taken away, the next connection must not open a prompt for.
      if (decision === 'revoked')
        for (const [each, subject] of taken)
          putBounded(entry.denials, each, deny(subject, 'denied', entry.denials.get(each), now()));
      if (decision === 'revoked' && taken.size > 0) pauses.begin(partyOf(entry.principal), now());
      for (const subject of taken.values()) record(entry.principal, decision, subject);
      changed(key);
    },
    block(principal) {
      const key = keyOf(principal);
      book.see(principal, now());
      const entry = book.get(key);
      if (!entry) throw new PorticoError('LIMIT_EXCEEDED', 'too many principals are blocked');
      entry.blocked ??= now();
      record(principal, 'blocked');
      changed(key);
    },
    unblock(key) {
      const entry = book.get(key);
      if (entry?.blocked === undefined) return;
      entry.blocked = undefined;
      record(entry.principal, 'unblocked');
      changed(key);
    },
    forget(key) {
      const entry = book.get(key);
      if (!entry) return;
      const { principal, blocked, seen, name } = entry;
      const grants = [...entry.grants.values(), ...recall.onceOf(key)];
      for (const { subject } of grants) record(principal, 'revoked', subject);
      holdings.drop(key);
      traffic.delete(key);
      stored.traffic.saveLater();
      book.delete(key);
      pauses.end(partyOf(principal));
      if (blocked !== undefined) book.see(principal, seen, name).blocked = blocked;
      changed(key);
    },
    record,
    use(principal, calls, bytes) {
      if (principal.kind === 'self') return;
      traffic.add(keyOf(principal), calls, bytes, now());
      stored.traffic.saveLater();
    },
    checked(key) {
      const entry = book.get(key);
      if (!entry) return;
      entry.checked = now();
      stored.grants.saveLater();
    },
    sweep(lapses) {
      const time = now();
      for (const entry of [...book.entries]) {
        for (const [key, denial] of entry.denials) if (isForgotten(denial, time)) entry.denials.delete(key);
        for (const [key, once] of entry.once) if (isSpent(once, time)) entry.once.delete(key);
        const isUnused = time - entry.seen > UNUSED && lapses(entry.principal);
        const over = [...entry.grants].filter(
          ([, { until }]) => isUnused || (until !== undefined && until <= time),
        );
        for (const [key, { subject }] of over) {
          entry.grants.delete(key);
          record(entry.principal, 'expired', subject);
        }
        if (over.length > 0) changed(entry.key);
      }
    },
  };
};
