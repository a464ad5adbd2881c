import { bytes, defineProtocol, event, gated, isError, method } from 'portico';
import { allow, anyExtension, createHost, extensions, pages, refuse } from 'portico/host';
import { contentScript, extension, loopback, ownPage, page } from 'portico/testing';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { settled } from '../../support/raw-peer.js';
import { codeOf } from '../../support/sessions.js';

const Tab = Type.Object({ id: Type.Integer(), title: gated('titles', Type.String()) });
const tabs = defineProtocol({
  name: 'org.example.tabs',
  version: '1.2.0',
  hosts: { chromium: 'a'.repeat(32), firefox: 'host@example.org' },
  errors: { tabGone: Type.Object({ id: Type.Integer() }) },
  capabilities: {
    read: {
      title: 'See your tabs',
      members: {
        list: method({
          params: Type.Object({ windowId: Type.Optional(Type.Integer()) }),
          result: Type.Array(Tab),
          idempotent: true,
        }),
        get: method({ params: Type.Object({ id: Type.Integer() }), result: Tab, errors: ['tabGone'] }),
        ping: method(),
        changed: event(Tab),
      },
    },
    titles: { title: 'See the titles of tabs' },
    capture: { title: 'Take pictures', members: { visible: method({ result: bytes() }) } },
  },
});

const FRIEND = 'c'.repeat(32);
const ENEMY = 'd'.repeat(32);

const serve = () => {
  const host = createHost();
  const friends = [allow(extensions({ chromium: [FRIEND], firefox: ['friend@example.org'] }))] as const;
  const served = host.publish(tabs, {
    read: {
      admit: [
        refuse(extensions({ chromium: [ENEMY] })),
        allow(anyExtension()),
        allow(pages('https://a.example')),
      ],
      provide: () => ({
        list: async ({ windowId }) => [{ id: windowId ?? 1, title: 'a', secret: 1 }],
        get: ({ id }, call) => {
          throw call.fail('tabGone', { id });
        },
        ping: () => {},
      }),
    },
    titles: { admit: friends },
    capture: { admit: friends, provide: () => ({ visible: () => new Uint8Array([1, 2, 3]) }) },
  });
  return { host, served };
};

test('host and client talk in one process as they would in a browser', async () => {
  const { host, served } = serve();
  const { read, has, session } = loopback(host, { as: extension(FRIEND) }).connect(tabs, {
    needs: ['read'],
    wants: ['titles', 'capture'],
  });
  expect(await read.list({ windowId: 3 })).toEqual([{ id: 3, title: 'a' }]);
  expect(await read.ping()).toBeUndefined();
  const error: unknown = await read.get({ id: 4 }).catch((caught: unknown) => caught);
  expect(isError(tabs, error, 'tabGone') && error.data).toEqual({ id: 4 });
  const capture = await has('capture');
  expect(capture && (await capture.visible())).toEqual(new Uint8Array([1, 2, 3]));
  const changes = read.changed();
  await read.ping();
  served.read.changed.emit({ id: 1, title: 'x' });
  expect(await changes.next()).toEqual({ done: false, value: { id: 1, title: 'x' } });
  session.close();
  await settled();
  expect(host.sessions).toBe(0);
});

describe('who calls', () => {
  test.each([
    ['a friend', extension(FRIEND), [{ id: 1, title: 'a' }]],
    ['a friend in Firefox', extension('friend@example.org', { browser: 'firefox' }), [{ id: 1, title: 'a' }]],
    ['another extension', extension('e'.repeat(32)), [{ id: 1 }]],
    ['a page that is named', page('https://a.example'), [{ id: 1 }]],
    ['an extension that is refused', extension(ENEMY), 'REFUSED'],
    ['another page', page('https://b.example'), 'REFUSED'],
    ['a friend’s content script', contentScript(FRIEND, 'https://a.example'), 'REFUSED'],
    ['the host’s own page, which nobody named', ownPage(), 'REFUSED'],
  ])('%s meets the rules as in a browser', async (_who, as, expected) => {
    const { read } = loopback(serve().host, { as }).connect(tabs, { needs: ['read'], wants: ['titles'] });
    expect(await read.list().catch((error) => error.code)).toEqual(expected);
  });
});

describe('how messages are copied', () => {
  test.each([
    ['by JSON, as Chromium does', {}, 'string'],
    ['by structured clone, where told to', { serialization: 'structured-clone' }, 'object'],
  ] as const)('%s', async (_how, options, type) => {
    const { platform } = loopback(serve().host, { as: extension(FRIEND), ...options });
    const port = platform.connect({}, { name: 'portico:org.example.tabs' });
    const messages: unknown[] = [];
    port.onMessage.addListener((message) => messages.push(message));
    const probe = new Uint8Array([80]);
    port.postMessage([
      [0, { wire: [1], versions: ['1.2.0'], needs: ['capture'], wants: [], probe }],
      [7, 1, 'capture.visible', 0, null],
    ]);
    await settled();
    const [, result] = messages.flat() as [unknown, [kind: number, id: number, value: unknown]];
    expect(typeof result[2]).toBe(type);
  });
});

describe('the host’s background', () => {
  test('is absent for who asks for another id', async () => {
    const local = loopback(serve().host, { as: extension(FRIEND) });
    const { read } = local.connect(tabs, { needs: ['read'], host: 'b'.repeat(32) });
    expect(await codeOf(read.list())).toBe('UNREACHABLE');
  });

  test('may stop, and starts again at the next use', async () => {
    let starts = 0;
    const local = loopback(
      () => {
        starts++;
        return serve().host;
      },
      { as: extension(FRIEND) },
    );
    const { read, session } = local.connect(tabs, { needs: ['read'] });
    await read.ping();
    const first = session.info?.instance;
    local.stopHost();
    await settled();
    expect(session.state).toBe('dormant');
    expect(starts).toBe(1);
    await read.ping();
    expect(starts).toBe(2);
    expect(session.info?.instance).not.toBe(first);
  });

  test('takes what is under way with it', async () => {
    const host = createHost();
    const admit = [allow(anyExtension())] as const;
    const never = () => new Promise<never>(() => {});
    host.publish(tabs, {
      read: { admit, provide: () => ({ list: never, get: never, ping: never }) },
      titles: { admit },
      capture: { admit, provide: () => ({ visible: never }) },
    });
    const local = loopback(host, { as: extension(FRIEND) });
    const { read, session } = local.connect(tabs, { needs: ['read'] });
    await session.ready();
    const codes = Promise.all([codeOf(read.list()), codeOf(read.get({ id: 1 }))]);
    await settled();
    local.stopHost();
    expect(await codes).toEqual(['DISCONNECTED', 'OUTCOME_UNKNOWN']);
  });
});

test('connectAny works, too', async () => {
  const local = loopback(serve().host, { as: extension(FRIEND) });
  const next = { ...tabs, version: '2.0.0' };
  const any = await local.connectAny([next, tabs], { needs: ['read'] });
  expect(any.session.info?.version).toBe('1.2.0');
});
