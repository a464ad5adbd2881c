import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { type Plugin, rollup } from 'rollup';
import { transformWithOxc } from 'vite';

/** What stands in capitals between underscores in the sources of fixtures, and what is put there. */
export type Settings = Readonly<Record<`__${string}__`, string>>;

const typescript = (settings: Settings): Plugin => ({
  name: 'typescript',
  async load(id) {
    if (!id.endsWith('.ts')) return null;
    let source = await readFile(id, 'utf8');
    for (const [name, value] of Object.entries(settings)) source = source.replaceAll(name, value);
    const { code } = await transformWithOxc(source, id, { target: 'es2022' });
    return code;
  },
});

/**
 * Bundles a script of a fixture with the SDK as it is published: `portico` leads to `sdk/dist`.
 * @param entry relative to the fixtures
 * @param format `iife` for content scripts, which are classic ones
 */
export const bundle = async (
  entry: string,
  format: 'es' | 'iife',
  settings: Settings = {},
): Promise<string> => {
  const build = await rollup({
    input: fileURLToPath(new URL(`../fixtures/${entry}`, import.meta.url)),
    plugins: [typescript(settings), nodeResolve({ browser: true, extensions: ['.ts', '.js'] })],
    onwarn(warning) {
      // It would only show in the browser.
      if (warning.code === 'UNRESOLVED_IMPORT') throw new Error(warning.message, { cause: warning });
    },
  });
  const { output } = await build.generate({ format, inlineDynamicImports: true });
  await build.close();
  return output[0].code;
};
