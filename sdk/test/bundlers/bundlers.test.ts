import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeInBrowsers } from '../browser/support/describe-in-browsers.js';
import { clientFolder, PUBLISHED } from './support/installed.js';
import { expectReadme } from './support/readme.js';
import { RECIPES } from './support/recipes.js';
import { runIn } from './support/run.js';
import { openStage, type Stage } from './support/stage.js';
import { expectTalk, openWorld } from './support/talk.js';

let opened: Stage | undefined;
beforeAll(async () => {
  opened = await openStage();
});
afterAll(() => opened?.remove());

const stage = (): Stage => {
  if (!opened) throw new Error('the extensions are not built');
  return opened;
};

/** TypeBox marks each of its schemas so. */
const SCHEMA_LIBRARY = '~kind';
const codeIn = (folder: string): Promise<string> => readFile(join(folder, 'background.js'), 'utf8');

describe('the bundles', () => {
  test.each(RECIPES)('of $name carry a schema library unless they are compiled', async (recipe) => {
    const { host, client } = stage().pairOf(recipe.name);
    for (const { chromium } of [host, client]) {
      expect((await codeIn(chromium)).includes(SCHEMA_LIBRARY)).toBe(!recipe.compiled);
    }
  });
});

describe('a protocol installed from npm', () => {
  test('brings no schema library into the client', async () => {
    const code = await codeIn(stage().pairOf('installed').client.chromium);
    expect(code).toContain('com.example.notes');
    expect(code).not.toContain(SCHEMA_LIBRARY);
  });

  test.each(['bundler', 'nodenext'])('is typed unconfigured, with %s', async (resolution) => {
    stage().pairOf('installed');
    const folder = clientFolder(stage().alone.folder);
    const module = resolution === 'bundler' ? 'esnext' : 'nodenext';
    const check = async (...files: string[]): Promise<void> => {
      const args = ['--noEmit', '--module', module, '--moduleResolution', resolution, ...files];
      await runIn(folder, { tool: 'typescript', args });
    };
    await writeFile(join(folder, 'src/typed.ts'), TYPED);
    await check('src/background.ts', 'src/typed.ts');
    // And it would say so if it were otherwise.
    await writeFile(join(folder, 'src/wrong.ts'), WRONG);
    await expect(check('src/wrong.ts')).rejects.toThrow(
      /wrong\.ts\(4,\d+\): error TS2322: Type 'number' is not [\s\S]*wrong\.ts\(5,\d+\): error TS2322: /,
    );
  });
});

const USE = `import { connect } from 'portico/client';
import { notes } from '${PUBLISHED}';
const { read, write } = connect(notes, { needs: ['read', 'write'] });
`;
const TYPED = `${USE}
export const id: Promise<number> = write.add({ text: 'typed' });
export const list: Promise<{ id: number; text: string; author?: string }[]> = read.list();
`;
const WRONG = `${USE}void write.add({ text: 1 });
export const list: Promise<{ id: string }[]> = read.list();
`;

describeInBrowsers(
  (browser) => openWorld(browser, stage().pairs),
  (world) => {
    test.each(RECIPES)('host and client built by $name talk', ({ name }) =>
      expectTalk(world(), stage().pairOf(name)),
    );

    test('a host built with Vite and a client with an installed protocol, built with esbuild, talk', () =>
      expectTalk(world(), stage().pairOf('installed')));

    test('host and client of README.md run as they are printed', () =>
      expectReadme(world(), stage().pairOf('readme')));
  },
);
