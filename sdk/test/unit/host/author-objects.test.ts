import { PorticoError } from 'portico';
import { allow, anyExtension, createHost } from 'portico/host';
import { describe, expect, test } from 'vitest';
import { Account } from '../../../src/accounting/account.js';
import { sessionBounds } from '../../../src/accounting/bounds.js';
import { CALLS, PARAMETERS, QUESTIONS } from '../../../src/accounting/kinds.js';
import { choicesOf } from '../../../src/host/consent/scope-choices.js';
import { internalsOf } from '../../../src/host/create-host.js';
import { DEFAULT_LIMITS } from '../../../src/limits/limits.js';
import { openHostSession } from '../../../src/session/host-session.js';
import { memoryPorts } from '../../../src/testing/memory-port.js';
import { fakeConsent } from '../../support/fake-consent.js';
import { KIND } from '../../support/kinds.js';
import { manualClock } from '../../support/manual-clock.js';
import { notesHost } from '../../support/notes-host.js';
import { FRIEND, rawClient, rawPeer, settled } from '../../support/raw-peer.js';
import { admitted, codeIn, codeOf, exchange } from '../../support/sessions.js';
import { hello, tabs, tabsHost } from '../../support/tabs.js';

/** Throws whatever is done with it. */
const revoked = (target: object = {}): never => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy as never;
};
const secret = 'a secret of the host';
const fails = (): never => {
  throw new Error(secret);
};
/** An object of which this property throws when it is read. */
const throwing = (name: string, rest: object = {}): object =>
  Object.defineProperty({ ...rest }, name, { get: fails, enumerable: true });
const thenable = (then: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void) => ({
  then,
});

describe('[W7.16] a result that is touched costs its own call alone', () => {
  test.each<readonly [string, () => unknown]>([
    ['a revoked proxy', () => revoked()],
    ['a revoked proxy of a list', () => revoked([])],
    ['whose then throws when it is read', () => throwing('then', { id: 1 })],
    ['whose then throws', () => thenable(fails)],
    ['whose fields throw', () => throwing('id', { title: 'a' })],
    [
      'a promise of a revoked proxy',
      () => Promise.resolve().then(() => thenable((resolve) => resolve(revoked()))),
    ],
    ['a thenable that gives a revoked proxy', () => thenable((resolve) => resolve(revoked()))],
    // biome-ignore lint/suspicious/noThenProperty: it stands for what an author may do
    ['a promise whose own then throws', () => Object.assign(Promise.resolve(1), { then: fails })],
    ['a promise that is no longer one', () => revoked(Promise.resolve())],
    ['a revoked function', () => revoked(fails)],
  ])('%s', async (_what, get) => {
    const server = tabsHost({ get });
    const peer = await admitted(server);
    const answers = await exchange(
      peer,
      [KIND.CALL, 1, 'read.ping', 0, null],
      [KIND.CALL, 2, 'read.get', 0, { id: 1 }, { id: 2 }],
      [KIND.CALL, 4, 'read.ping', 0, null],
    );
    expect(answers.filter(([kind]) => kind === KIND.ERROR).map((frame) => [frame[1], codeIn(frame)])).toEqual(
      [
        [2, 'INTERNAL'],
        [3, 'INTERNAL'],
      ],
    );
    const results = answers
      .filter(([kind]) => kind === KIND.RESULT)
      .flatMap(([, first, ...all]) => all.map((_, i) => Number(first) + i));
    expect(results.toSorted()).toEqual([1, 4]);
    expect(JSON.stringify(answers)).not.toContain('secret');
    expect(server.log.filter(({ event }) => event === 'handler-failed')).toHaveLength(2);
    expect(internalsOf(server.host).account.held[CALLS]).toBe(0);
  });
});

