import fc from 'fast-check';
import {
  all,
  any,
  anyExtension,
  contentScripts,
  extensions,
  type Matcher,
  not,
  type Principal,
  pages,
  self,
  tlsChannel,
  where,
} from 'portico/host';
import { describe, expect, test, vi } from 'vitest';
import { anyPrincipal, IDS, PRINCIPALS, SITE } from '../../support/principals.js';
import { matches } from '../../support/questions.js';
import { thrownBy } from '../../support/refusals.js';

// Hundreds of cases: on a busy machine that may take its time.
vi.setConfig({ testTimeout: 60_000 });

type Name = keyof typeof PRINCIPALS;

/** Which of the principals a matcher picks. */
const picked = async (matcher: Matcher): Promise<Name[]> => {
  const names = Object.keys(PRINCIPALS) as Name[];
  const answers = await Promise.all(names.map((name) => matches(matcher, PRINCIPALS[name])));
  return names.filter((_, index) => answers[index]);
};

describe('a matcher picks', () => {
  test.each<readonly [string, Matcher, readonly Name[]]>([
    ['extensions by id and browser', extensions(IDS), ['extension', 'firefox']],
    ['extensions of one browser only', extensions({ chromium: IDS.chromium }), ['extension']],
    [
      'no extension by an id of another browser',
      extensions({ firefox: IDS.chromium, chromium: IDS.firefox }),
      [],
    ],
    ['no extension where none is listed', extensions({}), []],
    ['any extension', anyExtension(), ['extension', 'other', 'firefox']],
    ['content scripts of listed extensions', contentScripts(IDS), ['script']],
    ['content scripts of its own', contentScripts('self'), ['ownScript']],
    ['content scripts on listed sites', contentScripts(IDS, { origins: [SITE] }), ['script']],
    ['no content script on another site', contentScripts(IDS, { origins: ['https://other.example'] }), []],
    [
      'no own content script on another site',
      contentScripts('self', { origins: ['https://other.example'] }),
      [],
    ],
    ['no content script where no site is listed', contentScripts('self', { origins: [] }), []],
    ['pages of listed sites', pages('https://x.example', SITE), ['page']],
    ['no page of another site, port or scheme', pages('https://app.example:8443', 'http://app.example'), []],
    ['no page where none is listed', pages(), []],
    ['itself', self(), ['self']],
    ['whom a test picks among the kinds named', where(['page', 'self'], () => true), ['page', 'self']],
    ['nobody by a test of no kind', where([], () => true), []],
    ['nobody by a TLS channel ID alone', tlsChannel(), []],
    ['what every matcher picks', all(anyExtension(), extensions(IDS)), ['extension', 'firefox']],
    ['nobody of two kinds at once', all(anyExtension(), pages(SITE)), []],
    ['what any matcher picks', any(extensions(IDS), pages(SITE)), ['extension', 'firefox', 'page']],
    ['nobody where there is no matcher', any(), []],
    ['the others of the same kind', not(extensions(IDS)), ['other']],
    ['pages that are not listed', not(pages('https://x.example')), ['page']],
    ['the same as without being negated twice', not(not(extensions(IDS))), ['extension', 'firefox']],
    ['the others of all its kinds', not(any(extensions(IDS), pages(SITE))), ['other']],
    ['extensions that are not listed', all(anyExtension(), not(extensions(IDS))), ['other']],
    ['nobody by what contradicts itself', all(extensions(IDS), not(extensions(IDS))), []],
  ])('%s', async (_title, matcher, expected) => {
    expect(await picked(matcher)).toEqual(expected);
  });
});

test('a test is asked only about principals of its kinds', () => {
  const asked: string[] = [];
  const spy = where(['extension'], ({ kind }) => {
    asked.push(kind);
    return true;
  });
  for (const principal of Object.values(PRINCIPALS)) {
    for (const matcher of [
      spy,
      not(spy),
      any(spy, self()),
      all(spy, anyExtension()),
      all(any(spy, pages(SITE)), not(self())),
    ])
      matches(matcher, principal);
  }
  expect(new Set(asked)).toEqual(new Set(['extension']));
});

