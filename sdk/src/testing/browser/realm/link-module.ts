import { posix } from 'node:path';
import type { ReadFile } from './scripts.js';

/** Puts a module and all that it imports from its own extension into one text without imports. */
export const linkModule = async (
  address: string,
  text: string,
  { path, read }: { readonly path: string; readonly read: ReadFile },
): Promise<string> => {
  const { build } = await import('esbuild');
  const origin = new URL('/', address).href;
  const result = await build({
    stdin: { contents: text, sourcefile: path, loader: 'js' },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    logLevel: 'silent',
    sourcemap: 'inline',
    define: { 'import.meta.url': JSON.stringify(address) },
    plugins: [
      {
        name: 'files-of-the-extension',
        setup(within) {
          within.onResolve({ filter: /.*/ }, ({ path: specifier, importer }) => {
            if (/^[./]/.test(specifier)) {
              const folder = posix.dirname(importer === '' ? path : importer);
              const resolved = posix.normalize(
                specifier.startsWith('/') ? specifier.slice(1) : posix.join(folder, specifier),
              );
              return { path: resolved, namespace: 'extension' };
            }
            const words = `Failed to resolve module specifier "${specifier}". Relative references must start with either "/", "./", or "../".`;
            return { errors: [{ text: words }] };
          });
          within.onLoad({ filter: /.*/, namespace: 'extension' }, ({ path: file }) => {
            const contents = read(file);
            if (contents === undefined) return { errors: [{ text: `${origin}${file} is not there` }] };
            return { contents, loader: 'js' };
          });
        },
      },
    ],
  }).catch((error: { errors?: { text: string; location?: { file: string; line: number } | null }[] }) => {
    const [first] = error.errors ?? [];
    const where = first?.location ? ` (${first.location.file}:${first.location.line})` : '';
    throw new SyntaxError(`${first?.text ?? String(error)}${where}`);
  });
  return result.outputFiles[0]?.text ?? '';
};
