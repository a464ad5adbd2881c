import { defineProtocol, event } from 'portico';
import { allow, anyExtension, createHost } from 'portico/host';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { type RawPeer, rawClient, settled } from '../../support/raw-peer.js';
import { admitted, codeIn, codeOf, exchange, failureOf, welcomed } from '../../support/sessions.js';
import { hello, tabsHost } from '../../support/tabs.js';
import { collectUncaught } from '../../support/uncaught.js';

const eventsOf = (peer: RawPeer): unknown[] =>
  peer
    .of(KIND.EVENT)
    .flatMap(([, id, first, ...payloads]) =>
      payloads.map((payload, i) => [id, (first as number) + i, payload]),
    );

describe('the payload of an event', () => {
  const thrown = (emit: () => void): unknown => {
    try {
      emit();
      return undefined;
    } catch (error) {
      return error;
    }
  };

  test('that throws when it is read reaches nobody, and its author learns what it threw', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(peer, [KIND.SUBSCRIBE, 1, 'read.changed', 5]);
    const payload = {
      get id(): number {
        throw new Error('mine');
      },
    };
    expect(thrown(() => server.emit('changed', payload as never))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      cause: new Error('mine'),
    });
    server.emit('changed', { id: 1, title: 'a' });
    await settled();
    expect(eventsOf(peer)).toEqual([[1, 0, { id: 1, title: 'a' }]]);
  });

  test('is superseded by what was sent of it, though a getter says something else by then', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(peer, [KIND.SUBSCRIBE, 1, 'read.moved', 0]);
    const moved = (...ids: number[]): never =>
      Object.defineProperty({ to: 1, windowId: 1, index: 1 }, 'id', {
        enumerable: true,
        get: () => ids.shift(),
      }) as never;
    server.emit('moved', moved(1, 7));
    server.emit('moved', moved(2, 7));
    expect((await exchange(peer, [KIND.CREDIT, 1, 5])).map((frame) => frame.length - 3)).toEqual([2]);
  });

  test('is told from others by a property behind a gate, too, where that is shut', async () => {
    const host = createHost();
    const served = host.publish(
      defineProtocol({
        name: 'org.example.gated',
        version: '1.0.0',
        capabilities: {
          read: {
            title: 'Read',
            members: {
              moved: event(
                {
                  type: 'object',
                  required: ['id'],
                  properties: { id: { type: 'integer', 'x-grant': 'ids' }, n: { type: 'integer' } },
                } as object,
                { coalesceBy: 'id' },
              ),
            },
          },
          ids: { title: 'Ids' },
        },
      }),
      { read: { admit: [allow(anyExtension())] }, ids: { admit: [allow(anyExtension())] } },
    );
    const peer = rawClient(host, { name: 'portico:org.example.gated' });
    peer.send(hello({ wants: ['read'], versions: ['1.0.0'] }));
    await settled();
    await exchange(peer, [KIND.SUBSCRIBE, 1, 'read.moved', 0]);
    for (const [id, n] of [
      [1, 1],
      [2, 2],
      [1, 3],
    ])
      served.read.moved.emit({ id, n } as never);
    await exchange(peer, [KIND.CREDIT, 1, 5]);
    expect(eventsOf(peer)).toEqual([
      [1, 0, { n: 3 }],
      [1, 1, { n: 2 }],
    ]);
  });
});

