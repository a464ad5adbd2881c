import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import { launch } from '../browser/launch.mjs';
import { servePages } from '../browser/serve.mjs';
import { root } from '../setup.mjs';

/** @typedef {import('./stage.mjs').Stage} Stage */
/** @typedef {import('../browser/types.mjs').FoundBrowser} FoundBrowser */

const STYLE = 'font: 1.5rem system-ui; margin: 4rem; color-scheme: light dark';

/** @param {string} title */
const html = (title) =>
  `<!doctype html><html lang="en"><title>${title}</title><body style="${STYLE}"><h1>${title}</h1>`;

/**
 * The two extensions and a stranger in a real browser, with a few local pages.
 * @param {FoundBrowser} browser @param {{ headless?: boolean }} options @returns {Promise<Stage>}
 */
export async function openBrowserStage(browser, { headless }) {
  const dir = await mkdtemp(join(tmpdir(), 'portico-stranger-'));
  const pages = await servePages({
    '/first': html('A first page'),
    '/second': html('A second page'),
    '/later': html('A page that opened later'),
  });
  const clean = async () => {
    await pages.close();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await buildStranger(dir, browser.name);
    const dist = (/** @type {string} */ name) => join(root, name, 'dist', browser.name);
    const session = await launch(browser, {
      extensions: [dist('host-extension'), dist('client-extension'), dir],
      ...(headless ? { headless: true } : {}),
    });
    try {
      return await furnish(session, pages, clean);
    } catch (error) {
      await session.close();
      throw error;
    }
  } catch (error) {
    await clean();
    throw error;
  }
}

/**
 * @param {import('../browser/types.mjs').Session} session
 * @param {{ url(path: string): string }} pages
 * @param {() => Promise<void>} clean
 * @returns {Promise<Stage>}
 */
async function furnish(session, pages, clean) {
  const board = await session.openExtensionPage(1, 'board.html');
  const stranger = await session.openExtensionPage(2, 'stranger.html');
  await session.openPage(pages.url('/first'));
  await (await session.openPage(pages.url('/second'))).bringToFront();
  return {
    client: (code) => board.evaluate(`(async () => { ${code} })()`),
    stranger: (host, name) =>
      stranger.evaluate(
        (...sent) => /** @type {any} */ (globalThis).knock(...sent),
        host ?? null,
        name ?? null,
      ),
    async openTab() {
      await (await session.openPage(pages.url('/later'))).bringToFront();
    },
    hostLog: () => session.backgroundLog(0).map(({ text }) => text),
    stopHost: () => session.stopBackground(0),
    async close() {
      await session.close();
      await clean();
    },
  };
}

/** @param {string} dir @param {string} browser */
async function buildStranger(dir, browser) {
  const { portico } = await import(/** @type {string} */ ('../../sdk/dist/build.js'));
  const bundle = await rollup({
    input: join(root, 'tools/start/stranger.js'),
    plugins: [nodeResolve(), portico()],
  });
  await bundle.write({ file: join(dir, 'stranger.js'), format: 'es' });
  await bundle.close();
  await writeFile(join(dir, 'background.js'), '// All it does happens in its page.\n');
  await writeFile(
    join(dir, 'stranger.html'),
    `${html('A stranger')}<script type="module" src="stranger.js"></script>`,
  );
  await writeFile(join(dir, 'manifest.json'), JSON.stringify(manifest(browser)));
}

/** @param {string} browser */
const manifest = (browser) => ({
  manifest_version: 3,
  name: 'A stranger',
  version: '1.0.0',
  ...(browser === 'firefox'
    ? {
        background: { scripts: ['background.js'] },
        browser_specific_settings: { gecko: { id: 'stranger@portico.example' } },
      }
    : { background: { service_worker: 'background.js' } }),
});
