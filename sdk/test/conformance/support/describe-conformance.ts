import { beforeAll, describe, test } from 'vitest';
import { SUITES } from '../suites/index.js';
import type { RuntimeKind } from './case.js';
import { begin } from './long-facts.js';
import type { Runtime } from './runtime.js';

/** Registers all tests for one runtime, to run one after the other; who opens it closes it. */
export const describeConformance = (
  title: string,
  kind: RuntimeKind,
  opening: () => Promise<Runtime>,
): void => {
  describe.concurrent(title, () => {
    let runtime: Runtime | undefined;
    beforeAll(async () => {
      runtime = await opening();
    });
    for (const suite of SUITES) {
      describe.sequential(suite.name, () => {
        for (const { name, cannot, run } of suite.cases) {
          const reason = cannot?.(kind);
          if (reason !== undefined) {
            console.log(`Not asked ${title}: ${suite.name}: ${name}: ${reason}`);
            test.skip(name, () => {});
            continue;
          }
          test(name, async ({ onTestFailed }) => {
            if (!runtime) throw new Error(`${title}: it has not started`);
            const { story } = runtime;
            onTestFailed(() => console.log(story()));
            await run(runtime);
          });
        }
      });
    }
  });
};

/** Waits until a runtime is opened, and begins in it what takes long. */
export const opened = async (opening: Promise<Runtime>): Promise<Runtime> => {
  const runtime = await opening;
  try {
    await begin(runtime);
    return runtime;
  } catch (error) {
    await runtime.close();
    throw error;
  }
};
