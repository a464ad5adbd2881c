import { contentScript, extension, ownContentScript, ownPage, page } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import { derivePrincipal } from '../../../src/host/admission/principal.js';
import type { Own, SenderFacts } from '../../../src/platform/platform.js';
import { CALLER, HOST, LIVE_SENDERS, type LiveSender, WEB } from '../../support/live-senders.js';

const own: Own = HOST.chromium;
const ID = CALLER.chromium.id;
const ORIGIN = CALLER.chromium.origin;

const external = (sender: object | undefined, to: Own = own) =>
  derivePrincipal(sender as SenderFacts | undefined, 'external', to);
const internal = (sender: object | undefined, to: Own = own) =>
  derivePrincipal(sender as SenderFacts | undefined, 'internal', to);
const nobody = undefined;

const ownOf = ({ browser, event }: LiveSender): Own => (event === 'internal' ? CALLER : HOST)[browser];
const live = LIVE_SENDERS.map((each) => [`${each.browser}: ${each.caller}`, each] as const);

describe('senders as the browsers give them', () => {
  test.each(live)('%s', (_title, each) => {
    const { browser, kind, sender, event } = each;
    const { tab } = sender as SenderFacts;
    const principal = derivePrincipal(sender, event, ownOf(each));
    expect(principal).toEqual({
      kind,
      browser,
      origin: kind === 'page' || kind === 'content-script' ? WEB : CALLER[browser].origin,
      ...(kind === 'page' ? {} : { id: CALLER[browser].id }),
      ...(kind === 'content-script' ? { own: event === 'internal' } : {}),
      ...(tab ? { tabId: tab.id } : {}),
    });
  });

  test('there are both browsers, and every kind of caller in each but pages in Firefox', () => {
    const seen = new Set(LIVE_SENDERS.map(({ browser, kind }) => `${browser} ${kind}`));
    expect([...seen].sort()).toEqual([
      'chromium content-script',
      'chromium extension',
      'chromium page',
      'chromium self',
      'firefox content-script',
      'firefox extension',
      'firefox self',
    ]);
  });

  describe.each(live)('%s', (_title, each) => {
    const { sender, event, kind } = each;
    const to = ownOf(each);

    test('is nobody without a url', () => {
      expect(derivePrincipal({ ...sender, url: undefined }, event, to)).toBe(nobody);
    });

    test('is nobody, or a page at most, without an id', () => {
      const { id: _, ...others } = sender as SenderFacts;
      const principal = derivePrincipal(others, event, to);
      const isWeb = kind === 'content-script' || kind === 'page';
      expect(principal?.kind).toBe(event === 'external' && isWeb ? 'page' : nobody);
    });

    test('is nobody without an origin, unless its url is an extension’s', () => {
      const { origin: _, ...others } = sender as SenderFacts;
      const isWeb = kind === 'content-script' || kind === 'page';
      expect(derivePrincipal(others, event, to)?.kind).toBe(isWeb ? nobody : kind);
    });

    test('is nobody where url and origin contradict each other', () => {
      for (const origin of ['https://other.example', 'null', '', HOST.chromium.origin, HOST.firefox.origin]) {
        expect(derivePrincipal({ ...sender, origin }, event, to)).toBe(nobody);
      }
      for (const url of ['https://other.example/', 'about:blank', `${HOST.chromium.origin}/x`, '']) {
        const changed = { origin: (sender as SenderFacts).origin ?? ORIGIN, url };
        expect(derivePrincipal({ ...sender, ...changed }, event, to)).toBe(nobody);
      }
    });

    test('is not itself to the other event', () => {
      const principal = derivePrincipal(sender, event === 'internal' ? 'external' : 'internal', to);
      expect(principal).toBe(nobody);
    });

    test('[A2] is not believed to have another extension’s id', () => {
      const principal = derivePrincipal({ ...sender, id: 'b'.repeat(32) } as SenderFacts, event, to);
      const forged = kind === 'content-script' || kind === 'page' ? 'content-script' : 'extension';
      // Firefox’s origins don’t spell ids, and a content script’s never do: there the browser’s word is all.
      const believed = event === 'external' && (forged === 'content-script' || each.browser === 'firefox');
      expect(principal?.kind).toBe(believed ? forged : nobody);
    });
  });
});

