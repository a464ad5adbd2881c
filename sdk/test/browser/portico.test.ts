import { afterAll, beforeAll } from 'vitest';
import { callerTests } from './suites/callers.js';
import { callTests } from './suites/calls.js';
import { hostileTests } from './suites/hostile.js';
import { lifeTests } from './suites/life.js';
import { mdnTests } from './suites/mdn.js';
import { seedTests } from './suites/seed.js';
import { serializationTests } from './suites/serialization.js';
import { unreachableTests } from './suites/unreachable.js';
import { webPageTests } from './suites/web-pages.js';
import { describeInBrowsers } from './support/describe-in-browsers.js';
import { openStage, openWorld, type Stage } from './support/world.js';

let stage: Stage | undefined;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.pages.close());

describeInBrowsers(
  (browser) => {
    if (!stage) throw new Error('the fixtures are not bundled');
    return openWorld(browser, stage);
  },
  (world) => {
    seedTests(world);
    mdnTests(world);
    unreachableTests(world);
    callerTests(world);
    webPageTests(world);
    callTests(world);
    serializationTests(world);
    hostileTests(world);
    lifeTests(world);
  },
);
