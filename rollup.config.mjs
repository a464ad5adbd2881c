import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { minify } from 'vite';

const root = dirname(fileURLToPath(import.meta.url));
const extensions = ['host-extension', 'client-extension'];
const browsers = /** @type {const} */ (['chromium', 'firefox']);

/** @typedef {typeof browsers[number]} Browser */

/**
 * Rollup's warnings are mistakes here: an import that does not resolve would only show in a browser.
 * But tsc's helper for decorators asks for `this`, and dependencies may import in circles.
 * @type {import('rollup').WarningHandlerWithDefault}
 */
const onwarn = (warning) => {
  if (warning.code === 'THIS_IS_UNDEFINED') return;
  if (warning.code === 'CIRCULAR_DEPENDENCY' && warning.ids?.every((id) => id.includes('node_modules')))
    return;
  throw new Error(warning.message, { cause: warning });
};

/**
 * The SDK's entry points, as its package.json names them: `./host` → build/host/index.js, dist/host.js.
 * @returns {{ entry: string, input: string, name: string }[]}
 */
export function sdkEntries() {
  const { exports } = JSON.parse(readFileSync(join(root, 'sdk/package.json'), 'utf8'));
  return Object.entries(exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([path, target]) => ({
      entry: path.replace('.', 'portico'),
      input: join(root, 'sdk', target.types.replace('/dist/types/', '/build/').replace(/\.d\.ts$/, '.js')),
      name: basename(target.import, '.js'),
    }));
}

/**
 * Bundles tsc's output with tsc's source maps, so that a map leads to the TypeScript source.
 * @returns {import('rollup').Plugin}
 */
function typescriptSourceMaps() {
  return {
    name: 'typescript-source-maps',
    async load(id) {
      if (!existsSync(`${id}.map`)) return null;
      const code = await readFile(id, 'utf8');
      return { code, map: JSON.parse(await readFile(`${id}.map`, 'utf8')) };
    },
  };
}

/** @param {string} text */
const withoutMapLink = (text) => text.replace(/^\/\/# sourceMappingURL=.*\n?/m, '');

/**
 * Declarations are published as tsc wrote them, less the links to maps, which are not published.
 * @returns {import('rollup').Plugin}
 */
function copyDeclarations() {
  const from = join(root, 'sdk/build');
  const to = join(root, 'sdk/dist/types');
  return {
    name: 'copy-declarations',
    async writeBundle() {
      await rm(to, { recursive: true, force: true });
      // Hosts copy it into their extension; the browser reads it there.
      await cp(
        join(root, 'sdk/src/host/policy/managed-schema.json'),
        join(root, 'sdk/dist/managed-schema.json'),
      );
      for (const file of await readdir(from, { recursive: true })) {
        if (!file.endsWith('.d.ts')) continue;
        const text = await readFile(join(from, file), 'utf8');
        await mkdir(dirname(join(to, file)), { recursive: true });
        await writeFile(join(to, file), withoutMapLink(text));
      }
    },
  };
}

/**
 * Leaves the module that says whether a host's patterns were judged a file of its own, which the plugin can write
 * anew: within the bundle its constant would be settled for everybody.
 * @returns {import('rollup').Plugin}
 */
function judgedAside() {
  const file = 'judged.js';
  return {
    name: 'judged-aside',
    resolveId: (source, importer) =>
      importer && basename(source) === file
        ? { id: join(root, 'sdk/dist', file), external: 'relative' }
        : null,
    async writeBundle() {
      const text = await readFile(join(root, 'sdk/build/host', file), 'utf8');
      await writeFile(join(root, 'sdk/dist', file), withoutMapLink(text));
    },
  };
}

/** @returns {import('rollup').RollupOptions[]} */
export function sdkBundles() {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'sdk/package.json'), 'utf8'));
  // Beside the entries, the command line: nothing imports it.
  const cli = { name: 'cli', input: join(root, 'sdk/build/cli/main.js') };
  const found = [...sdkEntries(), cli].filter(({ input }) => existsSync(input));
  return [
    {
      input: Object.fromEntries(found.map(({ name, input }) => [name, input])),
      external: [
        /^node:/,
        ...[...Object.keys(dependencies), 'tsyringe', '@abraham/reflection', 'rollup', 'vite'].map(
          (name) => new RegExp(`^${name}(/|$)`),
        ),
      ],
      plugins: [judgedAside(), nodeResolve(), typescriptSourceMaps(), copyDeclarations()],
      onwarn,
      output: {
        dir: join(root, 'sdk/dist'),
        format: 'es',
        sourcemap: true,
        chunkFileNames: 'shared/[name]-[hash].js',
        hoistTransitiveImports: false,
      },
    },
  ];
}

