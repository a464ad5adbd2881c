import { defineProtocol, event, gated, method } from 'portico';
import {
  all,
  allow,
  anyExtension,
  ask,
  contentScripts,
  createHost,
  extensions,
  type Host,
  pages,
  refuse,
  self,
} from 'portico/host';
import { type Caller, contentScript, extension, ownContentScript, ownPage, page } from 'portico/testing';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { ALLOWED, fakeConsent } from '../../support/fake-consent.js';
import { KIND } from '../../support/kinds.js';
import { clockOf, rawClient, settled } from '../../support/raw-peer.js';
import { thrownBy } from '../../support/refusals.js';
import { codeIn, exchange } from '../../support/sessions.js';
import { hello, tabsHost } from '../../support/tabs.js';

const FRIEND_ID = 'c'.repeat(32);
const SITE = 'https://app.example';

const files = defineProtocol({
  name: 'org.example.files',
  version: '1.0.0',
  capabilities: {
    open: {
      title: 'Open web pages',
      members: {
        open: method({
          params: Type.Object({
            url: Type.String({ pattern: '^https://', maxLength: 200 }),
            depth: Type.Optional(Type.Integer({ maximum: 3 })),
          }),
          result: Type.String(),
        }),
        opened: event(Type.Object({ url: gated('history', Type.String()), id: Type.Integer() })),
      },
    },
    history: { title: 'See addresses' },
  },
});
const inner = defineProtocol({
  name: 'org.example.inner',
  version: '1.0.0',
  capabilities: { all: { title: 'Everything', members: { wipe: method() } } },
});

const host = (
  admit: Parameters<typeof createHost>[0] = {},
  rule = allow(extensions({ chromium: [FRIEND_ID] })),
) => {
  const ran: unknown[] = [];
  const made: Host = createHost(admit);
  made.publish(files, {
    open: {
      admit: [rule],
      provide: () => ({
        open: ({ url }) => {
          ran.push(url);
          return url;
        },
      }),
    },
    history: { admit: [rule] },
  });
  made.publish(inner, {
    all: { admit: [allow(self())], provide: () => ({ wipe: () => void ran.push('wiped') }) },
  });
  return { host: made, ran };
};

/** What a caller is answered that asks for this. */
const answered = async (
  made: Host,
  as: Caller,
  protocol = 'org.example.files',
  needs = ['open'],
  ...early: readonly unknown[]
) => {
  const peer = rawClient(made, { as, name: `portico:${protocol}` });
  peer.send(hello({ versions: ['1.0.0'], needs, wants: [] }), ...early);
  await settled();
  return peer;
};
const codeFor = async (...about: Parameters<typeof answered>) =>
  codeIn((await answered(...about)).frames.at(-1));

describe('[A3] an extension in a trusted page', () => {
  test('is that extension’s content script, and has nothing of the page’s', async () => {
    const { host: made } = host({}, allow(pages(SITE)));
    expect((await answered(made, page(SITE))).of(KIND.WELCOME)).toHaveLength(1);
    expect(await codeFor(made, contentScript('b'.repeat(32), SITE))).toBe('REFUSED');
    expect(await codeFor(made, contentScript(FRIEND_ID, SITE))).toBe('REFUSED');
  });

  test('what a person allowed the page is not the script’s, and the other way round', async () => {
    const consent = fakeConsent();
    const seen: string[] = [];
    const recall: typeof consent.recall = ({ principal }) => {
      seen.push(principal.kind);
      return principal.kind === 'page' ? ALLOWED : { verdict: 'ask' };
    };
    const asks = ask(all(pages(SITE)));
    const scripts = ask(contentScripts({ chromium: [FRIEND_ID] }, { origins: [SITE] }));
    const made = createHost({ consent: { ...consent, recall } });
    made.publish(files, {
      open: { admit: [asks, scripts], provide: () => ({ open: () => '' }) },
      history: { admit: [refuse(anyExtension())] },
    });
    expect((await answered(made, page(SITE))).of(KIND.WELCOME)).toHaveLength(1);
    expect((await answered(made, contentScript(FRIEND_ID, SITE))).of(KIND.PENDING)).toHaveLength(1);
    expect(new Set(seen)).toEqual(new Set(['page', 'content-script']));
  });
});

