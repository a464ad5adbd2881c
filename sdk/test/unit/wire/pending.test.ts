import { connect } from 'portico/client';
import { describe, expect, test } from 'vitest';
import { ALLOWED, DENIED, fakeConsent } from '../../support/fake-consent.js';
import { KIND } from '../../support/kinds.js';
import { clockOf, FRIEND, linkedTo, rawClient, settled } from '../../support/raw-peer.js';
import {
  codeIn,
  codeOf,
  exchange,
  expectViolated,
  failureOf,
  realClient,
  welcomed,
} from '../../support/sessions.js';
import { hello, tabs, tabsHost, welcome, welcomeIn } from '../../support/tabs.js';

/** What a host sends that asks a person for up to a second. */
const ASKED = [KIND.PENDING, 1000];

/** A host that asks a person for `read`, and a raw client that has greeted it. */
const asking = async (changes: Readonly<Record<string, unknown>> = { needs: ['read'], wants: [] }) => {
  const consent = fakeConsent();
  const server = tabsHost({ consent, asks: ['read', 'titles'] });
  const peer = rawClient(server.host);
  peer.send(hello(changes), [KIND.CALL, 1, 'read.ping', 0, null]);
  await settled();
  return { consent, server, peer };
};

describe('a host whose rules ask a person', () => {
  test('[W5.33] says so once, and drops unread what came with the hello and until the answer', async () => {
    const { consent, server, peer } = await asking();
    expect(peer.frames).toEqual([[KIND.PENDING, 1234]]);
    peer.send([KIND.CALL, 2, 'read.ping', 0, null], [KIND.SUBSCRIBE, 'x']);
    expect(await exchange(peer, [KIND.CALL, 3, 'read.ping', 0, null], [KIND.PENDING])).toEqual([]);
    consent.answer({ read: ALLOWED });
    await settled();
    expect(peer.of(KIND.WELCOME)).toHaveLength(1);
    expect(server.ran).toEqual([]);
    expect(await exchange(peer, [KIND.CALL, 1, 'read.ping', 0, null])).toEqual([[KIND.RESULT, 1, null]]);
    expect(server.ran).toHaveLength(1);
    expect(peer.of(KIND.PENDING)).toHaveLength(1);
  });

  test('[W5.33] holds nothing meanwhile, however much is sent', async () => {
    const { peer, server } = await asking();
    for (let i = 0; i < 600; i++) peer.send([KIND.CALL, i + 2, 'read.list', 0, { windowId: i }]);
    expect(await exchange(peer, [KIND.PENDING])).toEqual([]);
    expect([peer.closed, server.host.sessions]).toEqual([false, 1]);
  });

  test('[W5.35] does not welcome before the client has read that it is pending', async () => {
    const { consent, peer } = await asking();
    consent.answer({ read: ALLOWED });
    await settled();
    expect(peer.of(KIND.WELCOME)).toEqual([]);
    const answers = await exchange(peer, [KIND.CALL, 2, 'read.ping', 0, null], [KIND.PENDING]);
    expect(answers.map(welcomeIn)).toMatchObject([{ kind: KIND.WELCOME, granted: ['read'] }]);
  });

  test.each([
    ['a call', [KIND.CALL, 1, 'read.ping', 0, null]],
    ['a second PENDING', [KIND.PENDING]],
    ['a second hello', hello()],
  ])('[W5.35] takes %s between the two as a violation', async (_what, frame) => {
    const { peer } = await asking();
    peer.send([KIND.PENDING]);
    peer.send([64, 'later']);
    await settled();
    expect(peer.closed).toBe(false);
    peer.send(frame);
    await settled();
    expectViolated(peer, KIND.REFUSE);
  });

  test('[W5.35] lets a client say goodbye at any time', async () => {
    const { peer, server, consent } = await asking();
    peer.send([KIND.GOODBYE, { code: 'CLOSED' }]);
    await settled();
    peer.close();
    await settled();
    expect(server.host.sessions).toBe(0);
    consent.answer({ read: ALLOWED });
    await settled();
    expect(peer.of(KIND.WELCOME)).toEqual([]);
  });

  test('[W5.37] refuses when the person denies what is needed', async () => {
    const { consent, peer } = await asking({ needs: ['read'], wants: ['control'] });
    peer.send([KIND.PENDING]);
    consent.answer({ read: DENIED });
    await settled();
    expect(peer.frames.at(-1)).toEqual([
      KIND.REFUSE,
      {
        code: 'CONSENT_DENIED',
        message: expect.any(String),
        data: { capabilities: ['read'], granted: ['control'], retryAfter: 5000 },
      },
    ]);
    expect(peer.closed).toBe(true);
  });

  test('[W5.37] gives up after the limit pending, though nobody else does', async () => {
    const { peer, server } = await asking();
    peer.send([KIND.PENDING]);
    await settled();
    clockOf(server.host).advance(299_999);
    await settled();
    expect(peer.closed).toBe(false);
    clockOf(server.host).advance(10_001);
    await settled();
    expect([codeIn(peer.frames.at(-1)), peer.closed]).toEqual(['DEADLINE_EXCEEDED', true]);
  });

  test('does not keep a client waiting for what it only wants, when it has something to begin with', async () => {
    const { consent, peer } = await asking({ needs: [], wants: ['control', 'titles'] });
    expect(peer.frames[0]?.slice(0, 5)).toEqual([KIND.WELCOME, ['control'], [], [], ['titles']]);
    expect(consent.requests).toMatchObject([{ capabilities: [{ name: 'titles', needed: false }] }]);
    consent.answer({ titles: ALLOWED });
    await settled();
    expect(peer.of(KIND.GRANTS)).toEqual([[KIND.GRANTS, ['control', 'titles'], [], [], []]]);
  });

  test('asks nobody for what is remembered, and for the difference alone', async () => {
    const consent = fakeConsent({ read: ALLOWED });
    const { host } = tabsHost({ consent, asks: ['read', 'titles'] });
    const peer = rawClient(host);
    peer.send(hello({ needs: ['read', 'titles'], wants: [] }));
    await settled();
    expect(consent.requests.map(({ capabilities }) => capabilities)).toEqual([
      [{ name: 'titles', needed: true }],
    ]);
    const other = rawClient(host);
    other.send(hello({ needs: ['read'], wants: [] }));
    await settled();
    expect(other.of(KIND.WELCOME)).toHaveLength(1);
    expect(consent.requests).toHaveLength(1);
  });

  test('[W5.38] answers a client that comes again by what was decided meanwhile', async () => {
    const { consent, peer, server } = await asking();
    peer.close();
    await settled();
    consent.answer({ read: ALLOWED });
    const again = rawClient(server.host);
    again.send(hello({ needs: ['read'], wants: [] }));
    await settled();
    expect(again.frames.map(welcomeIn)).toMatchObject([{ kind: KIND.WELCOME, granted: ['read'] }]);
  });

  test('a rule that asks needs somebody who can', () => {
    expect(() => tabsHost({ asks: ['read'] })).toThrow(/give createHost a consent/);
  });
});

