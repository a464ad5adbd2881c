import { PorticoError } from 'portico';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { clockOf, settled } from '../../support/raw-peer.js';
import { admitted, codeIn, exchange, expectViolated } from '../../support/sessions.js';
import { tabsHost } from '../../support/tabs.js';

const errorOf = (frame: readonly unknown[] | undefined) => frame?.[2] as Record<string, unknown>;
const answersOf = (frames: readonly (readonly unknown[])[]) =>
  frames.map((frame) => [frame[0], frame[1], codeIn(frame)]);

describe('ids', () => {
  test.each([
    ['falls', [5, 4]],
    ['repeats', [5, 5]],
    ['is zero', [0]],
    ['repeats one within a folded frame', [5, 6, 7]],
  ])('[W7.1] a CALL whose id %s is a violation', async (_what, ids) => {
    const server = tabsHost();
    const peer = await admitted(server);
    const frames = ids.map((id, i) =>
      i === 0
        ? [KIND.CALL, id, 'read.ping', 0, null, ...(ids.length > 2 ? [null, null] : [])]
        : [KIND.CALL, id, 'control.close', 0, { id: 1 }],
    );
    await exchange(peer, ...frames);
    expectViolated(peer);
    expect(server.ran.map(([path]) => path)).not.toContain('control.close');
  });

  test('[W7.1] subscriptions take ids of the same sequence', async () => {
    for (const frame of [
      [KIND.SUBSCRIBE, 5, 'read.changed', 1],
      [KIND.SUBSCRIBE, 0, 'read.changed', 1],
    ]) {
      const server = tabsHost();
      const peer = await admitted(server);
      await exchange(peer, [KIND.CALL, 5, 'read.ping', 0, null], frame);
      expectViolated(peer);
      expect(server.subscribers()).toBe(0);
    }
    const peer = await admitted(tabsHost());
    await exchange(peer, [KIND.SUBSCRIBE, 5, 'read.changed', 1], [KIND.CALL, 5, 'read.ping', 0, null]);
    expectViolated(peer);
  });

  test('[W7.1] gaps between ids are allowed', async () => {
    const peer = await admitted(tabsHost());
    const answers = await exchange(
      peer,
      [KIND.CALL, 3, 'read.ping', 0, null],
      [KIND.CALL, 1000, 'read.ping', 0, null],
    );
    expect(answers).toEqual([
      [KIND.RESULT, 3, null],
      [KIND.RESULT, 1000, null],
    ]);
  });
});

describe('answers', () => {
  test('[W7.2] [W7.3] each call is answered once, in the order in which handlers are done', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(
      peer,
      [KIND.CALL, 1, 'control.wait', 0, {}],
      [KIND.CALL, 2, 'read.list', 0, { windowId: 5 }],
      [KIND.CALL, 3, 'read.ping', 0, null],
      [KIND.CALL, 4, 'read.nothing', 0, null],
    );
    server.release();
    await settled();
    expect(answersOf(peer.frames.slice(1))).toEqual([
      [KIND.RESULT, 3, undefined],
      [KIND.ERROR, 4, 'UNKNOWN_MEMBER'],
      [KIND.RESULT, 2, undefined],
      [KIND.RESULT, 1, undefined],
    ]);
  });

  test.each([
    ['[W7.4] an unknown member', 'read.nothing', null, 'UNKNOWN_MEMBER'],
    ['[W7.4] an unknown capability', 'nothing.ping', null, 'UNKNOWN_MEMBER'],
    ['[W7.4] an event', 'read.changed', null, 'UNKNOWN_MEMBER'],
    ['[W7.4] no path at all', '', null, 'UNKNOWN_MEMBER'],
    ['[W7.4] a capability alone', 'read', null, 'UNKNOWN_MEMBER'],
    ['[W7.4] a capability that was refused', 'admin.reset', null, 'CAPABILITY_REFUSED'],
    ['[W7.5] the wrong type', 'control.close', { id: '7' }, 'INVALID_PARAMS'],
    ['[W7.5] a missing parameter', 'control.close', {}, 'INVALID_PARAMS'],
    ['[W7.5] no parameters', 'control.close', null, 'INVALID_PARAMS'],
    ['[W7.5] parameters that are a list', 'control.close', [7], 'INVALID_PARAMS'],
    ['[W9.4] an undeclared parameter', 'control.close', { id: 7, force: true }, 'INVALID_PARAMS'],
    ['[W7.6] a parameter where there is none', 'read.ping', { id: 7 }, 'INVALID_PARAMS'],
    ['[W7.6] a value where there is none', 'read.ping', 0, 'INVALID_PARAMS'],
    ['[W7.6] a list where there is nothing', 'read.ping', [], 'INVALID_PARAMS'],
  ])('%s is answered with its code, and no handler runs', async (_what, member, params, code) => {
    const server = tabsHost();
    const peer = await admitted(server);
    const answers = await exchange(peer, [KIND.CALL, 1, member, 0, params]);
    expect(answersOf(answers)).toEqual([[KIND.ERROR, 1, code]]);
    expect([server.ran, peer.closed]).toEqual([[], false]);
  });

  test('[W7.5] INVALID_PARAMS says where and what', async () => {
    const peer = await admitted(tabsHost());
    const [answer] = await exchange(peer, [KIND.CALL, 1, 'control.close', 0, { id: 7, dryRun: 'yes' }]);
    expect(errorOf(answer)['data']).toEqual({ path: '/dryRun', expected: 'a boolean' });
  });

  test('[W7.6] a method without parameters takes null and an empty object', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    expect(await exchange(peer, [KIND.CALL, 1, 'read.ping', 0, null, {}])).toEqual([
      [KIND.RESULT, 1, null, null],
    ]);
    expect(server.ran).toHaveLength(2);
  });
});