test('a matcher says in words whom it is about', () => {
  const matcher = all(
    any(extensions({ chromium: ['x', 'y'] }), pages(SITE)),
    not(contentScripts('self')),
    tlsChannel('t'),
  );
  expect(matcher.text).toBe(
    `((extensions x, y or pages of ${SITE}) and not content scripts of this extension and TLS channel ID t)`,
  );
  expect(
    [
      anyExtension(),
      self(),
      tlsChannel(),
      contentScripts(IDS),
      where(['page'], () => true),
      where(['page'], () => true, 'my test'),
    ].map(({ text }) => text),
  ).toEqual([
    'any extension',
    'this extension itself',
    'a TLS channel ID',
    `content scripts of ${IDS.chromium[0]}, a@b`,
    'a test of the host',
    'my test',
  ]);
});

describe('composing never widens the kinds that are named', () => {
  type Kinds = readonly Principal['kind'][];
  const leaves = (kinds: Kinds): fc.Arbitrary<Matcher> =>
    fc.oneof(
      ...kinds.map((kind) =>
        fc.oneof(
          fc.constantFrom(
            ...{
              extension: [extensions(IDS), anyExtension(), extensions({})],
              'content-script': [contentScripts(IDS), contentScripts('self')],
              page: [pages(SITE), pages()],
              self: [self()],
            }[kind],
          ),
          fc.constantFrom(true, false).map((answer) => where([kind], () => answer)),
          fc.constantFrom(true, false).map((answer) => where([kind], async () => answer)),
        ),
      ),
      fc.constantFrom(tlsChannel(), tlsChannel('id')),
    );
  const composed = (kinds: Kinds): fc.Arbitrary<Matcher> =>
    fc.letrec<{ matcher: Matcher }>((tie) => ({
      matcher: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaves(kinds),
        fc.array(tie('matcher'), { maxLength: 3 }).map((each) => all(...each)),
        fc.array(tie('matcher'), { maxLength: 3 }).map((each) => any(...each)),
        tie('matcher').map(not),
      ),
    })).matcher;

  test.each<Kinds>([
    ['extension'],
    ['page'],
    ['content-script'],
    ['self'],
    ['extension', 'self'],
    ['page', 'content-script'],
  ])('whatever is made of %s and %s matchers matches nothing else', async (...kinds) => {
    await fc.assert(
      fc.asyncProperty(composed(kinds.filter(Boolean)), anyPrincipal, async (matcher, principal) => {
        if (await matches(matcher, principal)) expect(kinds).toContain(principal.kind);
        for (const kind of matcher.kinds ?? []) expect(kinds).toContain(kind);
      }),
      { numRuns: 500 },
    );
  });

  test('and the compositions mean what they say', async () => {
    const kinds: Kinds = ['extension', 'page', 'content-script', 'self'];
    await fc.assert(
      fc.asyncProperty(composed(kinds), composed(kinds), anyPrincipal, async (a, b, principal) => {
        const [left, right] = [await matches(a, principal), await matches(b, principal)];
        const named = [a, b].every((each) => each.kinds);
        if (named) expect(await matches(all(a, b), principal)).toBe(left && right);
        expect(await matches(any(a, b), principal)).toBe(left || right);
        if (a.kinds?.has(principal.kind)) expect(await matches(not(a), principal)).toBe(!left);
      }),
      { numRuns: 500 },
    );
  });
});

describe('an answer that is neither true nor false', () => {
  const answers = ['yes', 1, {}, [], 0, '', null, undefined];

  test.each(answers)('%j throws, alone and composed, synchronously or not', async (answer) => {
    for (const test of [() => answer, async () => answer]) {
      const odd = where(['extension'], test as () => boolean, 'odd');
      for (const matcher of [
        odd,
        not(odd),
        all(odd),
        all(anyExtension(), odd),
        any(odd),
        not(all(odd)),
        not(not(odd)),
      ]) {
        const asked = async () => matches(matcher, PRINCIPALS.extension);
        await expect(asked()).rejects.toThrow('odd answered neither true nor false');
      }
    }
  });

  test('is not even asked for where the kind is another', () => {
    const odd = where(['extension'], (() => 'yes') as never);
    expect(matches(odd, PRINCIPALS.page)).toBe(false);
    expect(matches(not(odd), PRINCIPALS.page)).toBe(false);
  });
});

