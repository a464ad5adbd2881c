import { PorticoError } from '../../errors/portico-error.js';
import type { Principal, PrincipalKind } from './principal.js';
import type { Need, Question, Test } from './question.js';

/**
 * Picks principals. Made by the functions below, and composed with {@link all}, {@link any} and {@link not};
 * composing never widens the kinds that are named: no composition of extension matchers ever matches a
 * content script or a page.
 */
export interface Matcher {
  /** The kinds of caller this matcher is about; `undefined` when it names none, and so can't stand alone. */
  readonly kinds: ReadonlySet<PrincipalKind> | undefined;
  /** Asked only for principals of these kinds. */
  readonly test: Test;
  /** For logs and `explain`. */
  readonly text: string;
  /** Whether it can only match where the browser supplies a TLS channel ID. */
  readonly needsTlsChannelId?: boolean;
  /** What has to be there before it can be asked; asked at once where there is none. */
  readonly needs?: Need | undefined;
  /** Of one that has to wait: whether it can still match, as far as that is known without. */
  readonly mayMatch?: Test | undefined;
}

/** Extension ids by browser: an id means nothing in another browser. */
export interface IdsByBrowser {
  readonly chromium?: readonly string[];
  readonly firefox?: readonly string[];
}

const idTest = (ids: IdsByBrowser): ((principal: Principal) => boolean) => {
  const known = new Set(
    Object.entries(ids).flatMap(([browser, list]) => list.map((id: string) => `${browser} ${id}`)),
  );
  return (principal) => 'id' in principal && known.has(`${principal.browser} ${principal.id}`);
};

const listed = (ids: IdsByBrowser): string => Object.values(ids).flat().join(', ');

const matcher = (kind: PrincipalKind | undefined, text: string, test: Test = () => true): Matcher => ({
  kinds: kind && new Set([kind]),
  test,
  text,
});

/** These extensions' backgrounds, pages and popups. Not their content scripts. */
export const extensions = (ids: IdsByBrowser): Matcher =>
  matcher('extension', `extensions ${listed(ids)}`, idTest(ids));

/** Any extension. Whoever can get a person to install one is in. */
export const anyExtension = (): Matcher => matcher('extension', 'any extension');

/**
 * Content scripts of these extensions, wherever they run; of this extension itself with `'self'`.
 * A page whose renderer is compromised can pose as them: grant what you would grant the page.
 */
export const contentScripts = (
  of: IdsByBrowser | 'self',
  options: { readonly origins?: readonly string[] } = {},
): Matcher => {
  const test = of === 'self' ? (principal: Principal) => 'own' in principal && principal.own : idTest(of);
  const origins = options.origins && new Set(options.origins.map(checkedOrigin));
  return matcher(
    'content-script',
    `content scripts of ${of === 'self' ? 'this extension' : listed(of)}`,
    (principal) => test(principal) && (origins === undefined || origins.has(principal.origin)),
  );
};

/** Web pages of these exact origins (`https://app.example.org`). Any script in them is let in, injected ones too. */
export const pages = (...origins: readonly string[]): Matcher => {
  const known = new Set(origins.map(checkedOrigin));
  return matcher('page', `pages of ${origins.join(', ')}`, ({ origin }) => known.has(origin));
};

/** This extension's own pages and background. Not its content scripts. */
export const self = (): Matcher => matcher('self', 'this extension itself');

/**
 * Callers with this TLS channel ID, or with any where none is given. Names no kind of caller: combine it,
 * as in `all(extensions(…), tlsChannel('…'))`. **No current browser supplies a channel ID, so in today's
 * browsers a rule that requires one matches nobody** (Chromium since M72, crbug 1045232; Firefox and Safari
 * never did).
 */
export const tlsChannel = (id?: string): Matcher => {
  if (id === '')
    throw new PorticoError(
      'INVALID_ARGUMENT',
      "a TLS channel ID can't be empty: '' is what browsers send for none",
    );
  return {
    ...matcher(
      undefined,
      id === undefined ? 'a TLS channel ID' : `TLS channel ID ${id}`,
      ({ tlsChannelId }) => (id === undefined ? tlsChannelId !== undefined : tlsChannelId === id),
    ),
    needsTlsChannelId: true,
  };
};

/**
 * Whom a test of one's own picks among callers of the kinds named. May be asynchronous. Where it throws, or
 * answers neither true nor false, its rule refuses.
 */
export const where = (
  kinds: readonly PrincipalKind[],
  test: (principal: Principal) => boolean | Promise<boolean>,
  text = 'a test of the host',
): Matcher => ({ kinds: new Set(kinds), test, text });

