/** @typedef {import('./types.mjs').PuppeteerBrowser} PuppeteerBrowser */

/**
 * The part of puppeteer's WebDriver BiDi connection that is used here. It is not part of its public API.
 *
 * @typedef {object} BidiConnection
 * @property {(method: string, params: object) => Promise<{ result: any }>} send
 * @property {(event: string, listener: (params: any) => void) => void} on
 */

/**
 * @typedef {object} ChromeScope
 * @property {(source: string, ...args: unknown[]) => Promise<any>} call
 *   Calls a function, given as source text, with JSON arguments in the browser's own privileged window.
 * @property {(source: string, listener: (message: any) => void) => Promise<void>} listen
 *   Calls a function with a callback as its argument; what it passes to that arrives at the listener as JSON.
 */

/**
 * Opens Firefox's privileged scope, which needs `--remote-allow-system-access`.
 *
 * @param {PuppeteerBrowser} browser
 * @returns {Promise<ChromeScope>}
 */
export async function openChromeScope(browser) {
  const { connection } = /** @type {{ connection?: BidiConnection }} */ (/** @type {unknown} */ (browser));
  if (typeof connection?.send !== 'function') {
    throw new Error(
      'puppeteer-core no longer shows its BiDi connection: adapt tools/browser/firefox-chrome-scope.mjs, or use puppeteer-core 24.',
    );
  }
  const tree = await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome' });
  const context = tree.result.contexts[0]?.context;
  if (typeof context !== 'string') throw new Error('Firefox shows no window of its own to run code in.');

  /**
   * @param {string} functionDeclaration
   * @param {object[]} args
   */
  const run = async (functionDeclaration, args) => {
    const { result } = await connection.send('script.callFunction', {
      target: { context },
      awaitPromise: true,
      functionDeclaration,
      arguments: args,
    });
    if (result.type === 'exception') {
      throw new Error(`In Firefox's privileged scope: ${result.exceptionDetails.text}`);
    }
    return result.result.value;
  };

  let channels = 0;
  return {
    call: async (source, ...args) => {
      const wrapped = `async (json) => JSON.stringify(await (${source})(...JSON.parse(json))) ?? 'null'`;
      return JSON.parse(await run(wrapped, [{ type: 'string', value: JSON.stringify(args) }]));
    },
    listen: async (source, listener) => {
      const channel = `portico-${++channels}`;
      connection.on('script.message', (message) => {
        if (message.channel === channel) listener(JSON.parse(message.data.value));
      });
      const wrapped = `async (send) => { await (${source})((message) => send(JSON.stringify(message))); }`;
      await run(wrapped, [{ type: 'channel', value: { channel } }]);
    },
  };
}