describe('deadlines', () => {
  test("[W7.7] a call's own deadline ends it, and tells the handler", async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(peer, [KIND.CALL, 1, 'control.wait', { d: 50 }, {}]);
    clockOf(server.host).advance(49);
    await settled();
    expect(peer.of(KIND.ERROR)).toEqual([]);
    clockOf(server.host).advance(1);
    await settled();
    expect(peer.of(KIND.ERROR).map(codeIn)).toEqual(['DEADLINE_EXCEEDED']);
    expect(server.signals[0]?.reason).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    server.release();
    await settled();
    expect(peer.frames).toHaveLength(2);
  });

  test.each([
    ["the member's, where the call has none", 0, 60_000],
    ["the member's, where the call says 0", { d: 0 }, 60_000],
    ["the call's, though it is longer", { d: 90_000 }, 90_000],
  ])('[W7.7] it is %s', async (_what, options, deadline) => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(peer, [KIND.CALL, 1, 'control.wait', options, {}]);
    clockOf(server.host).advance(deadline - 1);
    await settled();
    expect(peer.of(KIND.ERROR)).toEqual([]);
    clockOf(server.host).advance(1);
    await settled();
    expect(peer.of(KIND.ERROR).map(codeIn)).toEqual(['DEADLINE_EXCEEDED']);
  });

  test('[W7.7] it is the limit where neither says one', async () => {
    const server = tabsHost({ limits: { deadline: 70 }, get: () => new Promise(() => {}) });
    const peer = await admitted(server);
    await exchange(peer, [KIND.CALL, 1, 'read.get', 0, { id: 1 }]);
    clockOf(server.host).advance(70);
    await settled();
    expect(peer.of(KIND.ERROR).map(codeIn)).toEqual(['DEADLINE_EXCEEDED']);
  });
});

describe('cancelling', () => {
  test('[W7.9] tells the handler, and the call is not answered', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(peer, [KIND.CALL, 1, 'control.wait', 0, {}, {}], [KIND.CANCEL, 1]);
    expect(server.signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(server.signals[0]?.reason).toMatchObject({ code: 'ABORTED' });
    server.release();
    await settled();
    expect(answersOf(peer.frames.slice(1))).toEqual([[KIND.RESULT, 2, undefined]]);
  });

  test('[W7.9] a handler that fails because it was told is not answered either', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(peer, [KIND.CALL, 1, 'control.wait', 0, {}], [KIND.CANCEL, 1]);
    server.release(new Error('aborted'));
    await settled();
    expect(peer.frames).toHaveLength(1);
  });
});

describe('calls in flight', () => {
  test('[W7.11] beyond the limit are answered with it', async () => {
    const server = tabsHost({ limits: { calls: 3 } });
    const peer = await admitted(server);
    const answers = await exchange(peer, [KIND.CALL, 1, 'control.wait', 0, {}, {}, {}, {}]);
    expect(answersOf(answers)).toEqual([[KIND.ERROR, 4, 'LIMIT_EXCEEDED']]);
    expect(errorOf(answers[0])['data']).toEqual({ limit: 'calls' });
    server.release();
    await settled();
    expect(await exchange(peer, [KIND.CALL, 5, 'read.list', 0, {}])).toHaveLength(1);
    expect(server.ran.filter(([path]) => path === 'control.wait')).toHaveLength(3);
  });

  test.each([
    ['cancelled', (id: number) => [KIND.CANCEL, id], 0],
    ['late', () => [64], 1],
  ] as const)('[W7.12] whoever has his calls %s runs no more than twice the limit', async (_what, end, d) => {
    const server = tabsHost({ limits: { calls: 3 } });
    const peer = await admitted(server);
    for (let id = 1; id <= 30; id++) {
      await exchange(peer, [KIND.CALL, id, 'control.wait', d ? { d } : 0, {}], end(id));
      clockOf(server.host).advance(d);
    }
    await settled();
    expect(server.ran).toHaveLength(6);
    expect(peer.of(KIND.ERROR).filter((frame) => codeIn(frame) === 'LIMIT_EXCEEDED')).toHaveLength(24);
    server.release();
    await settled();
    await exchange(peer, [KIND.CALL, 31, 'read.list', 0, {}]);
    expect(peer.frames.at(-1)?.slice(0, 2)).toEqual([KIND.RESULT, 31]);
  });
});

