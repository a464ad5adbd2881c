import type { PorticoError } from 'portico';
import { describe, expect, test } from 'vitest';
import type { RuntimePort } from '../../../src/platform/platform.js';
import { KIND } from '../../support/kinds.js';
import { clockOf, rawClient, settled } from '../../support/raw-peer.js';
import {
  admitted,
  codeIn,
  codeOf,
  exchange,
  expectViolated,
  failureOf,
  realClient,
  welcomed,
} from '../../support/sessions.js';
import { hello, tabsHost, welcome } from '../../support/tabs.js';

const notBatches: readonly (readonly [string, unknown])[] = [
  ['nothing', null],
  ['a text', 'hello'],
  ['a number', 7],
  ['an object', { length: 1, 0: [0, {}] }],
  ['a frame without a batch', [7, 1, 'read.ping', 0, null]],
  ['a list with something else among its frames', [[64], 'x']],
  ['an empty frame', [[]]],
];
const notKinds: readonly (readonly [string, unknown])[] = [
  ['a text', '7'],
  ['a fraction', 7.5],
  ['a negative number', -1],
  ['an unsafe number', 2 ** 53],
  ['nothing', null],
  ['a list', [7]],
];
const notIds: readonly (readonly [string, unknown])[] = [
  ['a text', '1'],
  ['a fraction', 1.5],
  ['a negative number', -1],
  ['an unsafe number', 2 ** 53],
  ['nothing', null],
  ['a list', [1]],
];

describe('ports', () => {
  test('[W4.1] a port named for a published protocol is answered for that protocol alone', async () => {
    const server = tabsHost();
    const peer = rawClient(server.host, { name: 'portico:org.example.tabs' });
    const other = rawClient(server.host, { name: 'portico:org.example.tabs.more' });
    peer.send(hello());
    await settled();
    expect(peer.of(KIND.WELCOME)).toHaveLength(1);
    expect(other.frames.map(codeIn)).toEqual(['REFUSED']);
  });

  test('[W4.1] a client names its port for its protocol', () => {
    let name = '';
    realClient({
      port: (port) => {
        name = port.name;
        return port;
      },
    });
    expect(name).toBe('portico:org.example.tabs');
  });
});

