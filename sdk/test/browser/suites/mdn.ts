import { readFile } from 'node:fs/promises';
import type { Page } from 'puppeteer-core';
import { describe, expect, test } from 'vitest';
import { clickButton } from '../support/click-button.js';
import { eventually } from '../support/eventually.js';
import type { World } from '../support/world.js';

interface Play {
  readonly fixture: 'mdn' | 'greetings';
  readonly content: string;
  readonly background: string;
}

/** Loads a page, clicks it, clicks the button; gives what both scripts have written. */
const play = async ({ session, directoryOf, pages }: World, { fixture, content, background }: Play) => {
  const extension = await session.install(directoryOf(fixture));
  const earlier = session.backgroundLog(extension).length;
  /** What a script has written to the console, once that line is there. */
  const untilWritten = (file: string, line: string): Promise<string[]> =>
    eventually(() => {
      const written = session
        .backgroundLog(extension)
        .slice(earlier)
        .filter(({ source }) => source.endsWith(`/${file}`))
        .map(({ text }) => text.trim());
      return written.includes(line) ? written : undefined;
    }, `${file} writes ${line}`);

  const page: Page = await session.openPage(pages.url('/', 'localhost'));
  try {
    const isMdn = fixture === 'mdn';
    await untilWritten(content, `${isMdn ? '' : `${IN_CONTENT} `}hi there content script!`);
    await page.click('body');
    const inBackground = await untilWritten(
      background,
      `${isMdn ? '' : `${IN_BACKGROUND} `}they clicked the page!`,
    );
    await clickButton(session, extension, page);
    const inContent = await untilWritten(content, 'they clicked the button!');
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
