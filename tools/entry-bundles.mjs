import { join } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import { minified } from '../rollup.config.mjs';

/** @typedef {import('./package.mjs').PackedSdk} PackedSdk */
/**
 * @typedef {object} EntryBundle
 * @property {string} name As it stands in budgets.json: `portico/client`, or `portico/client { connect }`.
 * @property {string} code Minified, with all that it pulls in.
 * @property {string[]} exports Names of its values, sorted.
 * @property {boolean} shipped Whether it may be part of an extension.
 * @property {readonly string[]} modules Files of the package that went into it.
 */

const nodeOnly = ['portico/build', 'portico/testing'];

/** @param {string} entry whether it may be part of an extension; the others run in Node alone */
export const isShipped = (entry) => !nodeOnly.includes(entry);

/** What clients of one host need, beside whole entry points. */
const parts = [{ entry: 'portico/client', names: ['connect'] }];

/**
 * The entry points of a package, as one imports them.
 * @param {PackedSdk} packed
 */
export function entriesOf({ manifest }) {
  return Object.entries(manifest.exports).flatMap(([path, target]) =>
    typeof target === 'object' ? [{ entry: path.replace('.', manifest.name), target }] : [],
  );
}

/**
 * Bundles each entry point of the packed SDK alone, as a user's bundler would.
 * @param {PackedSdk} packed
 * @returns {Promise<EntryBundle[]>}
 */
export function bundleEntries(packed) {
  const wholes = entriesOf(packed).map(({ entry }) =>
    bundleEntry(packed, { name: entry, entry, source: `export * from '${entry}';` }),
  );
  const rest = parts.map(({ entry, names }) => {
    const list = `{ ${names.join(', ')} }`;
    return bundleEntry(packed, {
      name: `${entry} ${list}`,
      entry,
      source: `export ${list} from '${entry}';`,
    });
  });
  return Promise.all([...wholes, ...rest]);
}

/**
 * @param {PackedSdk} packed
 * @param {{ name: string, entry: string, source: string }} part
 * @returns {Promise<EntryBundle>}
 */
async function bundleEntry({ folder, manifest }, { name, entry, source }) {
  const shipped = isShipped(entry);
  const foreign = Object.keys(manifest.dependencies ?? {}).map((each) => new RegExp(`^${each}(/|$)`));
  const { output, modules } = await bundleSource(folder, source, {
    external: shipped ? [] : [/^node:/, ...foreign],
    plugins: [minified()],
  });
  return { name, code: output.code, exports: output.exports.toSorted(), shipped, modules };
}

/**
 * Bundles a module that stands in a folder, without being written there.
 * @param {string} folder @param {string} source
 * @param {Pick<import('rollup').RollupOptions, 'external' | 'treeshake'> & { plugins?: import('rollup').Plugin[] }} [options]
 */
export async function bundleSource(folder, source, { plugins = [], ...options } = {}) {
  const input = join(folder, 'entry.js');
  const bundle = await rollup({
    ...options,
    input,
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === input ? id : null),
        load: (id) => (id === input ? source : null),
      },
      nodeResolve({ browser: true }),
      ...plugins,
    ],
    onwarn(warning) {
      if (warning.code === 'UNRESOLVED_IMPORT') throw new Error(warning.message, { cause: warning });
    },
  });
  const { output } = await bundle.generate({ format: 'es', inlineDynamicImports: true });
  await bundle.close();
  return { output: output[0], modules: bundle.watchFiles.filter((file) => file !== input) };
}
