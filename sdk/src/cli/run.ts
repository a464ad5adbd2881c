import { Command, CommanderError } from 'commander';
import { BuildFailure } from '../build/build-failure.js';
import { ownPackage } from '../build/own-package.js';
import { PorticoError } from '../errors/portico-error.js';
import { compileCommand } from './compile-command.js';
import { lintCommand } from './lint-command.js';
import { packageCommand } from './package-command.js';
import { tell } from './tell.js';
import { tokenCommand } from './token-command.js';

/**
 * Runs the command line and gives its exit code: 0 when all is well, 1 when the lint found something, 2 for a
 * mistake in what was asked, or in a protocol. A fault of Portico itself is thrown, with its stack.
 */
export const run = async (args: readonly string[]): Promise<number> => {
  try {
    await program().parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof BuildFailure) && !PorticoError.is(error)) throw error;
    tell(error.message);
    return 2;
  }
};

/** The command line, with nothing parsed yet. */
export const program = (): Command => {
  const portico = new Command('portico')
    .description(
      'Protocols between browser extensions: compile, package and check them, and sign tokens for partners.',
    )
    .version(ownPackage().version, '-v, --version')
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError('Add --help for examples.')
    .addHelpText(
      'after',
      `
Examples:
  $ portico compile src/tabs.protocol.ts
  $ portico package src/tabs.protocol.ts --name @acme/tabs-protocol
  $ portico lint dist/chromium
  $ portico token sign --key partner.json --for chromium:<id> --host <id> --protocol org.example.tabs --capabilities read

Exit codes: 0 all is well, 1 the lint found something or a token would not be taken, 2 a mistake in the protocol or the command.`,
    );
  compileCommand(portico);
  packageCommand(portico);
  lintCommand(portico);
  tokenCommand(portico);
  return portico;
};
