import { connect, type SubscribeOptions } from 'portico/client';
import { describe, expect, test } from 'vitest';
import type { Limits } from '../../../src/limits/limits.js';
import { KIND } from '../../support/kinds.js';
import { linked } from '../../support/linked.js';
import { settled } from '../../support/raw-peer.js';
import { codeOf, failureOf, welcomed } from '../../support/sessions.js';
import { tabs, tabsHost, welcome } from '../../support/tabs.js';
import { collectUncaught } from '../../support/uncaught.js';

const tab = (id: number) => ({ id, title: `${id}` });

const client = async (limits: Partial<Limits> = {}, wants: readonly 'titles'[] = ['titles']) => {
  const server = tabsHost({ limits });
  const link = linked(server.host);
  const connection = connect(tabs, { needs: ['read', 'control'], wants, platform: link.platform, limits });
  await connection.session.ready();
  return { server, link, ...connection };
};
type Client = Awaited<ReturnType<typeof client>>;

const subscribed = async (it: Client, options?: SubscribeOptions) => {
  const events = it.read.changed(options);
  await settled();
  return events;
};

/** What is left to read: the ids, and how it ended. */
const drain = async (events: AsyncIterable<{ id: number }>): Promise<(number | string)[]> => {
  const seen: (number | string)[] = [];
  try {
    for await (const { id } of events) seen.push(id);
    seen.push('end');
  } catch (error) {
    seen.push((error as { code: string }).code);
  }
  return seen;
};

