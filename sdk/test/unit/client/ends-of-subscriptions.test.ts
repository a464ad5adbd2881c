import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { settled } from '../../support/raw-peer.js';
import { failureOf, welcomed } from '../../support/sessions.js';
import { drain, subscribed, subscriber, tab } from '../../support/subscribers.js';
import { welcome } from '../../support/tabs.js';

describe('leaving', () => {
  test('a loop unsubscribes at the host', async () => {
    const it = await subscriber();
    const events = await subscribed(it);
    for (const id of [1, 2]) it.server.emit('changed', tab(id));
    for await (const { id } of events) if (id === 1) break;
    await settled();
    expect(it.server.subscribers()).toBe(0);
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('by return() ends reads that wait', async () => {
    const it = await subscriber();
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
    const it = await subscriber();
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
    const it = await subscriber();
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
    const it = await subscriber();
    const [one, other] = [await subscribed(it), await subscribed(it)];
    await one.return?.();
    it.server.emit('changed', tab(1));
    expect((await other.next()).value).toEqual(tab(1));
  });
});

describe('the end of a subscription', () => {
  test('comes after what had arrived, and is told once', async () => {
    const it = await subscriber();
    const events = await subscribed(it);
    for (const id of [1, 2]) it.server.emit('changed', tab(id));
    await settled();
    it.link.cut();
    await settled();
    expect(await drain(events)).toEqual([1, 2, 'DISCONNECTED']);
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('is not told to who has left', async () => {
    const it = await subscriber();
    const events = await subscribed(it);
    it.link.cut();
    await settled();
    await events.return?.();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('is told to the first of several reads', async () => {
    const it = await subscriber();
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
    const it = await subscriber();
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
