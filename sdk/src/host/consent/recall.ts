/** What follows from what is remembered: answers, from memory and at once. */
import { keyOf, type Principal, partyOf } from '../admission/principal.js';
import type { ProvenKey } from '../admission/question.js';
import { subjectKey } from './catalogue.js';
import { remaining } from './denials.js';
import type { Entry, Grant, OnceGrant } from './grant-book.js';
import type { Memory } from './memory.js';
import { isSpent } from './once-grants.js';
import { RETRY_LOAD } from './storage.js';
import type { Asker, Recalled, Subject } from './types.js';

export interface Recall {
  /** Whether the person keeps it out: it, or the extension whose content script it is. */
  blocks(principal: Principal): boolean;
  recall(asker: Asker, subject: Subject, revision: number, session?: string): Recalled;
  /** The grant that an asker has; in a session, what that one was allowed once, too. */
  grantFor(
    entry: Entry,
    asker: Asker,
    subject: string,
    revision: number,
    session?: string,
  ): Grant | undefined;
  /** What an asker has of all that is published. */
  held(asker: Asker): readonly Grant[];
  /** Whether there is a grant for less than the capability means now. */
  grew(key: string, subject: Subject): boolean;
  /** What a principal's sessions hold that was allowed once, and what they may yet take. */
  onceOf(key: string): readonly Grant[];
  keyOf(principal: Principal): string | undefined;
  /** A rule holds this caller's key against another one; not so where the person has settled that since. */
  cameWithAnother(asker: Asker, entry: Entry): boolean;
}

/** What a blocked one is told to wait. */
const BLOCKED = 86_400_000;
/** What an asker is told to wait where storage can't be read: nothing will be better before. */
export const UNREADABLE = RETRY_LOAD;
/** No thumbprint: whoever is held against it came with another key. */
const NO_KEY = 'unreadable';

export const createRecall = (memory: Memory): Recall => {
  const { book, catalogue, holdings, now, pauses } = memory;

  const cameWithAnother = ({ keyChanged, key }: Asker, { proven }: Entry): boolean =>
    keyChanged && key?.thumbprint !== proven?.thumbprint;

  const isGood = (grant: Grant, subject: string, revision: number): boolean =>
    grant.revision >= revision &&
    (grant.until === undefined || now() < grant.until) &&
    // Narrowed to what can be narrowed no more, or never narrowed: either way not what the person saw.
    (catalogue.findByKey(subject)?.scoped ?? grant.scope !== undefined) === (grant.scope !== undefined);

  const mayTake = (once: OnceGrant, session: string | undefined): boolean =>
    !isSpent(once, now()) &&
    (once.session === undefined || once.session === session || !holdings.expects(once.session));

  const grantFor: Recall['grantFor'] = (entry, asker, subject, revision, session) => {
    const another = cameWithAnother(asker, entry);
    const fits = (grant: Grant | undefined): grant is Grant =>
      grant !== undefined && isGood(grant, subject, revision) && isFor(grant, asker.key, another);
    const always = entry.grants.get(subject);
    // What was allowed for good before says nothing of who comes with another key.
    if (!another && fits(always)) return always;
    const held = session === undefined ? undefined : holdings.find(session, subject);
    if (fits(held)) return held;
    const once = entry.once.get(subject);
    return once && mayTake(once, session) && fits(once.grant) ? once.grant : undefined;
  };

  const isBlocked = (key: string): boolean => book.get(key)?.blocked !== undefined;
  const blocks = (principal: Principal): boolean =>
    isBlocked(keyOf(principal)) || (principal.kind === 'content-script' && isBlocked(partyOf(principal)));

  return {
    blocks,
    grantFor,
    cameWithAnother,
    recall(asker, subject, revision, session) {
      if (!memory.readable) return { verdict: 'refuse', retryAfter: UNREADABLE };
      if (blocks(asker.principal)) return { verdict: 'refuse', retryAfter: BLOCKED };
      const paused = pauses.remaining(partyOf(asker.principal), now());
      const entry = book.get(keyOf(asker.principal));
      if (!entry) return paused > 0 ? { verdict: 'refuse', retryAfter: paused } : { verdict: 'ask' };
      const key = subjectKey(subject);
      const grant = grantFor(entry, asker, key, revision, session);
      if (grant)
        return {
          verdict: 'allow',
          until: grant.until,
          scope: grant.scope?.map(({ value }) => value),
          once: grant !== entry.grants.get(key) || undefined,
        };
      const denial = entry.denials.get(key);
      const wait = Math.max(denial ? remaining(denial, now()) : 0, paused);
      return wait > 0 ? { verdict: 'refuse', retryAfter: wait } : { verdict: 'ask' };
    },
    held(asker) {
      const entry = book.get(keyOf(asker.principal));
      if (!entry) return [];
      return [...entry.grants.keys()].flatMap((key) => {
        const offer = catalogue.findByKey(key);
        return (offer && grantFor(entry, asker, key, offer.revision)) ?? [];
      });
    },
    grew(key, subject) {
      const grant = book.get(key)?.grants.get(subjectKey(subject));
      const offer = catalogue.find(subject);
      if (!grant || !offer) return false;
      return grant.revision < offer.revision || offer.scoped !== (grant.scope !== undefined);
    },
    onceOf(key) {
      const untaken = [...(book.get(key)?.once.values() ?? [])].filter((once) => !isSpent(once, now()));
      const grants = [...untaken.map(({ grant }) => grant), ...holdings.of(key)];
      return [...new Map(grants.map((grant) => [subjectKey(grant.subject), grant])).values()];
    },
    keyOf: (principal) => (memory.readable ? book.get(keyOf(principal))?.proven?.thumbprint : NO_KEY),
  };
};

/** A grant given with a key is for whoever holds it; one given without, for whoever a rule knows by no other. */
export const isFor = (
  { key: given }: Grant,
  key: ProvenKey | undefined,
  cameWithAnother: boolean,
): boolean => (given === undefined ? !cameWithAnother : given === key?.thumbprint);
