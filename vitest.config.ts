import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

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
    // Of two cores Vitest would leave one idle.
    maxWorkers: '100%',
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
            tsconfig: './tsconfig.test.json',
          },
        },
      },
      { extends: true, test: { name: 'gate', include: ['sdk/test/gate/**/*.test.ts'] } },
      // The same tests in the simulated browsers; real ones are asked by sdk/test/browser/conformance.test.ts.
      { extends: true, test: { name: 'conformance', include: ['sdk/test/conformance/*.test.ts'] } },
      // The suites of the two extensions, which */test/browser/ runs in real browsers.
      {
        extends: true,
        test: {
          name: 'simulated',
          include: ['*/test/simulated/*.test.ts'],
          testTimeout: 30_000,
          // A fixture is bundled first, beside all other suites.
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['*/test/browser/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'bundlers',
          include: ['sdk/test/bundlers/**/*.test.ts'],
          // After the others: it keeps every core busy, and starts browsers of its own.
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
