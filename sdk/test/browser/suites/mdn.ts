import { readFile } from 'node:fs/promises';
import type { Page } from 'puppeteer-core';
import { describe, expect, test } from 'vitest';
import type { LoadedExtension } from '../../../../tools/browser/types.mjs';
import { clickButton } from '../support/click-button.js';
import { eventually } from '../support/eventually.js';
import type { World } from '../support/world.js';

/** What an extension's script has written to the console, once it has written all of this. */
const untilWritten = (
  { session }: World,
  { id }: LoadedExtension,
  file: string,
  lines: readonly string[],
): Promise<string[]> =>
  eventually(
    () => {
      const written = session
        .backgroundLog(id)
        .filter(({ source }) => source.endsWith(`/${file}`))
        .map(({ text }) => text.trim());
      return lines.every((line) => written.includes(line)) ? written : undefined;
    },
    `${file} writes ${lines.join(', ')}`,
  );

interface Play {
  readonly fixture: 'mdn' | 'greetings';
  readonly content: string;
  readonly background: string;
}

/** Loads a page, clicks it, clicks the button; gives what both scripts have written. */
const play = async (world: World, { fixture, content, background }: Play) => {
  const { session, directoryOf, pages } = world;
  const extension = await session.install(directoryOf(fixture));
  const page: Page = await session.openPage(pages.url('/', 'localhost'));
  try {
    const hello =
      fixture === 'mdn' ? ['hi there content script!'] : [`${IN_CONTENT} hi there content script!`];
    await untilWritten(world, extension, content, hello);
    await page.click('body');
    const clicked = fixture === 'mdn' ? 'they clicked the page!' : `${IN_BACKGROUND} they clicked the page!`;
    const inBackground = await untilWritten(world, extension, background, [clicked]);
    await clickButton(session, extension, page);
    const inContent = await untilWritten(world, extension, content, ['they clicked the button!']);
    return { inContent, inBackground };
  } finally {
    await page.close();
    await session.uninstall(extension);
  }
};

const IN_CONTENT = 'In content script, received message from background script:';
const IN_BACKGROUND = 'In background script, received message from content script:';

/** The example on MDN's page on `runtime.connect()`, and what it becomes with Portico. */
export const mdnTests = (world: () => World): void => {
  describe('MDN’s own example', () => {
    test('runs as it is written', async () => {
      const written = await play(world(), {
        fixture: 'mdn',
        content: 'content-script.js',
        background: 'background-script.js',
      });
      expect(written).toEqual({
        inContent: [IN_CONTENT, 'hi there content script!', IN_CONTENT, 'they clicked the button!'],
        inBackground: [
          'In background script, received message from content script',
          'hello from content script',
          'In background script, received message from content script',
          'they clicked the page!',
        ],
      });
    });

    test('runs with Portico, too', async () => {
      const written = await play(world(), {
        fixture: 'greetings',
        content: 'content.js',
        background: 'background.js',
      });
      expect(written).toEqual({
        inContent: [`${IN_CONTENT} hi there content script!`, 'they clicked the button!'],
        inBackground: [
          `${IN_BACKGROUND} hello from content script`,
          `${IN_BACKGROUND} they clicked the page!`,
        ],
      });
    });

    test('stands in the documents as it runs here', async () => {
      const textOf = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
      // Less the imports, which examples leave out, and comments.
      const codeIn = (text: string) =>
        text
          .replaceAll(/^(?:import|\/\/) .*\n/gm, '')
          .replaceAll(/\s+/g, ' ')
          .trim();
      const documents = codeIn(await textOf('../../../../docs/connect.md'));
      const fixtures = [
        'mdn/content-script.js',
        'mdn/background-script.js',
        'greetings/greetings.protocol.ts',
        'greetings/content-script.ts',
        'greetings/background-script.ts',
      ];
      for (const fixture of fixtures) {
        expect(documents, fixture).toContain(codeIn(await textOf(`../fixtures/${fixture}`)));
      }
    });
  });
};
