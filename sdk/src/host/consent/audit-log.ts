import type { Own } from '../../platform/platform.js';
import type { Plan } from '../../protocol/plan.js';
import { keyOf, type Principal, partyOf } from '../admission/principal.js';
import { subjectKey } from './catalogue.js';
import {
  COUNT,
  compact,
  FORMAT,
  isStorable,
  PRINCIPAL,
  principalOf,
  type StoredPrincipal,
  SUBJECT,
  storePrincipal,
  TIME,
} from './stored-shapes.js';
import type { AuditDecision, Subject } from './types.js';

/** Who, what, how often; never what was said. */
export interface AuditEntry {
  /** Of refusals that count together, the last one. */
  readonly principal: Principal;
  readonly decision: AuditDecision;
  readonly subject?: Subject | undefined;
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

export interface StoredAudit {
  readonly format: 1;
  readonly entries: readonly {
    readonly principal: StoredPrincipal;
    readonly decision: AuditDecision;
    readonly subject?: Subject;
    readonly count: number;
    readonly first: number;
    readonly last: number;
  }[];
}

export interface AuditLog {
  add(principal: Principal, decision: AuditDecision, now: number, subject?: Subject): void;
  /** Newest first. */
  entries(): readonly AuditEntry[];
  /** The principal of a key, where an entry names it. */
  find(key: string): Principal | undefined;
  /** Takes over what was stored, beside what has come since. */
  adopt(stored: StoredAudit): boolean;
  snapshot(): StoredAudit;
  clear(): void;
}

/** How many entries there are of each of two sorts: together 500. */
const MOST = 250;

/** What happens without a person: a stranger can cause any number of these, and must not push out the others. */
const PASSING: readonly AuditDecision[] = ['admitted', 'refused', 'quota', 'banned', 'confirmed', 'declined'];
const LASTING: readonly AuditDecision[] = [
  'allowed',
  'allowed-once',
  'denied',
  'revoked',
  'given-back',
  'expired',
  'blocked',
  'unblocked',
  'key-changed',
  'uninstalled',
];

export const AUDIT: Plan = [
  'o',
  [
    FORMAT,
    [
      'entries',
      [
        'a',
        [
          'o',
          [
            ['principal', PRINCIPAL, 1],
            ['decision', ['e', [...PASSING, ...LASTING]], 1],
            ['subject', SUBJECT, 0],
            ['count', COUNT, 1],
            ['first', TIME, 1],
            ['last', TIME, 1],
          ],
        ],
        { maxItems: 2 * MOST },
      ],
      1,
    ],
  ],
];

/** What befalls whoever comes, under as many names as it likes: as one entry for who is behind them. */
const FOLDED: ReadonlySet<AuditDecision> = new Set(['refused', 'banned']);

/** Whose share of the log an entry is of. Behind pages there is nobody to tell them apart by: origins cost nothing. */
const shareOf = ({ principal, decision }: AuditEntry): string =>
  principal.kind === 'page' && FOLDED.has(decision) ? 'pages' : partyOf(principal);

/** Makes room where it hurts least: the oldest of whoever has most goes, so that nobody can push out the others. */
const dropOne = (shelf: Map<string, AuditEntry>): void => {
  const shares = new Map<string, string[]>();
  for (const [key, entry] of shelf) {
    const share = shareOf(entry);
    const keys = shares.get(share);
    if (keys) keys.push(key);
    else shares.set(share, [key]);
  }
  const [oldest] = [...shares.values()].reduce((most, keys) => (keys.length > most.length ? keys : most));
  shelf.delete(oldest as string);
};

/**
 * Same principal, decision and subject are one entry that counts; of refusals, the same extension behind it, or any
 * page.
 */
export const createAuditLog = ({ browser }: Pick<Own, 'browser'>): AuditLog => {
  const passing = new Set(PASSING);
  // Each in the order of its last time: the first is the one to go.
  const shelves = { passing: new Map<string, AuditEntry>(), lasting: new Map<string, AuditEntry>() };

  const put = (entry: AuditEntry): void => {
    const { principal, decision, subject } = entry;
    const shelf = passing.has(decision) ? shelves.passing : shelves.lasting;
    const who = FOLDED.has(decision) ? shareOf(entry) : keyOf(principal);
    const key = `${who} ${decision} ${subject ? subjectKey(subject) : ''}`;
    const before = shelf.get(key);
    shelf.delete(key);
    shelf.set(
      key,
      before
        ? {
            ...entry,
            count: before.count + entry.count,
            first: Math.min(before.first, entry.first),
            last: Math.max(before.last, entry.last),
          }
        : entry,
    );
    if (shelf.size > MOST) dropOne(shelf);
  };

  const entries = (): AuditEntry[] =>
    // Turned round first: of two at the same time the later one is the newer.
    [...shelves.passing.values(), ...shelves.lasting.values()].reverse().sort((a, b) => b.last - a.last);

  return {
    add: (principal, decision, now, subject) =>
      put({ principal, decision, subject, count: 1, first: now, last: now }),
    entries,
    find: (key) => entries().find(({ principal }) => keyOf(principal) === key)?.principal,
    adopt({ entries: stored }) {
      const read = stored.map((each) => ({ ...each, principal: principalOf(each.principal, { browser }) }));
      if (!read.every((each): each is typeof each & { principal: Principal } => each.principal !== undefined))
        return false;
      const since = entries().reverse();
      shelves.passing.clear();
      shelves.lasting.clear();
      for (const each of [...read.sort((a, b) => a.last - b.last), ...since]) put(each);
      return true;
    },
    snapshot: () => ({
      format: 1,
      entries: entries()
        .filter(({ principal }) => isStorable(principal))
        .map(({ principal, ...rest }) =>
          compact<StoredAudit['entries'][number]>({
            ...rest,
            subject: rest.subject,
            principal: storePrincipal(principal),
          }),
        ),
    }),
    clear() {
      shelves.passing.clear();
      shelves.lasting.clear();
    },
  };
};
