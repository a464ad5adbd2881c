import type { Subject } from '../../../src/host/consent/types.js';
import type { LogEntry } from '../../../src/host/index.js';
import type { HostPlatform } from '../../../src/platform/platform.js';
import { type ManualClock, manualClock } from '../../support/manual-clock.js';

export const ALICE = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
export const BOB = 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb';

export const subject = (capability = 'read', protocol = 'org.example.tabs'): Subject => ({
  protocol,
  line: '1',
  capability,
});

/** Until nothing is under way but what the clock holds up. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export interface Stage {
  readonly platform: HostPlatform;
  readonly clock: ManualClock;
  readonly kept: Map<string, unknown>;
  readonly log: LogEntry[];
  /** How often the policy said that it has changed. */
  changes: number;
  /** What the browser gives for storage.managed; an error rejects. */
  managed: unknown;
  /** How often the storage was written to. */
  writes: number;
  /** How often it was asked. */
  reads: number;
  /** What the storage fails with. */
  storeFails?: Error | undefined;
  /** The browser tells that something has changed. */
  tell(): Promise<void>;
  /** Lets time pass in steps of a second. */
  pass(seconds: number): Promise<void>;
}

/** A browser in which a policy lives; storage is kept from one stage to the next by handing it over. */
export const stageOf = (kept: Map<string, unknown> = new Map()): Stage => {
  const clock = manualClock();
  let listener = (): void => {};
  const failing = async <T>(run: () => T): Promise<T> => {
    if (stage.storeFails) throw stage.storeFails;
    return run();
  };
  const platform = {
    ...clock,
    store: {
      get: (key: string) => failing(() => structuredClone(kept.get(key))),
      set: (key: string, value: unknown) =>
        failing(() => {
          stage.writes++;
          kept.set(key, structuredClone(value));
        }),
      remove: (key: string) => failing(() => void kept.delete(key)),
    },
    managed: {
      async get() {
        stage.reads++;
        const { managed } = stage;
        if (managed instanceof Error) throw managed;
        return managed as Record<string, unknown>;
      },
      onChanged: (run: () => void) => {
        listener = run;
      },
    },
  } as unknown as HostPlatform;
  const stage: Stage = {
    platform,
    clock,
    kept,
    log: [],
    changes: 0,
    managed: {},
    writes: 0,
    reads: 0,
    async tell() {
      listener();
      await settled();
    },
    async pass(seconds) {
      for (let second = 0; second < seconds; second++) {
        clock.advance(1000);
        await settled();
      }
    },
  };
  return stage;
};
