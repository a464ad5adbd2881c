import fc from 'fast-check';
import type { Principal } from '../../src/host/admission/principal.js';

export const SITE = 'https://app.example';
const A = 'a'.repeat(32);
const B = 'b'.repeat(32);

/** One principal of each kind, and its neighbours. */
export const PRINCIPALS = {
  extension: { kind: 'extension', browser: 'chromium', id: A, origin: `chrome-extension://${A}` },
  other: { kind: 'extension', browser: 'chromium', id: B, origin: `chrome-extension://${B}` },
  firefox: { kind: 'extension', browser: 'firefox', id: 'a@b', origin: 'moz-extension://1-2' },
  script: { kind: 'content-script', browser: 'chromium', id: A, origin: SITE, own: false },
  ownScript: { kind: 'content-script', browser: 'chromium', id: 'p'.repeat(32), origin: SITE, own: true },
  page: { kind: 'page', browser: 'chromium', origin: SITE },
  self: {
    kind: 'self',
    browser: 'chromium',
    id: 'p'.repeat(32),
    origin: `chrome-extension://${'p'.repeat(32)}`,
  },
} as const satisfies Record<string, Principal>;

export const IDS = { chromium: [A], firefox: ['a@b'] };

const tls = fc.constantFrom({}, { tlsChannelId: 'id' }, { tlsChannelId: 'other' });

/** Any of them, with a TLS channel ID or without. */
export const anyPrincipal: fc.Arbitrary<Principal> = fc
  .tuple(fc.constantFrom(...Object.values(PRINCIPALS)), tls)
  .map(([principal, more]) => ({ ...principal, ...more }));
