import { contentScript, extension, page } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { clockOf, FRIEND, rawClient, STRANGER, settled } from '../../support/raw-peer.js';
import { admitted, codeIn, exchange, expectViolated } from '../../support/sessions.js';
import { hello, tabsHost, welcome, welcomeIn } from '../../support/tabs.js';

const bodyOf = (frame: readonly unknown[] | undefined) => frame?.[1] as Record<string, unknown>;

describe('who is there', () => {
  test('[W3.1] what a client calls itself changes nothing', async () => {
    const server = tabsHost();
    const peer = rawClient(server.host, { as: STRANGER });
    peer.send(hello({ name: `extension ${'c'.repeat(32)}` }));
    await settled();
    expect(peer.frames.map(codeIn)).toEqual(['REFUSED']);
  });

  test('[W3.1] a content script that carries an admitted id is not that extension', async () => {
    const server = tabsHost();
    const peer = rawClient(server.host, { as: contentScript('c'.repeat(32), 'https://example.org') });
    peer.send(hello());
    await settled();
    expect(peer.frames.map(codeIn)).toEqual(['REFUSED']);
  });

  const { own, sender } = FRIEND;
  test.each([
    ['no sender', undefined],
    ['an empty sender', {}],
    ['an id alone', { id: sender.id }],
    ['a url that is none', { ...sender, url: 'nowhere' }],
    ['an origin that contradicts the url', { ...sender, origin: `chrome-extension://${'d'.repeat(32)}` }],
    ['an id that contradicts the origin', { ...sender, id: 'd'.repeat(32) }],
    ["the host's own id", { ...sender, id: own.id }],
  ])('[W3.2] %s is nobody, and refused like anybody', async (_what, facts) => {
    const server = tabsHost();
    const nobody = rawClient(server.host, {
      as: { own, event: 'external', sender: (facts ?? {}) as typeof sender },
      ...(facts ? {} : { port: (port) => ({ ...port, sender: undefined }) }),
    });
    const stranger = rawClient(server.host, { as: STRANGER });
    await settled();
    expect(nobody.messages).toEqual(stranger.messages);
    expect([nobody.closed, nobody.messages.length]).toEqual([true, 1]);
  });
});

