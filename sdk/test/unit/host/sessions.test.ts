import { connect } from 'portico/client';
import { allow, anyExtension, createHost, type LogEntry, where } from 'portico/host';
import { type Caller, contentScript, extension, page } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import type { Limits } from '../../../src/limits/limits.js';
import { memoryPorts } from '../../../src/testing/memory-port.js';
import { KIND } from '../../support/kinds.js';
import { linked } from '../../support/linked.js';
import { listeningPlatform } from '../../support/listening-platform.js';
import { FRIEND, rawClient, rawPeer, settled } from '../../support/raw-peer.js';
import { codeOf, failureOf } from '../../support/sessions.js';
import { hello, tabs, tabsHost } from '../../support/tabs.js';

const admit = [allow(anyExtension())] as const;
const idle = { list: () => [], get: ({ id }: { id: number }) => ({ id }), ping: () => {} };

const anyone = (limits: Partial<Limits> = {}) => {
  const log: LogEntry[] = [];
  const signals: AbortSignal[] = [];
  const platform = listeningPlatform();
  const host = createHost({ limits, platform, log: (entry) => log.push(entry) });
  const served = host.publish(tabs, {
    read: {
      admit,
      provide: ({ signal }) => {
        signals.push(signal);
        return idle;
      },
    },
    titles: { admit },
    control: { admit, provide: () => ({}) as never },
    admin: { admit, provide: () => ({}) as never },
  });
  return { host, served, log, signals, platform };
};

const client = (host: ReturnType<typeof anyone>['host'], as: Caller = FRIEND) => {
  const link = linked(host, { as });
  return { link, ...connect(tabs, { needs: ['read'], platform: link.platform }) };
};

describe('a session', () => {
  test('is counted from the port to its end', async () => {
    const { host } = anyone();
    const it = client(host);
    expect(host.sessions).toBe(1);
    await it.session.ready();
    expect(host.sessions).toBe(1);
    it.session.close();
    await settled();
    expect(host.sessions).toBe(0);
  });

  test('has an id of its own, in an instance that all share', async () => {
    const { host } = anyone();
    const [one, other] = [client(host), client(host)];
    await Promise.all([one.session.ready(), other.session.ready()]);
    expect(one.session.info?.id).not.toBe(other.session.info?.id);
    expect(one.session.info?.instance).toBe(other.session.info?.instance);
  });

  test.each([
    ['the client closes', (it: ReturnType<typeof client>) => it.session.close(), ['CLOSED', 'DISCONNECTED']],
    ['the port dies', (it: ReturnType<typeof client>) => it.link.cut(), ['DISCONNECTED']],
  ])('aborts its signal when %s', async (_title, ends, codes) => {
    const { host, signals } = anyone();
    const it = client(host);
    await it.read.ping();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    ends(it);
    await settled();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(codes).toContain(signals[0]?.reason.code);
  });

  test('ends alone: others go on, and hear the next event', async () => {
    const { host, served, signals } = anyone();
    const [one, other] = [client(host), client(host)];
    await Promise.all([one.read.ping(), other.read.ping()]);
    const events = [one.read.changed(), other.read.changed()];
    await settled();
    expect(served.read.changed.subscribers).toBe(2);
    one.link.cut();
    await settled();
    expect(served.read.changed.subscribers).toBe(1);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    served.read.changed.emit({ id: 1 });
    expect((await events[1]?.next())?.value).toEqual({ id: 1 });
  });

  test('is logged when it is admitted and when it ends, with its principal', async () => {
    const { host, log } = anyone();
    const it = client(host);
    await it.session.ready();
    const session = it.session.info?.id;
    it.session.close();
    await settled();
    const principal = expect.objectContaining({ kind: 'extension', id: 'c'.repeat(32) });
    expect(log).toEqual([
      expect.objectContaining({ level: 'info', event: 'admitted', principal, session }),
      expect.objectContaining({ level: 'info', event: 'ended', principal, session }),
    ]);
    expect(log[0]?.message).toContain('org.example.tabs 1.2.0: read');
  });
});

describe('the host stops listening', () => {
  const listening = () => {
    const it = anyone();
    const stop = it.host.listen();
    const open = () => {
      const ports = memoryPorts('portico:org.example.tabs', FRIEND.sender, 'json');
      it.platform.dispatch('external', ports.host);
      return rawPeer(ports.client);
    };
    return { ...it, stop, open };
  };

  test('and every session ends, told why', async () => {
    const it = listening();
    const peers = [it.open(), it.open()];
    for (const peer of peers) peer.send(hello());
    await settled();
    expect(it.host.sessions).toBe(2);
    it.stop();
    await settled();
    expect(it.host.sessions).toBe(0);
    for (const peer of peers) {
      expect(peer.of(KIND.GOODBYE)).toEqual([
        [KIND.GOODBYE, expect.objectContaining({ code: 'DISCONNECTED' })],
      ]);
      expect(peer.closed).toBe(true);
    }
  });

  test('and who has not been admitted yet is not kept waiting', async () => {
    const it = listening();
    const peer = it.open();
    it.stop();
    await settled();
    expect(peer.closed).toBe(true);
    expect(it.host.sessions).toBe(0);
  });

  test('and may listen again', async () => {
    const it = listening();
    it.stop();
    it.host.listen();
    const peer = it.open();
    peer.send(hello());
    await settled();
    expect(peer.of(KIND.WELCOME)).toHaveLength(1);
  });
});

