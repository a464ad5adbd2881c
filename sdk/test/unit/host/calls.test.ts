import { isError } from 'portico';
import { describe, expect, test } from 'vitest';
import { notes, notesHost } from '../../support/notes-host.js';
import { settled } from '../../support/raw-peer.js';
import { codeOf, failureOf } from '../../support/sessions.js';

describe('call.fail', () => {
  test('makes a declared error, with its data', async () => {
    const it = notesHost({
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
    const it = notesHost({
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
    const it = notesHost({
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
    const other = notesHost({
      read: {
        get: ({ id }, call) => {
          throw call.fail('gone', { id });
        },
      },
    });
    const it = notesHost({ read: { get: (params) => other.read.get(params) } });
    expect(await codeOf(it.read.get({ id: 1 }))).toBe('INTERNAL');
  });
});

describe('what a handler knows of its call', () => {
  test('is how long it may take, by the caller or by the member', async () => {
    const remaining: number[] = [];
    const note = (_params: unknown, call: { remaining: number }): void => void remaining.push(call.remaining);
    const it = notesHost({ read: { nothing: note }, write: { put: note }, limits: { deadline: 9000 } });
    await it.read.nothing();
    await it.write.put();
    await it.write.put(undefined, { deadline: 300 });
    expect(remaining).toEqual([9000, 2000, 300]);
  });

  test('is how much of it is left', async () => {
    const remaining: number[] = [];
    const it = notesHost({
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
    const it = notesHost({
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
    const it = notesHost({
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
    const it = notesHost({
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