describe('a host', () => {
  test.each([
    ['an unknown member', 'read.nothing', 'UNKNOWN_MEMBER'],
    ['a method', 'read.ping', 'UNKNOWN_MEMBER'],
    ['a capability that was refused', 'admin.audited', 'CAPABILITY_REFUSED'],
  ])('[W8.1] ends a subscription to %s', async (_what, member, code) => {
    const peer = await admitted(tabsHost());
    const answers = await exchange(peer, [KIND.SUBSCRIBE, 1, member, 5]);
    expect(answers.map((frame) => [frame[0], frame[1], codeIn(frame)])).toEqual([[KIND.END, 1, code]]);
    expect(peer.closed).toBe(false);
  });

  test('[W8.1] ends subscriptions beyond the limit, until others have ended', async () => {
    const server = tabsHost({ limits: { subscriptions: 2 } });
    const peer = await admitted(server);
    const subscribe = (id: number) => [KIND.SUBSCRIBE, id, 'read.changed', 1];
    const answers = await exchange(peer, subscribe(1), subscribe(2), subscribe(3));
    expect(answers.map((frame) => [frame[1], codeIn(frame)])).toEqual([[3, 'LIMIT_EXCEEDED']]);
    expect(answers[0]?.[2]).toMatchObject({ data: { limit: 'subscriptions' } });
    expect(await exchange(peer, [KIND.UNSUBSCRIBE, 1], subscribe(4))).toEqual([]);
    expect(server.subscribers()).toBe(2);
  });

  test('[W8.2] numbers the events of each subscription from 0, from when it began', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    server.emit('changed', { id: 1, title: 'a' });
    await exchange(peer, [KIND.SUBSCRIBE, 1, 'read.changed', 5]);
    server.emit('changed', { id: 2, title: 'b' });
    await exchange(peer, [KIND.SUBSCRIBE, 2, 'read.changed', 5]);
    server.emit('changed', { id: 3, title: 'c' });
    await settled();
    expect(eventsOf(peer)).toEqual([
      [1, 0, { id: 2, title: 'b' }],
      [1, 1, { id: 3, title: 'c' }],
      [2, 0, { id: 3, title: 'c' }],
    ]);
  });

  test('[W4.8] folds the events of one subscription', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(peer, [KIND.SUBSCRIBE, 1, 'read.changed', 5]);
    for (const id of [1, 2, 3]) server.emit('changed', { id, title: 'a' });
    await settled();
    expect(peer.of(KIND.EVENT)).toHaveLength(1);
    expect(peer.of(KIND.EVENT)[0]).toHaveLength(6);
  });

  test('[W8.3] sends no more events than it has credit for', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(peer, [KIND.SUBSCRIBE, 1, 'read.changed', 2]);
    for (let id = 1; id <= 5; id++) server.emit('changed', { id, title: 'a' });
    await settled();
    expect(eventsOf(peer)).toHaveLength(2);
    await exchange(peer, [KIND.CREDIT, 1, 2]);
    expect(eventsOf(peer)).toHaveLength(4);
    await exchange(peer, [KIND.CREDIT, 1, 0]);
    expect(eventsOf(peer)).toHaveLength(4);
    await exchange(peer, [KIND.CREDIT, 1, 100]);
    expect(eventsOf(peer).map((each) => (each as unknown[])[1])).toEqual([0, 1, 2, 3, 4]);
  });

  test('[W8.3] keeps no more credit than eventQueue, whatever it is given', async () => {
    const server = tabsHost({ limits: { eventQueue: 3 } });
    const peer = await admitted(server);
    await exchange(
      peer,
      [KIND.SUBSCRIBE, 1, 'read.changed', 2 ** 53 - 1],
      [KIND.CREDIT, 1, 2 ** 53 - 1],
      [KIND.CREDIT, 1, 2 ** 53 - 1],
    );
    for (let id = 1; id <= 9; id++) server.emit('changed', { id, title: 'a' });
    await settled();
    expect(eventsOf(peer)).toHaveLength(3);
  });

  test('[W8.4] keeps eventQueue events without credit, and drops further ones with their numbers', async () => {
    const server = tabsHost({ limits: { eventQueue: 3 } });
    const peer = await admitted(server);
    await exchange(peer, [KIND.SUBSCRIBE, 1, 'read.changed', 1]);
    for (let id = 0; id < 7; id++) server.emit('changed', { id, title: 'a' });
    await exchange(peer, [KIND.CREDIT, 1, 3]);
    for (let id = 7; id < 9; id++) server.emit('changed', { id, title: 'a' });
    await exchange(peer, [KIND.CREDIT, 1, 3]);
    expect(eventsOf(peer).map((each) => (each as unknown[])[1])).toEqual([0, 1, 2, 3, 7, 8]);
  });

  test('[W8.5] lets an event take the place and the number of the one that it supersedes', async () => {
    const server = tabsHost({ limits: { eventQueue: 2 } });
    const peer = await admitted(server);
    await exchange(peer, [KIND.SUBSCRIBE, 1, 'read.moved', 1]);
    for (const [id, index] of [
      [1, 0],
      [1, 1],
      [2, 0],
      [1, 2],
      [2, 1],
    ] as const)
      server.emit('moved', { id, index });
    await exchange(peer, [KIND.CREDIT, 1, 2]);
    server.emit('moved', { id: 3, index: 0 });
    await exchange(peer, [KIND.CREDIT, 1, 1]);
    expect(eventsOf(peer)).toEqual([
      [1, 0, { id: 1, index: 0 }],
      [1, 1, { id: 1, index: 2 }],
      [1, 2, { id: 2, index: 1 }],
      [1, 3, { id: 3, index: 0 }],
    ]);
  });

  test('[W8.11] sends nothing more of a subscription that was ended', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(peer, [KIND.SUBSCRIBE, 1, 'read.changed', 1], [KIND.SUBSCRIBE, 2, 'read.changed', 5]);
    for (const id of [1, 2]) server.emit('changed', { id, title: 'a' });
    await exchange(peer, [KIND.UNSUBSCRIBE, 1], [KIND.CREDIT, 1, 5]);
    server.emit('changed', { id: 3, title: 'a' });
    await settled();
    expect(eventsOf(peer).map((each) => (each as unknown[]).slice(0, 2))).toEqual([
      [1, 0],
      [2, 0],
      [2, 1],
      [2, 2],
    ]);
    expect(server.subscribers()).toBe(1);
  });

  test('[W9.7] sends gated properties of events only where they are granted', async () => {
    const server = tabsHost();
    const all = await admitted(server);
    const some = await admitted(server, {}, { wants: ['read'] });
    for (const peer of [all, some]) await exchange(peer, [KIND.SUBSCRIBE, 1, 'read.changed', 5]);
    server.emit('changed', { id: 1, title: 'Portico', address: 'https://example.org/' } as never);
    await settled();
    expect([eventsOf(all), eventsOf(some)]).toEqual([
      [[1, 0, { id: 1, title: 'Portico' }]],
      [[1, 0, { id: 1 }]],
    ]);
  });
});

