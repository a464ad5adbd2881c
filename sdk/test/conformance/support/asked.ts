import type { RunnerTask, RunnerTestFile } from 'vitest';
import { SUITES } from '../suites/index.js';

/** All that every runtime is to be asked, as `suite: test`. */
export const ALL: readonly string[] = SUITES.flatMap(({ name, cases }) =>
  cases.map((each) => `${name}: ${each.name}`),
);

const inside = (task: RunnerTask): readonly RunnerTask[] => (task.type === 'suite' ? task.tasks : []);

/** What a test file asks under each of its titles, skipped or not. */
export const askedIn = (file: RunnerTestFile): ReadonlyMap<string, readonly string[]> => {
  const asked = new Map<string, string[]>();
  for (const runtime of file.tasks) {
    if (runtime.type !== 'suite') continue;
    const names = inside(runtime).flatMap((suite) =>
      inside(suite).map(({ name }) => `${suite.name}: ${name}`),
    );
    asked.set(runtime.name, [...(asked.get(runtime.name) ?? []), ...names]);
  }
  return asked;
};
