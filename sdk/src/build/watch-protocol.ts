import { bundled, bundleFailure, bundleOptions, demandFile } from './bundle-module.js';
import { type LoadedProtocols, readProtocols } from './load-protocol.js';

/** What came of one look at a protocol's sources: the protocols, or why there are none. */
export type Outcome = { readonly loaded: LoadedProtocols } | { readonly error: unknown };

/**
 * Loads a protocol module now and after each change of a file that it is made of, installed packages and files
 * that were missing among them. Goes on after mistakes; gives back what ends it.
 * @param done must not throw
 * @throws {BuildFailure} when there is no such file to begin with
 */
export const watchProtocol = async (
  file: string,
  done: (outcome: Outcome) => Promise<void>,
): Promise<() => Promise<void>> => {
  demandFile(file);
  const { context } = await import('esbuild');
  const options = bundleOptions(file);
  const watching = await context({
    ...options,
    plugins: [
      ...options.plugins,
      {
        name: 'loaded',
        setup: (build) => {
          // Nothing may be thrown in here: esbuild would keep it to itself.
          build.onEnd(async (result) => done(await outcomeOf(file, result as BuildEnd)));
        },
      },
    ],
  });
  await watching.watch();
  return () => watching.dispose();
};

type BuildEnd = Parameters<typeof bundled>[1];

const outcomeOf = async (file: string, result: BuildEnd): Promise<Outcome> => {
  try {
    demandFile(file);
    if (result.errors.length > 0) throw bundleFailure(file, result);
    return { loaded: await readProtocols(file, bundled(file, result)) };
  } catch (error) {
    return { error };
  }
};