describe('[A1] nobody', () => {
  test.each([
    ['no sender', undefined],
    ['an empty sender', {}],
    ['an id alone', { id: ID }],
    ['an id and an origin', { id: ID, origin: ORIGIN }],
    ['a tab alone', { tab: { id: 1 }, frameId: 0 }],
    ['null in every place', { id: null, url: null, origin: null }],
    ['an id that is no string', { id: null, url: `${WEB}/`, origin: WEB }],
    ['an id that is a list', { id: [ID], url: `${ORIGIN}/bg.js`, origin: ORIGIN }],
    ['a page without an origin', { url: `${WEB}/` }],
    ['a content script without an origin', { id: ID, url: `${WEB}/` }],
    ['an extension’s url without an id', { url: `${ORIGIN}/bg.js`, origin: ORIGIN }],
    ['an extension’s url with an empty id', { id: '', url: `${ORIGIN}/bg.js`, origin: ORIGIN }],
    ['a sandboxed page', { id: ID, url: `${ORIGIN}/sandbox.html`, origin: 'null' }],
    ['an opaque origin', { url: 'https://a.example/', origin: 'null' }],
    ['a local file', { url: 'file:///srv/a.html', origin: 'file://' }],
    ['a local file with an opaque origin', { id: ID, url: 'file:///srv/a.html', origin: 'null' }],
    ['a data url', { url: 'data:text/html,x', origin: 'null' }],
    ['a blob of a site', { url: `blob:${WEB}/1-2`, origin: WEB }],
    ['a blob of an extension', { id: ID, url: `blob:${ORIGIN}/1-2`, origin: ORIGIN }],
    ['about:srcdoc in a site', { id: ID, url: 'about:srcdoc', origin: WEB }],
    ['about:blank in an extension', { id: ID, url: 'about:blank', origin: ORIGIN }],
    ['javascript:', { url: 'javascript:void 0', origin: WEB }],
    ['a filesystem url', { url: `filesystem:${WEB}/t/x`, origin: WEB }],
    ['a privileged page', { id: ID, url: 'chrome://settings/', origin: 'chrome://settings' }],
    [
      'a user in the url',
      { url: 'https://a.example@evil.example/', origin: 'https://a.example@evil.example' },
    ],
    ['a user before the host', { url: 'https://user@a.example/', origin: 'https://a.example' }],
    ['an origin with a path', { url: 'https://a.example/x/', origin: 'https://a.example/x' }],
    ['an origin with a slash', { url: 'https://a.example//', origin: 'https://a.example/' }],
    ['an origin with a query', { url: 'https://a.example?/', origin: 'https://a.example?' }],
    ['an origin with a fragment', { url: 'https://a.example#/', origin: 'https://a.example#' }],
    ['a host that only begins the same', { url: 'https://a.example.evil/', origin: 'https://a.example' }],
    ['another port', { url: 'https://a.example:8443/', origin: 'https://a.example' }],
    ['another scheme', { url: 'http://a.example/', origin: 'https://a.example' }],
    ['capitals in the host', { url: 'https://A.example/', origin: 'https://A.example' }],
    ['capitals in the scheme', { url: 'HTTPS://a.example/', origin: 'HTTPS://a.example' }],
    ['capitals in the id', { id: ID.toUpperCase(), url: `${ORIGIN}/bg.js`, origin: ORIGIN }],
    ['white space', { url: ' https://a.example/', origin: ' https://a.example' }],
    ['a line break', { url: 'https://a.example\n/', origin: 'https://a.example\n' }],
    ['a back slash', { url: 'https://a.example\\.evil/', origin: 'https://a.example\\.evil' }],
    ['no host', { url: 'https:///', origin: 'https://' }],
    ['an extension’s origin that goes on', { id: ID, url: `${ORIGIN}.evil/`, origin: `${ORIGIN}.evil` }],
    ['an extension’s origin with a port', { id: ID, url: `${ORIGIN}:80/`, origin: `${ORIGIN}:80` }],
    [
      'an extension’s origin below another',
      { id: ID, url: `chrome-extension://x.${ID}/`, origin: `chrome-extension://x.${ID}` },
    ],
    ['the id of another extension', { id: 'b'.repeat(32), url: `${ORIGIN}/bg.js`, origin: ORIGIN }],
    ['another browser’s scheme', { id: ID, url: `moz-extension://${ID}/`, origin: `moz-extension://${ID}` }],
    ['the host’s own id from outside', { id: own.id, url: `${own.origin}/a.html`, origin: own.origin }],
    ['the host’s own id, in a site', { id: own.id, url: `${WEB}/`, origin: WEB }],
    ['the host’s own id, without an origin', { id: own.id, url: `${own.origin}/bg.js` }],
    ['the host’s own origin under another id', { id: ID, url: `${own.origin}/a.html`, origin: own.origin }],
    ['the host’s own origin without an id', { url: `${own.origin}/a.html`, origin: own.origin }],
  ])('external: %s', (_title, sender) => {
    expect(external(sender)).toBe(nobody);
  });

  test.each([
    ['no sender', undefined],
    ['an empty sender', {}],
    ['the own id alone', { id: own.id }],
    ['the own origin without the id', { url: `${own.origin}/a.html`, origin: own.origin }],
    ['another extension', { id: ID, url: `${ORIGIN}/bg.js`, origin: ORIGIN }],
    ['another extension’s content script', { id: ID, url: `${WEB}/`, origin: WEB }],
    ['a page', { url: `${WEB}/`, origin: WEB }],
    ['an own content script without an origin', { id: own.id, url: `${WEB}/` }],
    ['an own page with another’s origin', { id: own.id, url: `${ORIGIN}/a.html`, origin: ORIGIN }],
    ['an own sandboxed page', { id: own.id, url: `${own.origin}/sandbox.html`, origin: 'null' }],
    ['an own script in a local file', { id: own.id, url: 'file:///srv/a.html', origin: 'null' }],
    ['an own script in about:srcdoc', { id: own.id, url: 'about:srcdoc', origin: WEB }],
  ])('internal: %s', (_title, sender) => {
    expect(internal(sender)).toBe(nobody);
  });

  test('in Firefox: an origin of another scheme', () => {
    const to = HOST.firefox;
    for (const origin of ['chrome-extension://abc', 'safari-web-extension://abc']) {
      expect(external({ id: 'a@b', url: `${origin}/a.html`, origin }, to)).toBe(nobody);
    }
  });
});

