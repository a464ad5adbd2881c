import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { rawClient, settled } from '../../support/raw-peer.js';
import { admitted, codeOf, exchange, failureOf, realClient, welcomed } from '../../support/sessions.js';
import { hello, tabsHost, welcome } from '../../support/tabs.js';

describe('unknown kinds', () => {
  test.each([64, 65, 1000, 2 ** 53 - 1])('[W13.1] %i is skipped by a host after the hello', async (kind) => {
    const server = tabsHost();
    const peer = rawClient(server.host);
    peer.send(hello(), [kind], [KIND.CALL, 1, 'read.ping', 0, null]);
    await settled();
    const answers = await exchange(peer, [kind, 'x', {}], [KIND.CALL, 2, 'read.ping', 0, null], [kind]);
    expect([answers, peer.closed]).toEqual([[[KIND.RESULT, 2, null]], false]);
  });

  test.each([64, 65, 1000, 2 ** 53 - 1])('[W13.1] %i is skipped by a client at any time', async (kind) => {
    const { raw, read } = realClient();
    const answer = read.ping();
    await settled();
    raw.host.send([kind, 1], welcome(), [kind], [KIND.RESULT, 1, null], [kind, {}]);
    expect(await answer).toBeUndefined();
    await settled();
    expect(raw.host.of(KIND.GOODBYE)).toEqual([]);
  });
});

describe('unknown keys', () => {
  test('[W13.2] are ignored in a hello and in options', async () => {
    const peer = await admitted(tabsHost(), {}, { resume: 'x', future: { of: 'it' }, wants: ['read'] });
    expect(await exchange(peer, [KIND.CALL, 1, 'read.ping', { trace: 'x' }, null])).toEqual([
      [KIND.RESULT, 1, null],
    ]);
    expect(await exchange(peer, [KIND.CALL, 2, 'read.ping', { trace: 'x', d: 5 }, null])).toHaveLength(1);
  });

  test('[W13.2] are ignored in errors', async () => {
    const { raw, read } = await welcomed();
    const outcome = failureOf(read.ping());
    await settled();
    raw.host.send([KIND.ERROR, 1, { code: 'REFUSED', message: 'no', help: 'https://example.org/' }]);
    const failure = await outcome;
    expect([failure.code, 'help' in failure]).toEqual(['REFUSED', false]);
  });

  test('[W13.2] are ignored in a refusal', async () => {
    const { raw, read } = realClient();
    const outcome = codeOf(read.ping());
    await settled();
    raw.host.send([KIND.REFUSE, { code: 'REFUSED', askAgain: true }]);
    expect(await outcome).toBe('REFUSED');
  });
});

describe('further elements', () => {
  test('[W13.2] [W13.3] are ignored in a welcome and in grants', async () => {
    const { raw, session } = realClient({ serialization: 'structured-clone' });
    const later = ['x', { streams: 7 }, null, undefined, 1n];
    raw.host.send([...welcome({ granted: ['read'] }), ...later]);
    expect(await session.ready()).toEqual({
      id: 's',
      instance: 'i',
      version: '1.2.0',
      granted: ['read'],
      refused: {},
      pending: [],
    });
    raw.host.send([KIND.GRANTS, ['titles'], ['read'], ['GRANT_REVOKED'], ['control'], ...later]);
    await settled();
    expect(session.info).toEqual({
      id: 's',
      instance: 'i',
      version: '1.2.0',
      granted: ['titles'],
      refused: { read: 'GRANT_REVOKED' },
      pending: ['control'],
    });
    expect(raw.host.of(KIND.GOODBYE)).toEqual([]);
  });

  test('[W13.3] are ignored by a host', async () => {
    const server = tabsHost();
    const peer = rawClient(server.host);
    peer.send([...hello(), 'x', {}]);
    await settled();
    const answers = await exchange(
      peer,
      [KIND.SUBSCRIBE, 1, 'read.changed', 1, { from: 7 }],
      [KIND.CREDIT, 1, 1, 'x'],
      [KIND.CALL, 2, 'control.wait', 0, {}],
      [KIND.CANCEL, 2, 'because'],
      [KIND.UNSUBSCRIBE, 1, 'because'],
    );
    expect([answers, peer.closed, server.subscribers(), server.signals[0]?.aborted]).toEqual([
      [],
      false,
      0,
      true,
    ]);
  });

  test('[W13.3] are ignored by a client', async () => {
    const { raw, read } = realClient();
    const outcomes = [codeOf(read.ping()), codeOf(read.changed().next())];
    await settled();
    raw.host.send(
      [KIND.PENDING, 1000, 'x'],
      [...welcome(), 'x'],
      [KIND.ERROR, 1, { code: 'REFUSED' }, 'x'],
      [KIND.END, 2, { code: 'REFUSED' }, 7],
    );
    expect(await Promise.all(outcomes)).toEqual(['REFUSED', 'REFUSED']);
  });
});
