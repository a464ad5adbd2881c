import { resolve } from 'node:path';
import type { Command } from 'commander';
import { shown } from '../build/build-failure.js';
import { demandFree, packageProtocol } from '../build/package/package-protocol.js';
import { writeFiles } from '../build/write-files.js';
import { give, tell } from './tell.js';

interface Options {
  readonly name: string;
  readonly packageVersion?: string;
  readonly out?: string;
}

/** Adds `portico package`. */
export const packageCommand = (program: Command): void => {
  program
    .command('package')
    .summary('make an npm package of a protocol, ready to publish')
    .description(
      'Makes a folder for npm publish: the compiled protocol for clients and for hosts, declarations, and a ' +
        'README of titles and descriptions. The protocol must name the ids of its hosts.',
    )
    .argument('<protocol>', 'the module, which exports protocols and nothing else')
    .requiredOption('-n, --name <name>', 'the name of the package')
    .option('--package-version <version>', "the version of the package (default: the protocol's)")
    .option('-o, --out <dir>', "the folder for what is made (default: the package's name without its scope)")
    .addHelpText(
      'after',
      `
Examples:
  $ portico package src/tabs.protocol.ts --name @acme/tabs-protocol
  $ portico package src/tabs.protocol.ts --name @acme/tabs-protocol --package-version 1.3.0 --out npm
  $ npm publish ./npm --access public`,
    )
    .action(async (protocol: string, { name, packageVersion, out }: Options) => {
      const folder = resolve(out ?? (name.split('/').at(-1) as string));
      const made = await packageProtocol(protocol, { name, version: packageVersion, folder });
      for (const warning of made.warnings) tell(`warning: ${warning}`);
      demandFree(folder, name);
      await writeFiles(folder, made.files);
      give(`${name} ${made.version} → ${shown(folder)}: publish it with npm publish`);
    });
};
