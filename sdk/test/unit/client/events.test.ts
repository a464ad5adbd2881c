import { connect } from 'portico/client';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { linked } from '../../support/linked.js';
import { settled } from '../../support/raw-peer.js';
import { codeOf, welcomed } from '../../support/sessions.js';
import { drain, subscribed, subscriber, tab } from '../../support/subscribers.js';
import { tabs, tabsHost } from '../../support/tabs.js';
import { collectUncaught } from '../../support/uncaught.js';

describe('events', () => {
  test('arrive in order, from the moment of subscribing', async () => {
    const it = await subscriber();
    it.server.emit('changed', tab(0));
    const events = await subscribed(it);
    for (const id of [1, 2, 3]) it.server.emit('changed', tab(id));
    await settled();
    it.server.emit('changed', tab(4));
    for (const id of [1, 2, 3, 4]) expect(await events.next()).toEqual({ done: false, value: tab(id) });
  });

  test('reach readers that wait, in the order in which they asked', async () => {
    const it = await subscriber();
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
    const it = await subscriber();
    const events = await subscribed(it);
    const payload = tab(1);
    it.server.emit('changed', payload);
    payload.id = 2;
    expect((await events.next()).value).toEqual(tab(1));
  });

  test('that do not fit the protocol throw at the host, and reach nobody', async () => {
    const it = await subscriber();
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
    const it = await subscriber();
    it.link.cut();
    await settled();
    expect(it.session.state).toBe('dormant');
    const events = await subscribed(it);
    expect(it.link.connected).toBe(2);
    it.server.emit('changed', tab(1));
    expect((await events.next()).value).toEqual(tab(1));
  });

  test('may be more at once than a host allows: the others end', async () => {
    const it = await subscriber({ subscriptions: 2 });
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
