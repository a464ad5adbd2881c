/**
 * What stands in storage, and the plans by which it is read: strictly, since other code of the extension,
 * a broken disk or an older release may have written it. Lists of records: nothing is keyed by a peer's word.
 */
import type { Own } from '../../platform/platform.js';
import type { Plan } from '../../protocol/plan.js';
import type { Principal } from '../admission/principal.js';
import type { ProvenKey } from '../admission/question.js';
import { subjectKey } from './catalogue.js';
import type { Denial } from './denials.js';
import { createEntry, type Entry, type Grant, MAX_EACH, MAX_PRINCIPALS } from './grant-book.js';
import type { Pause } from './pauses.js';
import type { Choice } from './questions.js';
import type { Subject } from './types.js';

/** Without what may be absent and is: as JSON leaves it out. */
export const compact = <T extends object>(value: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;

export interface StoredPrincipal {
  readonly kind: Principal['kind'];
  readonly id?: string;
  readonly origin: string;
  readonly own?: boolean;
}

export interface StoredGrant {
  readonly subject: Subject;
  readonly revision: number;
  readonly since: number;
  readonly until?: number;
  readonly key?: string;
  readonly scope?: readonly Choice[];
}

export interface StoredEntry {
  readonly principal: StoredPrincipal;
  readonly name?: string;
  readonly since: number;
  readonly seen: number;
  readonly checked: number;
  readonly blocked?: number;
  readonly proven?: ProvenKey;
  readonly grants: readonly StoredGrant[];
  /** Not taken yet; `until` is there. */
  readonly once: readonly StoredGrant[];
  readonly denials: readonly Denial[];
}

export interface StoredGrants {
  readonly format: 1;
  readonly principals: readonly StoredEntry[];
  /** Absent in what was stored before there were any. */
  readonly pauses?: readonly Pause[];
}

/** The longest id or origin that is stored; browsers' own are far shorter. */
const NAME = 512;
/** The longest party: a word, a space, and one of these. */
export const PARTY = NAME + 16;

/** Milliseconds since 1970, of a date that JavaScript knows. */
export const TIME: Plan = ['n', { minimum: 0, maximum: 8.64e15 }];
export const COUNT: Plan = ['i', { minimum: 0, maximum: Number.MAX_SAFE_INTEGER }];
export const text = (maxLength: number): Plan => ['s', { maxLength }];
/** A name in a definition: no spaces, or {@link subjectKey} would be ambiguous. */
const WORD: Plan = ['s', { maxLength: 256, pattern: '^\\S+$' }];
export const FORMAT = ['format', ['e', [1]], 1] as const;

export const PRINCIPAL: Plan = [
  'o',
  [
    ['kind', ['e', ['extension', 'content-script', 'page', 'self']], 1],
    ['id', text(NAME), 0],
    ['origin', text(NAME), 1],
    ['own', 'b', 0],
  ],
];

export const SUBJECT: Plan = [
  'o',
  [
    ['protocol', WORD, 1],
    ['line', WORD, 1],
    ['capability', WORD, 1],
  ],
];

export const CHOICES: Plan = [
  'a',
  [
    'o',
    [
      ['label', text(256), 1],
      ['value', '*', 1],
    ],
  ],
  { maxItems: 64 },
];

export const KEY: Plan = [
  'o',
  [
    ['thumbprint', text(128), 1],
    ['algorithm', ['e', ['Ed25519', 'ES256']], 1],
  ],
];

const GRANT: Plan = [
  'o',
  [
    ['subject', SUBJECT, 1],
    ['revision', COUNT, 1],
    ['since', TIME, 1],
    ['until', TIME, 0],
    ['key', text(128), 0],
    ['scope', CHOICES, 0],
  ],
];

const DENIAL: Plan = [
  'o',
  [
    ['subject', SUBJECT, 1],
    ['since', TIME, 1],
    ['until', TIME, 1],
    ['denied', COUNT, 1],
    ['closed', COUNT, 1],
  ],
];

const each = (plan: Plan): Plan => ['a', plan, { maxItems: MAX_EACH }];

export const GRANTS: Plan = [
  'o',
  [
    FORMAT,
    [
      'principals',
      [
        'a',
        [
          'o',
          [
            ['principal', PRINCIPAL, 1],
            ['name', text(128), 0],
            ['since', TIME, 1],
            ['seen', TIME, 1],
            ['checked', TIME, 1],
            ['blocked', TIME, 0],
            ['proven', KEY, 0],
            ['grants', each(GRANT), 1],
            ['once', each(GRANT), 1],
            ['denials', each(DENIAL), 1],
          ],
        ],
        { maxItems: MAX_PRINCIPALS },
      ],
      1,
    ],
    [
      'pauses',
      [
        'a',
        [
          'o',
          [
            ['party', text(PARTY), 1],
            ['since', TIME, 1],
            ['until', TIME, 1],
            ['times', COUNT, 1],
          ],
        ],
        { maxItems: MAX_PRINCIPALS },
      ],
      0,
    ],
  ],
];

/** A principal without what says nothing about who it is. */
export const storePrincipal = (principal: Principal): StoredPrincipal => ({
  kind: principal.kind,
  ...('id' in principal ? { id: principal.id } : {}),
  origin: principal.origin,
  ...('own' in principal ? { own: principal.own } : {}),
});

/** Whether {@link PRINCIPAL} will take it back: one that it won't would make all the rest unreadable. */
export const isStorable = (principal: Principal): boolean =>
  principal.origin.length <= NAME && !('id' in principal && principal.id.length > NAME);

/** The principal of what is stored; `undefined` where it contradicts itself. */
export const principalOf = (
  { kind, id, origin, own }: StoredPrincipal,
  { browser }: Pick<Own, 'browser'>,
): Principal | undefined => {
  if (origin === '' || id === '') return undefined;
  if (kind === 'content-script')
    return id === undefined || own === undefined ? undefined : { kind, id, origin, own, browser };
  if (own !== undefined) return undefined;
  if (kind === 'page') return id === undefined ? { kind, origin, browser } : undefined;
  return id === undefined ? undefined : { kind, id, origin, browser };
};

export const storeEntry = (entry: Entry): StoredEntry =>
  compact<StoredEntry>({
    principal: storePrincipal(entry.principal),
    name: entry.name,
    since: entry.since,
    seen: entry.seen,
    checked: entry.checked,
    blocked: entry.blocked,
    proven: entry.proven,
    grants: [...entry.grants.values()].map(storeGrant),
    // For whoever comes first: the session for which it is kept ends with this run of the background.
    once: [...entry.once.values()].map(({ grant, until }) => storeGrant({ ...grant, until })),
    denials: [...entry.denials.values()],
  });

const storeGrant = ({ subject, revision, since, until, key, scope }: Grant): StoredGrant =>
  compact<StoredGrant>({ subject, revision, since, until, key, scope });

/** The entry of what is stored; `undefined` where it contradicts itself. */
export const entryOf = (stored: StoredEntry, own: Pick<Own, 'browser'>): Entry | undefined => {
  const principal = principalOf(stored.principal, own);
  if (!principal) return undefined;
  const { name, since, seen, checked, blocked, proven } = stored;
  const entry: Entry = { ...createEntry(principal, since), seen, checked, name, blocked, proven };
  for (const grant of stored.grants) {
    if (grant.until !== undefined && grant.until < grant.since) return undefined;
    entry.grants.set(subjectKey(grant.subject), grant);
  }
  for (const { until, ...grant } of stored.once) {
    if (until === undefined || until < grant.since) return undefined;
    const once = { grant, since: grant.since, until };
    entry.once.set(subjectKey(grant.subject), once);
  }
  for (const denial of stored.denials) {
    if (denial.until < denial.since) return undefined;
    entry.denials.set(subjectKey(denial.subject), denial);
  }
  const isWhole =
    entry.grants.size === stored.grants.length &&
    entry.once.size === stored.once.length &&
    entry.denials.size === stored.denials.length;
  return isWhole ? entry : undefined;
};
