import { connect, requestGrants, returnGrants } from 'portico/client';
import { describe, expect, test } from 'vitest';
import { unfolded } from '../../support/conversation.js';
import { ALLOWED, DENIED, fakeConsent } from '../../support/fake-consent.js';
import { KIND } from '../../support/kinds.js';
import { FRIEND, linkedTo, rawClient, settled } from '../../support/raw-peer.js';
import {
  admitted,
  codeIn,
  codeOf,
  exchange,
  expectViolated,
  failureOf,
  realClient,
  welcomed,
} from '../../support/sessions.js';
import { FITS, holed, MISFITS } from '../../support/standings.js';
import { tabs, tabsHost, type WelcomeChanges, welcome, welcomeIn } from '../../support/tabs.js';

const ALL = { read: ALLOWED, titles: ALLOWED, control: ALLOWED };

const asking = (first = ALL as Parameters<typeof fakeConsent>[0]) => {
  const consent = fakeConsent(first);
  return { consent, server: tabsHost({ consent, asks: ['read', 'titles', 'control'] }) };
};

describe('[A15] a capability that is taken back', () => {
  test('[W5.39] ends its calls and subscriptions with GRANT_REVOKED, then tells the grants', async () => {
    const { consent, server } = asking();
    const peer = await admitted(server);
    await exchange(
      peer,
      [KIND.CALL, 1, 'control.wait', 0, {}],
      [KIND.SUBSCRIBE, 2, 'control.noted', 5],
      [KIND.SUBSCRIBE, 3, 'read.changed', 5],
    );
    const before = peer.frames.length;
    consent.change({ control: DENIED });
    await settled();
    expect(peer.frames.slice(before)).toMatchObject([
      [KIND.ERROR, 1, { code: 'GRANT_REVOKED' }],
      [KIND.END, 2, { code: 'GRANT_REVOKED' }],
      [KIND.GRANTS, ['read', 'titles'], ['control'], ['CONSENT_DENIED'], []],
    ]);
    expect(server.signals[0]?.aborted).toBe(true);
    server.release();
    expect(await exchange(peer, [KIND.CALL, 4, 'control.wait', 0, {}])).toMatchObject([
      [KIND.ERROR, 4, { code: 'CAPABILITY_REFUSED' }],
    ]);
    server.emit('changed', { id: 5, title: 'still there' });
    await settled();
    expect(peer.of(KIND.EVENT)).toHaveLength(1);
  });

  test('[W5.39] works again when it is given again', async () => {
    const { consent, server } = asking();
    const peer = await admitted(server);
    consent.change({ control: DENIED });
    consent.change({ control: ALLOWED });
    await settled();
    expect(await exchange(peer, [KIND.CALL, 1, 'control.close', 0, { id: 1 }])).toEqual([
      [KIND.RESULT, 1, null],
    ]);
  });

  test('[W5.40] takes its fields out of results and events of other capabilities, those under way too', async () => {
    const consent = fakeConsent(ALL);
    let give = (_tab: { id: number; title: string }): void => {};
    const get = () =>
      new Promise((resolve) => {
        give = resolve;
      });
    const server = tabsHost({ consent, asks: ['read', 'titles', 'control'], get });
    const peer = await admitted(server);
    await exchange(peer, [KIND.SUBSCRIBE, 1, 'read.changed', 1]);
    server.emit('changed', { id: 1, title: 'open' });
    // Queued with its title, for want of credit.
    server.emit('changed', { id: 2, title: 'secret' });
    await exchange(peer, [KIND.CALL, 2, 'read.get', 0, { id: 4 }]);
    consent.change({ titles: DENIED });
    give({ id: 4, title: 'secret' });
    await settled();
    expect(unfolded(peer.of(KIND.RESULT))).toEqual([[KIND.RESULT, 2, { id: 4 }]]);
    await exchange(peer, [KIND.CREDIT, 1, 10]);
    server.emit('changed', { id: 3, title: 'secret' });
    await settled();
    expect(peer.of(KIND.EVENT)).toEqual([
      [KIND.EVENT, 1, 0, { id: 1, title: 'open' }],
      [KIND.EVENT, 1, 2, { id: 3 }],
    ]);
  });

  test('a client hears of it without asking', async () => {
    const { consent, server } = asking();
    const client = connect(tabs, { needs: ['read', 'control'], platform: linkedTo(server.host, FRIEND) });
    const info = await client.session.ready();
    const heard: unknown[] = [];
    client.session.onChange((state) => heard.push([state, client.session.info?.granted]));
    const running = failureOf(client.control.wait({}));
    const events = client.control.noted();
    const next = failureOf(events.next());
    await settled();
    consent.change({ control: DENIED });
    expect(await running).toMatchObject({ code: 'GRANT_REVOKED', origin: 'remote' });
    expect((await next).code).toBe('GRANT_REVOKED');
    await settled();
    expect(heard).toEqual([['open', ['read']]]);
    expect(info.granted).toEqual(['read', 'control']);
    expect(await client.has('control')).toBe(false);
  });
});

