import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../setup.mjs';
import { madeUpBrowser } from './made-up-browser.mjs';

/** @typedef {import('./stage.mjs').Stage} Stage */

/** @param {string} path a module that the build has written @returns {Promise<any>} */
const built = (path) => import(pathToFileURL(join(root, path)).href);

const STRANGER = 'ponmlkjihgfedcbaponmlkjihgfedcba';

/**
 * The host's own code on made-up tabs, and its client, in one process: for machines without a browser.
 * @returns {Promise<Stage>}
 */
export async function openLoopbackStage() {
  const [{ publishTabs }, { tabs }, { loopback, extension }, { TAB_BOARD }] = await Promise.all([
    built('host-extension/build/publish-tabs.js'),
    built('host-extension/build/tabs.protocol.js'),
    built('sdk/dist/testing.js'),
    built('host-extension/build/known-callers.js'),
  ]);
  const browser = madeUpBrowser();
  const caller = extension(TAB_BOARD.chromium);
  /** @type {string[]} */
  const log = [];
  /** @type {any} */
  let published;
  // Run at each start of the host, as its background script would be.
  const start = () => {
    published = publishTabs(browser.api, caller.own, (/** @type {any} */ { message }) => log.push(message));
    return published.host;
  };
  const asClient = loopback(start, { as: caller });
  const connection = asClient.connect(tabs, { needs: ['read'], wants: ['titles', 'control', 'capture'] });
  const AsyncFunction = /** @type {any} */ (async () => {}).constructor;
  return {
    client: (code) => new AsyncFunction('tabs', code)(connection),
    async stranger(host, name) {
      const stranger = loopback(() => published.host, { as: extension(STRANGER) });
      const { session } = stranger.connect(
        { ...tabs, name: name ?? tabs.name },
        { needs: ['read'], ...(host ? { host } : {}) },
      );
      try {
        await session.ready();
        return 'admitted';
      } catch (error) {
        const { code, message } = /** @type {{ code: string, message: string }} */ (error);
        return { code, message };
      } finally {
        session.close();
      }
    },
    async openTab(title) {
      published.changes.touch(browser.open(title));
    },
    hostLog: () => log,
    async stopHost() {
      asClient.stopHost();
      return true;
    },
    async close() {
      connection.session.close();
    },
  };
}
