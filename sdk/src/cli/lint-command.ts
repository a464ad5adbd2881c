import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Finding, type LintOptions, lintExtension, type Peer, readPeer } from '../build/lint/index.js';

interface Flags {
  readonly json?: true;
  readonly strict?: true;
  readonly host?: true;
  readonly browser?: 'chromium' | 'firefox';
  readonly id?: readonly string[];
  readonly peer?: readonly string[];
}

const EXAMPLES = `
Examples:
  $ portico lint dist/chromium
  $ portico lint dist/firefox --strict            warnings fail too, for continuous integration
  $ portico lint dist --id tabs@example.org       is it the host that the protocol names?
  $ portico lint dist --peer ../client/dist       may that extension connect, and do messages fit?
  $ portico lint dist --json

Exit codes: 0 no error, 1 errors (with --strict: or warnings), 2 nothing could be judged.
docs/guides/manifest.md explains every finding.`;

/**
 * Adds `portico lint <dir>` to a command line. The exit code is 1 in `process.exitCode` when something was
 * found; a `BuildFailure` is thrown when nothing could be judged, and is for the caller to show.
 */
export const lintCommand = (program: Command): void => {
  program
    .command('lint')
    .summary("judge a built extension's manifest and background")
    .description(
      'Tells what browsers make of the manifest and the background scripts of a built extension, as far as calls between extensions depend on it, and what to do.',
    )
    .argument('<dir>', 'the folder that holds manifest.json')
    .addOption(
      new Option(
        '--browser <name>',
        'the browser that it is built for (default: as the manifest says)',
      ).choices(['chromium', 'firefox']),
    )
    .option('--host', 'it publishes a protocol, and so must have a background')
    .option(
      '--id <id>',
      'the id that its protocol names for it in a browser; implies --host; can be repeated',
      collectIds,
    )
    .option(
      '--peer <folder-or-id>',
      'an extension that must be able to connect to it; can be repeated',
      collect,
    )
    .option('--strict', 'fail on warnings too')
    .option('--json', 'write the findings as JSON')
    .addHelpText('after', EXAMPLES)
    .action(lint);
};

const lint = async (dir: string, flags: Flags, command: Command): Promise<void> => {
  const findings = await lintExtension(dir, await optionsOf(flags));
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const { writeOut } = command.configureOutput();
  writeOut?.(
    flags.json
      ? `${JSON.stringify({ errors, warnings, findings }, null, 2)}\n`
      : describe(dir, findings, errors, warnings),
  );
  // Not process.exit: what is written to a pipe would be cut off.
  if (errors > 0 || (flags.strict && warnings > 0)) process.exitCode = 1;
};

const CHROMIUM_ID = /^[a-p]{32}$/;
const FIREFOX_ID = /^[^/\\]*@[^/\\]+$|^\{[^/\\]+\}$/;

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const collectIds = (id: string, before?: readonly string[]): readonly string[] => {
  if (CHROMIUM_ID.test(id) || FIREFOX_ID.test(id)) return collect(id, before);
  throw new InvalidArgumentError('An id is 32 letters a to p, or like name@domain.example.');
};

const optionsOf = async ({ browser, host, id, peer = [] }: Flags): Promise<LintOptions> => ({
  ...(browser && { browser }),
  ...(host && { role: 'host' }),
  ...(id && { hosts: Object.assign({}, ...id.map(byBrowser)) }),
  peers: await Promise.all(peer.map(peerOf)),
});

const byBrowser = (id: string): { readonly chromium: string } | { readonly firefox: string } =>
  CHROMIUM_ID.test(id) ? { chromium: id } : { firefox: id };

const peerOf = async (peer: string): Promise<Peer> => {
  const isId = CHROMIUM_ID.test(peer) || FIREFOX_ID.test(peer);
  return isId ? byBrowser(peer) : readPeer(peer);
};

const describe = (dir: string, findings: readonly Finding[], errors: number, warnings: number): string => {
  if (findings.length === 0) return `${dir}: nothing to say\n`;
  const blocks = findings.map(
    ({ severity, code, file, path, message, remedy }) =>
      `${severity} ${code} ${file}${path ? ` ${path}` : ''}\n  ${message}\n  → ${remedy}\n`,
  );
  return `${blocks.join('\n')}\n${dir}: ${count(errors, 'error')}, ${count(warnings, 'warning')}\n`;
};

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
