import type { Lasting } from '../../session/departure.js';
import { subjectKey } from './catalogue.js';
import type { Grant, OnceGrant } from './grant-book.js';

/** Whether it can be taken no more. Set back, a clock must not prolong it. */
export const isSpent = ({ since, until }: OnceGrant, now: number): boolean => now < since || now >= until;

/** What sessions hold that was allowed once. */
export interface Holdings {
  /** A session for which something is kept. */
  expect(session: string, lasting: Lasting): void;
  /** Whether one that is expected is still there. */
  expects(session: string): boolean;
  find(session: string, subject: string): Grant | undefined;
  take(session: string, key: string, grant: Grant): void;
  /** What a principal's sessions hold, each subject once. */
  of(key: string): readonly Grant[];
  /** Takes one subject from a principal's sessions, or all. Gives what was taken, each subject once. */
  drop(key: string, subject?: string): readonly Grant[];
  ended(session: string): boolean;
}

export const createHoldings = (): Holdings => {
  const sessions = new Map<string, { readonly key: string; readonly grants: Map<string, Grant> }>();
  const expected = new Set<string>();
  const of = (key: string): Map<string, Grant> => {
    const found = new Map<string, Grant>();
    for (const each of sessions.values()) {
      if (each.key === key) for (const [subject, grant] of each.grants) found.set(subject, grant);
    }
    return found;
  };
  return {
    expect(session, lasting) {
      expected.add(session);
      lasting.whenOver(() => expected.delete(session));
    },
    expects: (session) => expected.has(session),
    find: (session, subject) => sessions.get(session)?.grants.get(subject),
    take(session, key, grant) {
      const held = sessions.get(session) ?? { key, grants: new Map() };
      held.grants.set(subjectKey(grant.subject), grant);
      sessions.set(session, held);
    },
    of: (key) => [...of(key).values()],
    drop(key, subject) {
      const found = of(key);
      for (const [session, each] of sessions) {
        if (each.key !== key) continue;
        if (subject === undefined) each.grants.clear();
        else each.grants.delete(subject);
        if (each.grants.size === 0) sessions.delete(session);
      }
      if (subject === undefined) return [...found.values()];
      const dropped = found.get(subject);
      return dropped ? [dropped] : [];
    },
    ended: (session) => sessions.delete(session),
  };
};