describe('[W7.15] whatever is thrown costs its own call alone', () => {
  const declared = (changes: PropertyDescriptorMap): object =>
    Object.defineProperties(
      new PorticoError('DECLARED', 'tabGone', { declared: 'tabGone', data: { id: 1 } }),
      changes,
    );
  test.each<readonly [string, () => unknown]>([
    ['a revoked proxy', () => revoked()],
    ['a proxy that has everything', () => new Proxy({}, { has: () => true, get: fails })],
    ['an error whose code throws', () => declared({ code: { get: fails } })],
    ['an error whose data throw', () => declared({ data: { get: fails } })],
    ['an error whose message is none', () => declared({ message: { value: 7n } })],
    ['a symbol', () => Symbol(secret)],
    [
      'a result that throws a limit when it is read',
      () => new PorticoError('LIMIT_EXCEEDED', secret, { data: { secret } }),
    ],
  ])('%s', async (what, thrown) => {
    const gets: (() => unknown)[] = [
      () => {
        throw thrown();
      },
      () => thenable((_resolve, reject) => reject(thrown())),
      () => ({
        get id() {
          throw thrown();
        },
      }),
    ];
    for (const get of gets) {
      const server = tabsHost({ get });
      const peer = await admitted(server);
      const answers = await exchange(
        peer,
        [KIND.CALL, 1, 'read.get', 0, { id: 7 }],
        [KIND.CALL, 2, 'read.ping', 0, null],
      );
      expect(
        answers.toSorted(([a], [b]) => Number(b) - Number(a)),
        what,
      ).toEqual([
        [KIND.ERROR, 1, { code: 'INTERNAL', message: 'read.get failed' }],
        [KIND.RESULT, 2, null],
      ]);
    }
  });

  test('a declared error that was changed after it was made crosses as it was made', async () => {
    const server = tabsHost({
      get: ({ id }, call) => {
        throw Object.defineProperties(call.fail('tabGone', { id }) as object, {
          data: { get: fails },
          code: { value: secret },
        });
      },
    });
    const peer = await admitted(server);
    expect(await exchange(peer, [KIND.CALL, 1, 'read.get', 0, { id: 7 }])).toEqual([
      [KIND.ERROR, 1, { code: 'DECLARED', message: 'tabGone', declared: 'tabGone', data: { id: 7 } }],
    ]);
  });
});

