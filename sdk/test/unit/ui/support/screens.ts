import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Viewport } from 'puppeteer-core';
import { launch } from '../../../../../tools/browser/launch.mjs';
import { servePages } from '../../../../../tools/browser/serve.mjs';
import type { FoundBrowser, Page } from '../../../../../tools/browser/types.mjs';

/** The same that an extension's page has, so that nothing works here that doesn't work there. */
const POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'";

const shell = (screen: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>${screen}</title><link rel="stylesheet" href="/page.css"><script type="module" src="/page.js"></script></head><body class="${screen}"></body></html>`;

const STYLE = `:root { color-scheme: light dark; height: 100% } body { margin: 0; min-height: 100% }
  body.prompt { min-height: 100vh; display: grid; grid-template-columns: minmax(0, 1fr) }
  body.connections { padding: 24px; max-width: 1000px; margin: auto; background: light-dark(#f3f6f5, #121716); color: light-dark(#000, #fff) }
  h1, h2 { font: 600 20px system-ui }`;

export interface Screens {
  /** A page that shows one state, in front: in a tab that shows another, or in a new one. */
  open(query: string, last?: Page): Promise<Page>;
  /** What axe-core finds, with all its rules or with these. */
  check(page: Page, rules?: readonly string[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Serves the elements with fake sources to a real browser: no extension is involved. */
export const openScreens = async (browser: FoundBrowser): Promise<Screens> => {
  const bundled = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    // The projects' compiler options stand in no tsconfig.json that covers this file.
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: true } },
  });
  const headers = { 'content-security-policy': POLICY };
  const html = (screen: string) => ({ type: 'text/html; charset=utf-8', body: shell(screen), headers });
  const server = await servePages({
    '/prompt': html('prompt'),
    '/connections': html('connections'),
    '/framing': `<!doctype html><title>Framing</title><iframe src="/prompt?screen=prompt&state=first" width="500" height="500"></iframe>`,
    '/page.js': { type: 'text/javascript', body: bundled.outputFiles[0]?.text ?? '' },
    '/page.css': { type: 'text/css', body: STYLE },
  });
  const session = await launch(browser, { headless: process.env['PORTICO_HEADLESS'] !== '0' });
  let size: Viewport | null = null;
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  return {
    async open(query, last) {
      const screen = new URLSearchParams(query).get('screen');
      const url = server.url(query === 'framing' ? '/framing' : `/${screen}?${query}`);
      if (!last || last.isClosed()) {
        const page = await session.openPage(url);
        size ??= page.viewport();
        await page.bringToFront();
        return page;
      }
      // What a test may have changed, as it is in a new tab.
      await last.setViewport(size);
      await last.emulateMediaFeatures([]);
      await last.mouse.reset();
      await last.goto(url);
      return last;
    },
    async check(page, rules) {
      if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
      return page.evaluate(async (only) => {
        const { axe } = globalThis as unknown as { axe: Axe };
        const { violations } = await axe.run({
          resultTypes: ['violations'],
          ...(only && { runOnly: { type: 'rule', values: only } }),
        });
        return violations.map(
          ({ id, nodes }) =>
            `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
        );
      }, rules);
    },
    async close() {
      await session.close();
      await server.close();
    },
  };
};

interface Axe {
  run(options: object): Promise<{ violations: AxeFinding[] }>;
}

interface AxeFinding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}
