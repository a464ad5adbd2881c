import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from '../browser/launch.mjs';
import { servePages } from '../browser/serve.mjs';
import { root } from '../setup.mjs';
import { html, PAGES } from './pages.mjs';
import { buildStranger } from './stranger-extension.mjs';

/** @typedef {import('./stage.mjs').Stage} Stage */
/** @typedef {import('../browser/types.mjs').FoundBrowser} FoundBrowser */

/**
 * The two extensions and a stranger in a real browser, with a few local pages.
 * @param {FoundBrowser} browser @param {{ headless?: boolean }} options @returns {Promise<Stage>}
 */
export async function openBrowserStage(browser, { headless }) {
  const dir = await mkdtemp(join(tmpdir(), 'portico-stranger-'));
  const pages = await servePages(
    Object.fromEntries(Object.entries(PAGES).map(([path, title]) => [path, html(title)])),
  );
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
    browser: session.name,
    client: (code) => board.evaluate(`(async () => { ${code} })()`),
    stranger: (host, name, capability) =>
      stranger.evaluate(
        (...sent) => /** @type {any} */ (globalThis).knock(...sent),
        host ?? null,
        name ?? null,
        capability ?? null,
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