describe('events', () => {
  test('arrive in order, from the moment of subscribing', async () => {
    const it = await client();
    it.server.emit('changed', tab(0));
    const events = await subscribed(it);
    for (const id of [1, 2, 3]) it.server.emit('changed', tab(id));
    await settled();
    it.server.emit('changed', tab(4));
    for (const id of [1, 2, 3, 4]) expect(await events.next()).toEqual({ done: false, value: tab(id) });
  });

  test('reach readers that wait, in the order in which they asked', async () => {
    const it = await client();
    const events = await subscribed(it);
    const reads = Promise.all([events.next(), events.next(), events.next()]);
    for (const id of [1, 2, 3]) it.server.emit('changed', tab(id));
    expect((await reads).map(({ value }) => value.id)).toEqual([1, 2, 3]);
  });

  test('reach every subscriber, each with what it was granted', async () => {
    const server = tabsHost();
    const granted = connect(tabs, {
      needs: ['read'],
      wants: ['titles'],
      platform: linked(server.host).platform,
    });
    const plain = connect(tabs, { needs: ['read'], platform: linked(server.host).platform });
    const both = [granted.read.changed(), granted.read.changed(), plain.read.changed()];
    await settled();
    expect(server.subscribers()).toBe(3);
    server.emit('changed', tab(1));
    expect(await Promise.all(both.map(async (each) => (await each.next()).value))).toEqual([
      tab(1),
      tab(1),
      { id: 1 },
    ]);
  });

  test('are copied when they are told', async () => {
    const it = await client();
    const events = await subscribed(it);
    const payload = tab(1);
    it.server.emit('changed', payload);
    payload.id = 2;
    expect((await events.next()).value).toEqual(tab(1));
  });

  test('that do not fit the protocol throw at the host, and reach nobody', async () => {
    const it = await client();
    const events = await subscribed(it);
    expect(() => it.server.emit('changed', { id: 'x' } as never)).toThrow(
      /INVALID_ARGUMENT: read\.changed: payload\/id/,
    );
    it.server.emit('changed', tab(2));
    expect((await events.next()).value).toEqual(tab(2));
  });

  test('that arrive in another shape end the iteration', async () => {
    const { raw, read } = await welcomed();
    const events = read.changed();
    await settled();
    raw.host.send([KIND.EVENT, 1, 0, { id: 1 }, { id: 'x' }, { id: 3 }]);
    expect(await drain(events)).toEqual([1, 'INVALID_RESULT']);
    await settled();
    expect(raw.host.of(KIND.UNSUBSCRIBE)).toEqual([[KIND.UNSUBSCRIBE, 1]]);
  });

  test('are asked for even while there is no session', async () => {
    const it = await client();
    it.link.cut();
    await settled();
    expect(it.session.state).toBe('dormant');
    const events = await subscribed(it);
    expect(it.link.connected).toBe(2);
    it.server.emit('changed', tab(1));
    expect((await events.next()).value).toEqual(tab(1));
  });

  test('may be more at once than a host allows: the others end', async () => {
    const it = await client({ subscriptions: 2 });
    const three = [it.read.changed(), it.read.changed(), it.read.changed()];
    await settled();
    expect(it.server.subscribers()).toBe(2);
    const [, , last] = three;
    expect(await codeOf((last as (typeof three)[0]).next())).toBe('LIMIT_EXCEEDED');
    await three[0]?.return?.();
    const again = await subscribed(it);
    it.server.emit('changed', tab(1));
    expect((await again.next()).value).toEqual(tab(1));
  });
});

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
    const it = await client(limits);
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

  test('goes on where it handles gaps', async () => {
    const it = await client(limits);
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
    const it = await client(limits);
    const events = await subscribed(it);
    for (let id = 0; id < 100; id++) {
      it.server.emit('changed', tab(id));
      expect((await events.next()).value.id).toBe(id);
      await settled();
    }
  });

  test('does not slow others down', async () => {
    const it = await client(limits);
    const [slow, quick] = [await subscribed(it), await subscribed(it)];
    for (let id = 0; id < 20; id++) {
      it.server.emit('changed', tab(id));
      expect((await quick.next()).value.id).toBe(id);
      await settled();
    }
    expect((await slow.next()).value.id).toBe(0);
  });

  test('gets the latest of each where events are coalesced, and nothing is missed', async () => {
    const it = await client({ eventCredit: 2, eventQueue: 3 });
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
    const it = await client({ eventCredit: 1, eventQueue: 2 });
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

describe('onGap that throws', () => {
  const failures = collectUncaught();

  test('is seen, and takes nothing with it', async () => {
    const { raw, read } = await welcomed();
    const mine = new Error('mine');
    const events = read.changed({
      onGap: () => {
        throw mine;
      },
    });
    const listed = read.list();
    await settled();
    raw.host.send([KIND.EVENT, 1, 5, { id: 1 }, { id: 2 }], [KIND.RESULT, 2, []]);
    expect(await listed).toEqual([]);
    expect([(await events.next()).value, (await events.next()).value]).toEqual([{ id: 1 }, { id: 2 }]);
    await settled();
    expect(failures).toEqual([mine]);
  });
});

describe('leaving', () => {
  test('a loop unsubscribes at the host', async () => {
    const it = await client();
    const events = await subscribed(it);
    for (const id of [1, 2]) it.server.emit('changed', tab(id));
    for await (const { id } of events) if (id === 1) break;
    await settled();
    expect(it.server.subscribers()).toBe(0);
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('by return() ends reads that wait', async () => {
    const it = await client();
    const events = await subscribed(it);
    const reads = Promise.all([events.next(), events.next()]);
    expect(await events.return?.()).toEqual({ done: true, value: undefined });
    expect(await reads).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    await settled();
    expect(it.server.subscribers()).toBe(0);
  });

  test('by a signal ends the iteration without an error, and drops what was not read', async () => {
    const it = await client();
    const controller = new AbortController();
    const events = await subscribed(it, { signal: controller.signal });
    it.server.emit('changed', tab(1));
    await settled();
    controller.abort();
    expect(await drain(events)).toEqual(['end']);
    await settled();
    expect(it.server.subscribers()).toBe(0);
  });

  test('by a signal ends a read that waits', async () => {
    const it = await client();
    const controller = new AbortController();
    const events = await subscribed(it, { signal: controller.signal });
    const read = events.next();
    controller.abort();
    expect(await read).toEqual({ done: true, value: undefined });
  });

  test('before anything was asked for asks for nothing', async () => {
    const { raw, read } = await welcomed();
    const events = read.changed({ signal: AbortSignal.abort() });
    expect(await drain(events)).toEqual(['end']);
    await settled();
    expect(raw.host.of(KIND.SUBSCRIBE)).toEqual([]);
  });

  test('twice does no harm, and once is told once', async () => {
    const { raw, read } = await welcomed();
    const events = read.changed();
    await settled();
    await events.return?.();
    await events.return?.();
    await settled();
    expect(raw.host.of(KIND.UNSUBSCRIBE)).toHaveLength(1);
    raw.host.send([KIND.EVENT, 1, 0, tab(1)]);
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('leaves other subscriptions alone', async () => {
    const it = await client();
    const [one, other] = [await subscribed(it), await subscribed(it)];
    await one.return?.();
    it.server.emit('changed', tab(1));
    expect((await other.next()).value).toEqual(tab(1));
  });
});

describe('the end of a subscription', () => {
  test('comes after what had arrived, and is told once', async () => {
    const it = await client();
    const events = await subscribed(it);
    for (const id of [1, 2]) it.server.emit('changed', tab(id));
    await settled();
    it.link.cut();
    await settled();
    expect(await drain(events)).toEqual([1, 2, 'DISCONNECTED']);
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('is not told to who has left', async () => {
    const it = await client();
    const events = await subscribed(it);
    it.link.cut();
    await settled();
    await events.return?.();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('is told to the first of several reads', async () => {
    const it = await client();
    const events = await subscribed(it);
    const reads = Promise.allSettled([events.next(), events.next()]);
    it.link.cut();
    expect(await reads).toMatchObject([
      { status: 'rejected', reason: { code: 'DISCONNECTED' } },
      { status: 'fulfilled', value: { done: true } },
    ]);
  });

  test('is told with the host’s reason where it refuses the event', async () => {
    const { raw, read } = await welcomed();
    const events = read.changed();
    await settled();
    raw.host.send([KIND.END, 1, { code: 'CAPABILITY_REFUSED', message: 'no' }]);
    expect(await failureOf(events.next())).toMatchObject({ code: 'CAPABILITY_REFUSED', origin: 'remote' });
  });

  test('can not be passed off as leaving by the host', async () => {
    const { raw, read } = await welcomed();
    const events = read.changed();
    await settled();
    raw.host.send([KIND.EVENT, 1, 0, { id: 1 }], [KIND.END, 1, { code: 'ABORTED', message: 'no' }]);
    expect(await drain(events)).toEqual([1, 'ABORTED']);
  });

  test('is no unhandled rejection where nobody reads', async () => {
    const it = await client();
    await subscribed(it);
    it.link.cut();
    await settled();
    expect(it.session.state).toBe('dormant');
  });

  test('is not undone by reconnecting: who wants more subscribes again', async () => {
    const { raw, read } = await welcomed();
    const events = read.changed();
    await settled();
    raw.host.close();
    await settled();
    const listed = read.list();
    await settled();
    expect(raw.host.of(KIND.SUBSCRIBE)).toEqual([]);
    raw.host.send(welcome(), [KIND.RESULT, 1, []]);
    await listed;
    expect(await drain(events)).toEqual(['DISCONNECTED']);
  });
});
