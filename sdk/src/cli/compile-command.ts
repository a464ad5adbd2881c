import { basename, dirname, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Command } from 'commander';
import { BuildFailure, shown } from '../build/build-failure.js';
import { type CompileOptions, compileLoaded } from '../build/compile-protocol.js';
import { compiledFiles } from '../build/compiled-files.js';
import { type LoadedProtocols, loadProtocol } from '../build/load-protocol.js';
import { watchProtocol } from '../build/watch-protocol.js';
import { writeFiles } from '../build/write-files.js';
import { give, tell } from './tell.js';

interface Options {
  readonly out?: string;
  readonly watch?: true;
  readonly descriptions: boolean;
  readonly capabilities?: string[];
}

/** Adds `portico compile`. */
export const compileCommand = (program: Command): void => {
  program
    .command('compile')
    .summary('make modules of a protocol that import nothing')
    .description(
      'Compiles a protocol module, in TypeScript or JavaScript, to <name>.client.js and <name>.host.js: ' +
        'modules that import nothing, each with declarations and a source map.',
    )
    .argument('<protocol>', 'the module, which exports protocols and nothing else')
    .option('-o, --out <dir>', "the folder for what is made (default: the module's own)")
    .option('-w, --watch', 'compile again after each change of a file that the module is made of')
    .option(
      '--no-descriptions',
      "leave what a person reads out of the client's module, but for titles of capabilities",
    )
    .option(
      '-c, --capabilities <names>',
      "the capabilities (read) or members (read.list) that the client's module carries, with commas between them (default: all)",
      (names: string) => names.split(',').map((name) => name.trim()),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ portico compile src/tabs.protocol.ts
  $ portico compile src/tabs.protocol.ts --out generated --watch
  $ portico compile src/tabs.protocol.ts --capabilities read,titles --no-descriptions`,
    )
    .action((protocol: string, options: Options) => compile(resolve(protocol), options));
};

const compile = async (file: string, options: Options): Promise<void> => {
  if (!options.watch) return write(file, await loadProtocol(file), options, 0);
  const stop = await watchProtocol(file, async (outcome) => {
    const started = performance.now();
    try {
      if ('error' in outcome) throw outcome.error;
      await write(file, outcome.loaded, options, started);
    } catch (error) {
      // A fault of Portico's shows where it is; a mistake of the author's is a line.
      const { message, stack = message } = error as Error;
      tell(error instanceof BuildFailure ? message : stack);
    }
  });
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, done);
  });
  await stop();
};

/** @param started when the work began, on the clock that starts with the process */
const write = async (
  file: string,
  loaded: LoadedProtocols,
  { out, descriptions, capabilities }: Options,
  started: number,
): Promise<void> => {
  const chosen: CompileOptions = { descriptions, ...(capabilities ? { capabilities } : {}) };
  const compiled = await compileLoaded(loaded, chosen);
  for (const warning of compiled.warnings) tell(`warning: ${warning}`);
  const folder = resolve(out ?? dirname(file));
  const name = nameOf(file);
  await writeFiles(
    folder,
    compiledFiles(compiled, folder, (side) => `${name}.${side}`),
  );
  const sizes = (['client', 'host'] as const).map(
    (side) => `${name}.${side}.js (${kilobytes(gzipSync(compiled[side].code).length)} gzip)`,
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  give(`${shown(file)} → ${sizes.join(', ')} in ${shown(folder)}, ${seconds} s`);
};

/** `tabs` of `src/tabs.protocol.ts`. */
const nameOf = (file: string): string => basename(file).replace(/(\.protocol)?\.m?[jt]s$/, '');

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