describe('the hello', () => {
  test.each([
    ['a call', [KIND.CALL, 1, 'read.ping', 0, null]],
    ['a goodbye', [KIND.GOODBYE, {}]],
    ['a frame of an unknown kind', [64, {}]],
    ['a welcome', welcome()],
  ])('[W5.1] %s before the hello is a violation', async (_what, frame) => {
    const server = tabsHost();
    const peer = rawClient(server.host);
    peer.send(frame, hello(), [KIND.CALL, 2, 'control.close', 0, { id: 1 }]);
    await settled();
    expectViolated(peer, KIND.REFUSE);
    expect(server.ran).toEqual([]);
  });

  test('[W5.3] a second hello is a violation', async () => {
    const peer = await admitted(tabsHost());
    await exchange(peer, hello());
    expectViolated(peer);
  });

  test('[W5.3] so is one in the same message, or one behind the hello that waits', async () => {
    const twice = rawClient(tabsHost().host);
    twice.send(hello(), hello());
    await settled();
    expectViolated(twice);

    const server = tabsHost({ slowRules: true });
    const early = rawClient(server.host);
    early.send(hello());
    early.send(hello());
    await settled();
    server.decide();
    await settled();
    expectViolated(early);
  });

  test('[W5.4] bytes travel natively only where the probe arrived as bytes', async () => {
    const bytesFor = async (probe: unknown, serialization: 'json' | 'structured-clone') => {
      const peer = await admitted(tabsHost(), { serialization }, { probe });
      const [frame] = peer.frames;
      expect(frame).toHaveLength(11);
      return welcomeIn(frame).native;
    };
    expect(await bytesFor(new Uint8Array([80]), 'structured-clone')).toBe(1);
    expect(await bytesFor(new Uint8Array([80]), 'json')).toBe(0);
    for (const probe of [undefined, null, 'UA==', [80], { 0: 80 }, new ArrayBuffer(1), new Uint16Array(1)])
      expect(await bytesFor(probe, 'structured-clone')).toBe(0);
  });

  test('[W5.9] who says nothing in time is refused', async () => {
    const server = tabsHost({ limits: { handshake: 100 } });
    const peer = rawClient(server.host);
    clockOf(server.host).advance(99);
    await settled();
    expect(peer.frames).toEqual([]);
    clockOf(server.host).advance(1);
    await settled();
    expect([peer.frames.map(codeIn), peer.closed]).toEqual([['DEADLINE_EXCEEDED'], true]);
    expect(server.host.sessions).toBe(0);
  });

  test('[W5.10] rules that do not decide in time refuse', async () => {
    const server = tabsHost({ slowRules: true, limits: { handshake: 100 } });
    const peer = rawClient(server.host);
    clockOf(server.host).advance(90);
    peer.send(hello());
    await settled();
    clockOf(server.host).advance(99);
    await settled();
    expect(peer.frames).toEqual([]);
    clockOf(server.host).advance(1);
    await settled();
    expect([peer.frames.map(codeIn), peer.closed]).toEqual([['DEADLINE_EXCEEDED'], true]);
    server.decide();
    await settled();
    expect([peer.frames.length, server.host.sessions]).toEqual([1, 0]);
    expect(server.log.filter(({ event }) => event === 'admitted')).toEqual([]);
  });

  test('[W5.21] a hello without wire version 1 is a violation', async () => {
    for (const wire of [[], [0], [2, 3]]) {
      const peer = rawClient(tabsHost().host);
      peer.send(hello({ wire }));
      await settled();
      expectViolated(peer, KIND.REFUSE);
    }
    expect(welcomeIn((await admitted(tabsHost(), {}, { wire: [7, 1, 2] })).frames[0]).wire).toBe(1);
  });
});

