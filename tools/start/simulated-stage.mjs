import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../setup.mjs';
import { pageDom } from './page-dom.mjs';
import { html, PAGES } from './pages.mjs';
import { buildStranger } from './stranger-extension.mjs';

/** @typedef {import('./stage.mjs').Stage} Stage */

const SITE = 'https://pages.example';

/**
 * The two extensions as they were built, and a stranger, in the simulated browser: for machines without a real one.
 * @returns {Promise<Stage>}
 */
export async function openSimulatedStage() {
  const { createBrowser } = await import(/** @type {string} */ ('../../sdk/dist/testing.js'));
  const dir = await mkdtemp(join(tmpdir(), 'portico-stranger-'));
  const browser = createBrowser({
    pages: Object.fromEntries(Object.entries(PAGES).map(([path, title]) => [SITE + path, html(title)])),
    dom: pageDom,
  });
  const close = async () => {
    await browser.close();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await buildStranger(dir, 'chromium');
    const dist = (/** @type {string} */ name) => browser.install({ dir: join(root, name, 'dist/chromium') });
    const host = await dist('host-extension');
    const client = await dist('client-extension');
    const board = await client.openPage('board.html');
    const stranger = await (await browser.install({ dir })).openPage('stranger.html');
    await browser.openTab(`${SITE}/first`);
    await browser.openTab(`${SITE}/second`);
    const AsyncFunction = /** @type {any} */ (async () => {}).constructor;
    return {
      browser: 'chromium',
      client: (code) => board.evaluate(new AsyncFunction(code)),
      stranger: (hostId, name, capability) =>
        stranger.evaluate(
          (/** @type {any[]} */ ...sent) => /** @type {any} */ (globalThis).knock(...sent),
          hostId ?? null,
          name ?? null,
          capability ?? null,
        ),
      async openTab() {
        await browser.openTab(`${SITE}/later`);
      },
      hostLog: () =>
        browser.console
          .filter((/** @type {{ context: string }} */ { context }) => context.includes(host.name))
          .map((/** @type {{ text: string }} */ { text }) => text),
      async stopHost() {
        await host.background.stop();
        return true;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
