import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FIXTURES, GUIDE } from '../bundlers/support/projects.js';
import { RECIPES, type Side, sourcesOf } from '../bundlers/support/recipes.js';
import { blocksOf } from '../support/documents.js';
import { repository } from './source-tree.js';

const folder = join(repository, 'docs/guides');
/** Those that build something; other guides stand beside them. */
const bundlers = [...new Set(RECIPES.map(({ name }) => name.replace(/-compiled$/, '')))];
const guides = bundlers.map((name) => `${name}.md`);
const read = (guide: string): string => readFileSync(join(folder, guide), 'utf8');

/** A block of code that shows a fixture: ```ts from=src/host.ts */
const SHOWN = /^```(\w+) from=(\S+)\n[\s\S]*?^```$/gm;

const fixture = (path: string): string => readFileSync(join(FIXTURES, path), 'utf8');

describe.each(guides)('docs/guides/%s', (guide) => {
  const text = read(guide);
  const blocks = blocksOf(`docs/guides/${guide}`);

  test('shows the very files that the tests build (vitest -u brings them up to date)', async () => {
    const current = text.replace(
      SHOWN,
      (_block, language: string, from: string) => `\`\`\`${language} from=${from}\n${fixture(from)}\`\`\``,
    );
    await expect(current).toMatchFileSnapshot(join(folder, guide));
  });

  test('shows no other code than that, but for commands', () => {
    const others = blocks.filter(({ mark }) => mark !== 'from' && mark !== 'command');
    expect(others).toEqual([]);
  });

  test('shows every file of a host and of a client', () => {
    const name = guide.replace(/\.md$/, '');
    const recipes = RECIPES.filter((each) => each.name === name || each.name === `${name}-compiled`);
    const needed = recipes.flatMap(({ files }) =>
      (['host', 'client'] satisfies Side[]).flatMap((side) =>
        Object.values({ ...sourcesOf(side), ...files(side) }),
      ),
    );
    expect(needed).not.toEqual([]);
    const shown = blocks.map(({ of }) => of);
    expect([...new Set(needed)].filter((each) => !shown.includes(each))).toEqual([]);
  });
});

test.each(['host', 'client'] as const)('the %s of the guides has the id that its key gives', (side) => {
  const digest = createHash('sha256').update(Buffer.from(GUIDE[side].key, 'base64')).digest('hex');
  const id = [...digest.slice(0, 32)].map((digit) => 'abcdefghijklmnop'[Number.parseInt(digit, 16)]);
  expect(id.join('')).toBe(GUIDE[side].chromium);
  const protocol = fixture('src/notes.protocol.ts');
  const host = fixture('src/serve-notes.ts');
  for (const id of [GUIDE[side].chromium, GUIDE[side].firefox]) {
    expect(side === 'host' ? protocol : host).toContain(id);
  }
});
