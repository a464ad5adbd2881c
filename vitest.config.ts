import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    // The same as `paths` in tsconfig.base.json.
    alias: [
      { find: /^portico$/, replacement: source('sdk/src/index.ts') },
      { find: /^portico\/tsyringe$/, replacement: source('sdk/src/host/tsyringe/index.ts') },
      { find: /^portico\/(host|client|testing|build)$/, replacement: source('sdk/src/$1/index.ts') },
      { find: /^portico-tabs\/protocol$/, replacement: source('host-extension/src/tabs.protocol.ts') },
    ],
  },
  oxc: {
    // No tsconfig.json beside a test covers it, so this repeats what tsconfig.test.json says.
    target: 'es2022',
    decorator: { legacy: true, emitDecoratorMetadata: true },
  },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['*/test/unit/**/*.test.ts'] } },
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
    ],
  },
});