describe('[W7.2] a handler settles once, whatever its promise does', () => {
  test.each<
    readonly [string, (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void, unknown]
  >([
    [
      'calls back twice',
      (resolve) => {
        resolve({ id: 1 });
        resolve({ id: 2 });
      },
      { id: 1 },
    ],
    [
      'calls back, and then fails',
      (resolve, reject) => {
        resolve({ id: 1 });
        reject(new Error(secret));
      },
      { id: 1 },
    ],
    [
      'calls back, and then throws',
      (resolve) => {
        resolve({ id: 1 });
        fails();
      },
      { id: 1 },
    ],
    [
      'calls back now, and again later',
      (resolve) => {
        resolve({ id: 1 });
        queueMicrotask(() => resolve({ id: 2 }));
      },
      { id: 1 },
    ],
    [
      'fails twice',
      (_resolve, reject) => {
        reject(new Error(secret));
        reject(new Error(secret));
      },
      undefined,
    ],
    ['throws at once', fails, undefined],
  ])('one that %s', async (_what, then, result) => {
    const server = tabsHost({ get: () => thenable(then), quotas: { calls: 2 } });
    const peer = await admitted(server);
    const { held } = internalsOf(server.host).account;
    // One that runs: its place must not be given to anybody else.
    await exchange(peer, [KIND.CALL, 1, 'control.wait', 0, { for: 'x'.repeat(2000) }]);
    const kept = held[PARAMETERS];
    expect(kept).toBeGreaterThan(2000);
    for (let id = 2; id < 8; id++) {
      const answers = await exchange(peer, [KIND.CALL, id, 'read.get', 0, { id: 7 }]);
      expect(answers).toHaveLength(1);
      if (result) expect(answers[0]).toEqual([KIND.RESULT, id, result]);
      else expect([answers[0]?.[1], codeIn(answers[0])]).toEqual([id, 'INTERNAL']);
      expect([held[CALLS], held[PARAMETERS]]).toEqual([1, kept]);
    }
    server.release();
    await settled();
    expect([held[CALLS], held[PARAMETERS]]).toEqual([0, 0]);
  });

  test('one that never calls back keeps its place, also when its call was answered', async () => {
    const server = tabsHost({ get: () => thenable(() => {}), quotas: { calls: 2 } });
    const peer = await admitted(server);
    await exchange(peer, [KIND.CALL, 1, 'read.get', 0, { id: 7 }], [KIND.CANCEL, 1]);
    expect(internalsOf(server.host).account.held[CALLS]).toBe(1);
  });
});

describe('implementations', () => {
  test.each<readonly [string, () => never]>([
    ['a revoked proxy', revoked],
    ['an object whose methods throw when they are read', () => throwing('nothing') as never],
    ['nothing', () => null as never],
    ['a promise', () => Promise.resolve({ nothing: () => {} }) as never],
    ['a method that is a revoked proxy', () => ({ nothing: revoked(fails) }) as never],
  ])('that are %s answer INTERNAL, and nothing else is harmed', async (_what, read) => {
    const it = notesHost({ read, write: { put: () => {} } });
    const outcomes = [codeOf(it.read.nothing()), it.write.put(), codeOf(it.read.nothing())];
    expect(await Promise.all(outcomes)).toEqual(['INTERNAL', undefined, 'INTERNAL']);
    expect(it.session.state).toBe('open');
  });
});

describe('events', () => {
  const emitted = async (payload: object, event: 'changed' | 'moved' = 'moved') => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(peer, [KIND.SUBSCRIBE, 1, `read.${event}`, 1]);
    let error: unknown;
    try {
      server.emit(event, payload as never);
    } catch (thrown) {
      error = thrown;
    }
    // The next one comes as if nothing had been.
    server.emit(event, { id: 5, index: 5, title: 'a' });
    await settled();
    expect(peer.of(KIND.EVENT).map((frame) => [frame[2], (frame[3] as { id: number }).id])).toEqual([[0, 5]]);
    return error as PorticoError;
  };

  test.each<readonly [string, object]>([
    ['a revoked proxy', revoked()],
    ['a property that throws', throwing('index', { id: 1 })],
    ['a key to coalesce by that throws', throwing('id', { index: 1 })],
  ])('with %s are refused with INVALID_ARGUMENT, and reach nobody', async (_what, payload) => {
    expect((await emitted(payload)).code).toBe('INVALID_ARGUMENT');
  });

  test('are told apart by what is sent, however often the payload is read differently', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(peer, [KIND.SUBSCRIBE, 1, 'read.moved', 0]);
    let reads = 0;
    for (let index = 0; index < 3; index++)
      server.emit('moved', {
        get id() {
          return reads++;
        },
        index,
      });
    const events = await exchange(peer, [KIND.CREDIT, 1, 10]);
    expect(events.flatMap((frame) => frame.slice(3))).toEqual(
      [0, 1, 2].map((each) => ({ id: each, index: each })),
    );
  });
});