describe('a principal', () => {
  test('is a web page only with an origin that is its url’s', () => {
    expect(external({ url: 'http://localhost:8080/a?b#c', origin: 'http://localhost:8080' })).toEqual({
      kind: 'page',
      browser: 'chromium',
      origin: 'http://localhost:8080',
    });
  });

  test('[A5] of a look-alike site is that site and no other', () => {
    for (const host of ['a.example.evil', 'a.example.', 'xa.example', 'a.example:444', 'xn--a-example-9fg'])
      expect(external({ url: `https://${host}/`, origin: `https://${host}` })?.origin).toBe(
        `https://${host}`,
      );
  });

  test('[A2] is never taken from the tab', () => {
    const framed = {
      id: ID,
      url: `${ORIGIN}/f.html`,
      origin: ORIGIN,
      frameId: 7,
      tab: { id: 3, url: `${WEB}/` },
    };
    expect(external(framed)).toMatchObject({ kind: 'extension', origin: ORIGIN, tabId: 3 });
    const script = { id: ID, url: `${WEB}/`, origin: WEB, tab: { id: 3, url: `${ORIGIN}/f.html` } };
    expect(external(script)).toMatchObject({ kind: 'content-script', origin: WEB });
  });

  test('has a TLS channel ID only where the browser gives one: the empty text is none', () => {
    const sender = { id: ID, url: `${ORIGIN}/bg.js` };
    expect(external(sender)).not.toHaveProperty('tlsChannelId');
    expect(external({ ...sender, tlsChannelId: '' })).toEqual(external(sender));
    expect(external({ ...sender, tlsChannelId: undefined })).toEqual(external(sender));
    expect(external({ ...sender, tlsChannelId: 'abc' })).toEqual({
      ...external(sender),
      tlsChannelId: 'abc',
    });
  });

  test('is derived without changing the sender', () => {
    const sender = Object.freeze({ id: ID, url: `${ORIGIN}/bg.js`, tab: Object.freeze({ id: 5 }) });
    expect(external(sender)).toMatchObject({ tabId: 5 });
  });
});

describe('the callers of portico/testing', () => {
  const SITE = 'https://a.example';
  test.each([
    [extension('abc'), { kind: 'extension', id: 'abc' }],
    [extension('a@b', { browser: 'firefox' }), { kind: 'extension', id: 'a@b' }],
    [contentScript('abc', SITE), { kind: 'content-script', id: 'abc', origin: SITE, own: false }],
    [contentScript('a@b', SITE, { browser: 'firefox' }), { kind: 'content-script', id: 'a@b', own: false }],
    [page(SITE), { kind: 'page', origin: SITE }],
    [ownPage(), { kind: 'self' }],
    [ownPage({ browser: 'firefox' }), { kind: 'self' }],
    [ownContentScript(SITE), { kind: 'content-script', origin: SITE, own: true }],
    [ownContentScript(SITE, { browser: 'firefox' }), { kind: 'content-script', own: true }],
    [extension('abc', { tlsChannelId: 'x' }), { kind: 'extension', tlsChannelId: 'x' }],
  ])('are who they say (%#)', (caller, expected) => {
    expect(derivePrincipal(caller.sender, caller.event, caller.own)).toMatchObject(expected);
  });
});
