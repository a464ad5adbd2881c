import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'rollup';
import { parseSync } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleSource, entriesOf, isShipped } from '../../../tools/entry-bundles.mjs';
import { type PackedSdk, packSdk } from '../../../tools/package.mjs';

let packed: PackedSdk;
beforeAll(() => {
  packed = packSdk();
});
afterAll(() => packed?.remove());

const asIfItHadNotPromised: Plugin = {
  name: 'as if it had not promised',
  transform: (code) => ({ code, map: null, moduleSideEffects: true }),
};
/** What Rollup can't know to have no effect. */
const HARMLESS = ['Object.getOwnPropertyNames', 'Set'];

const foreign = [/^node:/, /^(?!portico(\/|$))[\w@]/];

describe('the packed SDK', () => {
  test('declares every package that it imports', () => {
    const { dependencies = {}, peerDependencies = {} } = packed.manifest;
    const declared = Object.keys({ ...dependencies, ...peerDependencies });
    const imported = readdirSync(join(packed.dir, 'dist'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js'))
      .flatMap((file) => packagesIn(join(packed.dir, 'dist', file)));
    expect(imported).toContain('tsyringe');
    expect(imported.filter((name) => !declared.includes(name))).toEqual([]);
  });

  test('gives nothing to a bundle that uses nothing, but for tsyringe and its polyfill', async () => {
    for (const { entry } of entriesOf(packed)) {
      const { output } = await bundleSource(packed.folder, `import '${entry}';`, { external: foreign });
      // What it says in `sideEffects`.
      expect.soft(output.code.trim(), entry).toBe(entry === 'portico/tsyringe' ? TSYRINGE : '');
    }
  });

  test('keeps that promise: no module does anything by being loaded', async () => {
    for (const { entry } of entriesOf(packed).filter((each) => isShipped(each.entry))) {
      // Lit's `css` makes style sheets of texts; no bundler can know that a template does no more.
      if (entry === 'portico/ui') continue;
      const { output } = await bundleSource(packed.folder, `import '${entry}';`, {
        external: foreign,
        // The imports of tsyringe and its polyfill are a matter of the test before.
        treeshake: { moduleSideEffects: 'no-external', manualPureFunctions: HARMLESS },
        plugins: [asIfItHadNotPromised],
      });
      expect.soft(output.code.trim(), entry).toBe('');
    }
  });
});

/** What `portico/tsyringe` is for: whoever imports it has a Reflect polyfill. */
const TSYRINGE = `import '@abraham/reflection';\nimport 'tsyringe';`;

const packagesIn = (file: string): string[] => {
  const { module } = parseSync(file, readFileSync(file, 'utf8'));
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest }) => {
    const text = readFileSync(file, 'utf8').slice(moduleRequest.start, moduleRequest.end);
    return /^['"]/.test(text) ? [text.slice(1, -1)] : [];
  });
  return [...module.staticImports.map(({ moduleRequest }) => moduleRequest.value), ...dynamic]
    .filter((name) => !/^(\.|node:)/.test(name))
    .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
};