describe('choices', () => {
  const subject = { protocol: 'p', line: '1', capability: 'c' };
  const read = (given: unknown) => {
    const reported: string[] = [];
    const choices = choicesOf(
      {
        choices: async () => given as never,
        log: ({ message }) => reported.push(message),
        platform: manualClock() as never,
      },
      subject,
      {} as never,
    );
    return choices.then((kept) => ({ labels: kept.map(({ label }) => label), reported }));
  };
  const good = { label: 'Good', value: 'x' };

  test.each<readonly [string, unknown]>([
    ['a revoked proxy', revoked()],
    ['a label that throws', throwing('label', { value: 1 })],
    ['a label that can be no text', { label: { toString: fails }, value: 1 }],
    ['a value that throws', throwing('value', { label: 'Bad' })],
    ['a value in which something throws', { label: 'Bad', value: throwing('x') }],
  ])('with %s are left out, and the others stay', async (_what, bad) => {
    const { labels, reported } = await read([bad, good]);
    expect(labels).toEqual(['Good']);
    expect(reported).toHaveLength(1);
  });

  test.each<readonly [string, unknown]>([
    ['a revoked list', () => revoked([])],
    ['a list whose length throws', () => new Proxy([], { get: fails })],
    ['a list whose items throw', () => Object.defineProperty([good], '0', { get: fails })],
  ])('that are %s are none', async (_what, given) => {
    const { labels, reported } = await read((given as () => unknown)());
    expect([labels, reported.length]).toEqual([[], 1]);
  });
});

describe('functions of the host', () => {
  const published = (options: Parameters<typeof createHost>[0]) => {
    const host = createHost(options);
    const none = { admit: [allow(anyExtension())] as const, provide: () => ({ ping: () => {} }) as never };
    host.publish(tabs, { read: none, titles: none, control: none, admin: none });
    return host;
  };

  test.each<readonly [string, () => unknown]>([
    ['a promise', async () => ({ calls: 1 })],
    ['nothing', () => undefined],
    ['what throws when it is read', () => throwing('calls')],
    ['a revoked proxy', () => revoked()],
  ])('quotas that are %s let nobody in, and are told', async (_what, quotas) => {
    const log: string[] = [];
    const host = published({ quotas: quotas as never, log: ({ event }) => log.push(event) });
    const peer = rawClient(host);
    peer.send(hello());
    await settled();
    expect([peer.frames.map(codeIn), peer.closed]).toEqual([['REFUSED'], true]);
    expect(log).toContain('configuration');
  });

  test('a log that gives promises that fail takes nothing with it', async () => {
    const unhandled: unknown[] = [];
    const collect = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', collect);
    try {
      const host = published({ log: async () => fails() });
      const peer = rawClient(host);
      peer.send(hello(), [KIND.CALL, 1, 'read.ping', 0, null]);
      await settled();
      expect(peer.of(KIND.RESULT)).toHaveLength(1);
    } finally {
      process.off('unhandledRejection', collect);
    }
    expect(unhandled).toEqual([]);
  });

  test('a request that fails is answered, and the next one is heard', async () => {
    const pending = (): never => fails();
    const server = tabsHost({ consent: { ...fakeConsent(), pending }, asks: ['titles'] });
    const peer = await admitted(server, {}, { wants: ['read'] });
    for (const id of [1, 2]) {
      const answers = await exchange(peer, [KIND.REQUEST, id, { ask: ['titles'], drop: [] }]);
      expect(answers.map((frame) => [frame[1], codeIn(frame)])).toEqual([[id, 'INTERNAL']]);
    }
    expect(internalsOf(server.host).account.held[QUESTIONS]).toBe(0);
  });

  test('a decision that fails refuses at once', async () => {
    const ports = memoryPorts('portico:x', FRIEND.sender, 'json');
    const peer = rawPeer(ports.client);
    const clock = manualClock();
    let ended: unknown;
    openHostSession(
      ports.host,
      { ...clock, lastError: () => undefined },
      clock.alarm(() => 0),
      DEFAULT_LIMITS,
      0,
      {
        account: new Account(sessionBounds(DEFAULT_LIMITS)),
        answer: () => Promise.reject(new Error(secret)),
        over(reason) {
          ended = reason.code;
        },
      },
    );
    peer.send(hello());
    await settled();
    expect([peer.frames.map(codeIn), peer.closed, ended]).toEqual([['INTERNAL'], true, 'INTERNAL']);
  });
});
