import { afterAll, expect, test } from 'vitest';
import type { ProfileName } from '../../../src/testing/browser/index.js';
import { ALL, askedIn } from './asked.js';
import { describeConformance, opened } from './describe-conformance.js';
import { bundleScripts } from './fixtures.js';
import type { Runtime } from './runtime.js';
import { simulated } from './runtimes.js';
import { openSimulated } from './simulated.js';

/** Asks a simulated browser all that real ones are asked. */
export const describeProfile = (profile: ProfileName): void => {
  const kind = simulated(profile);
  let runtime: Promise<Runtime> | undefined;
  const opening = (): Promise<Runtime> =>
    (runtime ??= bundleScripts().then((scripts) => opened(openSimulated(profile, kind, scripts))));
  afterAll(async () => (await runtime?.catch(() => undefined))?.close());
  describeConformance(`in ${kind.name}`, kind, opening);
  test('it is asked all that real browsers are asked', ({ task }) => {
    expect([...askedIn(task.file).values()]).toEqual([ALL]);
  });
};
