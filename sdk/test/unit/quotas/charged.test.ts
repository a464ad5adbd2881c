import { describe, expect, test, vi } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { clockOf, type RawPeer, settled } from '../../support/raw-peer.js';
import { admitted, codeIn, exchange } from '../../support/sessions.js';
import { tabsHost } from '../../support/tabs.js';

const text = (size: number): string => 'x'.repeat(size);
/** The limit in what the last frame says. */
const limitIn = (peer: RawPeer): unknown =>
  (peer.frames.at(-1)?.at(-1) as { data?: { limit?: unknown } } | undefined)?.data?.limit;
const ping = (id: number) => [KIND.CALL, id, 'read.ping', 0, null];

describe('[A19] [W11.2] what is refused is paid for', () => {
  test.each<readonly [string, string, (id: number) => readonly unknown[]]>([
    [
      'parameters that do not fit',
      'INVALID_PARAMS',
      (id) => [KIND.CALL, id, 'control.close', 0, { id: text(2000) }],
    ],
    [
      'parameters with a property too many',
      'INVALID_PARAMS',
      (id) => [KIND.CALL, id, 'control.wait', 0, { for: text(2000), more: 1 }],
    ],
    ['an unknown member', 'UNKNOWN_MEMBER', (id) => [KIND.CALL, id, 'read.nothing', 0, { a: text(2000) }]],
    ['an event', 'UNKNOWN_MEMBER', (id) => [KIND.CALL, id, 'read.changed', 0, { a: [text(2000)] }]],
    ['a long name', 'LIMIT_EXCEEDED', (id) => [KIND.CALL, id, text(2000), 0, null]],
    [
      'a capability that was denied',
      'CAPABILITY_REFUSED',
      (id) => [KIND.CALL, id, 'admin.reset', 0, { a: text(2000) }],
    ],
    ['a subscription', 'UNKNOWN_MEMBER', (id) => [KIND.SUBSCRIBE, id, text(2000), 1]],
    [
      'a request',
      'UNKNOWN_MEMBER',
      (id) => [
        KIND.REQUEST,
        id,
        { ask: Array.from({ length: 40 }, (_, i) => `${i}`.padEnd(64, 'x')), drop: [] },
      ],
    ],
  ])('by its bytes: %s', async (_what, code, frame) => {
    const server = tabsHost({ quotas: { bytesPerSecond: 1000 } });
    const peer = await admitted(server);
    const [refused] = await exchange(peer, frame(1));
    expect(codeIn(refused)).toBe(code);
    const [late] = await exchange(peer, ping(2));
    expect([codeIn(late), limitIn(peer)]).toEqual(['LIMIT_EXCEEDED', 'bytesPerSecond']);
    clockOf(server.host).advance(3000);
    expect(await exchange(peer, ping(3))).toEqual([[KIND.RESULT, 3, null]]);
  });

  test.each<readonly [string, (id: number) => readonly unknown[]]>([
    ['parameters that do not fit', (id) => [KIND.CALL, id, 'control.close', 0, { id: 'x' }]],
    ['an unknown member', (id) => [KIND.CALL, id, 'read.nothing', 0, null]],
    ['a capability that was denied', (id) => [KIND.CALL, id, 'admin.reset', 0, null]],
    ['a subscription', (id) => [KIND.SUBSCRIBE, id, 'read.changed', 1]],
    ['a subscription to nothing', (id) => [KIND.SUBSCRIBE, id, 'read.nothing', 1]],
    ['a request', (id) => [KIND.REQUEST, id, { ask: [], drop: [] }]],
  ])('by its number: %s', async (_what, frame) => {
    const server = tabsHost({ quotas: { callsPerSecond: 3 } });
    const peer = await admitted(server);
    for (const id of [1, 2, 3]) await exchange(peer, frame(id));
    const [refused] = await exchange(peer, frame(4));
    expect([codeIn(refused), limitIn(peer)]).toEqual(['LIMIT_EXCEEDED', 'callsPerSecond']);
    await exchange(peer, ping(5));
    expect(limitIn(peer)).toBe('callsPerSecond');
  });

  test('credit is paid for by its bytes, and always taken: events would stop for ever', async () => {
    const server = tabsHost({ quotas: { bytesPerSecond: 1000 } });
    const peer = await admitted(server);
    await exchange(peer, [KIND.SUBSCRIBE, 1, 'read.changed', 0]);
    await exchange(peer, ...Array.from({ length: 200 }, () => [KIND.CREDIT, 1, 1]));
    await exchange(peer, ping(2));
    expect(limitIn(peer)).toBe('bytesPerSecond');
    await exchange(peer, [KIND.CREDIT, 1, 1]);
    for (let id = 0; id < 300; id++) server.emit('changed', { id, title: 'a' });
    await exchange(peer);
    expect(peer.of(KIND.EVENT).flatMap((frame) => frame.slice(3))).toHaveLength(201);
  });

  test.each<readonly [string, readonly unknown[]]>([
    ['a frame of a later version', [64, text(2000)]],
    ['what stands behind a CANCEL', [KIND.CANCEL, 1, text(2000)]],
    ['what stands behind an UNSUBSCRIBE', [KIND.UNSUBSCRIBE, 1, [text(2000)]]],
    ['what stands behind a SUBSCRIBE', [KIND.SUBSCRIBE, 2, 'read.changed', 1, text(2000)]],
    ['what stands behind a CREDIT', [KIND.CREDIT, 1, 1, text(2000)]],
    ['what stands behind a REQUEST', [KIND.REQUEST, 2, { ask: [], drop: [] }, text(2000)]],
    ['options that are none', [KIND.CALL, 2, 'read.ping', { d: 1000, more: text(2000) }, null]],
  ])('what nobody reads is paid for: %s', async (_what, frame) => {
    const server = tabsHost({ quotas: { bytesPerSecond: 1000 } });
    const peer = await admitted(server);
    await exchange(peer, ping(1));
    await exchange(peer, frame);
    const [late] = await exchange(peer, ping(3));
    expect([codeIn(late), limitIn(peer)]).toEqual(['LIMIT_EXCEEDED', 'bytesPerSecond']);
    clockOf(server.host).advance(3000);
    expect(await exchange(peer, ping(4))).toEqual([[KIND.RESULT, 4, null]]);
  });

  test('what nobody reads is weighed no more once nothing is left', async () => {
    const server = tabsHost({ quotas: { bytesPerSecond: 1000 } });
    const peer = await admitted(server, { serialization: 'structured-clone' });
    // To weigh a list notes what is in it.
    const notes = vi.spyOn(Map.prototype, 'set');
    peer.send(...Array<unknown>(100).fill([64, Array.from({ length: 1000 }, () => [])]));
    await settled();
    const noted = notes.mock.calls.length;
    notes.mockRestore();
    expect(noted).toBeGreaterThan(1000);
    expect(noted).toBeLessThan(2000);
  });

  test('who has nothing left is read no further, in the same message neither', async () => {
    const server = tabsHost({ quotas: { bytesPerSecond: 1000 } });
    const peer = await admitted(server);
    const params = Array.from({ length: 4 }, () => ({ value: text(600) }));
    await exchange(peer, [KIND.CALL, 1, 'control.echo', 0, ...params]);
    expect(peer.frames.slice(1).map((frame) => [frame[0], frame.length])).toEqual([
      [KIND.RESULT, 4],
      [KIND.ERROR, 3],
      [KIND.ERROR, 3],
    ]);
    expect(server.ran).toHaveLength(2);
  });
});