describe('a client asks for more', () => {
  test('[W5.41] what a person is asked for: the grants first, then the answer', async () => {
    const { consent, server } = asking({ read: ALLOWED });
    const peer = await admitted(server, {}, { wants: ['read'] });
    expect(await exchange(peer, [KIND.REQUEST, 1, { ask: ['titles'], drop: [] }])).toEqual([
      [KIND.GRANTS, ['read'], [], [], ['titles']],
    ]);
    const before = peer.frames.length;
    consent.answer({ titles: ALLOWED });
    await settled();
    expect(peer.frames.slice(before)).toEqual([
      [KIND.GRANTS, ['read', 'titles'], [], [], []],
      [KIND.RESULT, 1, null],
    ]);
  });

  test.each([
    ['UNKNOWN_MEMBER', ['nothing']],
    ['UNKNOWN_MEMBER', ['__proto__']],
    ['UNKNOWN_MEMBER', ['constructor', 'read']],
    ['CAPABILITY_REFUSED', ['admin']],
    ['CAPABILITY_REFUSED', ['admin', 'titles']],
    ['CONSENT_DENIED', ['control']],
  ])('[W5.41] says %s for %j', async (code, ask) => {
    const { server, consent } = asking({ read: ALLOWED, control: DENIED });
    const peer = await admitted(server, {}, { wants: ['read'] });
    const frames = await exchange(peer, [KIND.REQUEST, 1, { ask, drop: [] }]);
    expect([frames.at(-1)?.[0], frames.at(-1)?.[1], codeIn(frames.at(-1))]).toEqual([KIND.ERROR, 1, code]);
    expect(consent.requests).toEqual([]);
    if (code === 'CONSENT_DENIED') expect(frames.at(-1)?.[2]).toMatchObject({ data: { retryAfter: 5000 } });
  });

  test('[W5.41] what nobody could be asked for is pending no more', async () => {
    const { consent, server } = asking({ read: ALLOWED });
    const peer = await admitted(server, {}, { wants: ['read'] });
    await exchange(peer, [KIND.REQUEST, 1, { ask: ['titles'], drop: [] }]);
    const before = peer.frames.length;
    consent.fail();
    await settled();
    const [grants, error] = peer.frames.slice(before);
    expect(grants).toEqual([KIND.GRANTS, ['read'], ['titles'], ['CONSENT_DENIED'], []]);
    expect([error?.[0], codeIn(error)]).toEqual([KIND.ERROR, 'LIMIT_EXCEEDED']);
  });

  test('[W5.41] one request at a time, of a session and of a principal', async () => {
    const { consent, server } = asking({ read: ALLOWED });
    const peer = await admitted(server, {}, { wants: ['read'] });
    const other = await admitted(server, {}, { wants: ['read'] });
    await exchange(peer, [KIND.REQUEST, 1, { ask: ['titles'], drop: [] }]);
    const second = await exchange(peer, [KIND.REQUEST, 2, { ask: ['titles'], drop: [] }]);
    const third = await exchange(other, [KIND.REQUEST, 1, { ask: ['titles'], drop: [] }]);
    expect([second, third].map((frames) => codeIn(frames.at(-1)))).toEqual([
      'CONSENT_PENDING',
      'CONSENT_PENDING',
    ]);
    expect(consent.requests).toHaveLength(1);
  });

  test.each([
    ['no body', [KIND.REQUEST, 1]],
    ['no list to give back', [KIND.REQUEST, 1, { ask: [] }]],
    ['numbers', [KIND.REQUEST, 1, { ask: [1], drop: [] }]],
    ['too many', [KIND.REQUEST, 1, { ask: Array(257).fill('read'), drop: [] }]],
    ['an id that is none', [KIND.REQUEST, 'x', { ask: [], drop: [] }]],
  ])('[W6.20] a REQUEST with %s is a violation', async (_what, frame) => {
    const { server } = asking();
    const peer = await admitted(server);
    peer.send(frame);
    await settled();
    expectViolated(peer);
  });

  test('[W6.20] so is one whose id was there before', async () => {
    const { server } = asking();
    const peer = await admitted(server);
    peer.send([KIND.CALL, 1, 'read.ping', 0, null], [KIND.REQUEST, 1, { ask: [], drop: [] }]);
    await settled();
    expectViolated(peer);
  });

  test('with requestGrants; later sessions ask for it, too', async () => {
    const { consent, server } = asking({ read: ALLOWED });
    const platform = linkedTo(server.host, FRIEND);
    const client = connect(tabs, { needs: ['read'], wants: ['titles'], platform });
    await settled();
    consent.answer({ titles: DENIED });
    await client.session.ready();
    consent.memory.delete('titles');
    const asked = requestGrants(client, ['titles']);
    await settled();
    expect(client.session.info?.pending).toEqual(['titles']);
    consent.answer({ titles: ALLOWED });
    await asked;
    expect(client.session.info).toMatchObject({ granted: ['read', 'titles'], pending: [] });
    expect(await client.read.list({})).toEqual([{ id: 1, title: 'Portico' }]);
    expect(await codeOf(requestGrants(client, ['admin' as never]))).toBe('CAPABILITY_REFUSED');
  });

  test('a person may take minutes; an abort stops the waiting alone', async () => {
    const { consent, server } = asking({ read: ALLOWED });
    const client = connect(tabs, { needs: ['read'], wants: [], platform: linkedTo(server.host, FRIEND) });
    await client.session.ready();
    const abort = new AbortController();
    const asked = codeOf(requestGrants(client as never, ['titles'] as never, { signal: abort.signal }));
    await settled();
    abort.abort();
    expect(await asked).toBe('ABORTED');
    consent.answer({ titles: ALLOWED });
    await settled();
    expect(client.session.info?.granted).toEqual(['read', 'titles']);
  });
});

