import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { settled } from '../../support/raw-peer.js';
import { failureOf, welcomed } from '../../support/sessions.js';
import { subscribed, subscriber, tab } from '../../support/subscribers.js';

describe('a reader that is slow', () => {
  const limits = { eventCredit: 4, eventQueue: 5 };

  test('lets the host send only so many', async () => {
    const { raw, read } = await welcomed({ connect: { limits } });
    const events = read.changed();
    await settled();
    expect(raw.host.of(KIND.SUBSCRIBE)).toEqual([[KIND.SUBSCRIBE, 1, 'read.changed', 4]]);
    raw.host.send([KIND.EVENT, 1, 0, tab(0), tab(1), tab(2), tab(3)]);
    await settled();
    expect(raw.host.of(KIND.CREDIT)).toEqual([]);
    await events.next();
    await events.next();
    await settled();
    expect(raw.host.of(KIND.CREDIT)).toEqual([[KIND.CREDIT, 1, 2]]);
  });

  test('gets what the host could keep, and then learns how many it missed', async () => {
    const it = await subscriber(limits);
    const events = await subscribed(it);
    for (let id = 0; id < 50; id++) it.server.emit('changed', tab(id));
    await settled();
    const seen: number[] = [];
    for (let i = 0; i < 9; i++) {
      seen.push((await events.next()).value.id);
      await settled();
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    it.server.emit('changed', tab(50));
    const error = await failureOf(events.next());
    expect(error).toMatchObject({ code: 'EVENTS_MISSED', origin: 'local', data: { missed: 41 } });
    expect(await events.next()).toEqual({ done: true, value: undefined });
    await settled();
    expect(it.server.subscribers()).toBe(0);
  });

  test('[W8.8] is not made to hold more bytes than its limit by large events within its credit', async () => {
    const large = { ...tab(0), title: 'x'.repeat(600) };
    const few = { eventCredit: 8, eventSize: 2000 };
    const { raw, read } = await welcomed({ connect: { limits: few } });
    const gaps: number[] = [];
    const events = read.changed({ onGap: (missed) => gaps.push(missed) });
    const strict = read.changed();
    await settled();
    const eight = Array.from({ length: 8 }, (_, id) => ({ ...large, id }));
    raw.host.send([KIND.EVENT, 1, 0, ...eight], [KIND.EVENT, 2, 0, ...eight]);
    await settled();
    const ids = [
      (await events.next()).value.id,
      (await events.next()).value.id,
      (await events.next()).value.id,
    ];
    expect(ids).toEqual([0, 1, 2]);
    // What was dropped is given back with what was taken, and told before the next.
    await settled();
    expect(raw.host.of(KIND.CREDIT)).toEqual([[KIND.CREDIT, 1, 6]]);
    raw.host.send([KIND.EVENT, 1, 8, { ...large, id: 8 }]);
    expect((await events.next()).value.id).toBe(8);
    expect(gaps).toEqual([5]);
    for (const id of [0, 1, 2]) expect((await strict.next()).value.id).toBe(id);
    expect(await failureOf(strict.next())).toMatchObject({ code: 'EVENTS_MISSED', data: { missed: 1 } });
  });

  test('takes one event that is larger than that', async () => {
    const { raw, read } = await welcomed({ connect: { limits: { eventSize: 100 } } });
    const events = read.changed();
    await settled();
    raw.host.send([KIND.EVENT, 1, 0, { ...tab(0), title: 'x'.repeat(600) }]);
    expect((await events.next()).value.id).toBe(0);
  });

  test('goes on where it handles gaps', async () => {
    const it = await subscriber(limits);
    const gaps: number[] = [];
    const events = await subscribed(it, { onGap: (missed) => gaps.push(missed) });
    for (let id = 0; id < 50; id++) it.server.emit('changed', tab(id));
    await settled();
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      seen.push((await events.next()).value.id);
      await settled();
    };
    for (let i = 0; i < 9; i++) await read();
    it.server.emit('changed', tab(50));
    it.server.emit('changed', tab(51));
    await settled();
    await read();
    await read();
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 50, 51]);
    expect(gaps).toEqual([41]);
  });

  test('misses nothing while it keeps up', async () => {
    const it = await subscriber(limits);
    const events = await subscribed(it);
    for (let id = 0; id < 100; id++) {
      it.server.emit('changed', tab(id));
      expect((await events.next()).value.id).toBe(id);
      await settled();
    }
  });

  test('does not slow others down', async () => {
    const it = await subscriber(limits);
    const [slow, quick] = [await subscribed(it), await subscribed(it)];
    for (let id = 0; id < 20; id++) {
      it.server.emit('changed', tab(id));
      expect((await quick.next()).value.id).toBe(id);
      await settled();
    }
    expect((await slow.next()).value.id).toBe(0);
  });

  test('gets the latest of each where events are coalesced, and nothing is missed', async () => {
    const it = await subscriber({ eventCredit: 2, eventQueue: 3 });
    const events = it.read.moved();
    await settled();
    const moves = [
      [1, 0],
      [2, 0],
      [1, 1],
      [2, 1],
      [1, 2],
      [3, 0],
      [2, 2],
      [1, 3],
    ] as const;
    for (const [id, index] of moves) it.server.emit('moved', { id, index });
    await settled();
    const seen: unknown[] = [];
    for (let i = 0; i < 5; i++) {
      seen.push((await events.next()).value);
      await settled();
    }
    expect(seen).toEqual([
      { id: 1, index: 0 },
      { id: 2, index: 0 },
      { id: 1, index: 3 },
      { id: 2, index: 2 },
      { id: 3, index: 0 },
    ]);
  });

  test('misses coalesced events, too, once there are too many different ones', async () => {
    const it = await subscriber({ eventCredit: 1, eventQueue: 2 });
    const events = it.read.moved();
    await settled();
    for (const id of [1, 2, 3, 4, 5]) it.server.emit('moved', { id, index: 0 });
    await settled();
    for (const id of [1, 2, 3]) {
      expect((await events.next()).value.id).toBe(id);
      await settled();
    }
    it.server.emit('moved', { id: 6, index: 0 });
    expect(await failureOf(events.next())).toMatchObject({ code: 'EVENTS_MISSED', data: { missed: 2 } });
  });
});
