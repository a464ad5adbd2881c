import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { settled } from '../../support/raw-peer.js';
import { admitted, codeIn, codeOf, exchange, failureOf, welcomed } from '../../support/sessions.js';
import { tabsHost } from '../../support/tabs.js';

const errorOf = (frame: readonly unknown[] | undefined) => frame?.[2] as Record<string, unknown>;
const clone = { serialization: 'structured-clone' } as const;

/** A value so many levels deep. */
const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);

const notJsonSafe: readonly (readonly [string, unknown])[] = [
  ['NaN', Number.NaN],
  ['an infinity', Number.POSITIVE_INFINITY],
  ['a BigInt', 1n],
  ['a Date', new Date(0)],
  ['a Map', new Map([['id', 1]])],
  ['a Set', new Set([1])],
  ['a RegExp', /x/],
  ['an Error', new Error('x')],
  ['bytes where no bytes are declared', new Uint8Array(1)],
  ['other numbers in an array', new Float64Array(1)],
  ['a buffer', new ArrayBuffer(1)],
  ['a list with holes', new Array(3)],
  ['nothing, in a list', [undefined]],
];

describe('what is JSON-safe', () => {
  test.each(notJsonSafe)('[W9.1] a host refuses %s in parameters', async (_what, value) => {
    const server = tabsHost();
    const peer = await admitted(server, clone);
    for (const [id, params] of [
      [1, { value }],
      [2, { value: { deep: [value] } }],
    ] as const) {
      const answers = await exchange(peer, [KIND.CALL, id, 'control.echo', 0, params]);
      expect(answers.map(codeIn)).toEqual(['INVALID_PARAMS']);
    }
    expect(server.ran).toEqual([]);
  });

  test.each(notJsonSafe)('[W9.1] a client refuses %s in results', async (_what, value) => {
    const { raw, control } = await welcomed(clone);
    const outcome = codeOf(control.echo({ value: 1 }));
    await settled();
    raw.host.send([KIND.RESULT, 1, { value }]);
    expect(await outcome).toBe('INVALID_RESULT');
  });

  test.each([
    ['a Map', new Map([['id', 1]])],
    ['a Date', new Date(0)],
    ['bytes', new Uint8Array(1)],
    ['an Error', Object.assign(new Error('x'), { id: 1 })],
  ])('[W9.1] %s is no object', async (_what, params) => {
    const server = tabsHost();
    const peer = await admitted(server, clone);
    for (const [id, member] of [
      [1, 'read.list'],
      [2, 'control.wait'],
      [3, 'read.ping'],
    ] as const) {
      const answers = await exchange(peer, [KIND.CALL, id, member, 0, params]);
      expect(answers.map(codeIn)).toEqual(['INVALID_PARAMS']);
    }
    expect(server.ran).toEqual([]);
  });

  test.each([
    ['no property', {}],
    ['undefined', { windowId: undefined }],
  ])('[W9.2] %s is absent', async (_what, params) => {
    const server = tabsHost();
    const peer = await admitted(server, clone);
    await exchange(peer, [KIND.CALL, 1, 'read.list', 0, params]);
    expect(server.ran).toEqual([['read.list', {}]]);
    expect(Object.keys(server.ran[0]?.[1] as object)).toEqual([]);
  });

  test('[W9.2] a client sends no undefined, and null where there is no value', async () => {
    const { raw, read } = await welcomed(clone);
    for (const call of [read.list({ windowId: undefined }), read.list(), read.ping()]) call.catch(() => {});
    await settled();
    expect(raw.host.of(KIND.CALL).map((frame) => frame.slice(4))).toEqual([[{}, {}], [null]]);
    for (const params of raw.host.of(KIND.CALL)[0]?.slice(4) ?? [])
      expect(Object.keys(params as object)).toEqual([]);
  });

  test('[W9.2] a host answers null where there is no result', async () => {
    const peer = await admitted(tabsHost(), clone);
    expect(await exchange(peer, [KIND.CALL, 1, 'read.ping', 0, null])).toEqual([[KIND.RESULT, 1, null]]);
  });
});

