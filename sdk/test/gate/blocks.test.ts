import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { program } from '../../src/cli/run.js';
import { FIXTURES } from '../bundlers/support/projects.js';
import { RECIPES } from '../bundlers/support/recipes.js';
import { type Block, blocksIn, blocksOf, DOCUMENTS, type Mark } from '../support/documents.js';
import { repository } from './source-tree.js';

const blocks = DOCUMENTS.flatMap(blocksOf);
const marked = (mark: Mark): Block[] => blocks.filter((each) => each.mark === mark);

/** So many of each mark. A block that is not held to its mark is no proof, so a new one is counted here as well. */
const COUNTS: Readonly<Record<string, Partial<Record<Mark, number>>>> = {
  'README.md': { run: 6, command: 2, text: 1 },
  'docs/connect.md': { run: 5 },
  'docs/schemas.md': { compiled: 1, fragment: 2, text: 1 },
  'docs/guides/compile.md': { compiled: 4, command: 1, text: 1 },
  'docs/guides/consent.md': { fragment: 6 },
  'docs/guides/errors.md': { fragment: 1 },
  'docs/guides/esbuild.md': { from: 9, command: 4 },
  'docs/guides/manifest.md': { fragment: 2, command: 1, text: 1 },
  'docs/guides/partners.md': { fragment: 2, command: 2 },
  'docs/guides/policy.md': { compiled: 3 },
  'docs/guides/proof.md': { fragment: 3 },
  'docs/guides/publish.md': { compiled: 1, fragment: 1, command: 2 },
  'docs/guides/rollup.md': { from: 12, command: 3 },
  'docs/guides/screens.md': { compiled: 5 },
  'docs/guides/testing.md': { run: 9, text: 1 },
  'docs/guides/vite.md': { from: 11, command: 3 },
  'docs/guides/webpack.md': { from: 10, command: 4 },
  'docs/guides/wxt.md': { from: 8, command: 4 },
};

describe('the blocks of code in documents', () => {
  test('say what is done with them, and every one is counted', () => {
    const unmarked = blocks.filter(({ mark }) => mark === undefined);
    expect(
      unmarked.map(({ place, language }) => `${place}: no mark that ${language || 'it'} can have`),
    ).toEqual([]);
    const counts: Record<string, Partial<Record<Mark, number>>> = {};
    for (const { document, mark } of blocks) {
      const { [document]: before = {} } = counts;
      counts[document] = mark ? { ...before, [mark]: (before[mark] ?? 0) + 1 } : before;
    }
    expect(counts).toEqual(COUNTS);
  });

  test.each([
    ['no mark', '```ts\n```\n'],
    ['no language', '```\n```\n'],
    ['an unknown mark', '```ts shown\n```\n'],
    ['a mark for another language', '```sh compiled\n```\n'],
    ['two marks', '```ts run compiled\n```\n'],
    ['a fragment without its fixture', '```ts fragment\n```\n'],
  ])('with %s are noticed', (_what, text) => {
    expect(blocksIn(text).map(({ mark }) => mark)).toEqual([undefined]);
  });

  test('stand where a test runs them, if they say so', () => {
    // The first in sdk/test/bundlers/, the others in mdn.ts and in the simulator's guide.test.ts.
    const documents = new Set(marked('run').map(({ document }) => document));
    expect([...documents]).toEqual(['README.md', 'docs/connect.md', 'docs/guides/testing.md']);
  });

  test('are the only ones that fixtures of fragments are for', () => {
    const files = readdirSync(join(FIXTURES, 'fragments')).filter((file) => !file.startsWith('given.'));
    const used = marked('fragment').map(({ of, language }) => `${of}.${language}`);
    expect(files.sort()).toEqual(used.sort());
  });
});

/** The commands of a block, each in one line, without comments. */
const commandsIn = ({ code }: Block): string[] =>
  code
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => line.replace(/ # .*$/, '').split('&&'))
    .map((line) => line.trim())
    .filter((line) => line !== '');

const scripts = (): Record<string, string> =>
  JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')).scripts;

/** What is wrong with a command; nothing if it can be given. */
const faultOf = (command: string, document: string): string | undefined => {
  // Placeholders stand in angle brackets: `<your id>`.
  const [tool, name = '', ...args] = command.replaceAll(/<[^>]*>/g, 'a'.repeat(32)).split(/\s+/);
  if (tool === 'npm') {
    if (name === 'install' || name === 'publish') return undefined;
    const script = name === 'run' ? (args[0] ?? '') : name;
    return Object.hasOwn(scripts(), script) ? undefined : 'no such script';
  }
  if (tool === 'npx' && name === 'portico') return faultOfPortico(args);
  const guide = /(\w+)\.md$/.exec(document)?.[1];
  const recipes = RECIPES.filter((each) => each.name.replace(/-compiled$/, '') === guide);
  const known = recipes.flatMap(({ commands }) =>
    commands.map((each) =>
      [
        ...(each.tool === 'node' ? ['node'] : ['npx', each.tool.replace('typescript', 'tsc')]),
        ...each.args,
      ].join(' '),
    ),
  );
  return known.some((each) => each.startsWith(command)) ? undefined : 'no test gives this command';
};

const faultOfPortico = (args: readonly string[]): string | undefined => {
  let at = program();
  let rest = [...args];
  for (let next = at; next; ) {
    at = next;
    const { operands, unknown } = at.parseOptions(rest);
    const found = at.commands.find((each) => each.name() === operands[0]);
    if (!found) {
      if (at.commands.length > 0) return `no command ${operands[0]}`;
      const missing = at.options.filter(
        (each) => each.mandatory && at.getOptionValue(each.attributeName()) === undefined,
      );
      if (missing.length > 0) return `it lacks ${missing.map(({ long }) => long)}`;
      return unknown.length > 0 ? `no option ${unknown}` : undefined;
    }
    next = found;
    rest = [...operands.slice(1), ...unknown];
  }
  return undefined;
};

describe('the commands in documents', () => {
  test.each(marked('command'))('at $place can be given', (block) => {
    const faults = commandsIn(block).map((command) => [command, faultOf(command, block.document)]);
    expect(faults.filter(([, fault]) => fault !== undefined)).toEqual([]);
  });

  test.each([
    ['npm run nothing'],
    ['npx portico pack src/tabs.protocol.ts'],
    ['npx portico lint dist --strictly'],
    ['npx portico package src/tabs.protocol.ts'],
    ['npx portico token sign --key partner-key.json'],
    ['npx vite preview'],
  ])('%s is noticed', (command) => {
    expect(faultOf(command, 'docs/guides/vite.md')).toBeDefined();
  });
});