describe('[A16] a client that is kept waiting', () => {
  const pendingClient = async () => {
    const client = realClient();
    const states: string[] = [];
    client.session.onChange((state) => states.push(state));
    const call = client.read.ping();
    await settled();
    client.raw.host.send(ASKED);
    await settled();
    return { ...client, call, states };
  };

  test('[W5.34] says that it has read it, and sends again after the welcome what it had sent', async () => {
    const { raw, call, session, read } = await pendingClient();
    expect(session.state).toBe('pending');
    expect(raw.host.frames.map(([kind]) => kind)).toEqual([KIND.HELLO, KIND.CALL, KIND.PENDING]);
    const later = read.ping();
    await settled();
    expect(raw.host.frames).toHaveLength(3);
    raw.host.send(welcome());
    await settled();
    expect(raw.host.frames.slice(3)).toEqual([[KIND.CALL, 1, 'read.ping', 0, null, null]]);
    raw.host.send([KIND.RESULT, 1, null, null]);
    expect(await Promise.all([call, later])).toEqual([undefined, undefined]);
  });

  test('[W5.36] gives the host its time; deadlines stand still meanwhile', async () => {
    const { raw, call, session, read } = await pendingClient();
    raw.clock.advance(10_900);
    await settled();
    expect(session.state).toBe('pending');
    raw.host.send(welcome());
    await settled();
    // What was called before has its 30 seconds from now on.
    raw.clock.advance(29_000);
    await settled();
    raw.host.send([KIND.RESULT, 1, null]);
    expect(await call).toBeUndefined();
    const late = codeOf(read.ping(undefined, { deadline: 5 }));
    raw.clock.advance(5);
    expect(await late).toBe('DEADLINE_EXCEEDED');
  });

  test('[W5.36] lets deadlines go on from where they stopped', async () => {
    const { raw, read } = realClient();
    raw.clock.advance(100);
    const call = codeOf(read.ping(undefined, { deadline: 500 }));
    await settled();
    raw.clock.advance(200);
    raw.host.send(ASKED);
    await settled();
    raw.clock.advance(900);
    const asked = codeOf(read.ping(undefined, { deadline: 301 }));
    raw.host.send(welcome());
    await settled();
    raw.clock.advance(0);
    // Not at once, again and again.
    expect(raw.clock.next).toBe(300);
    raw.clock.advance(299);
    await settled();
    expect(raw.host.of(KIND.CANCEL)).toEqual([]);
    raw.clock.advance(1);
    expect(await call).toBe('DEADLINE_EXCEEDED');
    await settled();
    expect(raw.host.of(KIND.CANCEL)).toHaveLength(1);
    raw.clock.advance(1);
    expect(await asked).toBe('DEADLINE_EXCEEDED');
  });

  test('[W5.36] waits no longer than the host said, and its own limit', async () => {
    const { raw, call } = await pendingClient();
    const outcome = codeOf(call);
    raw.clock.advance(11_000);
    expect(await outcome).toBe('HANDSHAKE_TIMEOUT');
    const second = realClient({ connect: { limits: { pending: 100 } } });
    const other = codeOf(second.read.ping());
    await settled();
    second.raw.host.send([KIND.PENDING, 2 ** 40]);
    await settled();
    second.raw.clock.advance(10_100);
    expect(await other).toBe('HANDSHAKE_TIMEOUT');
  });

  test('[W5.37] hears that the person said no, and when to come again', async () => {
    const { raw, call, session } = await pendingClient();
    const outcome = failureOf(call);
    raw.host.send([KIND.REFUSE, { code: 'CONSENT_DENIED', data: { retryAfter: 60 } }]);
    expect(await outcome).toMatchObject({
      code: 'CONSENT_DENIED',
      origin: 'remote',
      data: { retryAfter: 60 },
    });
    expect(session.state).toBe('dormant');
  });

  test('[W5.38] comes again by itself when the port is lost and something waits, and loses nothing', async () => {
    const { raw, call } = await pendingClient();
    raw.host.close();
    await settled();
    raw.clock.advance(600);
    await settled();
    expect(raw.hosts).toHaveLength(2);
    expect(raw.host.frames.map(([kind]) => kind)).toEqual([KIND.HELLO, KIND.CALL]);
    raw.host.send(welcome(), [KIND.RESULT, 1, null]);
    expect(await call).toBeUndefined();
  });

  test('[W5.38] stays away when nothing waits', async () => {
    const client = realClient();
    await settled();
    client.raw.host.send(ASKED);
    await settled();
    client.raw.host.close();
    await settled();
    client.raw.clock.advance(60_000);
    await settled();
    expect([client.raw.hosts.length, client.session.state]).toEqual([1, 'dormant']);
  });

  test.each([
    ['no time', [KIND.PENDING]],
    ['nothing for a time', [KIND.PENDING, null]],
    ['a time that is a text', [KIND.PENDING, '1']],
    ['a time that is a fraction', [KIND.PENDING, 0.5]],
    ['a time that is over', [KIND.PENDING, -1]],
    ['a time that is unsafe', [KIND.PENDING, 2 ** 53]],
    ['a time that is no number', [KIND.PENDING, Number.NaN]],
    ['a time without end', [KIND.PENDING, Number.POSITIVE_INFINITY]],
    ['a BigInt', [KIND.PENDING, 1n]],
    ['a list', [KIND.PENDING, [1]]],
    ['an object', [KIND.PENDING, { expiresIn: 1 }]],
    ['a hole', Object.assign(new Array(2), { 0: KIND.PENDING })],
  ])('[W6.16] takes a PENDING with %s as a violation', async (_what, frame) => {
    const client = realClient({ serialization: 'structured-clone' });
    const outcome = failureOf(client.session.ready());
    await settled();
    client.raw.host.send(frame, welcome());
    expect(await outcome).toMatchObject({ code: 'PROTOCOL_VIOLATION', data: { kind: KIND.PENDING } });
    await settled();
    expectViolated(client.raw.host);
    expect(client.raw.host.of(KIND.PENDING)).toEqual([]);
  });

  test('[W6.16] takes a PENDING with no time left as one', async () => {
    const client = realClient();
    client.raw.host.send([KIND.PENDING, 0]);
    await settled();
    expect([client.session.state, client.raw.host.of(KIND.PENDING)]).toEqual(['pending', [[KIND.PENDING]]]);
  });

  test('[W6.16] [W6.17] after the welcome, PENDING and CHALLENGE are violations', async () => {
    for (const frame of [ASKED, [KIND.CHALLENGE, { nonce: 'x' }]]) {
      const client = await welcomed();
      client.raw.host.send(frame);
      await settled();
      expect([codeIn(client.raw.host.frames.at(-1)), client.raw.host.closed]).toEqual([
        'PROTOCOL_VIOLATION',
        true,
      ]);
    }
  });

  test('[W6.16] a PENDING from a client that was not asked is a violation', async () => {
    const peer = rawClient(tabsHost().host);
    peer.send(hello(), [KIND.PENDING]);
    await settled();
    expectViolated(peer);
  });

  test('a real client and a real host agree on it', async () => {
    const consent = fakeConsent();
    const server = tabsHost({ consent, asks: ['read', 'titles'] });
    const client = connect(tabs, {
      needs: ['read'],
      wants: ['titles'],
      platform: linkedTo(server.host, FRIEND),
    });
    const call = client.read.list({});
    await settled();
    expect([client.session.state, server.ran]).toEqual(['pending', []]);
    consent.answer({ read: ALLOWED, titles: DENIED });
    expect(await call).toEqual([{ id: 1 }]);
    expect(server.ran).toHaveLength(1);
    expect(client.session.info).toMatchObject({
      granted: ['read'],
      refused: { titles: 'CONSENT_DENIED' },
      pending: [],
    });
  });
});
