import { bytes, defineProtocol, gated, isError, method, PorticoError } from 'portico';
import { connect } from 'portico/client';
import {
  allow,
  anyExtension,
  createHost,
  type Implementation,
  type LogEntry,
  type Session,
} from 'portico/host';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import type { Limits } from '../../../src/limits/limits.js';
import { linked } from '../../support/linked.js';
import { settled } from '../../support/raw-peer.js';
import { codeOf, failureOf } from '../../support/sessions.js';

const notes = defineProtocol({
  name: 'org.example.notes',
  version: '1.0.0',
  errors: { gone: Type.Object({ id: Type.Integer() }), other: Type.Null() },
  capabilities: {
    read: {
      title: 'Read',
      members: {
        get: method({
          params: Type.Object({ id: Type.Integer() }),
          result: Type.Object({ id: Type.Integer(), title: gated('titles', Type.String()) }),
          errors: ['gone'],
        }),
        blob: method({ result: bytes() }),
        nothing: method(),
      },
    },
    write: { title: 'Write', members: { put: method({ deadline: '2s' }) } },
    titles: { title: 'Titles' },
  },
});
type Read = Implementation<typeof notes, 'read'>;
type Write = Implementation<typeof notes, 'write'>;

interface Options {
  readonly read?: Partial<Read> | ((session: Session) => Partial<Read>);
  readonly write?: Partial<Write> | ((session: Session) => Partial<Write>);
  readonly limits?: Partial<Limits>;
  readonly log?: (entry: LogEntry) => void;
}

const serve = ({ read = {}, write = {}, limits = {}, log }: Options = {}) => {
  const entries: LogEntry[] = [];
  const admit = [allow(anyExtension())] as const;
  const host = createHost({ limits, log: log ?? ((entry) => entries.push(entry)) });
  const provider = <T>(given: T | ((session: Session) => T)) =>
    typeof given === 'function' ? given : () => given;
  host.publish(notes, {
    read: { admit, provide: provider(read) as never },
    write: { admit, provide: provider(write) as never },
    titles: { admit },
  });
  const link = linked(host);
  const client = () =>
    connect(notes, {
      needs: ['read', 'write'],
      wants: ['titles'],
      host: 'a'.repeat(32),
      platform: link.platform,
    });
  return {
    host,
    link,
    client,
    ...client(),
    entries,
    failures: () => entries.filter(({ event }) => event === 'handler-failed'),
  };
};