describe('messages to a host', () => {
  test.each(notBatches)('[W4.2] [W4.13] %s is a violation', async (_what, message) => {
    const server = tabsHost();
    const peer = await admitted(server);
    peer.post(message);
    await settled();
    expectViolated(peer);
    expect(server.host.sessions).toBe(0);
  });

  test.each(notBatches)('[W4.2] [W4.13] %s is refused before the welcome', async (_what, message) => {
    const peer = rawClient(tabsHost().host);
    peer.post(message);
    await settled();
    expectViolated(peer, KIND.REFUSE);
    expect(peer.frames).toHaveLength(1);
  });

  test.each(notKinds)('[W4.3] a frame that begins with %s is a violation', async (_what, kind) => {
    const peer = await admitted(tabsHost());
    await exchange(peer, [kind, 1, 'read.ping', 0, null]);
    expectViolated(peer);
  });

  test.each(notIds)('[W4.4] %s is no id, nor an amount', async (_what, id) => {
    for (const frame of [
      [KIND.CALL, id, 'read.ping', 0, null],
      [KIND.CANCEL, id],
      [KIND.SUBSCRIBE, id, 'read.changed', 1],
      [KIND.SUBSCRIBE, 1, 'read.changed', id],
      [KIND.UNSUBSCRIBE, id],
      [KIND.CREDIT, id, 1],
    ]) {
      const peer = await admitted(tabsHost());
      await exchange(peer, frame);
      expectViolated(peer);
    }
    const peer = await admitted(tabsHost());
    await exchange(peer, [KIND.SUBSCRIBE, 1, 'read.changed', 1], [KIND.CREDIT, 1, id]);
    expectViolated(peer);
  });

  test('[W4.13] what follows a violation in its message is not read', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(peer, [KIND.WELCOME, {}], [KIND.CALL, 1, 'control.close', 0, { id: 1 }]);
    expectViolated(peer);
    expect(server.ran).toEqual([]);
  });

  test('[W4.5] an empty batch means nothing, before the hello and after', async () => {
    const peer = rawClient(tabsHost().host);
    peer.send();
    peer.send(hello());
    await settled();
    peer.send();
    const answers = await exchange(peer, [KIND.CALL, 1, 'read.ping', 0, null]);
    expect(answers).toEqual([[KIND.RESULT, 1, null]]);
  });

  test('[W4.6] frames take effect in order, over messages too', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    for (const first of [1, 3, 5]) {
      peer.send(
        [KIND.CALL, first, 'control.close', 0, { id: first }],
        [KIND.CALL, first + 1, 'control.archive', 0, { id: first + 1 }],
      );
    }
    await settled();
    expect(server.ran.map(([, params]) => (params as { id: number }).id)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('[W4.7] a folded CALL stands for one call for each of its values', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    const answers = await exchange(
      peer,
      [KIND.CALL, 4, 'control.close', 0, { id: 1 }, { id: 'x' }, { id: 3 }],
      [KIND.CALL, 7, 'read.ping', 0, null],
    );
    expect(server.ran.map(([path]) => path)).toEqual(['control.close', 'control.close', 'read.ping']);
    expect(server.ran.slice(0, 2).map(([, params]) => params)).toEqual([{ id: 1 }, { id: 3 }]);
    expect(answers.map(([kind, id, ...rest]) => [kind, id, rest.length])).toEqual([
      [KIND.RESULT, 4, 1],
      [KIND.ERROR, 5, 1],
      [KIND.RESULT, 6, 2],
    ]);
  });

  test('[W4.7] options of a folded CALL are those of every call in it', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(peer, [KIND.CALL, 1, 'control.wait', { d: 50 }, {}, {}]);
    clockOf(server.host).advance(51);
    await settled();
    expect(peer.of(KIND.ERROR).map((frame) => [frame[1], codeIn(frame)])).toEqual([
      [1, 'DEADLINE_EXCEEDED'],
      [2, 'DEADLINE_EXCEEDED'],
    ]);
  });

  test('[W4.9] a message has at most six times messageItems elements in its frames', async () => {
    const server = tabsHost({ limits: { messageItems: 10 } });
    const frame = (length: number): unknown[] => [
      KIND.CALL,
      1,
      'control.close',
      0,
      ...new Array(length - 4).fill({ id: 1 }),
    ];
    const within = await admitted(server);
    await exchange(within, frame(60));
    expect(within.closed).toBe(false);
    expect(server.ran).toHaveLength(56);
    const beyond = await admitted(server);
    await exchange(beyond, frame(61));
    expectViolated(beyond);
    expect(server.ran).toHaveLength(56);
  });
});

