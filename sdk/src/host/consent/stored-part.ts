/**
 * One value in the browser's storage: read once and strictly, and written behind, so that nothing that
 * decides ever waits for the disk.
 */

import { DEFAULT_LIMITS } from '../../limits/limits.js';
import { after } from '../../platform/alarm.js';
import type { Clock, Store } from '../../platform/platform.js';
import { Conversion, FAIL } from '../../protocol/conversion.js';
import { codecOf } from '../../protocol/kinds/kind.js';
import { link } from '../../protocol/link.js';
import type { Plan } from '../../protocol/plan.js';
import type { Log } from '../log.js';

/**
 * `corrupt`: there is something that can't be read, and it stays as it is until it is thrown away.
 * `failed`: the browser did not give it.
 */
export type PartState = 'loading' | 'ok' | 'corrupt' | 'failed';

/** What is kept under one key, and who keeps it in memory. */
export interface PartOptions<T> {
  readonly key: string;
  readonly plan: Plan;
  /** Takes over what was stored; false where it contradicts itself: then nothing of it may be taken. */
  adopt(value: T): boolean;
  /** What to store: made anew, since writing takes its time. */
  snapshot(): T;
}

export interface StoredPart {
  readonly state: PartState;
  /** Reads. Never rejects. */
  load(): Promise<void>;
  /** Writes soon: once for all that changes in this turn. */
  save(): void;
  /** Writes some time: at most each half a minute. */
  saveLater(): void;
  /** Throws away what can't be read. Rejects where the browser does not. */
  reset(): Promise<void>;
}

export interface PartSurroundings {
  readonly store: Store | undefined;
  readonly clock: Clock;
  readonly log: Log | undefined;
}

/** Lazy writes are so far apart, in milliseconds. */
const LAZY = 30_000;
/** Before the first: a background that falls idle is stopped half a minute later, with all its timers. */
const SOON = 1000;
/** Between tries of a write that failed: from, to. */
const RETRY = [1000, 300_000] as const;

export const createStoredPart = <T>(
  { key, plan, adopt, snapshot }: PartOptions<T>,
  { store, clock, log }: PartSurroundings,
): StoredPart => {
  const codec = codecOf(link(plan), { strict: true, plain: true, bytes: 'read' });
  let state: PartState = store ? 'loading' : 'ok';
  let dirty = false;
  let writing = false;
  let queued = false;
  let failures = 0;
  let lastWrite = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;

  const report = (message: string, error?: unknown): void =>
    log?.({ level: 'error', event: 'storage', message: `${key}: ${message}`, error });

  const become = (next: 'corrupt' | 'failed', message: string, error?: unknown): void => {
    // Once: it is tried again and again.
    if (state !== next) report(message, error);
    state = next;
  };

  /** Runs `write` then, unless something earlier does. */
  const schedule = (milliseconds: number): void => {
    if (cancel) return;
    cancel = after(clock, milliseconds, () => {
      cancel = undefined;
      void write();
    });
  };

  const write = async (): Promise<void> => {
    // One at a time: an older write that is slow must not land upon a newer one.
    if (!store || state !== 'ok' || writing || !dirty) return;
    cancel?.();
    cancel = undefined;
    writing = true;
    dirty = false;
    try {
      await store.set(key, snapshot());
      if (failures > 0) log?.({ level: 'info', event: 'storage', message: `${key}: written again` });
      failures = 0;
    } catch (error) {
      if (failures++ === 0)
        report('not written: what has changed is in memory alone, and will be tried again', error);
      dirty = true;
    }
    writing = false;
    lastWrite = clock.now();
    if (queued) flush();
    else if (failures > 0) schedule(Math.min(RETRY[0] * 2 ** (failures - 1), RETRY[1]));
    // Whatever came lazily while it was being written.
    else if (dirty) schedule(LAZY);
  };

  const flush = (): void => {
    queued = false;
    void write();
  };

  /** Takes over what was stored; gives why it can't be. */
  const read = (stored: unknown): string | undefined => {
    try {
      const conversion = new Conversion(DEFAULT_LIMITS);
      const value = conversion.convert(codec, stored);
      if (value !== FAIL) return adopt(value as T) ? undefined : 'it contradicts itself';
      const { path, expected } = conversion.failure;
      return `expected ${expected} at ${path || 'the top'}`;
    } catch (error) {
      return String(error);
    }
  };

  const load = async (): Promise<void> => {
    if (!store || state === 'ok' || state === 'corrupt') return;
    let stored: unknown;
    try {
      stored = await store.get(key);
    } catch (error) {
      become('failed', 'the browser did not give what is stored', error);
      return;
    }
    // Of two that read at a time, the second would take back what has changed since the first.
    if ((state as PartState) === 'ok') return;
    const why = stored === undefined ? undefined : read(stored);
    if (why !== undefined) {
      become('corrupt', `what is stored can't be read: ${why}`);
      return;
    }
    state = 'ok';
    if (dirty) void write();
  };

  return {
    get state() {
      return state;
    },
    load,
    save() {
      dirty = true;
      if (queued) return;
      queued = true;
      queueMicrotask(() => {
        // While another is under way it stays queued, and follows.
        if (!writing) flush();
      });
    },
    saveLater() {
      dirty = true;
      if (store) schedule(Math.max(SOON, lastWrite + LAZY - clock.now()));
    },
    async reset() {
      await load();
      if (!store || state === 'ok') return;
      await store.remove(key);
      state = 'ok';
      if (dirty) void write();
    },
  };
};