describe('what is declared', () => {
  test('[W9.4] a host refuses undeclared parameters, and a client does not send them', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    const [answer] = await exchange(peer, [KIND.CALL, 1, 'control.close', 0, { id: 7, dryrun: true }]);
    expect([codeIn(answer), server.ran]).toEqual(['INVALID_PARAMS', []]);

    const { raw, control } = await welcomed();
    expect(await codeOf(control.close({ id: 7, dryrun: true } as never))).toBe('INVALID_PARAMS');
    await settled();
    expect(raw.host.of(KIND.CALL)).toEqual([]);
  });

  test('[W9.5] a client leaves out what it does not know', async () => {
    const { raw, read } = await welcomed();
    const answer = read.get({ id: 7 });
    const changes = read.changed();
    await settled();
    raw.host.send([KIND.RESULT, 1, { id: 7, more: { of: 'it' } }], [KIND.EVENT, 2, 0, { id: 8, more: 1 }]);
    expect([await answer, (await changes.next()).value]).toEqual([{ id: 7 }, { id: 8 }]);
  });

  test('[W9.6] a host sends a copy of what is declared, and nothing else', async () => {
    class Own {
      id = 7;
      title = 'Portico';
      address = 'https://example.org/';
    }
    const own = new Own();
    const server = tabsHost({ get: () => own });
    const peer = await admitted(server);
    expect(await exchange(peer, [KIND.CALL, 1, 'read.get', 0, { id: 7 }])).toEqual([
      [KIND.RESULT, 1, { id: 7, title: 'Portico' }],
    ]);
    expect(own).toEqual(new Own());
  });

  test('[W9.7] a gated property is sent where it is granted alone, and never required', async () => {
    const server = tabsHost();
    const list = [KIND.CALL, 1, 'read.list', 0, {}];
    expect(await exchange(await admitted(server), list)).toEqual([
      [KIND.RESULT, 1, [{ id: 1, title: 'Portico' }]],
    ]);
    expect(await exchange(await admitted(server, {}, { wants: ['read'] }), list)).toEqual([
      [KIND.RESULT, 1, [{ id: 1 }]],
    ]);
    const { raw, read } = await welcomed();
    const answer = read.list();
    await settled();
    raw.host.send([KIND.RESULT, 1, [{ id: 1 }]]);
    expect(await answer).toEqual([{ id: 1 }]);
  });

  test('[W9.12] what an object inherits was not sent', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    const answers = await exchange(
      peer,
      [KIND.CALL, 1, 'control.label', 0, {}],
      [KIND.CALL, 2, 'control.label', 0, { toString: 'x', constructor: 'y' }],
      [KIND.CALL, 3, 'control.label', 0, { toString: 'x' }],
    );
    expect(answers.map((frame) => [frame[0], codeIn(frame)])).toEqual([
      [KIND.ERROR, 'INVALID_PARAMS'],
      [KIND.RESULT, undefined],
    ]);
    expect(server.ran.map(([, params]) => Object.keys(params as object))).toEqual([
      ['toString', 'constructor'],
      ['toString'],
    ]);
  });
});

describe('__proto__', () => {
  /** As JSON brings it: an own property of that name. */
  const laden = (json: string): unknown => JSON.parse(json);

  test.each([
    ['control.close', '{"id":7,"__proto__":{"dryRun":true}}'],
    ['control.close', '{"__proto__":{"id":7}}'],
    ['read.list', '{"__proto__":{"windowId":7}}'],
    ['control.echo', '{"value":{"__proto__":{"polluted":1}}}'],
    ['control.echo', '{"value":[{"a":{"__proto__":1}}]}'],
    ['read.ping', '{"__proto__":{}}'],
  ])('[W9.8] in parameters of %s, %s is refused', async (member, json) => {
    for (const serialization of ['json', 'structured-clone'] as const) {
      const server = tabsHost();
      const peer = await admitted(server, { serialization });
      const answers = await exchange(peer, [KIND.CALL, 1, member, 0, laden(json)]);
      expect([answers.map(codeIn), server.ran]).toEqual([['INVALID_PARAMS'], []]);
    }
  });

  test('[W9.8] in results it is left out where others are, and refused where they are not', async () => {
    const { raw, read, control } = await welcomed();
    const answers = [read.get({ id: 7 }), control.echo({ value: 1 })];
    await settled();
    raw.host.send([
      KIND.RESULT,
      1,
      laden('{"id":7,"__proto__":{"title":"x"}}'),
      laden('{"value":{"__proto__":{"polluted":1}}}'),
    ]);
    const tab = await answers[0];
    expect([Object.keys(tab as object), Object.getPrototypeOf(tab) === Object.prototype]).toEqual([
      ['id'],
      true,
    ]);
    expect((tab as { title?: unknown }).title).toBeUndefined();
    expect(await codeOf(answers[1] as Promise<unknown>)).toBe('INVALID_RESULT');
  });
});