describe('[A4] origins trusted too broadly', () => {
  test.each([
    'https://*.example',
    'https://app.example/',
    'https://app.example/path',
    'app.example',
    'https://',
    '*',
    'https://APP.example',
    'null',
    'file://',
  ])('pages(%j) can’t be written', (origin) => {
    expect(thrownBy(() => pages(origin))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  test.each([
    'https://evil.app.example',
    'https://app.example.evil',
    'https://app.example:8443',
    'http://app.example',
  ])('a page of %s is not that of the exact origin', async (origin) => {
    const { host: made } = host({}, allow(pages(SITE)));
    expect(await codeFor(made, page(origin))).toBe('REFUSED');
  });
});

describe('[A6] a protocol for the host’s own screens', () => {
  test.each<readonly [string, Caller]>([
    ['an extension that is admitted elsewhere', extension(FRIEND_ID)],
    ['a page', page(SITE)],
    ['another’s content script', contentScript(FRIEND_ID, SITE)],
    ['[A9] the host’s own content script, which carries the host’s id', ownContentScript(SITE)],
  ])('answers not to %s', async (_who, as) => {
    const { host: made, ran } = host();
    const peer = await answered(made, as, 'org.example.inner', ['all'], [KIND.CALL, 1, 'all.wipe', 0, null]);
    expect([codeIn(peer.frames.at(-1)), peer.closed, ran]).toEqual(['REFUSED', true, []]);
    const nothing = await answered(made, as, 'org.example.nothing', ['all']);
    expect(nothing.frames).toEqual(peer.frames);
  });

  test('answers the host’s own page', async () => {
    const { host: made, ran } = host();
    const peer = await answered(made, ownPage(), 'org.example.inner', ['all']);
    await exchange(peer, [KIND.CALL, 1, 'all.wipe', 0, null]);
    expect(ran).toEqual(['wiped']);
  });

  test('a member of one protocol is not found through another', async () => {
    const { host: made, ran } = host();
    const peer = await answered(made, extension(FRIEND_ID));
    const frames = await exchange(peer, [KIND.CALL, 1, 'all.wipe', 0, null], [KIND.CALL, 2, 'open', 0, {}]);
    expect([frames.map(codeIn), ran]).toEqual([['UNKNOWN_MEMBER', 'UNKNOWN_MEMBER'], []]);
  });
});

describe('[A7] a deputy', () => {
  test('gives each caller by that caller’s own grants, whatever it asks another to ask', async () => {
    const { host: made } = host();
    expect(await codeFor(made, contentScript(FRIEND_ID, SITE))).toBe('REFUSED');
    expect(await codeFor(made, extension('d'.repeat(32)))).toBe('REFUSED');
  });

  test.each<readonly [string, (branch: object) => object]>([
    ['joined', (branch) => ({ allOf: [branch] })],
    ['an alternative', (branch) => ({ anyOf: [branch, { type: 'null' }] })],
    ['alone', (branch) => branch],
  ])('tells nothing gated through names that two schemas share: %s', async (_how, placed) => {
    const object = (address: object) => ({ type: 'object', properties: { address } });
    const open = object({ type: 'string' });
    const shut = object(gated('history', { type: 'string' }));
    const result = {
      $defs: { Page: open },
      type: 'array',
      items: placed({ $id: 'doc', $ref: '#/$defs/Page', $defs: { Page: shut } }),
    };
    const made = createHost();
    made.publish(
      defineProtocol({
        name: 'org.example.files',
        version: '1.0.0',
        capabilities: {
          open: { title: 'Open', members: { list: method({ result: result as object }) } },
          history: { title: 'See addresses' },
        },
      }),
      {
        open: {
          admit: [allow(anyExtension())],
          provide: () => ({ list: () => [{ address: 'secret' }] }),
        },
        history: { admit: [allow(extensions({ chromium: [FRIEND_ID] }))] },
      },
    );
    const listed = async (needs: string[]) => {
      const peer = await answered(made, extension(FRIEND_ID), undefined, needs);
      return exchange(peer, [KIND.CALL, 1, 'open.list', 0, null]);
    };
    expect(await listed(['open'])).toEqual([[KIND.RESULT, 1, [{}]]]);
    expect(await listed(['open', 'history'])).toEqual([[KIND.RESULT, 1, [{ address: 'secret' }]]]);
  });

  test('sees in a handler who calls and for what, and never a caller’s word for it', async () => {
    const consent = fakeConsent({ open: { verdict: 'allow', scope: ['https://a.example'] } });
    const scoped = defineProtocol({
      name: 'org.example.files',
      version: '1.0.0',
      capabilities: {
        open: {
          title: 'Open',
          scope: Type.String(),
          members: { open: method({ params: Type.Object({ url: Type.String() }), result: Type.Boolean() }) },
        },
      },
    });
    const made = createHost({ consent });
    made.publish(scoped, {
      open: {
        admit: [ask(anyExtension())],
        choices: () => [],
        provide: () => ({ open: ({ url }, { scope }) => scope?.includes(url) === true }),
      },
    });
    const peer = await answered(made, extension('d'.repeat(32)));
    const options = { scope: ['https://b.example'], principal: { kind: 'self' } };
    expect(
      await exchange(
        peer,
        [KIND.CALL, 1, 'open.open', options, { url: 'https://b.example' }],
        [KIND.CALL, 2, 'open.open', 0, { url: 'https://a.example' }],
      ),
    ).toEqual([[KIND.RESULT, 1, false, true]]);
  });
});

describe('[A8] hostile values', () => {
  test.each([
    ['another scheme', { url: 'javascript:alert(1)' }],
    ['a scheme in the middle', { url: 'data:,https://' }],
    ['no text', { url: { toString: 'https://' } }],
    ['a list that reads as a text', { url: ['https://a'] }],
    ['too long a text', { url: `https://${'a'.repeat(200)}` }],
    ['a number that is too large', { url: 'https://a', depth: 4 }],
    ['a number that is none', { url: 'https://a', depth: '3' }],
  ])('%s never reaches the handler', async (_what, params) => {
    const { host: made, ran } = host();
    const peer = await answered(made, extension(FRIEND_ID));
    const [answer] = await exchange(peer, [KIND.CALL, 1, 'open.open', 0, params]);
    expect([codeIn(answer), ran]).toEqual(['INVALID_PARAMS', []]);
  });
});

describe('[A10] a trusted id that turns hostile', () => {
  test('is asked about again when the capability means more', async () => {
    const asked: number[] = [];
    const consent = fakeConsent();
    const recall: typeof consent.recall = (_asker, _subject, revision) => {
      asked.push(revision);
      return revision > 1 ? { verdict: 'ask' } : ALLOWED;
    };
    const outcome = async (revision: number) => {
      const made = createHost({ consent: { ...consent, recall } });
      const protocol = defineProtocol({
        name: 'org.example.files',
        version: '1.0.0',
        capabilities: { open: { title: 'Open', revision } },
      });
      made.publish(protocol, { open: { admit: [ask(anyExtension())] } });
      return (await answered(made, extension(FRIEND_ID))).frames.map(([kind]) => kind);
    };
    expect(await outcome(1)).toEqual([KIND.WELCOME]);
    expect(await outcome(2)).toEqual([KIND.PENDING]);
    expect(asked).toEqual(expect.arrayContaining([1, 2]));
  });
});

describe('[A13] [W11.2] who breaks the rules again and again', () => {
  test('is kept out for a while, and nobody else is', async () => {
    const server = tabsHost({ quotas: { strikes: 3, ban: 60_000 } });
    const bystander = rawClient(server.host, { as: extension('e'.repeat(32)) });
    bystander.send(hello({ wants: ['read'] }));
    for (let i = 0; i < 3; i++) {
      const peer = rawClient(server.host);
      peer.post('garbage');
      await settled();
      expect(codeIn(peer.frames.at(-1))).toBe('PROTOCOL_VIOLATION');
    }
    const banned = rawClient(server.host);
    banned.send(hello());
    await settled();
    expect(banned.frames.at(-1)?.[1]).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      data: { limit: 'strikes', retryAfter: 60_000 },
    });
    expect(await exchange(bystander, [KIND.CALL, 1, 'read.ping', 0, null])).toEqual([[KIND.RESULT, 1, null]]);
    clockOf(server.host).advance(60_000);
    const again = rawClient(server.host);
    again.send(hello());
    await settled();
    expect(again.of(KIND.WELCOME)).toHaveLength(1);
  });

  test('loses its other sessions, too', async () => {
    const server = tabsHost({ quotas: { strikes: 1 } });
    const other = rawClient(server.host);
    other.send(hello());
    await settled();
    const peer = rawClient(server.host);
    peer.post('garbage');
    await settled();
    expect([codeIn(other.frames.at(-1)), other.closed]).toEqual(['LIMIT_EXCEEDED', true]);
  });

  test('is, as a content script, all of its extension’s in whatever origins, and not the extension itself', async () => {
    const id = 'e'.repeat(32);
    const host = createHost({ quotas: { strikes: 3 } });
    host.publish(
      defineProtocol({ name: 'org.example.tabs', version: '1.0.0', capabilities: { see: { title: 'See' } } }),
      {
        see: { admit: [allow(anyExtension()), allow(contentScripts({ chromium: [id] }))] },
      },
    );
    const script = (n: number) => rawClient(host, { as: contentScript(id, `https://a${n}.example`) });
    const other = script(99);
    const itself = rawClient(host, { as: extension(id) });
    for (const peer of [other, itself])
      peer.send([KIND.HELLO, { wire: [1], versions: ['1.0.0'], needs: ['see'], wants: [] }]);
    await settled();
    const codes: unknown[] = [];
    for (let n = 0; n < 5; n++) {
      const peer = script(n);
      peer.post('garbage');
      await settled();
      codes.push(codeIn(peer.frames.at(-1)));
    }
    expect(codes).toEqual([...Array(3).fill('PROTOCOL_VIOLATION'), ...Array(2).fill('LIMIT_EXCEEDED')]);
    expect([codeIn(other.frames.at(-1)), other.closed, itself.closed]).toEqual([
      'LIMIT_EXCEEDED',
      true,
      false,
    ]);
  });
});

describe('[W11.2] quotas', () => {
  test('are counted over all sessions of a principal, and say when to return', async () => {
    const server = tabsHost({ quotas: { callsPerSecond: 5, subscriptions: 1 } });
    const first = rawClient(server.host);
    const second = rawClient(server.host);
    for (const each of [first, second]) each.send(hello());
    await settled();
    const calls = (from: number) =>
      Array.from({ length: 4 }, (_, i) => [KIND.CALL, from + i, 'read.ping', 0, null]);
    await exchange(first, ...calls(1));
    const frames = await exchange(second, ...calls(1));
    const refused = frames.filter(([kind]) => kind === KIND.ERROR);
    expect(refused).toHaveLength(3);
    expect(refused[0]?.[2]).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      data: { limit: 'callsPerSecond', retryAfter: expect.any(Number) },
    });
    clockOf(server.host).advance(1000);
    expect(await exchange(second, [KIND.CALL, 9, 'read.ping', 0, null])).toEqual([[KIND.RESULT, 9, null]]);
    await exchange(first, [KIND.SUBSCRIBE, 20, 'read.changed', 1]);
    const third = await exchange(second, [KIND.SUBSCRIBE, 20, 'read.changed', 1]);
    expect(third[0]?.[2]).toMatchObject({ code: 'LIMIT_EXCEEDED', data: { limit: 'subscriptions' } });
    await exchange(first, [KIND.UNSUBSCRIBE, 20]);
    expect(await exchange(second, [KIND.SUBSCRIBE, 21, 'read.changed', 1])).toEqual([]);
  });

  test('calls in flight and bytes', async () => {
    const server = tabsHost({ quotas: { calls: 2, bytesPerSecond: 1000 } });
    const peer = rawClient(server.host);
    peer.send(hello());
    await settled();
    const waits = await exchange(peer, ...[1, 2, 3].map((id) => [KIND.CALL, id, 'control.wait', 0, {}]));
    expect(waits.map((frame) => (frame[2] as { data: object }).data)).toMatchObject([{ limit: 'calls' }]);
    server.release();
    await settled();
    const large = await exchange(
      peer,
      ...[4, 5, 6].map((id) => [KIND.CALL, id, 'control.echo', 0, { value: 'x'.repeat(900) }]),
    );
    // What is left of the second is enough to read one more, and that is paid for by silence, with the steps that
    // it took; so is the call that was one too many, unread.
    expect(large.map((frame) => [frame[0], frame.length])).toEqual([
      [KIND.RESULT, 4],
      [KIND.ERROR, 3],
    ]);
    expect(large[1]?.[2]).toMatchObject({ data: { limit: 'bytesPerSecond', retryAfter: 857 } });
  });
});

describe('[A14] the name of a port', () => {
  test('gives no role: whoever takes another’s is answered as itself', async () => {
    const { host: made, ran } = host();
    for (const name of ['org.example.inner', 'self', 'org.example.files:admin', '__proto__']) {
      const peer = await answered(made, extension(FRIEND_ID), name, ['all']);
      expect(codeIn(peer.frames.at(-1))).toBe('REFUSED');
    }
    expect(ran).toEqual([]);
  });
});

test('quotas that fail keep everybody out, and say so in the log', async () => {
  const server = tabsHost({
    quotas: () => {
      throw new Error('no list');
    },
  });
  const peer = rawClient(server.host);
  peer.send(hello());
  await settled();
  expect(codeIn(peer.frames.at(-1))).toBe('REFUSED');
  expect(server.log).toContainEqual(expect.objectContaining({ event: 'configuration', level: 'error' }));
});