test('a client that is gone before its welcome leaves was admitted first, and ended then', async () => {
  const { consent, server } = asking();
  let die = (): void => {};
  const peer = rawClient(server.host, {
    port: (port) => ({
      ...port,
      postMessage: (message) => port.postMessage(message),
      disconnect: () => port.disconnect(),
      onMessage: {
        addListener: (listener) =>
          port.onMessage.addListener((message) => {
            listener(message);
            die();
          }),
      },
      onDisconnect: {
        addListener(listener) {
          die = () => listener(port);
        },
      },
    }),
  });
  peer.send([KIND.HELLO, { wire: [1], versions: ['1.2.0'], needs: [], wants: ['read'] }]);
  await settled();
  expect(consent.told.map(([what]) => what)).toEqual(['admitted', 'ended']);
});

describe('a client gives back', () => {
  test('[W5.42] what the person allowed is forgotten, and what runs ends', async () => {
    const { consent, server } = asking();
    const client = connect(tabs, {
      needs: ['read'],
      wants: ['titles', 'control'],
      platform: linkedTo(server.host, FRIEND),
    });
    const control = await client.has('control');
    const running = codeOf((control as Exclude<typeof control, false>).wait({}));
    await settled();
    await returnGrants(client, ['control']);
    expect(await running).toBe('GRANT_REVOKED');
    expect(client.session.info).toMatchObject({ granted: ['read', 'titles'], refused: {} });
    expect(consent.told).toContainEqual(['back', ['control']]);
    expect(consent.memory.has('control')).toBe(false);
  });
});

/** A GRANTS: as much as the two share of a welcome. */
const grants = (changes: WelcomeChanges = {}): readonly unknown[] => [
  KIND.GRANTS,
  ...welcome(changes).slice(1, 5),
];

describe('GRANTS', () => {
  test('[W6.19] replace what the client knew', async () => {
    const client = await welcomed({}, { granted: ['read'], pending: ['titles'] });
    expect(client.session.info?.pending).toEqual(['titles']);
    client.raw.host.send([KIND.GRANTS, ['titles'], ['read'], ['CONSENT_DENIED'], []]);
    await settled();
    expect(client.session.info).toMatchObject({
      granted: ['titles'],
      refused: { read: 'CONSENT_DENIED' },
      pending: [],
    });
  });

  test.each<readonly [string, unknown]>([
    ['an object', [KIND.GRANTS, { granted: [], refused: {} }]],
    ...MISFITS.map(([what, changes]) => [what, grants(changes)] as const),
    ...[0, 1, 2, 3].map((lists) => [`${lists} of its lists`, grants().slice(0, 1 + lists)] as const),
    ...[1, 2, 3, 4].map((at) => [`a hole for list ${at}`, holed(grants(), at)] as const),
  ])('[W6.19] with %s are a violation', async (_what, frame) => {
    const client = await welcomed({ serialization: 'structured-clone' });
    const { info } = client.session;
    const call = failureOf(client.read.list());
    await settled();
    client.raw.host.send(frame, [KIND.RESULT, 1, []]);
    expect(await call).toMatchObject({ code: 'PROTOCOL_VIOLATION', data: { kind: KIND.GRANTS } });
    await settled();
    expectViolated(client.raw.host);
    expect([info?.granted, client.session.state]).toEqual([['read', 'titles', 'control'], 'dormant']);
  });

  test.each(FITS)('[W6.19] with %s are read', async (_what, changes) => {
    const client = await welcomed({ serialization: 'structured-clone' });
    client.raw.host.send(grants(changes));
    await settled();
    const { granted, refused, reasons, pending } = welcomeIn(grants(changes));
    expect(client.session.info).toMatchObject({ granted, pending });
    expect(Object.entries(client.session.info?.refused ?? {})).toEqual(
      (refused as string[]).map((name, i) => [name, (reasons as string[])[i]]),
    );
  });

  test('[W5.23] before the welcome are a violation', async () => {
    const client = realClient();
    const outcome = codeOf(client.session.ready());
    await settled();
    client.raw.host.send([KIND.GRANTS, [], [], [], []]);
    expect(await outcome).toBe('PROTOCOL_VIOLATION');
  });
});