describe('how many sessions there may be', () => {
  const refusedWith = (limit: string) => ({ code: 'LIMIT_EXCEEDED', origin: 'remote', data: { limit } });

  test('is bounded for the host, and an end makes room', async () => {
    const { host } = anyone({ sessions: 2 });
    const [one, two] = [client(host, extension('a')), client(host, extension('b'))];
    await Promise.all([one.session.ready(), two.session.ready()]);
    expect(await failureOf(client(host, extension('d')).session.ready())).toMatchObject(
      refusedWith('sessions'),
    );
    one.session.close();
    await settled();
    await client(host, extension('d')).session.ready();
    await two.read.ping();
  });

  test('is bounded for each principal, and one does not use up another’s', async () => {
    const { host } = anyone({ sessionsPerPrincipal: 2 });
    await Promise.all([client(host), client(host)].map(({ session }) => session.ready()));
    expect(await failureOf(client(host).session.ready())).toMatchObject(refusedWith('sessionsPerPrincipal'));
    await client(host, extension('b')).session.ready();
    expect(host.sessions).toBe(3);
  });

  test('counts half-open ones, so that nobody can hoard them', async () => {
    const { host } = anyone({ sessionsPerPrincipal: 2 });
    const silent = [rawClient(host), rawClient(host)];
    expect(await codeOf(client(host).session.ready())).toBe('LIMIT_EXCEEDED');
    silent[0]?.close();
    await settled();
    await client(host).session.ready();
  });

  test('is for principals, not for names that they choose', async () => {
    const { host } = anyone({ sessionsPerPrincipal: 1 });
    await client(host).session.ready();
    const other = connect(tabs, { needs: ['read'], name: 'somebody else', platform: linked(host).platform });
    expect(await codeOf(other.session.ready())).toBe('LIMIT_EXCEEDED');
  });
});

describe('a host whose rules take their time', () => {
  test('admits when they have decided', async () => {
    const server = tabsHost({ slowRules: true });
    const it = client(server.host);
    const listed = it.read.list();
    await settled();
    expect(it.session.state).toBe('connecting');
    expect(server.ran).toEqual([]);
    server.decide();
    expect(await listed).toEqual([{ id: 1 }]);
  });

  test('runs nothing for a client that has left meanwhile', async () => {
    const server = tabsHost({ slowRules: true });
    const it = client(server.host);
    const listed = codeOf(it.read.list());
    await settled();
    it.session.close();
    expect(await listed).toBe('CLOSED');
    await settled();
    server.decide();
    await settled();
    expect(server.ran).toEqual([]);
    expect(server.host.sessions).toBe(0);
    expect(server.log.map(({ event }) => event)).not.toContain('admitted');
  });

  test('gives up on rules that never decide', async () => {
    const host = createHost({ limits: { handshake: 1000 } });
    const never = where(['extension'], () => new Promise<boolean>(() => {}));
    host.publish(tabs, {
      read: { admit: [allow(never)], provide: () => idle },
      titles: { admit: [allow(never)] },
      control: { admit: [allow(never)], provide: () => ({}) as never },
      admin: { admit: [allow(never)], provide: () => ({}) as never },
    });
    const it = client(host);
    const code = codeOf(it.session.ready());
    await settled();
    it.link.clock.advance(1000);
    await settled();
    expect(host.sessions).toBe(0);
    expect(await code).toBe('DEADLINE_EXCEEDED');
  });
});

describe('kinds of callers that no rule names', () => {
  test.each([
    ['a page', page('https://a.example')],
    ['a content script of an admitted extension', contentScript('c'.repeat(32), 'https://a.example')],
  ])('%s is refused', async (_who, as) => {
    const { host, log } = anyone();
    expect(await failureOf(client(host, as).session.ready())).toMatchObject({
      code: 'REFUSED',
      data: undefined,
    });
    expect(host.sessions).toBe(0);
    expect(log).toMatchObject([{ level: 'warn', event: 'refused' }]);
  });
});

test('methods of what was not granted are refused by name, and run nothing', async () => {
  const server = tabsHost();
  const guest = extension('e'.repeat(32));
  const peer = rawClient(server.host, { as: guest });
  peer.send(hello({ needs: ['read'], wants: ['control'] }), [KIND.CALL, 1, 'control.close', 0, { id: 1 }]);
  await settled();
  expect(peer.of(KIND.ERROR)).toMatchObject([[KIND.ERROR, 1, { code: 'CAPABILITY_REFUSED' }]]);
  expect(server.ran).toEqual([]);
});

test('what a client wants is granted only in what it asks for', async () => {
  const { host } = anyone();
  const it = client(host);
  expect((await it.session.ready()).granted).toEqual(['read']);
});

test('who asks for nothing gets nothing, and learns that it is admitted', async () => {
  const { host } = anyone();
  const peer = rawClient(host);
  peer.send(hello({ needs: [], wants: [] }), [KIND.CALL, 1, 'read.ping', 0, null]);
  await settled();
  expect(peer.of(KIND.WELCOME)[0]?.slice(1, 5)).toEqual([[], [], [], []]);
  expect(peer.of(KIND.ERROR)).toMatchObject([[KIND.ERROR, 1, { code: 'CAPABILITY_REFUSED' }]]);
});
