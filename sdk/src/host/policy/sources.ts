import type { ManagedStore, Store } from '../../platform/platform.js';
import { type ReadPolicy, readPolicy } from './read-policy.js';

/** What holds: a policy, one that can't be read, or none. */
export type Standing =
  | { readonly kind: 'policy'; readonly policy: ReadPolicy }
  | { readonly kind: 'broken'; readonly why: string }
  | { readonly kind: 'none' };

/** What the browser gives for `storage.managed`. */
export type Answer =
  | Standing
  /** Nothing at all: it may not have been read yet. */
  | { readonly kind: 'silence' }
  | { readonly kind: 'failed'; readonly why: string };

/** What Firefox rejects with where there is no policy. */
const NO_POLICY = /manifest not found/i;

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const readAnswer = async (managed: ManagedStore): Promise<Answer> => {
  let values: Readonly<Record<string, unknown>>;
  try {
    values = await managed.get();
  } catch (error) {
    const words = wordsOf(error);
    return NO_POLICY.test(words) ? { kind: 'silence' } : { kind: 'failed', why: `can't be read: ${words}` };
  }
  if (typeof values !== 'object' || values === null) return { kind: 'failed', why: 'is no object' };
  if (Object.hasOwn(values, 'portico')) return standingOf(values['portico']);
  // With other keys, the browser has read what there is.
  return Object.keys(values).length > 0 ? { kind: 'none' } : { kind: 'silence' };
};

const standingOf = (value: unknown): Standing => {
  const policy = readPolicy(value);
  return typeof policy === 'string' ? { kind: 'broken', why: policy } : { kind: 'policy', policy };
};

/** How a standing is kept: `{ rules }`, or `{ broken }` with the reason. */
export const recordOf = (standing: Standing): object =>
  standing.kind === 'policy'
    ? { rules: standing.policy.rules }
    : { broken: standing.kind === 'broken' ? standing.why : '' };

/** What was kept. What can't be read counts as a policy that can't be read. */
export const readRecord = async (store: Store, key: string): Promise<Standing> => {
  let record: unknown;
  try {
    record = await store.get(key);
  } catch (error) {
    return { kind: 'broken', why: `what was kept of it can't be read: ${wordsOf(error)}` };
  }
  if (record === undefined) return { kind: 'none' };
  if (typeof record === 'object' && record !== null && Object.hasOwn(record, 'broken')) {
    const { broken } = record as { readonly broken: unknown };
    return { kind: 'broken', why: `it did not fit when it was last seen: ${String(broken).slice(0, 200)}` };
  }
  const kept = standingOf(record);
  return kept.kind === 'broken'
    ? { kind: 'broken', why: `what was kept of it is damaged: ${kept.why}` }
    : kept;
};
