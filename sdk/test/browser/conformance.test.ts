import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALL, askedIn } from '../conformance/support/asked.js';
import { describeConformance, opened } from '../conformance/support/describe-conformance.js';
import { bundleScripts } from '../conformance/support/fixtures.js';
import { openReal } from '../conformance/support/real.js';
import type { Runtime } from '../conformance/support/runtime.js';
import { REAL } from '../conformance/support/runtimes.js';
import { browsersHere } from './support/browsers.js';

/** Time for three browsers to start at once on a busy machine. */
const STARTING = 180_000;

const { found, missing } = browsersHere();
const here = REAL.flatMap((kind) => {
  const browser = found.find(({ name }) => name === kind.engine);
  return browser ? [{ kind, browser, title: `in ${kind.name} (${browser.product} ${browser.version})` }] : [];
});
const runtimes = new Map<string, Promise<Runtime>>();

// All start at once, before any is asked.
beforeAll(async () => {
  const scripts = await bundleScripts();
  for (const { kind, browser } of here) {
    const runtime = opened(openReal(browser, kind, scripts));
    runtimes.set(kind.name, runtime);
  }
  await Promise.allSettled(runtimes.values());
}, STARTING);

afterAll(async () => {
  for (const runtime of runtimes.values()) await runtime.then((each) => each.close()).catch(() => {});
}, STARTING);

// Side by side, each in its own order: one alone leaves most of the machine idle.
for (const { kind, title } of here) {
  describeConformance(title, kind, async () => {
    const runtime = await runtimes.get(kind.name);
    if (!runtime) throw new Error(`${kind.name} was not started`);
    return runtime;
  });
}

test('all browsers are asked the same, which is what simulated ones are asked', ({ task }) => {
  const asked = askedIn(task.file);
  expect(here.map(({ title }) => asked.get(title))).toEqual(here.map(() => ALL));
});

for (const { name, why } of missing) {
  console.log(`No conformance tests run in ${name}: ${why}`);
  describe(`in ${name}`, () => test.skip(why, () => {}));
}
