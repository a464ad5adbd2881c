import type { Runtime } from './runtime.js';

/** One fact of the platform, and how it is seen. The same for every runtime. */
export interface Case {
  readonly name: string;
  run(runtime: Runtime): Promise<void>;
  /** Why a runtime cannot be asked at all. Where browsers merely differ, the test says what each does. */
  readonly cannot?: (runtime: RuntimeKind) => string | undefined;
}

/** What is known of a runtime before it is opened. */
export type RuntimeKind = Pick<Runtime, 'name' | 'engine' | 'format' | 'isSimulated'>;

/** Facts about one thing: a file of suites/. */
export interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

/** What a runtime of this kind is expected to do. */
export const expected = <T>(runtime: RuntimeKind, table: { chromium: T; firefox: T; clone?: T }): T => {
  if (runtime.engine === 'firefox') return table.firefox;
  return runtime.format === 'clone' && 'clone' in table ? (table.clone as T) : table.chromium;
};
