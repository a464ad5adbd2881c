import type { BrowserName, ConnectEvent, Own, SenderFacts } from '../../platform/platform.js';

interface Base {
  readonly browser: BrowserName;
  /** `''` and absent are the same: what current browsers send. */
  readonly tlsChannelId?: string;
  /** Where the caller's document is shown; says nothing about who it is. */
  readonly tabId?: number;
}

/**
 * Who is on the other end, derived from the browser's sender alone. What the browser vouches for in each
 * kind, and what not, is in `docs/security.md`.
 */
export type Principal =
  /** A background, page or popup of another extension. `id` is vouched for. */
  | (Base & { readonly kind: 'extension'; readonly id: string; readonly origin: string })
  /** A content script of the extension `id`, in a page of `origin`. A compromised page can forge it. */
  | (Base & {
      readonly kind: 'content-script';
      readonly id: string;
      readonly origin: string /** Of this very extension. */;
      readonly own: boolean;
    })
  /** A web page. There is no id. */
  | (Base & { readonly kind: 'page'; readonly origin: string })
  /** A page or background of this very extension. */
  | (Base & { readonly kind: 'self'; readonly id: string; readonly origin: string });

export type PrincipalKind = Principal['kind'];

/**
 * What tells principals apart where something is counted or remembered. An extension is its id: its origin
 * is another one after each installation in Firefox.
 */
export const keyOf = (principal: Principal): string => {
  const { kind, origin } = principal;
  if (kind === 'page') return `page ${origin}`;
  return kind === 'content-script' ? `${kind} ${principal.id} ${origin}` : `${kind} ${principal.id}`;
};

/**
 * Who answers for a principal: an extension for its content scripts, too, which come as somebody else in each
 * origin. For what one must not get more of by being many: the person's attention, and room in the audit log.
 */
export const partyOf = (principal: Principal): string => {
  const { kind } = principal;
  if (kind === 'content-script') return `${principal.own ? kind : 'extension'} ${principal.id}`;
  return keyOf(principal);
};

/** For logs. */
export const describePrincipal = (principal: Principal | undefined): string =>
  principal
    ? `${principal.kind} ${'id' in principal ? `${principal.id} ` : ''}(${principal.origin})`
    : 'somebody without identity';

const EXTENSION_SCHEMES: Readonly<Record<BrowserName, string>> = {
  chromium: 'chrome-extension:',
  firefox: 'moz-extension:',
  safari: 'safari-web-extension:',
};

/**
 * Derives the principal, or `undefined` for nobody: what is missing or contradicts itself is never read
 * in the caller's favour. Never looks at `tab` to classify, since extension pages have tabs too, and never
 * at `id` alone, since a content script carries its extension's.
 */
export const derivePrincipal = (
  sender: SenderFacts | undefined,
  event: ConnectEvent,
  own: Own,
): Principal | undefined => {
  const origin = originOf(sender);
  if (!sender || origin === undefined) return undefined;
  const { id } = sender;
  if (id !== undefined && typeof id !== 'string') return undefined;
  const base: { -readonly [K in keyof Base]: Base[K] } = { browser: own.browser };
  if (sender.tlsChannelId) base.tlsChannelId = sender.tlsChannelId;
  if (sender.tab?.id !== undefined) base.tabId = sender.tab.id;
  // Of all that an origin may begin with, no other does so.
  const isWeb = origin.startsWith('http');
  if (event === 'internal') {
    // Only the extension itself gets here; its content scripts do, too, with its id.
    if (id !== own.id) return undefined;
    if (origin === own.origin) return { kind: 'self', id, origin, ...base };
    return isWeb ? { kind: 'content-script', id, origin, own: true, ...base } : undefined;
  }
  // The browser never fires the external event for an extension's own contexts.
  if (id === own.id || origin === own.origin) return undefined;
  if (id === undefined || id === '') return isWeb ? { kind: 'page', origin, ...base } : undefined;
  if (isWeb) return { kind: 'content-script', id, origin, own: false, ...base };
  const scheme = EXTENSION_SCHEMES[own.browser];
  // In Chromium the origin spells the id. In Firefox it is a random one for each installation, and the
  // scheme is all that can be checked: the browser itself sets both fields.
  const vouched =
    own.browser === 'chromium' ? origin === `${scheme}//${id}` : origin.startsWith(`${scheme}//`);
  return vouched ? { kind: 'extension', id, origin, ...base } : undefined;
};

/** Origins as browsers spell them: no user, no path, nothing that a look-alike could hide behind. */
const ORIGIN = /^(?:https?|chrome-extension|moz-extension|safari-web-extension):\/\/[^/?#@\\\sA-Z]+$/;
/** That of an extension, before the path of a url. */
const IN_URL = /^(?:chrome|moz|safari-web)-extension:\/\/[^/?#@\\\sA-Z]+(?=\/)/;

/** The origin that url and origin agree on. A worker has no origin field; everybody has a url. */
const originOf = (sender: SenderFacts | undefined): string | undefined => {
  const { url, origin } = sender ?? {};
  if (typeof url !== 'string') return undefined;
  if (origin === undefined) {
    // Only an extension's worker comes without an origin; a page without one is contradictory.
    return IN_URL.exec(url)?.[0];
  }
  // The slash ends the host: no longer name can begin the same. Browsers write even a bare origin with it.
  return typeof origin === 'string' && ORIGIN.test(origin) && url.startsWith(`${origin}/`)
    ? origin
    : undefined;
};
