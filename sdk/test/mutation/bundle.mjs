import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const sdk = fileURLToPath(new URL('../../', import.meta.url));
const source = (/** @type {string} */ path) => join(sdk, 'src', path);

/** @typedef {{ file: string, from: string, to: string }} Change a text of a source, and what stands in its place */

/**
 * The fuzz as one module with the SDK's sources in it, changed or as they are. Nothing is written but the module.
 * @param {string} outfile @param {readonly Change[]} [changes]
 */
export const bundleFuzz = async (outfile, changes = []) => {
  const changed = new Set();
  await build({
    entryPoints: [join(sdk, 'test', 'unit', 'fuzz', 'fuzz.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile,
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'silent',
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    alias: {
      portico: source('index.ts'),
      'portico/host': source('host/index.ts'),
      'portico/client': source('client/index.ts'),
      'portico/testing': source('testing/index.ts'),
    },
    plugins: [
      {
        name: 'changes',
        setup({ onLoad }) {
          for (const { file, from, to } of changes) {
            const filter = new RegExp(`${source(file).replaceAll(/[\\.]/g, '\\$&')}$`);
            onLoad({ filter }, ({ path }) => {
              const text = readFileSync(path, 'utf8');
              if (text.split(from).length !== 2) throw new Error(`${file} has its text not once: ${from}`);
              changed.add(file);
              return { contents: text.replace(from, () => to), loader: 'ts' };
            });
          }
        },
      },
    ],
  });
  const missed = changes.find(({ file }) => !changed.has(file));
  if (missed) throw new Error(`${missed.file} is no part of the fuzz`);
};