describe('early frames', () => {
  test('[W5.6] are left unread until the rules have decided, and then read in order', async () => {
    const server = tabsHost({ slowRules: true });
    const peer = rawClient(server.host);
    peer.send(hello(), [KIND.CALL, 1, 'control.close', 0, { id: 1 }]);
    peer.send([KIND.CALL, 2, 'control.close', 0, { id: 2 }]);
    await settled();
    expect([server.ran, peer.frames]).toEqual([[], []]);
    server.decide();
    await settled();
    expect(server.ran.map(([, params]) => params)).toEqual([{ id: 1 }, { id: 2 }]);
    expect(peer.frames.map(([kind]) => kind)).toEqual([KIND.WELCOME, KIND.RESULT]);
  });

  test('[W5.6] are dropped unread when the host refuses', async () => {
    const server = tabsHost({ slowRules: true });
    const peer = rawClient(server.host, { as: STRANGER });
    peer.send(hello(), [KIND.CALL, 1, 'control.close', 0, { id: 1 }], 'not even a frame');
    const needy = rawClient(server.host);
    needy.send(hello({ needs: ['admin'] }), [KIND.CALL, 1, 'control.close', 0, { id: 1 }]);
    await settled();
    server.decide();
    await settled();
    expect(server.ran).toEqual([]);
    expect(needy.frames.map(codeIn)).toEqual(['CAPABILITY_REFUSED']);
  });

  test('[W5.7] are bounded by their number', async () => {
    const server = tabsHost({ slowRules: true, limits: { earlyMessages: 5 } });
    const within = rawClient(server.host);
    const beyond = rawClient(server.host);
    for (const peer of [within, beyond]) peer.send(hello());
    for (let i = 1; i <= 4; i++) within.send([KIND.CALL, i, 'control.close', 0, { id: i }]);
    for (let i = 1; i <= 5; i++) beyond.send([KIND.CALL, i, 'control.close', 0, { id: i }]);
    await settled();
    expect([beyond.frames.map(codeIn), beyond.closed]).toEqual([['LIMIT_EXCEEDED'], true]);
    expect(bodyOf(beyond.frames[0])['data']).toEqual({ limit: 'earlyMessages' });
    server.decide();
    await settled();
    expect(within.frames.at(-1)).toEqual([KIND.RESULT, 1, null, null, null, null]);
    expect(server.ran).toHaveLength(4);
  });

  test.each([
    ['texts', 'json', 'x'.repeat(5000)],
    ['lists', 'json', new Array(700).fill(0)],
    ['keys', 'json', Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key ${i}`, 0]))],
    ['bytes', 'structured-clone', new Uint8Array(5000)],
    ['a part of a large buffer', 'structured-clone', new Uint8Array(5000).subarray(0, 1)],
    ['what could hide anything', 'structured-clone', new Map([[1, 'x']])],
    ['a large number', 'structured-clone', 1n],
  ] as const)('[W5.7] are bounded by their size: %s', async (_what, serialization, value) => {
    const server = tabsHost({ slowRules: true, limits: { earlySize: 5000 } });
    const within = rawClient(server.host, { serialization });
    const behind = rawClient(server.host, { serialization });
    const beside = rawClient(server.host, { serialization });
    within.send(hello(), [KIND.CALL, 1, 'control.echo', 0, { value: 'x'.repeat(1000) }]);
    behind.send(hello());
    behind.send([KIND.CALL, 1, 'control.echo', 0, { value }]);
    beside.send(hello(), [KIND.CALL, 1, 'control.echo', 0, { value }]);
    await settled();
    for (const peer of [behind, beside])
      expect([peer.frames.map(codeIn), bodyOf(peer.frames[0])['data'], peer.closed]).toEqual([
        ['LIMIT_EXCEEDED'],
        { limit: 'earlySize' },
        true,
      ]);
    server.decide();
    await settled();
    expect(within.of(KIND.RESULT)).toHaveLength(1);
  });
});

describe('how many', () => {
  test('[W5.26] sessions of one principal are bounded, half-open ones too', async () => {
    const server = tabsHost({ limits: { sessionsPerPrincipal: 2 } });
    const first = await admitted(server);
    rawClient(server.host);
    const third = rawClient(server.host);
    const firefox = extension('friend@example.org', { browser: 'firefox' });
    await admitted(server, { as: firefox });
    await settled();
    expect(bodyOf(third.frames[0])).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      data: { limit: 'sessionsPerPrincipal', retryAfter: 1000 },
    });
    expect(third.closed).toBe(true);
    first.close();
    await settled();
    await admitted(server);
  });

  test('[W5.26] so are those of a host; strangers are told that they are refused, and not this', async () => {
    const server = tabsHost({ limits: { sessions: 1 } });
    await admitted(server);
    const second = rawClient(server.host);
    const stranger = rawClient(server.host, { as: page('https://example.org') });
    await settled();
    expect(bodyOf(second.frames[0])['data']).toEqual({ limit: 'sessions', retryAfter: 1000 });
    expect(stranger.frames.map(codeIn)).toEqual(['REFUSED']);
  });

  test('[W5.27] after a goodbye nothing is answered, and the port counts until it is closed', async () => {
    const server = tabsHost({ limits: { sessionsPerPrincipal: 1, handshake: 100 } });
    const peer = await admitted(server);
    const answers = await exchange(
      peer,
      [KIND.CALL, 1, 'control.wait', 0, {}],
      [KIND.GOODBYE, { code: 'CLOSED' }],
      [KIND.CALL, 2, 'read.ping', 0, null],
    );
    peer.send([KIND.CALL, 3, 'read.ping', 0, null]);
    server.release();
    await settled();
    expect([answers, server.ran.map(([path]) => path)]).toEqual([[], ['control.wait']]);
    expect([server.signals[0]?.aborted, server.host.sessions]).toEqual([true, 1]);
    clockOf(server.host).advance(100);
    await settled();
    expect([peer.closed, server.host.sessions]).toEqual([true, 0]);

    const other = await admitted(server);
    other.send([KIND.GOODBYE, { code: 'CLOSED' }]);
    other.close();
    await settled();
    expect(server.host.sessions).toBe(0);
  });
});
