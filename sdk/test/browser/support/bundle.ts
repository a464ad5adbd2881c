import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** What stands in capitals between underscores in the sources of fixtures, and the text that it is there. */
export type Settings = Readonly<Record<`__${string}__`, string>>;

/**
 * Bundles a script of a fixture with the SDK as it is published: `portico` leads to `sdk/dist`.
 * @param entry relative to the fixtures
 * @param format `iife` for content scripts, which are classic ones
 */
export const bundle = async (
  entry: string,
  format: 'esm' | 'iife',
  settings: Settings = {},
): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../fixtures/${entry}`, import.meta.url))],
    bundle: true,
    format,
    platform: 'browser',
    target: 'es2022',
    define: Object.fromEntries(Object.entries(settings).map(([name, text]) => [name, JSON.stringify(text)])),
    write: false,
    // The projects' own options would lead `portico` to the sources.
    tsconfigRaw: {},
  });
  return outputFiles[0]?.text ?? '';
};