describe('size and depth', () => {
  const limits = { valueSize: 1000, depth: 5 };

  test.each([
    ['a text', 'x'.repeat(1001), 'valueSize'],
    ['texts', Array(10).fill('x'.repeat(100)), 'valueSize'],
    ['a long list', Array(1001).fill(0), 'valueSize'],
    ['long keys', { ['k'.repeat(600)]: { ['k'.repeat(600)]: 1 } }, 'valueSize'],
    ['many levels', deep(6), 'depth'],
    ['levels of objects', { a: { a: { a: { a: { a: { a: 1 } } } } } }, 'depth'],
  ])('[W9.9] a host refuses %s beyond its limits', async (_what, value, limit) => {
    const server = tabsHost({ limits });
    const peer = await admitted(server);
    const [answer] = await exchange(peer, [KIND.CALL, 1, 'control.echo', 0, { value }]);
    expect([codeIn(answer), errorOf(answer)['data'], server.ran]).toEqual([
      'LIMIT_EXCEEDED',
      { limit, path: expect.any(String) },
      [],
    ]);
  });

  test('[W9.9] what is within them passes', async () => {
    const server = tabsHost({ limits });
    const peer = await admitted(server);
    const answers = await exchange(peer, [
      KIND.CALL,
      1,
      'control.echo',
      0,
      { value: 'x'.repeat(1000) },
      { value: deep(5) },
    ]);
    expect(answers.map(([kind, , ...values]) => [kind, values.length])).toEqual([[KIND.RESULT, 2]]);
  });

  test('[W9.9] a client sends nothing beyond its limits, and takes nothing', async () => {
    const { raw, control } = await welcomed({ connect: { limits } });
    for (const value of ['x'.repeat(1001), deep(6)]) {
      const failure = await failureOf(control.echo({ value }));
      expect([failure.code, failure.origin]).toEqual(['LIMIT_EXCEEDED', 'local']);
    }
    const outcomes = [codeOf(control.echo({ value: 1 })), codeOf(control.echo({ value: 2 }))];
    await settled();
    raw.host.send([KIND.RESULT, 1, { value: 'x'.repeat(1001) }, { value: deep(6) }]);
    expect(await Promise.all(outcomes)).toEqual(['INVALID_RESULT', 'INVALID_RESULT']);
    expect(raw.host.of(KIND.CALL)).toHaveLength(1);
  });

  test('[W9.10] the values of one message are bounded together', async () => {
    const server = tabsHost({ limits: { valueSize: 1000, messageSize: 2500 } });
    const peer = await admitted(server);
    const call = (first: number, values: number) => [
      KIND.CALL,
      first,
      'control.echo',
      0,
      ...Array(values).fill({ value: 'x'.repeat(900) }),
    ];
    const codes = (await exchange(peer, call(1, 2), call(3, 3))).map((frame) => [frame[1], codeIn(frame)]);
    expect(codes).toEqual([
      [1, undefined],
      [3, 'LIMIT_EXCEEDED'],
      [4, 'LIMIT_EXCEEDED'],
      [5, 'LIMIT_EXCEEDED'],
    ]);
    expect(server.ran).toHaveLength(2);
    expect(await exchange(peer, call(6, 2))).toHaveLength(1);
  });

  test('[W9.13] and so is the work to read them, whether or not they fit', async () => {
    const server = tabsHost({ limits: { messageSteps: 100 } });
    const peer = await admitted(server);
    const call = (first: number, ...lists: unknown[][]) => [
      KIND.CALL,
      first,
      'control.echo',
      0,
      ...lists.map((value) => ({ value })),
    ];
    const few = Array(30).fill(0);
    const misfit = [...few, JSON.parse('{"__proto__":1}')];
    const codes = async (...frames: unknown[][]) =>
      (await exchange(peer, ...frames)).map((frame) => [frame[1], codeIn(frame)]);
    expect(await codes(call(1, few, few), call(3, few, few))).toEqual([
      [1, undefined],
      [3, 'LIMIT_EXCEEDED'],
      [4, 'LIMIT_EXCEEDED'],
    ]);
    expect(await codes(call(5, misfit, misfit, misfit))).toEqual([
      [5, 'INVALID_PARAMS'],
      [6, 'INVALID_PARAMS'],
      [7, 'LIMIT_EXCEEDED'],
    ]);
    // The next message has steps of its own.
    expect(await codes(call(8, few))).toEqual([[8, undefined]]);
  });

  test('[W9.13] of a client, too', async () => {
    const { raw, control } = await welcomed({ connect: { limits: { messageSteps: 100 } } });
    const outcomes = [1, 2, 3].map((value) => control.echo({ value }));
    await settled();
    const value = Array(60).fill(0);
    raw.host.send([KIND.RESULT, 1, { value }, { value }]);
    raw.host.send([KIND.RESULT, 3, { value }]);
    expect(await outcomes[0]).toEqual({ value });
    expect(await codeOf(outcomes[1] as Promise<unknown>)).toBe('INVALID_RESULT');
    expect(await outcomes[2]).toEqual({ value });
  });

  test('[W9.10] for a client, too', async () => {
    const { raw, control } = await welcomed({ connect: { limits: { messageSize: 1500 } } });
    const outcomes = [1, 2].map((value) => control.echo({ value }));
    await settled();
    const value = 'x'.repeat(900);
    raw.host.send([KIND.RESULT, 1, { value }, { value }]);
    expect(await outcomes[0]).toEqual({ value });
    expect(await codeOf(outcomes[1] as Promise<unknown>)).toBe('INVALID_RESULT');
  });
});
