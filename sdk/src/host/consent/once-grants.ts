import { subjectKey } from './catalogue.js';
import type { Grant } from './grant-book.js';

/**
 * What a person allowed once, before and after a session has taken it.
 *
 * Before, it can be claimed: by as many sessions as waited for this very answer, within ten seconds of it;
 * or, where none of them has come by then (the host's worker died, the client slept), by the first one that
 * comes before the time is up. Whoever has claimed it holds it until the session ends.
 */
export interface OnceGrant {
  readonly grant: Grant;
  /** When it was answered. */
  readonly since: number;
  /** Until then the first one may claim it. */
  readonly until: number;
  /** How many sessions waited. */
  readonly waited: number;
  claimed: number;
}

/** For sessions that waited: they are admitted in the turns after the answer. */
const TOGETHER = 10_000;

/** Whether a session may yet claim it. */
export const isClaimable = (once: OnceGrant, now: number): boolean =>
  // Set back, a clock must not prolong it.
  now >= once.since &&
  (once.claimed === 0
    ? now < once.until
    : once.claimed < once.waited && now < Math.min(once.until, once.since + TOGETHER));

/** Whether it can never be claimed again. */
export const isSpent = (once: OnceGrant, now: number): boolean =>
  now >= once.until || (once.claimed > 0 && !isClaimable(once, now));

/** What sessions hold that was allowed once. */
export interface Holdings {
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
  const of = (key: string): Map<string, Grant> => {
    const found = new Map<string, Grant>();
    for (const each of sessions.values()) {
      if (each.key === key) for (const [subject, grant] of each.grants) found.set(subject, grant);
    }
    return found;
  };
  return {
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