/** Principals that every one of these picks. */
export const all = (...matchers: readonly Matcher[]): Matcher => {
  const atOnce = matchers.filter(({ needs }) => needs === undefined);
  return {
    kinds: common(matchers.flatMap(({ kinds }) => (kinds ? [kinds] : []))),
    test: (principal, question) => fold(matchers, principal, question, false),
    text: `(${matchers.map(({ text }) => text).join(' and ')})`,
    needs: neededBy(matchers),
    mayMatch: (principal, question) => fold(atOnce, principal, question, false),
    needsTlsChannelId: matchers.some(({ needsTlsChannelId }) => needsTlsChannelId),
  };
};

/** Principals that at least one of these picks. */
export const any = (...matchers: readonly Matcher[]): Matcher => ({
  // A matcher without kinds names nobody in a list of alternatives either.
  kinds: new Set(matchers.flatMap(({ kinds }) => [...(kinds ?? [])])),
  test: (principal, question) => fold(matchers, principal, question, true),
  text: `(${matchers.map(({ text }) => text).join(' or ')})`,
  needs: neededBy(matchers),
  needsTlsChannelId: matchers.length > 0 && matchers.every(({ needsTlsChannelId }) => needsTlsChannelId),
});

/** Principals of the same kinds that it doesn't pick: `not(extensions(…))` matches other extensions, never a page. */
export const not = (negated: Matcher): Matcher => ({
  kinds: negated.kinds,
  test: (principal, question) => {
    const result = ask(negated, principal, question);
    return result instanceof Promise ? result.then((matched) => !matched) : !result;
  },
  text: `not ${negated.text}`,
  needs: negated.needs,
});

/** The kinds in every set; `undefined` when there is no set at all. */
const common = ([first, ...others]: readonly ReadonlySet<PrincipalKind>[]):
  | ReadonlySet<PrincipalKind>
  | undefined => first && new Set([...first].filter((kind) => others.every((each) => each.has(kind))));

/** Whether a matcher picks a principal: by kind first. */
export const matches = (
  matcher: Matcher,
  principal: Principal,
  question: Question,
): boolean | Promise<boolean> =>
  matcher.kinds?.has(principal.kind) === true && ask(matcher, principal, question);

/** Whether one that has to wait can still match: strangers need not be heard for it. */
export const mayMatch = ({ kinds, mayMatch }: Matcher, principal: Principal, question: Question): boolean =>
  kinds?.has(principal.kind) === true && mayMatch?.(principal, question) !== false;

/** What the most demanding of them needs. */
const neededBy = (matchers: readonly Matcher[]): Need | undefined =>
  matchers.some(({ needs }) => needs === 'proof')
    ? 'proof'
    : matchers.some(({ needs }) => needs === 'hello')
      ? 'hello'
      : undefined;

/**
 * Runs a test. Whatever is neither true nor false is a mistake in it, and must not become a yes by being
 * truthy, or by being negated: it throws, and a rule that fails refuses.
 */
const ask = (
  { test, text }: Matcher,
  principal: Principal,
  question: Question,
): boolean | Promise<boolean> => {
  const checked = (answer: unknown): boolean => {
    if (typeof answer === 'boolean') return answer;
    throw new PorticoError('INVALID_ARGUMENT', `${text} answered neither true nor false`);
  };
  const answer = test(principal, question);
  return answer instanceof Promise ? answer.then(checked) : checked(answer);
};

/** Asks in order until one answers `until`; stays synchronous as long as the matchers do. */
const fold = (
  matchers: readonly Matcher[],
  principal: Principal,
  question: Question,
  until: boolean,
): boolean | Promise<boolean> => {
  for (const [index, matcher] of matchers.entries()) {
    const { kinds } = matcher;
    const result =
      (kinds === undefined ? !until : kinds.has(principal.kind)) && ask(matcher, principal, question);
    if (result instanceof Promise) {
      return result.then((settled) =>
        settled === until ? until : fold(matchers.slice(index + 1), principal, question, until),
      );
    }
    if (result === until) return until;
  }
  return !until;
};

/** An origin as browsers spell it; a path, a slash or a wildcard would never match anything. */
const checkedOrigin = (text: string): string => {
  const origin = URL.canParse(text) ? new URL(text).origin : undefined;
  if (origin !== text || !/^https?:[^*]+$/.test(text)) {
    throw new PorticoError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(text)} is no web origin: write it like https://app.example.org`,
    );
  }
  return text;
};
