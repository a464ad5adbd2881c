import { connect, connectAny } from 'portico/client';
import { afterEach, describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { expectPrototypesUntouched } from '../../support/prototypes.js';
import { rawHosts, settled } from '../../support/raw-peer.js';
import { codeOf, expectViolated, failureOf, welcomed } from '../../support/sessions.js';
import { tabs, welcome } from '../../support/tabs.js';

afterEach(expectPrototypesUntouched);

/** Everything that a client can have under way, and how it ends. */
const busy = async (options: Parameters<typeof welcomed>[0] = {}) => {
  const client = await welcomed({ serialization: 'structured-clone', ...options });
  const { read, control } = client;
  const ended: string[] = [];
  const note = (what: string, outcome: Promise<unknown>): void => {
    outcome.then(
      () => ended.push(`${what}: done`),
      (error: { code: string }) => ended.push(`${what}: ${error.code}`),
    );
  };
  note('list', read.list());
  note('close', control.close({ id: 1 }));
  note('event', read.changed().next());
  await settled();
  return { ...client, ended };
};

/** Another connection of the same program, to a host that behaves. */
const other = async () => {
  const raw = rawHosts();
  const { read } = connect(tabs, { needs: ['read'], platform: raw.platform });
  const first = read.get({ id: 1 });
  await settled();
  raw.host.send(welcome(), [KIND.RESULT, 1, { id: 1 }]);
  await first;
  let id = 1;
  return async (): Promise<void> => {
    const answer = read.get({ id: 2 });
    await settled();
    raw.host.send([KIND.RESULT, ++id, { id: 2 }]);
    expect(await answer).toEqual({ id: 2 });
  };
};

const ENDED = ['list: PROTOCOL_VIOLATION', 'close: OUTCOME_UNKNOWN', 'event: PROTOCOL_VIOLATION'];

describe('a host that breaks a rule', () => {
  test.each<readonly [string, unknown]>([
    ['a message that is no batch', 'boo'],
    ['a message without frames', {}],
    ['a frame that is a text', ['boo']],
    ['a result for nothing', [[KIND.RESULT, 99, null]]],
    ['a result without an id', [[KIND.RESULT]]],
    ['a result for a number too large', [[KIND.RESULT, 1n, null]]],
    ['an event with a number too large', [[KIND.EVENT, 3, 1n, { id: 1 }]]],
    ['more results than calls', [[KIND.RESULT, 1, ...Array(99).fill(null)]]],
    ['an endless list of results', [Object.assign(new Array(4_000_000_000), { 0: KIND.RESULT, 1: 1 })]],
    ['an error for nothing', [[KIND.ERROR, 99, { code: 'INTERNAL' }]]],
    ['an event for nothing', [[KIND.EVENT, 99, 0, { id: 1 }]]],
    ['an event without a number', [[KIND.EVENT, 3, 'x', { id: 1 }]]],
    ['an end of nothing', [[KIND.END, 99, {}]]],
    ['a call', [[KIND.CALL, 1, 'read.ping', 0, null]]],
    ['a subscription', [[KIND.SUBSCRIBE, 1, 'read.changed', 1]]],
    ['another welcome', [welcome()]],
    ['a late refusal', [[KIND.REFUSE, { code: 'REFUSED' }]]],
    ['a reserved kind', [[KIND.CHALLENGE, 'sign this']]],
    ['an unknown kind', [[33]]],
    ['far too many frames', [Array.from({ length: 130_000 }, () => [64])].flat()],
  ])('[W3.5] by %s ends its session, and everything settles once', async (_what, message) => {
    const unharmed = await other();
    const { raw, ended, session } = await busy();
    raw.host.post(message);
    await settled();
    expect(ended.sort()).toEqual([...ENDED].sort());
    expectViolated(raw.host);
    expect(session.state).toBe('dormant');
    await unharmed();
  });

  test('[W3.5] is met afresh at the next use', async () => {
    const { raw, read } = await busy();
    raw.host.post('boo');
    await settled();
    const answer = read.get({ id: 1 });
    await settled();
    expect(raw.hosts).toHaveLength(2);
    raw.host.send(welcome(), [KIND.RESULT, 1, { id: 1 }]);
    expect(await answer).toEqual({ id: 1 });
  });
});

describe('a host that answers without sense', () => {
  test.each<readonly [string, unknown]>([
    ['nothing', null],
    ['undefined', undefined],
    ['a text', 'x'],
    ['a number', 5],
    ['an object', {}],
    ['a Map', new Map()],
    ['a list in a list', [[1]]],
    ['objects without their properties', [{}]],
    ['holes', new Array(3)],
    ['a table of nothing', { n: 3 }],
    ['an endless table', { n: 4_000_000_000, k: ['id'], c: [new Array(4_000_000_000)] }],
    ['a table with a length of its own', { n: 1e9, k: ['id'], c: [[1]] }],
    ['something that looks like a promise', JSON.parse('{"then":"x"}')],
  ])('[W7.17] with %s rejects the call, and no other', async (_what, value) => {
    const unharmed = await other();
    const { raw, ended, session } = await busy();
    raw.host.send([KIND.RESULT, 1, value], [KIND.RESULT, 2, value]);
    await settled();
    // A method without a result makes nothing of whatever it is given.
    expect([ended, session.state]).toEqual([['list: INVALID_RESULT', 'close: done'], 'open']);
    await unharmed();
  });

  test('[W10.1] with errors of any sort rejects with a code of ours', async () => {
    const errors = [
      undefined,
      null,
      5,
      'x',
      [],
      {},
      { code: 5 },
      { code: 'BOO' },
      { code: { toString: 1 } },
      new Map(),
    ];
    for (const error of errors) {
      const { raw, ended } = await busy();
      raw.host.send([KIND.ERROR, 1, error], [KIND.ERROR, 2, error], [KIND.END, 3, error]);
      await settled();
      expect(ended.sort()).toEqual(['close: INTERNAL', 'event: INTERNAL', 'list: INTERNAL']);
    }
  });

  test('[W10.3] with a message as long as a book keeps a page of it', async () => {
    const { raw, read } = await welcomed();
    const outcome = failureOf(read.ping());
    await settled();
    raw.host.send([KIND.ERROR, 1, { code: 'INTERNAL', message: 'x'.repeat(10_000_000) }]);
    expect((await outcome).message.length).toBeLessThan(1100);
  });

  test('[W7.2] [W7.10] twice, or to what was cancelled, is heard once', async () => {
    const { raw, read, session } = await welcomed();
    const abort = new AbortController();
    const settledWith: unknown[] = [];
    const first = read.get({ id: 1 }).then((value) => settledWith.push(value));
    const second = codeOf(read.get({ id: 2 }, { signal: abort.signal }));
    await settled();
    abort.abort();
    raw.host.send(
      ...Array(100).fill([KIND.RESULT, 1, { id: 1 }, { id: 2 }]),
      ...Array(100).fill([KIND.ERROR, 2, { code: 'INTERNAL' }]),
    );
    await first;
    await settled();
    expect([settledWith, await second, session.state]).toEqual([[{ id: 1 }], 'ABORTED', 'open']);
  });
});

describe('a host that floods', () => {
  test('[W8.8] with events fills no more than the credit', async () => {
    const unharmed = await other();
    const { raw, read, session } = await welcomed({ connect: { limits: { eventCredit: 16 } } });
    const changes = read.changed();
    await settled();
    for (let batch = 0; batch < 100; batch++)
      raw.host.send([KIND.EVENT, 1, batch * 100, ...Array.from({ length: 100 }, (_, i) => ({ id: i }))]);
    await settled();
    let taken = 0;
    const code = await (async () => {
      for await (const _ of changes) taken++;
    })().catch((error: { code: string }) => error.code);
    expect([taken, code, session.state]).toEqual([16, 'PROTOCOL_VIOLATION', 'open']);
    expect(raw.host.of(KIND.UNSUBSCRIBE)).toHaveLength(1);
    await unharmed();
  });

  test('[W9.13] with a small message that stands for a large one is bounded', async () => {
    const { raw, control } = await welcomed({ serialization: 'structured-clone' });
    let value: unknown = 1;
    for (let level = 0; level < 60; level++) value = [value, value];
    const outcomes = Array.from({ length: 20 }, () => codeOf(control.echo({ value: 1 })));
    await settled();
    raw.host.send([KIND.RESULT, 1, ...Array(20).fill({ value })]);
    expect(await Promise.all(outcomes)).toEqual(Array(20).fill('INVALID_RESULT'));
  });

  test('[W5.25] with nothing at all is given up', async () => {
    const raw = rawHosts();
    const { read } = connect(tabs, { needs: ['read'], platform: raw.platform });
    const outcomes = [codeOf(read.list()), codeOf(read.ping()), codeOf(read.changed().next())];
    await settled();
    for (let i = 0; i < 1000; i++) raw.host.send([64], [65, 'x']);
    await settled();
    raw.clock.advance(10_000);
    expect(await Promise.all(outcomes)).toEqual([
      'HANDSHAKE_TIMEOUT',
      'OUTCOME_UNKNOWN',
      'HANDSHAKE_TIMEOUT',
    ]);
  });

  test('[W7.8] that never answers is given up, call by call', async () => {
    const { raw, read, control, session } = await welcomed();
    const outcomes = [
      codeOf(read.list()),
      codeOf(control.wait()),
      codeOf(read.ping(undefined, { deadline: 5 })),
    ];
    await settled();
    for (const milliseconds of [5, 29_995, 30_000]) {
      raw.clock.advance(milliseconds);
      await settled();
    }
    expect(await Promise.all(outcomes)).toEqual(Array(3).fill('DEADLINE_EXCEEDED'));
    expect([raw.host.of(KIND.CANCEL).length, session.state]).toEqual([3, 'open']);
  });
});

test('[W3.5] a host that names a version in passing cannot make connectAny choose it', async () => {
  const raw = rawHosts();
  const chosen = codeOf(connectAny([tabs], { needs: ['read'], platform: raw.platform }));
  await settled();
  raw.host.send(welcome({ version: '7.0.0' }));
  expect(await chosen).toBe('PROTOCOL_VIOLATION');
  await settled();
  expect(raw.host.closed).toBe(true);
});