describe('messages to a client', () => {
  test.each(notBatches)('[W4.2] [W4.13] %s is a violation', async (_what, message) => {
    const { raw, read } = await welcomed();
    const call = failureOf(read.ping());
    raw.host.post(message);
    const { code, cause } = await call;
    expect([code, (cause as PorticoError).code, (cause as PorticoError).data]).toEqual([
      'OUTCOME_UNKNOWN',
      'PROTOCOL_VIOLATION',
      { kind: undefined },
    ]);
    await settled();
    expectViolated(raw.host);
  });

  test.each(notKinds)('[W4.3] a frame that begins with %s is a violation', async (_what, kind) => {
    const { raw } = await welcomed();
    raw.host.send([kind, 1]);
    await settled();
    expectViolated(raw.host);
  });

  test.each<readonly [string, unknown, number | undefined]>([
    ['no list', { 0: [KIND.RESULT, 1, []] }, undefined],
    ['no list of lists', [[KIND.RESULT, 1, []], 'x'], undefined],
    ['a list without kinds', [['x']], undefined],
    ['a list with a hole', Object.assign(new Array(2), { 1: [64] }), undefined],
    ['an EVENT for nothing', [[64], [KIND.EVENT, 9, 0, null], [KIND.END, 9, {}]], KIND.EVENT],
    ['a second WELCOME', [welcome()], KIND.WELCOME],
    ['GRANTS without lists', [[KIND.GRANTS]], KIND.GRANTS],
    ['a CALL', [[KIND.CALL, 1, 'read.ping', 0, null]], KIND.CALL],
    ['a kind of nobody', [[63]], 63],
  ])('[W4.13] of %s, the error tells the kind alone', async (_what, message, kind) => {
    const { raw, read, session } = await welcomed({ serialization: 'structured-clone' });
    const told: unknown[] = [];
    session.onChange((_state, error) => told.push(error?.code, error?.data));
    const error = await (async () => {
      const listed = failureOf(read.list());
      await settled();
      raw.host.post(message);
      return await listed;
    })();
    expect(error).toMatchObject({ code: 'PROTOCOL_VIOLATION', origin: 'local' });
    expect(error.data).toEqual({ kind });
    expect(error.message).toMatch(/^PROTOCOL_VIOLATION: the host sent /);
    expect(told).toEqual(['PROTOCOL_VIOLATION', { kind }]);
    await settled();
    expectViolated(raw.host);
  });

  test.each(notIds)('[W4.4] %s is no id, nor an event number', async (_what, id) => {
    for (const frame of [
      [KIND.RESULT, id, null],
      [KIND.ERROR, id, {}],
      [KIND.EVENT, id, 0, { id: 1 }],
      [KIND.EVENT, 2, id, { id: 1 }],
      [KIND.END, id, {}],
    ]) {
      const { raw, read } = await welcomed();
      codeOf(read.ping());
      read.changed();
      raw.host.send(frame);
      await settled();
      expectViolated(raw.host);
    }
  });

  test('[W4.5] an empty batch means nothing, before the welcome and after', async () => {
    const { raw, session, read } = realClient();
    raw.host.send();
    raw.host.send(welcome());
    await session.ready();
    raw.host.send();
    const answer = read.ping();
    await settled();
    raw.host.send([KIND.RESULT, 1, null]);
    expect(await answer).toBeUndefined();
  });

  test('[W4.7] a folded RESULT answers calls whose ids follow each other', async () => {
    const { raw, read } = await welcomed();
    const calls = [1, 2, 3].map((id) => read.get({ id }));
    await settled();
    raw.host.send([KIND.RESULT, 1, { id: 10 }, { id: 20 }, { id: 30 }]);
    expect(await Promise.all(calls)).toEqual([{ id: 10 }, { id: 20 }, { id: 30 }]);
  });

  test('[W4.7] a folded EVENT stands for events whose numbers follow each other', async () => {
    const { raw, read } = await welcomed();
    const changes = read.changed();
    await settled();
    raw.host.send([KIND.EVENT, 1, 0, { id: 1 }, { id: 2 }], [KIND.EVENT, 1, 2, { id: 3 }]);
    const seen = [await changes.next(), await changes.next(), await changes.next()];
    expect(seen.map(({ value }) => value)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  });
});

describe('messages from a client', () => {
  test('[W4.8] only calls of one member without options, and with nothing between, share a frame', async () => {
    const { raw, read } = await welcomed();
    for (const id of [1, 2]) void read.get({ id }).catch(() => {});
    void read.get({ id: 3 }, { deadline: 5000 }).catch(() => {});
    void read.get({ id: 4 }, { deadline: 5000 }).catch(() => {});
    void read.get({ id: 5 }).catch(() => {});
    void read.ping().catch(() => {});
    read.changed();
    void read.get({ id: 6 }).catch(() => {});
    await settled();
    expect(raw.host.frames.slice(1)).toEqual([
      [KIND.CALL, 1, 'read.get', 0, { id: 1 }, { id: 2 }],
      [KIND.CALL, 3, 'read.get', { d: 5000 }, { id: 3 }],
      [KIND.CALL, 4, 'read.get', { d: 5000 }, { id: 4 }],
      [KIND.CALL, 5, 'read.get', 0, { id: 5 }],
      [KIND.CALL, 6, 'read.ping', 0, null],
      [KIND.SUBSCRIBE, 7, 'read.changed', 256],
      [KIND.CALL, 8, 'read.get', 0, { id: 6 }],
    ]);
  });

  test('[W4.10] what is written in one turn travels as one message', async () => {
    const { raw, read } = await welcomed();
    const before = raw.host.messages.length;
    for (let id = 0; id < 100; id++) void read.get({ id }).catch(() => {});
    await Promise.resolve();
    void read.ping().catch(() => {});
    await settled();
    expect(raw.host.messages.length - before).toBe(1);
  });

  test('[W4.11] a batch leaves when it is full, by items or by weight', async () => {
    const byItems = await welcomed({ connect: { limits: { batchItems: 10 } } });
    for (let id = 0; id < 25; id++) void byItems.read.get({ id }).catch(() => {});
    const byWeight = await welcomed({ connect: { limits: { batchSize: 1000 } } });
    for (let i = 0; i < 5; i++) void byWeight.control.echo({ value: 'x'.repeat(400) }).catch(() => {});
    await settled();
    const counts = (messages: readonly unknown[]): number[] =>
      messages.slice(1).map((batch) => (batch as unknown[][]).flatMap((frame) => frame.slice(4)).length);
    expect(counts(byItems.raw.host.messages)).toEqual([10, 10, 5]);
    expect(counts(byWeight.raw.host.messages)).toEqual([2, 2, 1]);
  });

  test('[W4.11] a value that would make a batch too heavy goes into the next, by the steps to read it, too', async () => {
    const { raw, control } = await welcomed({ connect: { limits: { batchSize: 1000 } } });
    for (const items of [100, 400, 2000, 1])
      void control.echo({ value: Array(items).fill(0) }).catch(() => {});
    await settled();
    const sent = raw.host.messages.slice(1) as unknown[][][];
    const items = (batch: unknown[][]): number[] =>
      batch.flatMap((frame) => frame.slice(4).map((each) => (each as { value: unknown[] }).value.length));
    expect(sent.map(items)).toEqual([[100], [400], [2000], [1]]);
  });

  /** A port whose browser carries no message of more than 2,000 characters. */
  const narrow = (port: RuntimePort): RuntimePort => ({
    ...port,
    postMessage(message) {
      if (JSON.stringify(message).length > 2000) throw new Error('Message exceeded maximum allowed size');
      port.postMessage(message);
    },
  });

  test('[W4.12] a call that the browser does not carry costs no other call', async () => {
    const { raw, control } = await welcomed({ port: narrow });
    const small = control.echo({ value: 1 });
    const large = codeOf(control.echo({ value: 'x'.repeat(3000) }));
    const another = control.echo({ value: 2 });
    expect(await large).toBe('LIMIT_EXCEEDED');
    await settled();
    expect(raw.host.of(KIND.CALL).map(([, id]) => id)).toEqual([1, 3]);
    raw.host.send([KIND.RESULT, 1, { value: 1 }], [KIND.RESULT, 3, { value: 2 }]);
    expect([await small, await another]).toEqual([{ value: 1 }, { value: 2 }]);
  });

  test('[W4.12] a result that the browser does not carry costs no other result', async () => {
    const peer = await admitted(tabsHost(), { port: narrow });
    const value = 'x'.repeat(1990);
    const answers = await exchange(peer, [
      KIND.CALL,
      1,
      'control.echo',
      0,
      { value: 1 },
      { value },
      { value: 3 },
    ]);
    expect(answers.map((frame) => [frame[0], frame[1], codeIn(frame)])).toEqual([
      [KIND.RESULT, 1, undefined],
      [KIND.RESULT, 3, undefined],
      [KIND.ERROR, 2, 'LIMIT_EXCEEDED'],
    ]);
  });
});
