import { sleep } from './wait.mjs';

/** @typedef {import('./types.mjs').PuppeteerBrowser} PuppeteerBrowser */

const STATE = 'globalThis.registration?.active?.state';

/**
 * Sees and stops the service workers of extensions from the browser's own session: a worker that a
 * debugger stays attached to never goes idle, so `target.worker()` must not be used in these tests.
 *
 * @param {PuppeteerBrowser} browser
 */
export async function openWorkers(browser) {
  const session = await browser.target().createCDPSession();

  /**
   * @param {string} origin
   * @returns {Promise<string[]>} Target ids.
   */
  const find = async (origin) => {
    const { targetInfos } = await session.send('Target.getTargets');
    return targetInfos
      .filter(({ type, url }) => type === 'service_worker' && url.startsWith(`${origin}/`))
      .map(({ targetId }) => targetId);
  };

  /**
   * Attaches for one look.
   *
   * @param {string} targetId
   */
  const isActive = async (targetId) => {
    const { sessionId } = await session.send('Target.attachToTarget', { targetId, flatten: true });
    try {
      const worker = session.connection()?.session(sessionId);
      const answer = await worker?.send('Runtime.evaluate', { expression: STATE, returnByValue: true });
      return answer?.result.value === 'activated';
    } finally {
      await session.send('Target.detachFromTarget', { sessionId });
    }
  };

  return {
    find,
    /** @param {string} origin */
    areActive: async (origin) => {
      const found = await find(origin);
      // A worker may end while it is looked at.
      const active = await Promise.all(found.map((id) => isActive(id).catch(() => false)));
      return active.includes(true);
    },
    /** @param {string} origin */
    stop: async (origin) => {
      // A successor may start at once; only these have to be gone.
      const found = await find(origin);
      const left = async () => (await find(origin)).filter((id) => found.includes(id));
      for (let ids = found; ids.length > 0; ids = await left()) {
        // Chromium has been seen not to hear it: it is told again.
        for (const targetId of ids) await session.send('Target.closeTarget', { targetId }).catch(() => {});
        for (let i = 0; i < 100 && (await left()).length > 0; i++) await sleep(5);
      }
    },
  };
}
