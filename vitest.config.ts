import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What takes longest, and mostly waits. */
const FIRST = [/\/browser\/conformance\./, /\/bundlers\/bundlers\./, /-axe\./, /\/browser\//];

/** Begins with the long ones, so that at the end no core waits for the last of them. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = FIRST.findIndex((pattern) => pattern.test(moduleId));
      return found < 0 ? FIRST.length : found;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  resolve: {
    // The same as `paths` in tsconfig.base.json.
    alias: [
      { find: /^portico$/, replacement: source('sdk/src/index.ts') },
      { find: /^portico\/kinds$/, replacement: source('sdk/src/protocol/kinds/index.ts') },
      { find: /^portico\/tsyringe$/, replacement: source('sdk/src/host/tsyringe/index.ts') },
      { find: /^portico\/partners$/, replacement: source('sdk/src/host/partners/index.ts') },
      { find: /^portico\/proof$/, replacement: source('sdk/src/client/proof/index.ts') },
      { find: /^portico\/(host|client|testing|build|ui)$/, replacement: source('sdk/src/$1/index.ts') },
      { find: /^portico-tabs\/protocol$/, replacement: source('host-extension/src/tabs.protocol.ts') },
    ],
  },
  oxc: {
    // No tsconfig.json beside a test covers it, so this repeats what tsconfig.test.json says.
    target: 'es2022',
    decorator: { legacy: true, emitDecoratorMetadata: true },
  },
  test: {
    // More than cores: tests in browsers wait for most of their time.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    // No test is about time, and every core may be busy: these end what hangs.
    testTimeout: 300_000,
    hookTimeout: 600_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['*/test/unit/**/*.test.ts'],
          // A process for each of so many small files, which loads the sources anew, would take as long as their tests.
          isolate: false,
          pool: 'threads',
        },
      },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            checker: 'tsc',
            include: ['*/test/types/**/*.test-d.ts'],
            tsconfig: './tsconfig.types.json',
          },
        },
      },
      { extends: true, test: { name: 'gate', include: ['sdk/test/gate/**/*.test.ts'] } },
      // The same tests in the simulated browsers; real ones are asked by sdk/test/browser/conformance.test.ts.
      { extends: true, test: { name: 'conformance', include: ['sdk/test/conformance/*.test.ts'] } },
      // The suites of the two extensions, which */test/browser/ runs in real browsers.
      { extends: true, test: { name: 'simulated', include: ['*/test/simulated/*.test.ts'] } },
      { extends: true, test: { name: 'browser', include: ['*/test/browser/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'bundlers',
          include: ['sdk/test/bundlers/**/*.test.ts'],
        },
      },
    ],
  },
});
