import type { ConnectEvent, Own, SenderFacts } from '../platform/platform.js';

/** Somebody who calls a host, as its browser would describe them. */
export interface Caller {
  readonly own: Own;
  readonly event: ConnectEvent;
  readonly sender: SenderFacts;
}

/** The browser a simulated caller lives in. */
export interface CallerOptions {
  readonly browser?: 'chromium' | 'firefox';
  /** What `includeTlsChannelId` would bring, if a browser ever did. */
  readonly tlsChannelId?: string;
}

const HOST_IDS = { chromium: 'p'.repeat(32), firefox: 'host@portico.test' };
const UUID = { host: '00000000-0000-4000-8000-000000000001', client: '00000000-0000-4000-8000-000000000002' };

/** The host's own identity in the simulated browser. */
const ownOf = (browser: 'chromium' | 'firefox'): Own => ({
  browser,
  id: HOST_IDS[browser],
  origin: browser === 'chromium' ? `chrome-extension://${HOST_IDS.chromium}` : `moz-extension://${UUID.host}`,
});

const originOf = (id: string, browser: 'chromium' | 'firefox'): string =>
  browser === 'chromium' ? `chrome-extension://${id}` : `moz-extension://${UUID.client}`;

const caller = (
  event: ConnectEvent,
  options: CallerOptions,
  sender: (browser: 'chromium' | 'firefox') => SenderFacts,
): Caller => {
  const browser = options.browser ?? 'chromium';
  const { tlsChannelId } = options;
  return {
    own: ownOf(browser),
    event,
    sender: { ...sender(browser), ...(tlsChannelId === undefined ? {} : { tlsChannelId }) },
  };
};

/** Another extension's background. */
export const extension = (id: string, options: CallerOptions = {}): Caller =>
  caller('external', options, (browser) => ({
    id,
    url: `${originOf(id, browser)}/background.js`,
    // Chromium's workers come without an origin, Firefox's backgrounds with one.
    ...(browser === 'firefox' ? { origin: originOf(id, browser) } : {}),
  }));

/** A content script of another extension, in a page of `origin`. */
export const contentScript = (id: string, origin: string, options: CallerOptions = {}): Caller =>
  caller('external', options, () => ({ id, url: `${origin}/`, origin, tab: { id: 1 }, frameId: 0 }));

/** A web page. */
export const page = (origin: string, options: CallerOptions = {}): Caller =>
  caller('external', options, () => ({ url: `${origin}/`, origin, tab: { id: 1 }, frameId: 0 }));

/** The host's own page. */
export const ownPage = (options: CallerOptions = {}): Caller =>
  caller('internal', options, (browser) => {
    const { id, origin } = ownOf(browser);
    return { id, url: `${origin}/options.html`, origin };
  });

/** The host's own content script, in a page of `origin`. */
export const ownContentScript = (origin: string, options: CallerOptions = {}): Caller =>
  caller('internal', options, (browser) => ({
    id: ownOf(browser).id,
    url: `${origin}/`,
    origin,
    tab: { id: 1 },
    frameId: 0,
  }));