describe('failures of handlers', () => {
  test('[W7.15] a declared error crosses with its name and its data, by its schema', async () => {
    const server = tabsHost({
      get: ({ id }, call) => {
        throw call.fail('tabGone', { id, secret: 'x' } as never);
      },
    });
    const peer = await admitted(server);
    expect(await exchange(peer, [KIND.CALL, 1, 'read.get', 0, { id: 7 }])).toEqual([
      [KIND.ERROR, 1, { code: 'DECLARED', message: 'tabGone', declared: 'tabGone', data: { id: 7 } }],
    ]);
  });

  const secret = 'a secret of the host';
  test.each<readonly [string, () => unknown]>([
    ['an error', () => new TypeError(secret)],
    ['a text', () => secret],
    ['nothing', () => undefined],
    ['an error with a code', () => Object.assign(new Error(secret), { code: 'REFUSED' })],
    ['one of the codes', () => new PorticoError('REFUSED', secret, { data: { secret } })],
    ['a limit', () => new PorticoError('LIMIT_EXCEEDED', secret, { data: { secret } })],
    [
      'an undeclared error',
      () => new PorticoError('DECLARED', secret, { declared: 'other', data: { secret } }),
    ],
    [
      'a declared error that its handler made itself',
      () => new PorticoError('DECLARED', secret, { declared: 'tabGone', data: { secret } }),
    ],
    [
      'what another host declared',
      () => new PorticoError('DECLARED', secret, { declared: 'tabGone', data: { secret } }, 'remote'),
    ],
    ['what another host could not carry', () => new PorticoError('LIMIT_EXCEEDED', secret, {}, 'remote')],
  ])('[W7.15] [W10.4] %s that is thrown crosses as INTERNAL, without its text', async (_what, thrown) => {
    for (const get of [
      () => {
        throw thrown();
      },
      () => Promise.reject(thrown()),
    ]) {
      const server = tabsHost({ get });
      const peer = await admitted(server);
      const answers = await exchange(peer, [KIND.CALL, 1, 'read.get', 0, { id: 7 }]);
      expect(answers).toEqual([[KIND.ERROR, 1, { code: 'INTERNAL', message: 'read.get failed' }]]);
      expect(JSON.stringify(peer.messages)).not.toMatch(/secret|stack|cause|TypeError/);
      expect(server.log.filter(({ event }) => event === 'handler-failed')).toHaveLength(1);
    }
  });

  test.each<readonly [string, unknown, string]>([
    ['does not fit its schema', { id: 'x' }, 'INTERNAL'],
    ['is nothing', undefined, 'INTERNAL'],
    ['is larger than valueSize', { id: 1, title: 'x'.repeat(2000) }, 'LIMIT_EXCEEDED'],
    [
      'throws when it is read',
      {
        get id() {
          throw new Error('a secret of the host');
        },
      },
      'INTERNAL',
    ],
  ])('[W7.16] a result that %s is no result', async (_what, result, code) => {
    const server = tabsHost({ limits: { valueSize: 1000 }, get: () => result });
    const peer = await admitted(server);
    const answers = await exchange(peer, [KIND.CALL, 1, 'read.get', 0, { id: 7 }]);
    expect(answersOf(answers)).toEqual([[KIND.ERROR, 1, code]]);
    expect(JSON.stringify(answers)).not.toContain('secret');
    expect(await exchange(peer, [KIND.CALL, 2, 'read.ping', 0, null])).toEqual([[KIND.RESULT, 2, null]]);
  });

  test('[W7.16] an error that the browser does not carry is still an answer', async () => {
    const server = tabsHost({
      get: ({ id }, call) => {
        throw call.fail('tabGone', { id });
      },
    });
    const peer = await admitted(server, {
      port: (port) => ({
        ...port,
        postMessage(message) {
          if (JSON.stringify(message).includes('tabGone'))
            throw new Error('Message exceeded maximum allowed size');
          port.postMessage(message);
        },
      }),
    });
    const answers = await exchange(peer, [KIND.CALL, 1, 'read.get', 0, { id: 7 }]);
    expect(answersOf(answers)).toEqual([[KIND.ERROR, 1, 'LIMIT_EXCEEDED']]);
  });
});