describe('a client', () => {
  test('[W8.6] ends a subscription with a gap in it, and tells how many are missing', async () => {
    const { raw, read, session } = await welcomed();
    const changes = read.changed();
    await settled();
    raw.host.send([KIND.EVENT, 1, 0, { id: 1 }], [KIND.EVENT, 1, 3, { id: 4 }]);
    expect((await changes.next()).value).toEqual({ id: 1 });
    const failure = await failureOf(changes.next());
    expect([failure.code, failure.data]).toEqual(['EVENTS_MISSED', { missed: 2 }]);
    await settled();
    expect(raw.host.frames.at(-1)).toEqual([KIND.UNSUBSCRIBE, 1]);
    expect([await changes.next(), session.state]).toEqual([{ done: true, value: undefined }, 'open']);
  });

  test('[W8.6] sees a gap before the first event, too', async () => {
    const { raw, read } = await welcomed();
    const changes = read.changed();
    await settled();
    raw.host.send([KIND.EVENT, 1, 1, { id: 1 }]);
    expect(await codeOf(changes.next())).toBe('EVENTS_MISSED');
  });

  test('[W8.6] tells a handler for gaps, and goes on', async () => {
    const { raw, read } = await welcomed();
    const gaps: number[] = [];
    const changes = read.changed({ onGap: (missed) => gaps.push(missed) });
    await settled();
    raw.host.send([KIND.EVENT, 1, 2, { id: 3 }], [KIND.EVENT, 1, 4, { id: 5 }]);
    expect([(await changes.next()).value, gaps]).toEqual([{ id: 3 }, [2]]);
    expect([(await changes.next()).value, gaps]).toEqual([{ id: 5 }, [2, 1]]);
  });

  test.each([
    ['repeats', 1],
    ['falls', 0],
  ])('[W8.7] ends a subscription whose number %s', async (_what, number) => {
    const { raw, read, session } = await welcomed();
    const changes = read.changed({ onGap: () => {} });
    await settled();
    raw.host.send([KIND.EVENT, 1, 0, { id: 1 }, { id: 2 }], [KIND.EVENT, 1, number, { id: 3 }]);
    const seen = [await changes.next(), await changes.next()];
    expect(seen.map(({ value }) => value)).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await codeOf(changes.next())).toBe('PROTOCOL_VIOLATION');
    await settled();
    expect([raw.host.frames.at(-1), session.state]).toEqual([[KIND.UNSUBSCRIBE, 1], 'open']);
  });

  test('[W8.7] also when somebody waits for the next event', async () => {
    const { raw, read } = await welcomed();
    const changes = read.changed();
    await settled();
    const seen = [changes.next(), changes.next()];
    raw.host.send([KIND.EVENT, 1, 0, { id: 1 }], [KIND.EVENT, 1, 0, { id: 1 }]);
    expect((await seen[0])?.value).toEqual({ id: 1 });
    expect(await codeOf(seen[1] as Promise<unknown>)).toBe('PROTOCOL_VIOLATION');
  });

  test('[W8.8] ends a subscription that brings more than it gave credit for', async () => {
    const { raw, read, session } = await welcomed({ connect: { limits: { eventCredit: 3 } } });
    const changes = read.changed();
    await settled();
    expect(raw.host.frames.at(-1)).toEqual([KIND.SUBSCRIBE, 1, 'read.changed', 3]);
    raw.host.send([KIND.EVENT, 1, 0, { id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }, { id: 5 }]);
    await settled();
    const seen = [await changes.next(), await changes.next(), await changes.next()];
    expect(seen.map(({ value }) => value)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(await codeOf(changes.next())).toBe('PROTOCOL_VIOLATION');
    expect([raw.host.of(KIND.UNSUBSCRIBE), session.state]).toEqual([[[KIND.UNSUBSCRIBE, 1]], 'open']);
  });

  test('[W8.9] ends a subscription with a payload that does not fit', async () => {
    const { raw, read, session } = await welcomed();
    const changes = read.changed();
    const others = read.moved();
    await settled();
    raw.host.send([KIND.EVENT, 1, 0, { id: 'x' }], [KIND.EVENT, 2, 0, { id: 1, index: 2 }]);
    expect(await codeOf(changes.next())).toBe('INVALID_RESULT');
    expect((await others.next()).value).toEqual({ id: 1, index: 2 });
    await settled();
    expect([raw.host.frames.at(-1), session.state]).toEqual([[KIND.UNSUBSCRIBE, 1], 'open']);
  });

  test('is told where a reader that passes events on is thrown into', async () => {
    const { raw, read } = await welcomed();
    const passedOn = (async function* () {
      yield* read.changed();
    })();
    const first = passedOn.next();
    await settled();
    raw.host.send([KIND.EVENT, 1, 0, { id: 1 }]);
    expect((await first).value).toEqual({ id: 1 });
    const error = new Error('enough');
    await expect(passedOn.throw(error)).rejects.toBe(error);
    await settled();
    expect(raw.host.of(KIND.UNSUBSCRIBE)).toEqual([[KIND.UNSUBSCRIBE, 1]]);
  });

  test('[W8.10] ends with the error of an END, after what came before it', async () => {
    const { raw, read } = await welcomed();
    const changes = read.changed();
    await settled();
    raw.host.send(
      [KIND.EVENT, 1, 0, { id: 1 }],
      [KIND.END, 1, { code: 'LIMIT_EXCEEDED', message: 'no more', data: { limit: 'subscriptions' } }],
      [KIND.EVENT, 1, 1, { id: 2 }],
    );
    await settled();
    expect((await changes.next()).value).toEqual({ id: 1 });
    const failure = await failureOf(changes.next());
    expect([failure.code, failure.data]).toEqual(['LIMIT_EXCEEDED', { limit: 'subscriptions' }]);
    expect(raw.host.of(KIND.UNSUBSCRIBE)).toEqual([]);
  });

  test('[W8.12] gives back credit for what its reader has taken, some at a time', async () => {
    const { raw, read } = await welcomed({ connect: { limits: { eventCredit: 4 } } });
    const changes = read.changed();
    await settled();
    raw.host.send([KIND.EVENT, 1, 0, { id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }]);
    await settled();
    expect(raw.host.of(KIND.CREDIT)).toEqual([]);
    for (let i = 0; i < 3; i++) await changes.next();
    await settled();
    expect(raw.host.of(KIND.CREDIT)).toEqual([[KIND.CREDIT, 1, 2]]);
    await changes.next();
    await settled();
    expect(raw.host.of(KIND.CREDIT)).toEqual([
      [KIND.CREDIT, 1, 2],
      [KIND.CREDIT, 1, 2],
    ]);
  });

  test('[W8.12] gives it back at the latest after 32 events, however much it gave', async () => {
    const { raw, read } = await welcomed();
    const changes = read.changed();
    await settled();
    raw.host.send([KIND.EVENT, 1, 0, ...Array.from({ length: 70 }, (_, id) => ({ id }))]);
    for (let i = 0; i < 70; i++) await changes.next();
    await settled();
    expect(raw.host.of(KIND.CREDIT)).toEqual([
      [KIND.CREDIT, 1, 32],
      [KIND.CREDIT, 1, 32],
    ]);
  });
});

describe('a handler for gaps that fails', () => {
  const failures = collectUncaught();

  test('[W3.5] takes nothing else of the message with it', async () => {
    const { raw, read } = await welcomed();
    const changes = read.changed({
      onGap: () => {
        throw new Error('of the author');
      },
    });
    const answer = read.get({ id: 7 });
    await settled();
    raw.host.send([KIND.EVENT, 1, 2, { id: 3 }], [KIND.RESULT, 2, { id: 7 }]);
    expect(await answer).toEqual({ id: 7 });
    expect((await changes.next()).value).toEqual({ id: 3 });
    await settled();
    expect(failures).toEqual([new Error('of the author')]);
  });
});
