import { PorticoError } from 'portico';
import { connect } from 'portico/client';
import { consoleLog } from 'portico/host';
import { describe, expect, test, vi } from 'vitest';
import { notes, notesHost } from '../../support/notes-host.js';
import { settled } from '../../support/raw-peer.js';
import { codeOf, failureOf } from '../../support/sessions.js';

describe('a handler', () => {
  test('gets its parameters, and nothing that was not declared', async () => {
    const got: unknown[] = [];
    const it = notesHost({
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
    const it = notesHost({ read: { get: () => answers.shift() as never } });
    for (const id of [1, 2, 3]) expect(await it.read.get({ id: 0 })).toEqual({ id });
  });

  test('answers with a copy of what its client may see', async () => {
    const note = { id: 1, title: 'a', secret: 'b' };
    const it = notesHost({ read: { get: () => note } });
    expect(await it.read.get({ id: 1 })).toEqual({ id: 1, title: 'a' });
    const plain = connect(notes, { needs: ['read'], host: 'a'.repeat(32), platform: it.link.platform });
    expect(await plain.read.get({ id: 1 })).toEqual({ id: 1 });
    expect(note).toEqual({ id: 1, title: 'a', secret: 'b' });
  });

  test('that answers nothing where nothing is declared gives undefined, whatever it gave', async () => {
    const it = notesHost({ read: { nothing: () => 'something' as never } });
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
    const it = notesHost({ read: { get: get as never, nothing: () => {} } });
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
      message: expect.stringMatching(/^read\.get failed: ./),
      session: it.session.info?.id,
    });
    await it.read.nothing();
  });

  test('whose result is too large is told so, and reported', async () => {
    const it = notesHost({ read: { blob: () => new Uint8Array(200) }, limits: { valueSize: 100 } });
    const failure = await failureOf(it.read.blob());
    expect(failure).toMatchObject({ code: 'LIMIT_EXCEEDED', origin: 'remote', data: { limit: 'valueSize' } });
    expect(it.failures()).toHaveLength(1);
  });
});

describe('the log', () => {
  test.each<readonly [string, unknown, string]>([
    ['an error', new TypeError('no tab 7'), 'TypeError: no tab 7'],
    ['an error of many lines', new Error('first\nsecond'), 'Error: first'],
    ['an endless text', 'x'.repeat(100_000), 'x'.repeat(256)],
    ['what is no error', 7, '7'],
    [
      'what throws again when it is read',
      {
        toString() {
          throw new Error('again');
        },
      },
      'what was thrown can’t be read',
    ],
  ])(
    'says in a line why a handler failed that throws %s, and keeps what was thrown',
    async (_what, thrown, why) => {
      const it = notesHost({
        read: {
          nothing: () => {
            throw thrown;
          },
        },
      });
      expect(await codeOf(it.read.nothing())).toBe('INTERNAL');
      expect(it.failures().map(({ message, error }) => [message, error])).toEqual([
        [`read.nothing failed: ${why}`, thrown],
      ]);
    },
  );

  test('tells different mistakes apart on the console, by their levels and with their stacks', () => {
    const written: unknown[] = [];
    for (const level of ['info', 'warn', 'error'] as const)
      vi.spyOn(console, level).mockImplementation((...args) => void written.push([level, ...args]));
    const error = new Error('no tab 7');
    consoleLog({ level: 'info', event: 'admitted', message: 'somebody came' });
    consoleLog({ level: 'warn', event: 'violation', message: 'somebody misbehaved' });
    consoleLog({ level: 'error', event: 'handler-failed', message: 'read.get failed', error });
    vi.restoreAllMocks();
    expect(written).toEqual([
      ['info', 'portico: somebody came'],
      ['warn', 'portico: somebody misbehaved'],
      ['error', 'portico: read.get failed', error],
    ]);
  });

  test('that throws takes nothing with it', async () => {
    const it = notesHost({
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
    const it = notesHost({ read: { get: () => ({ id: 424242, title: 'private' }) } });
    await it.read.get({ id: 313131 });
    it.session.close();
    await settled();
    expect(it.entries.map(({ event }) => event)).toEqual(['admitted', 'ended']);
    expect(JSON.stringify(it.entries)).not.toMatch(/424242|313131|private/);
  });
});

describe('an author’s object that throws when it is read', () => {
  const revoked = (target: object = {}): never => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy as never;
  };
  const throwing = {
    get id(): number {
      throw new Error('secret');
    },
  };

  test('as a result fails its call alone, with INTERNAL, and the log has what it threw', async () => {
    const results: unknown[] = [{ id: 1 }, throwing, { id: 3 }];
    const it = notesHost({ read: { get: () => results.shift() as never } });
    const outcomes = await Promise.allSettled([1, 2, 3].map((id) => it.read.get({ id })));
    expect(outcomes).toMatchObject([
      { value: { id: 1 } },
      { reason: { code: 'INTERNAL', origin: 'remote' } },
      { value: { id: 3 } },
    ]);
    expect(it.failures()).toMatchObject([{ error: { code: 'INTERNAL', cause: new Error('secret') } }]);
  });

  test('as parameters fails the call where it is made, with INVALID_PARAMS', async () => {
    const it = notesHost({ read: { get: ({ id }) => ({ id }) } });
    for (const params of [throwing, revoked()])
      expect(await failureOf(it.read.get(params))).toMatchObject({
        code: 'INVALID_PARAMS',
        origin: 'local',
        cause: expect.any(Error),
      });
    expect(await it.read.get({ id: 1 })).toEqual({ id: 1 });
  });

  test('as the data of a declared error fails where the error is made', async () => {
    const it = notesHost({
      read: {
        get(_params, call) {
          throw call.fail('gone', throwing as never);
        },
      },
    });
    expect(await codeOf(it.read.get({ id: 1 }))).toBe('INTERNAL');
    expect(it.failures()).toMatchObject([
      { error: { code: 'INVALID_ARGUMENT', cause: new Error('secret') } },
    ]);
  });

  test('thrown by a handler fails its call alone', async () => {
    const it = notesHost({
      read: {
        get({ id }) {
          if (id === 2) throw revoked();
          return { id };
        },
      },
    });
    const codes = await Promise.all([1, 2, 3].map((id) => it.read.get({ id }).catch(({ code }) => code)));
    expect(codes).toEqual([{ id: 1 }, 'INTERNAL', { id: 3 }]);
  });
});

test('a getter in a result that calls another host leaves the result’s bounds as they are', async () => {
  const other = notesHost({ read: { get: () => ({ id: 1, title: 'x'.repeat(10) }) } });
  const meanwhile: Promise<unknown>[] = [];
  const it = notesHost({
    limits: { valueSize: 1000 },
    read: {
      get: ({ id }) => ({
        get id() {
          meanwhile.push(other.read.get({ id }));
          return id;
        },
        title: 'x'.repeat(id === 1 ? 1000 : 1001),
      }),
    },
  });
  expect(await it.read.get({ id: 1 })).toMatchObject({ id: 1 });
  expect(await failureOf(it.read.get({ id: 2 }))).toMatchObject({
    code: 'LIMIT_EXCEEDED',
    data: { limit: 'valueSize' },
  });
  expect(await Promise.all(meanwhile)).toHaveLength(2);
});