describe('a provider', () => {
  test('runs at the first call of its capability, once for each session', async () => {
    const made: string[] = [];
    const it = serve({
      read: ({ id }) => {
        made.push(`read ${id}`);
        return { nothing: () => {} };
      },
      write: ({ id }) => {
        made.push(`write ${id}`);
        return { put: () => {} };
      },
    });
    await it.session.ready();
    expect(made).toEqual([]);
    await Promise.all([it.read.nothing(), it.read.nothing()]);
    await it.read.nothing();
    const first = it.session.info?.id;
    expect(made).toEqual([`read ${first}`]);
    await it.write.put();
    expect(made).toEqual([`read ${first}`, `write ${first}`]);
    const other = it.client();
    await other.read.nothing();
    expect(made.slice(2)).toEqual([`read ${other.session.info?.id}`]);
    expect(other.session.info?.id).not.toBe(first);
  });

  test('is told whose session it is', async () => {
    let session: Session | undefined;
    const it = serve({
      read: (given) => {
        session = given;
        return { nothing: () => {} };
      },
    });
    await it.read.nothing();
    expect(session).toMatchObject({
      id: it.session.info?.id,
      version: '1.0.0',
      principal: { kind: 'extension', id: 'c'.repeat(32), browser: 'chromium' },
      grants: new Set(['read', 'write', 'titles']),
    });
    expect(session?.signal.aborted).toBe(false);
  });

  test('that throws answers every call with INTERNAL, runs once, and is reported', async () => {
    let runs = 0;
    const error = new Error('secret');
    const it = serve({
      read: () => {
        runs++;
        throw error;
      },
      write: { put: () => {} },
    });
    for (let i = 0; i < 3; i++) {
      const failure = await failureOf(it.read.nothing());
      expect(failure).toMatchObject({ code: 'INTERNAL', origin: 'remote', data: undefined });
      expect(failure.message).not.toContain('secret');
    }
    expect(runs).toBe(1);
    expect(it.failures().map((entry) => entry.error)).toEqual([error, error, error]);
    await it.write.put();
  });

  test('may be an instance of a class: methods keep their `this`', async () => {
    class Reader {
      #calls = 0;
      nothing(): void {
        this.#calls++;
      }
      get({ id }: { id: number }): { id: number } {
        return { id: id + this.#calls };
      }
    }
    const it = serve({ read: () => new Reader() });
    await it.read.nothing();
    expect(await it.read.get({ id: 1 })).toEqual({ id: 2 });
  });

  test('without the method that is called is the host’s failure', async () => {
    const it = serve({ read: {} });
    expect(await codeOf(it.read.nothing())).toBe('INTERNAL');
    expect(it.failures()).toHaveLength(1);
  });
});

describe('a handler', () => {
  test('gets its parameters, and nothing that was not declared', async () => {
    const got: unknown[] = [];
    const it = serve({
      read: {
        get(params) {
          got.push(params);
          return params;
        },
      },
    });
    await it.read.get({ id: 7 });
    expect(got).toEqual([{ id: 7 }]);
    expect(Object.getPrototypeOf(got[0])).toBe(Object.prototype);
  });

  test('may answer at once, later, or with somebody else’s promise', async () => {
    class Thenable {
      // biome-ignore lint/suspicious/noThenProperty: it stands for another library's promise
      then(resolve: (value: unknown) => void): void {
        resolve({ id: 3 });
      }
    }
    const answers: unknown[] = [{ id: 1 }, Promise.resolve({ id: 2 }), new Thenable()];
    const it = serve({ read: { get: () => answers.shift() as never } });
    for (const id of [1, 2, 3]) expect(await it.read.get({ id: 0 })).toEqual({ id });
  });

  test('answers with a copy of what its client may see', async () => {
    const note = { id: 1, title: 'a', secret: 'b' };
    const it = serve({ read: { get: () => note } });
    expect(await it.read.get({ id: 1 })).toEqual({ id: 1, title: 'a' });
    const plain = connect(notes, { needs: ['read'], host: 'a'.repeat(32), platform: it.link.platform });
    expect(await plain.read.get({ id: 1 })).toEqual({ id: 1 });
    expect(note).toEqual({ id: 1, title: 'a', secret: 'b' });
  });

  test('that answers nothing where nothing is declared gives undefined, whatever it gave', async () => {
    const it = serve({ read: { nothing: () => 'something' as never } });
    expect(await it.read.nothing()).toBeUndefined();
  });

  const failing: readonly (readonly [string, () => unknown])[] = [
    [
      'throws an error',
      () => {
        throw new Error('secret');
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret'))],
    ['rejects with nothing', () => Promise.reject()],
    ['rejects with a text', () => Promise.reject('secret')],
    [
      'throws a PorticoError of its own',
      () => {
        throw new PorticoError('REFUSED', 'secret', { data: 'secret' });
      },
    ],
    [
      'throws a declared error that it did not make',
      () => {
        throw new PorticoError('DECLARED', 'secret', { declared: 'other', data: 'secret' });
      },
    ],
    ['gives what does not fit', () => ({ id: 'secret' })],
    ['gives nothing', () => undefined],
    ['gives a promise of what does not fit', async () => ({ id: 'secret' })],
    [
      'gives what throws when it is read',
      () => ({
        get id() {
          throw new Error('secret');
        },
      }),
    ],
    ['gives a function', () => () => 'secret'],
    ['gives a number that is none', () => ({ id: Number.NaN })],
  ];

  test.each(failing)('that %s answers with INTERNAL, says no more, and is reported', async (_title, get) => {
    const it = serve({ read: { get: get as never, nothing: () => {} } });
    const failure = await failureOf(it.read.get({ id: 1 }));
    expect(failure).toMatchObject({
      code: 'INTERNAL',
      origin: 'remote',
      data: undefined,
      declared: undefined,
    });
    expect(JSON.stringify([failure.message, failure.data])).not.toContain('secret');
    expect(failure.message).toBe('INTERNAL: read.get failed');
    expect(it.failures()).toHaveLength(1);
    expect(it.failures()[0]).toMatchObject({
      level: 'error',
      message: 'read.get failed',
      session: it.session.info?.id,
    });
    await it.read.nothing();
  });

  test('whose result is too large is told so, and reported', async () => {
    const it = serve({ read: { blob: () => new Uint8Array(200) }, limits: { valueSize: 100 } });
    const failure = await failureOf(it.read.blob());
    expect(failure).toMatchObject({ code: 'LIMIT_EXCEEDED', origin: 'remote', data: { limit: 'valueSize' } });
    expect(it.failures()).toHaveLength(1);
  });
});

describe('call.fail', () => {
  test('makes a declared error, with its data', async () => {
    const it = serve({
      read: {
        get: ({ id }, call) => {
          throw call.fail('gone', { id });
        },
      },
    });
    const error: unknown = await it.read.get({ id: 4 }).catch((caught: unknown) => caught);
    expect(isError(notes, error, 'gone') && error.data).toEqual({ id: 4 });
    expect(isError(notes, error, 'other')).toBe(false);
    expect(error).toMatchObject({
      code: 'DECLARED',
      declared: 'gone',
      origin: 'remote',
      message: 'DECLARED: gone',
    });
    expect(it.failures()).toEqual([]);
  });

  test('copies its data when it is made', async () => {
    const data = { id: 1 };
    const it = serve({
      read: {
        get: async (_params, call) => {
          const error = call.fail('gone', data);
          data.id = 2;
          throw error;
        },
      },
    });
    expect((await failureOf(it.read.get({ id: 1 }))).data).toEqual({ id: 1 });
  });

  test.each([
    ['a name that the method does not declare', 'other', null],
    ['a name that nobody declares', 'constructor', null],
    ['data that does not fit', 'gone', { id: 'secret' }],
  ])('with %s is the host’s failure', async (_title, name, data) => {
    const it = serve({
      read: {
        get: (_params, call) => {
          throw call.fail(name as never, data as never);
        },
      },
    });
    const failure = await failureOf(it.read.get({ id: 1 }));
    expect(failure).toMatchObject({ code: 'INTERNAL', data: undefined });
    expect(it.failures()[0]?.error).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  test('of another host that this one called is not passed on', async () => {
    const other = serve({
      read: {
        get: ({ id }, call) => {
          throw call.fail('gone', { id });
        },
      },
    });
    const it = serve({ read: { get: (params) => other.read.get(params) } });
    expect(await codeOf(it.read.get({ id: 1 }))).toBe('INTERNAL');
  });
});

describe('what a handler knows of its call', () => {
  test('is how long it may take, by the caller or by the member', async () => {
    const remaining: number[] = [];
    const note = (_params: unknown, call: { remaining: number }): void => void remaining.push(call.remaining);
    const it = serve({ read: { nothing: note }, write: { put: note }, limits: { deadline: 9000 } });
    await it.read.nothing();
    await it.write.put();
    await it.write.put(undefined, { deadline: 300 });
    expect(remaining).toEqual([9000, 2000, 300]);
  });

  test('is how much of it is left', async () => {
    const remaining: number[] = [];
    const it = serve({
      write: {
        put: async (_params, call) => {
          it.link.clock.advance(1500);
          remaining.push(call.remaining);
          it.link.clock.advance(1500);
          remaining.push(call.remaining);
        },
      },
    });
    expect(await codeOf(it.write.put())).toBe('DEADLINE_EXCEEDED');
    expect(remaining).toEqual([500, 0]);
  });

  test('is when to stop: its deadline, its caller or its session', async () => {
    const signals: AbortSignal[] = [];
    const it = serve({
      write: {
        put: (_params, { signal }) => {
          signals.push(signal);
          return new Promise(() => {});
        },
      },
    });
    const controller = new AbortController();
    const codes = Promise.all([
      codeOf(it.write.put(undefined, { deadline: 100 })),
      codeOf(it.write.put(undefined, { signal: controller.signal })),
      codeOf(it.write.put()),
    ]);
    await settled();
    it.link.clock.advance(100);
    await settled();
    controller.abort();
    await settled();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false]);
    it.session.close();
    expect(await codes).toEqual(['DEADLINE_EXCEEDED', 'ABORTED', 'CLOSED']);
    await settled();
    expect(signals.map(({ reason }) => reason?.code)).toEqual([
      expect.stringMatching(/DEADLINE_EXCEEDED|ABORTED/),
      'ABORTED',
      'CLOSED',
    ]);
  });

  test('is aborted already for who asks late', async () => {
    let late: (() => AbortSignal) | undefined;
    const it = serve({
      write: {
        put: (_params, call) => {
          late = () => call.signal;
          return new Promise(() => {});
        },
      },
    });
    const code = codeOf(it.write.put());
    await settled();
    it.link.cut();
    await code;
    expect(late?.().aborted).toBe(true);
    expect(late?.().reason).toMatchObject({ code: 'DISCONNECTED' });
  });

  test('a handler that goes on after its call was given up is heard no more', async () => {
    let finish = (): void => {};
    const it = serve({
      write: {
        put: () =>
          new Promise<void>((resolve) => {
            finish = resolve;
          }),
      },
    });
    expect(
      await Promise.all([
        codeOf(it.write.put(undefined, { deadline: 50 })),
        settled().then(() => it.link.clock.advance(50)),
      ]),
    ).toEqual(['DEADLINE_EXCEEDED', undefined]);
    finish();
    await settled();
    expect(it.session.state).toBe('open');
  });
});

describe('the log', () => {
  test('that throws takes nothing with it', async () => {
    const it = serve({
      read: {
        nothing: () => {
          throw new Error('mine');
        },
      },
      log: () => {
        throw new Error('log');
      },
    });
    expect(await codeOf(it.read.nothing())).toBe('INTERNAL');
    expect(it.session.state).toBe('open');
  });

  test('has no parameters and no results in it', async () => {
    const it = serve({ read: { get: () => ({ id: 424242, title: 'private' }) } });
    await it.read.get({ id: 313131 });
    it.session.close();
    await settled();
    expect(it.entries.map(({ event }) => event)).toEqual(['admitted', 'ended']);
    expect(JSON.stringify(it.entries)).not.toMatch(/424242|313131|private/);
  });
});