/**
 * Compiles an extension's `*.protocol` modules. Loaded when needed: the SDK has just been built.
 * @param {string} extension @param {string} file the bundle
 * @returns {Promise<import('rollup').Plugin>}
 */
async function protocolPlugin(extension, file) {
  const { portico } = await import(pathToFileURL(join(root, 'sdk/dist/build.js')).href);
  // The manifests are linted by the gate, which has both browsers' side by side.
  if (extension === 'host-extension')
    return portico({ side: file === 'background.js' ? 'host' : 'client', lint: false });
  // A client asks nobody for consent, and this one's background needs two members of one capability.
  return portico({
    descriptions: false,
    lint: false,
    ...(file === 'background.js' && { capabilities: ['read.list', 'read.changed'], titles: false }),
  });
}

/**
 * @param {string} extension @param {string} file the bundle, as it was written for the first of the browsers
 * @returns {import('rollup').Plugin}
 */
function forEachBrowser(extension, file) {
  const dist = (/** @type {Browser} */ browser) => join(root, extension, 'dist', browser);
  const statics = join(root, extension, 'static');
  return {
    name: 'for-each-browser',
    async writeBundle() {
      for (const browser of browsers) {
        await mkdir(dist(browser), { recursive: true });
        if (browser !== browsers[0]) await cp(join(dist(browsers[0]), file), join(dist(browser), file));
        if (file !== 'background.js') continue;
        const { manifest } = await import(pathToFileURL(join(root, extension, 'manifest.mjs')).href);
        await writeFile(
          join(dist(browser), 'manifest.json'),
          `${JSON.stringify(manifest(browser), null, 2)}
`,
        );
        if (existsSync(statics)) await cp(statics, dist(browser), { recursive: true });
      }
    },
  };
}

/**
 * Vite's minifier: terser takes twenty times as long.
 * @returns {import('rollup').Plugin}
 */
export const minified = () => ({
  name: 'minified',
  async renderChunk(code, { fileName }) {
    const { code: smaller, errors } = await minify(fileName, code, {
      module: true,
      mangle: { toplevel: true },
    });
    if (errors.length > 0) throw new Error(`${fileName}: ${errors.map(({ message }) => message).join()}`);
    return smaller;
  },
});

/**
 * @param {string} extension @param {string} file
 * @returns {Promise<import('rollup').RollupOptions>}
 */
async function extensionBundle(extension, file) {
  return {
    input: join(root, extension, 'build', file),
    plugins: [
      nodeResolve({ browser: true }),
      await protocolPlugin(extension, file),
      minified(),
      forEachBrowser(extension, file),
    ],
    onwarn,
    output: {
      file: join(root, extension, 'dist', browsers[0], file),
      // Content scripts are classic scripts: the browser loads them without `import` and `export`.
      format: file.endsWith('.content.js') ? 'iife' : 'es',
      inlineDynamicImports: true,
    },
  };
}

/** @returns {Promise<import('rollup').RollupOptions[]>} */
export async function extensionBundles() {
  const bundles = extensions.flatMap((extension) => {
    const build = join(root, extension, 'build');
    const inputs = existsSync(build)
      ? readdirSync(build).filter((file) => /^background\.js$|\.(?:page|content)\.js$/.test(file))
      : [];
    return inputs.map((file) => extensionBundle(extension, file));
  });
  return Promise.all(bundles);
}

/** @param {import('rollup').RollupOptions} options */
export function describeBundle({ output }) {
  const [target] = [output ?? []].flat();
  return relative(root, target?.file ?? target?.dir ?? '');
}

// For the rollup command by itself. `npm run build` makes the SDK first, since the extensions bundle its dist/.
export default async () => [...sdkBundles(), ...(await extensionBundles())];
