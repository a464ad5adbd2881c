import { connect } from 'portico/client';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { linked } from '../../support/linked.js';
import { settled } from '../../support/raw-peer.js';
import { codeOf, failureOf, realClient, welcomed } from '../../support/sessions.js';
import { tabs, tabsHost, welcome } from '../../support/tabs.js';

const client = async () => {
  const server = tabsHost();
  const link = linked(server.host);
  const connection = connect(tabs, {
    needs: ['read', 'control'],
    wants: ['titles'],
    platform: link.platform,
  });
  await connection.session.ready();
  return { server, link, ...connection };
};

describe('a port that dies', () => {
  test('settles everything that is under way, each once', async () => {
    const it = await client();
    const settledAs: string[] = [];
    const note = (name: string, promise: Promise<unknown>): void =>
      void promise.then(
        () => settledAs.push(`${name} resolved`),
        (error) => settledAs.push(`${name} ${error.code}`),
      );
    note('wait', it.control.wait({}));
    note('wait', it.control.wait({}));
    note('event', it.read.changed().next());
    await settled();
    note('list', it.read.list());
    it.link.cut();
    await settled();
    expect(settledAs.sort()).toEqual([
      'event DISCONNECTED',
      'list DISCONNECTED',
      'wait OUTCOME_UNKNOWN',
      'wait OUTCOME_UNKNOWN',
    ]);
    it.server.release();
    await settled();
    expect(settledAs).toHaveLength(4);
  });

  test('ends the handlers’ calls, the session and its subscriptions at the host', async () => {
    const it = await client();
    const lost = Promise.allSettled([it.control.wait({}), it.read.changed().next()]);
    await settled();
    expect(it.server.subscribers()).toBe(1);
    it.link.cut();
    await lost;
    expect(it.server.signals[0]?.aborted).toBe(true);
    expect(it.server.subscribers()).toBe(0);
    expect(it.server.host.sessions).toBe(0);
  });

  test('with nothing under way leaves the connection dormant: nobody wakes a sleeping host', async () => {
    const it = await client();
    it.link.cut();
    await settled();
    expect(it.session.state).toBe('dormant');
    expect(it.session.info).toBeUndefined();
    it.link.clock.advance(3_600_000);
    await settled();
    expect(it.link.connected).toBe(1);
  });

  test('is made good by the next use, as another session', async () => {
    const it = await client();
    const first = it.session.info;
    it.link.cut();
    await settled();
    expect(await it.read.list({ windowId: 4 })).toEqual([{ id: 4, title: 'Portico' }]);
    expect(it.link.connected).toBe(2);
    expect(it.session.info?.id).not.toBe(first?.id);
    expect(it.session.info?.instance).toBe(first?.instance);
  });

  test('and a host that has started again are told apart by the instance', async () => {
    const it = await client();
    const first = it.session.info;
    it.link.host = tabsHost().host;
    it.link.cut();
    await settled();
    await it.session.ready();
    expect(it.session.info?.instance).not.toBe(first?.instance);
  });

  test('between a call and its message is seen at once, without an event', async () => {
    const { raw, read } = realClient({
      port: (port) => ({
        ...port,
        postMessage: () => {
          throw new Error('Attempting to use a disconnected port object');
        },
      }),
    });
    expect(await codeOf(read.list())).toBe('DISCONNECTED');
    expect(raw.hosts).toHaveLength(1);
  });

  test('makes calls begin from 1 again', async () => {
    const { raw, read } = await welcomed();
    void read.list().catch(() => {});
    await settled();
    raw.host.close();
    await settled();
    const listed = read.list();
    await settled();
    expect(raw.host.of(KIND.CALL).map(([, id]) => id)).toEqual([1]);
    raw.host.send(welcome(), [KIND.RESULT, 1, []]);
    expect(await listed).toEqual([]);
  });

  test('is not read any more', async () => {
    const heard: ((message: unknown) => void)[] = [];
    const it = await welcomed({
      port: (port) => ({
        ...port,
        onMessage: {
          addListener(listener) {
            heard.push(listener);
            port.onMessage.addListener(listener);
          },
        },
      }),
    });
    it.raw.host.close();
    await settled();
    const listed = it.read.list();
    await settled();
    heard[0]?.([
      [KIND.RESULT, 1, [{ id: 1 }]],
      [KIND.GOODBYE, { code: 'DISCONNECTED' }],
    ]);
    it.raw.host.send(welcome(), [KIND.RESULT, 1, [{ id: 2 }]]);
    expect(await listed).toEqual([{ id: 2 }]);
  });
});

describe('what is used again on hearing of the end', () => {
  test('connects anew, by a call', async () => {
    const it = await client();
    const retried = it.control.wait({}).catch(() => it.read.list());
    await settled();
    it.link.cut();
    expect(await retried).toEqual([{ id: 1, title: 'Portico' }]);
    expect(it.link.connected).toBe(2);
  });

  test('connects anew, in a listener, and is not settled with the old', async () => {
    const it = await client();
    let again: Promise<unknown> | undefined;
    it.session.onChange((state) => {
      if (state === 'dormant') again ??= it.read.list();
    });
    const lost = codeOf(it.control.wait({}));
    await settled();
    it.link.cut();
    expect(await lost).toBe('OUTCOME_UNKNOWN');
    expect(await again).toEqual([{ id: 1, title: 'Portico' }]);
    expect(it.link.connected).toBe(2);
  });

  test('connects once, however many use it', async () => {
    const it = await client();
    it.link.cut();
    await settled();
    await Promise.all([it.read.list(), it.read.list(), it.session.ready(), it.has('titles')]);
    expect(it.link.connected).toBe(2);
  });
});

describe('close', () => {
  test('ends everything with CLOSED, and tells a host that works', async () => {
    const it = await client();
    const ends = Promise.all([failureOf(it.control.wait({})), failureOf(it.read.changed().next())]);
    await settled();
    it.session.close();
    expect((await ends).map(({ code }) => code)).toEqual(['CLOSED', 'CLOSED']);
    await settled();
    expect(it.server.signals[0]?.aborted).toBe(true);
    expect(it.server.subscribers()).toBe(0);
    expect(it.server.host.sessions).toBe(0);
  });

  test('may come twice, and before anybody has answered', async () => {
    const { raw, session, read } = realClient();
    const code = codeOf(read.list());
    session.close();
    session.close();
    expect(await code).toBe('CLOSED');
    await settled();
    expect(raw.host.closed).toBe(true);
    expect(session.state).toBe('closed');
  });

  test('is final', async () => {
    const it = await client();
    it.session.close();
    for (const promise of [it.read.list(), it.session.ready(), it.has('titles'), it.read.changed().next()])
      expect(await codeOf(promise)).toBe('CLOSED');
    expect(it.link.connected).toBe(1);
  });
});
