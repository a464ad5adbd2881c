import { randomUUID } from 'node:crypto';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { shown } from '../build/build-failure.js';
import { give, tell } from './tell.js';
import { type Algorithm, makeKeys, readPrivateKey, readPublicKeys } from './token-keys.js';
import { decodeToken, faultOf, signToken } from './tokens.js';

/** Adds `portico token` with its three commands. */
export const tokenCommand = (program: Command): void => {
  const token = program
    .command('token')
    .helpCommand(false)
    .summary("let partners in by tokens that your host's key has signed")
    .description(
      'Makes keys, signs tokens for partners of a host, and shows what stands in them. The host ships the ' +
        'public key in partnerToken() of portico/partners; see docs/guides/partners.md.',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ portico token key --out partner-key
  $ portico token sign --key partner-key.json --for firefox:client@example.net --host tabs@example.org \\
      --protocol org.example.tabs --capabilities read,titles --days 90
  $ portico token show eyJhbGciOi… --keys partner-key.public.json`,
    );
  keyCommand(token);
  signCommand(token);
  showCommand(token);
};

const keyCommand = (token: Command): void => {
  token
    .command('key')
    .summary('make a key pair')
    .description(
      'Makes <out>.json, the private key that signs, readable by you alone, and <out>.public.json, which the ' +
        'host ships. Never overwrites a file.',
    )
    .requiredOption('-o, --out <path>', 'where to, without an ending')
    .addOption(
      new Option(
        '-a, --algorithm <algorithm>',
        'Ed25519 needs Chromium 137 or Firefox 129 where the host runs',
      )
        .choices(['ES256', 'Ed25519'])
        .default('ES256'),
    )
    .action(async ({ out, algorithm }: { readonly out: string; readonly algorithm: Algorithm }) => {
      const { privateFile, publicFile, kid } = await makeKeys(out, algorithm);
      tell(
        `Keep ${shown(privateFile)} secret: whoever has it can sign. It belongs into no repository and no extension.`,
      );
      give(`${kid} → ${shown(privateFile)}, ${shown(publicFile)}`);
    });
};

interface SignOptions {
  readonly key: string;
  readonly for: string;
  readonly host: readonly string[];
  readonly protocol: string;
  readonly capabilities: readonly string[];
  readonly days: number;
  readonly id?: string;
}

const signCommand = (token: Command): void => {
  token
    .command('sign')
    .summary('sign a token for one partner')
    .description(
      'Writes a token to standard output: this extension, or whoever proves this key, may use these ' +
        'capabilities of that host until then.',
    )
    .requiredOption('-k, --key <file>', 'the private key')
    .requiredOption('-f, --for <partner>', 'chromium:<id>, firefox:<id> or key:<thumbprint>', partner)
    .requiredOption(
      '--host <ids>',
      "the host's ids, with commas between them",
      listOf(HOST, 'an id of an extension'),
    )
    .requiredOption(
      '--protocol <name>',
      "the protocol's name",
      textOf(PROTOCOL, 'a name like org.example.tabs'),
    )
    .requiredOption(
      '-c, --capabilities <names>',
      'what it may use, with commas between them',
      listOf(CAPABILITY, 'a name of a capability'),
    )
    .option('-d, --days <number>', 'how long it is good', days, 365)
    .option(
      '--id <id>',
      'the name by which the host can revoke it (default: a random one)',
      textOf(ID, 'an id'),
    )
    .action(async (options: SignOptions) => {
      const key = await readPrivateKey(options.key);
      if (key.isOpen) tell(`warning: others can read ${shown(options.key)}: chmod 600 it`);
      const from = Math.floor(Date.now() / 1000);
      const until = from + options.days * 86_400;
      const { for: subject, host: hosts, protocol, capabilities, id = randomUUID() } = options;
      const signed = await signToken(key, { subject, hosts, protocol, capabilities, from, until, id });
      tell(`${subject} may use ${capabilities.join(', ')} of ${protocol} until ${dateOf(until)}; id ${id}`);
      give(signed);
    });
};

const showCommand = (token: Command): void => {
  token
    .command('show')
    .summary('show what stands in a token')
    .description('Shows what a token says and, with the public keys, whether its signature fits.')
    .argument('<token>')
    .option('-k, --keys <file>', 'the public key, or a list or set of them')
    .addHelpText('after', '\nExit codes: 0 all is well, 1 no host would take it, 2 it can not be read.')
    .action(async (text: string, { keys }: { readonly keys?: string }) => {
      const { header, claims } = decodeToken(text);
      const known = keys === undefined ? undefined : await readPublicKeys(keys);
      const fault = known && (await faultOf(text, header, known));
      const seconds = Date.now() / 1000;
      const isOver = typeof claims.exp !== 'number' || claims.exp <= seconds;
      const lines: readonly (readonly [string, string])[] = [
        ['for', written(claims.sub)],
        ['host', written(claims.aud)],
        ['protocol', written(claims['protocol'])],
        ['capabilities', written(claims['capabilities'])],
        ['made', dateOf(claims.iat)],
        ['until', `${dateOf(claims.exp)}${isOver ? ', which is over' : ''}`],
        ['id', written(claims.jti)],
        ['key', `${written(header['kid'])}, ${written(header['alg'])}`],
        ['signature', known ? (fault ?? 'good') : 'not looked at: name the public keys with --keys'],
      ];
      for (const [name, value] of lines) give(`${name.padEnd(13)}${value}`);
      // Not process.exit: what is written to a pipe would be cut off.
      if (fault !== undefined || isOver) process.exitCode = 1;
    });
};

const CHROMIUM_ID = /^[a-p]{32}$/;
const FIREFOX_ID = /^[\w.-]*@[\w.-]+$|^\{[\da-fA-F-]{36}\}$/;
const HOST = new RegExp(`${CHROMIUM_ID.source}|${FIREFOX_ID.source}`);
const THUMBPRINT = /^[\w-]{43}$/;
const PROTOCOL = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/;
const CAPABILITY = /^[a-z][A-Za-z0-9]{0,63}$/;
const ID = /^[\w.:-]{1,128}$/;
const LONGEST = 3650;

const PARTNERS: ReadonlyMap<string, RegExp> = new Map([
  ['chromium', CHROMIUM_ID],
  ['firefox', FIREFOX_ID],
  ['key', THUMBPRINT],
]);

const partner = (text: string): string => {
  const [kind = ''] = text.split(':', 1);
  if (PARTNERS.get(kind)?.test(text.slice(kind.length + 1))) return text;
  throw new InvalidArgumentError(
    'It is chromium: and 32 letters a to p, firefox: and an id like name@domain.example, or key: and a thumbprint.',
  );
};

const textOf =
  (pattern: RegExp, what: string) =>
  (text: string): string => {
    if (pattern.test(text)) return text;
    throw new InvalidArgumentError(`${JSON.stringify(text)} is not ${what}.`);
  };

const listOf =
  (pattern: RegExp, what: string) =>
  (text: string): readonly string[] => [
    ...new Set(text.split(',').map((each) => textOf(pattern, what)(each.trim()))),
  ];

const days = (text: string): number => {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= LONGEST) return number;
  throw new InvalidArgumentError(`It is a whole number from 1 to ${LONGEST}.`);
};

const dateOf = (seconds: unknown): string => {
  const date = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  return Number.isNaN(date.getTime()) ? 'not said' : date.toISOString().replace('.000', '');
};

/** Somebody else's text on a terminal: nothing that would move its cursor or turn its direction. */
const written = (value: unknown): string => {
  const text = [value ?? 'not said']
    .flat()
    .map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  return text
    .join(', ')
    .slice(0, 1024)
    .replace(/[^\x20-\x7e]/g, '?');
};