describe('asynchronous tests', () => {
  test('keep their order, and the first that settles the matter ends it', async () => {
    const asked: string[] = [];
    const step = (name: string, answer: boolean) =>
      where(['extension'], async () => {
        asked.push(name);
        return answer;
      });
    expect(await matches(all(step('a', true), step('b', false), step('c', true)), PRINCIPALS.extension)).toBe(
      false,
    );
    expect(await matches(any(step('d', false), step('e', true), step('f', true)), PRINCIPALS.extension)).toBe(
      true,
    );
    expect(asked).toEqual(['a', 'b', 'd', 'e']);
  });

  test('are waited for only where there are any', () => {
    expect(matches(all(anyExtension(), not(extensions({}))), PRINCIPALS.extension)).toBe(true);
    expect(matches(any(extensions({}), not(anyExtension())), PRINCIPALS.extension)).toBe(false);
  });
});

describe('origins in matchers', () => {
  test.each([
    'https://app.example/',
    'https://app.example/path',
    'app.example',
    '*',
    'https://*.example',
    'https://*',
    '<all_urls>',
    'https://app.example:443',
    'HTTPS://app.example',
    'https://APP.example',
    'https://user@app.example',
    'https://app.example?',
    'chrome-extension://abc',
    'moz-extension://abc',
    'file://',
    'null',
    '',
    ' https://app.example',
    'data:text/html,x',
    'about:blank',
    'ftp://app.example',
  ])('%j is refused where it is written', (origin) => {
    for (const define of [
      () => pages(origin),
      () => pages(SITE, origin),
      () => contentScripts('self', { origins: [origin] }),
    ]) {
      const error = thrownBy(define);
      expect(error.code).toBe('INVALID_ARGUMENT');
      expect(error.message).toContain(JSON.stringify(origin));
    }
  });

  test.each([
    'https://app.example',
    'http://localhost:8080',
    'https://app.example:8443',
    'http://127.0.0.1',
    'https://[::1]:3000',
  ])('%s is an origin', (origin) => {
    const principal: Principal = { kind: 'page', browser: 'chromium', origin };
    expect(matches(pages(origin), principal)).toBe(true);
  });
});

describe('tlsChannel', () => {
  const withId = (tlsChannelId?: string): Principal => ({
    ...PRINCIPALS.extension,
    ...(tlsChannelId ? { tlsChannelId } : {}),
  });

  test('with an id picks that one only', () => {
    const pinned = all(anyExtension(), tlsChannel('id'));
    expect(matches(pinned, withId('id'))).toBe(true);
    expect(matches(pinned, withId('other'))).toBe(false);
    expect(matches(pinned, withId())).toBe(false);
  });

  test('without an id picks whoever has one', () => {
    const required = all(anyExtension(), tlsChannel());
    expect(matches(required, withId('id'))).toBe(true);
    expect(matches(required, withId())).toBe(false);
  });

  test('can not be the empty text, which is what browsers send for none', () => {
    expect(thrownBy(() => tlsChannel('')).code).toBe('INVALID_ARGUMENT');
  });

  test('says so wherever it decides', () => {
    const needs = (matcher: Matcher) => matcher.needsTlsChannelId === true;
    expect(needs(tlsChannel())).toBe(true);
    expect(needs(all(anyExtension(), tlsChannel('id')))).toBe(true);
    expect(needs(any(all(anyExtension(), tlsChannel()), all(self(), tlsChannel())))).toBe(true);
    expect(needs(any(anyExtension(), all(self(), tlsChannel())))).toBe(false);
    expect(needs(any())).toBe(false);
    expect(needs(all(anyExtension(), not(tlsChannel())))).toBe(false);
    expect(needs(anyExtension())).toBe(false);
  });
});
