import { isError } from 'portico';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { settled } from '../../support/raw-peer.js';
import { codeOf, failureOf, realClient, welcomed } from '../../support/sessions.js';
import { tabs, welcome } from '../../support/tabs.js';

describe('deadlines', () => {
  test('[W7.8] a client gives up a call by its own clock, and cancels it', async () => {
    const { raw, read, control } = await welcomed();
    const outcomes = [
      codeOf(read.get({ id: 1 }, { deadline: 50 })),
      codeOf(control.wait()),
      codeOf(read.list()),
    ];
    await settled();
    expect(raw.host.of(KIND.CALL).map((frame) => frame[3])).toEqual([{ d: 50 }, 0, 0]);
    const expired = async (milliseconds: number): Promise<unknown[]> => {
      raw.clock.advance(milliseconds);
      await settled();
      return raw.host.of(KIND.CANCEL).map(([, id]) => id);
    };
    expect(await expired(49)).toEqual([]);
    expect(await expired(1)).toEqual([1]);
    expect(await expired(29_950)).toEqual([1, 3]);
    expect(await expired(30_000)).toEqual([1, 3, 2]);
    expect(await Promise.all(outcomes)).toEqual(Array(3).fill('DEADLINE_EXCEEDED'));
  });

  test('[W7.8] the wait for a session counts', async () => {
    const { raw, read } = realClient({ connect: { limits: { earlyCalls: 1 } } });
    const outcomes = [
      codeOf(read.get({ id: 1 }, { deadline: 50 })),
      codeOf(read.get({ id: 2 }, { deadline: 50 })),
    ];
    await settled();
    raw.clock.advance(50);
    expect(await Promise.all(outcomes)).toEqual(['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED']);
    raw.host.send(welcome());
    await settled();
    expect(raw.host.frames.slice(1)).toEqual([
      [KIND.CALL, 1, 'read.get', { d: 50 }, { id: 1 }],
      [KIND.CANCEL, 1],
    ]);
  });
});

describe('answers', () => {
  test('[W7.10] to calls that have settled are ignored', async () => {
    const { raw, read, session } = await welcomed();
    const abort = new AbortController();
    const outcome = codeOf(read.get({ id: 1 }, { signal: abort.signal }));
    await settled();
    abort.abort();
    expect(await outcome).toBe('ABORTED');
    raw.host.send(
      [KIND.RESULT, 1, { id: 1 }],
      [KIND.RESULT, 1, 'x'],
      [KIND.ERROR, 1, { code: 'DECLARED', declared: 'nothing' }],
    );
    const answer = read.get({ id: 2 });
    await settled();
    raw.host.send([KIND.RESULT, 1, { id: 1 }, { id: 2 }]);
    expect([await answer, session.state]).toEqual([{ id: 2 }, 'open']);
  });

  test('[W7.2] the first answer to a call counts', async () => {
    const { raw, read } = await welcomed();
    const answer = read.get({ id: 1 });
    await settled();
    raw.host.send(
      [KIND.RESULT, 1, { id: 1 }],
      [KIND.RESULT, 1, { id: 2 }],
      [KIND.ERROR, 1, { code: 'INTERNAL' }],
    );
    expect(await answer).toEqual({ id: 1 });
  });

  test('[W7.17] a result that does not fit rejects its call, and no other', async () => {
    const { raw, read, session } = await welcomed();
    const outcomes = [codeOf(read.get({ id: 1 })), read.get({ id: 2 }), codeOf(read.list())];
    await settled();
    raw.host.send([KIND.RESULT, 1, { id: 'x' }, { id: 2 }, { n: 2, k: ['id'], c: [[1]] }]);
    expect(await Promise.all(outcomes)).toEqual(['INVALID_RESULT', { id: 2 }, 'INVALID_RESULT']);
    expect(session.state).toBe('open');
  });

  test.each([
    ['a name that nobody declared', { code: 'DECLARED', declared: 'other', data: { id: 1 } }],
    ['a name of Object.prototype', { code: 'DECLARED', declared: 'constructor', data: { id: 1 } }],
    ['no name', { code: 'DECLARED', data: { id: 1 } }],
    ['data that do not fit', { code: 'DECLARED', declared: 'tabGone', data: { id: 'x' } }],
    ['no data', { code: 'DECLARED', declared: 'tabGone' }],
  ])('[W7.18] a declared error with %s is an invalid result', async (_what, error) => {
    const { raw, read } = await welcomed();
    const outcome = failureOf(read.get({ id: 1 }));
    await settled();
    raw.host.send([KIND.ERROR, 1, error]);
    const failure = await outcome;
    expect([failure.code, isError(tabs, failure, 'tabGone')]).toEqual(['INVALID_RESULT', false]);
  });

  test('[W7.18] nor may a method answer with an error that only others declare', async () => {
    const { raw, read } = await welcomed();
    const outcome = codeOf(read.list());
    await settled();
    raw.host.send([KIND.ERROR, 1, { code: 'DECLARED', declared: 'tabGone', data: { id: 1 } }]);
    expect(await outcome).toBe('INVALID_RESULT');
  });

  test('[W7.15] a declared error that fits is typed, without what its schema does not have', async () => {
    const { raw, read } = await welcomed();
    const outcome = failureOf(read.get({ id: 1 }));
    await settled();
    raw.host.send([
      KIND.ERROR,
      1,
      { code: 'DECLARED', message: 'tabGone', declared: 'tabGone', data: { id: 7, more: 1 } },
    ]);
    const failure = await outcome;
    expect(isError(tabs, failure, 'tabGone') && failure.data).toEqual({ id: 7 });
    expect(failure.origin).toBe('remote');
  });
});

describe('aborting', () => {
  test('[W7.13] rejects at once, and cancels what was sent', async () => {
    const { raw, read } = await welcomed();
    const abort = new AbortController();
    const outcome = failureOf(read.get({ id: 1 }, { signal: abort.signal }));
    await settled();
    abort.abort(new Error('enough'));
    const failure = await outcome;
    expect([failure.code, failure.cause]).toEqual(['ABORTED', new Error('enough')]);
    await settled();
    expect(raw.host.frames.at(-1)).toEqual([KIND.CANCEL, 1]);
  });

  test('[W7.13] what was not sent never is', async () => {
    const { raw, read } = await welcomed({}, { calls: 1 });
    const abort = new AbortController();
    read.get({ id: 1 }).catch(() => {});
    const waiting = codeOf(read.get({ id: 2 }, { signal: abort.signal }));
    const late = codeOf(read.get({ id: 3 }, { signal: AbortSignal.abort() }));
    abort.abort();
    expect([await waiting, await late]).toEqual(['ABORTED', 'ABORTED']);
    raw.host.send([KIND.RESULT, 1, { id: 1 }]);
    await settled();
    expect(raw.host.frames.slice(1)).toEqual([[KIND.CALL, 1, 'read.get', 0, { id: 1 }]]);
  });
});

describe('what a host allows', () => {
  test('[W7.14] a client keeps within the calls of the welcome', async () => {
    const { raw, read } = await welcomed({}, { calls: 2 });
    const answers = [1, 2, 3, 4].map((id) => read.get({ id }));
    await settled();
    expect(raw.host.of(KIND.CALL)).toEqual([[KIND.CALL, 1, 'read.get', 0, { id: 1 }, { id: 2 }]]);
    raw.host.send([KIND.RESULT, 2, { id: 2 }]);
    await settled();
    expect(raw.host.of(KIND.CALL).at(-1)).toEqual([KIND.CALL, 3, 'read.get', 0, { id: 3 }]);
    raw.host.send([KIND.RESULT, 1, { id: 1 }], [KIND.RESULT, 3, { id: 3 }]);
    await settled();
    raw.host.send([KIND.RESULT, 4, { id: 4 }]);
    expect(await Promise.all(answers)).toEqual([1, 2, 3, 4].map((id) => ({ id })));
  });

  test('[W7.14] subscriptions are no calls, and stand in the way of none', async () => {
    const { raw, read } = await welcomed({}, { calls: 1 });
    for (let i = 0; i < 3; i++) read.changed();
    const answer = read.get({ id: 1 });
    read.moved();
    await settled();
    expect(raw.host.frames.slice(1).map(([kind]) => kind)).toEqual([
      KIND.SUBSCRIBE,
      KIND.SUBSCRIBE,
      KIND.SUBSCRIBE,
      KIND.CALL,
      KIND.SUBSCRIBE,
    ]);
    raw.host.send([KIND.RESULT, 4, { id: 1 }]);
    expect(await answer).toEqual({ id: 1 });
  });

  test('[W7.19] a member newer than the version both speak is not sent', async () => {
    const { raw, control } = await welcomed({}, { version: '1.1.0' });
    expect(await codeOf(control.archive({ id: 1 }))).toBe('MEMBER_TOO_NEW');
    expect(await codeOf(control.noted().next())).toBe('MEMBER_TOO_NEW');
    await settled();
    expect(raw.host.frames).toHaveLength(1);
  });

  test('[W7.19] nor is one that waits for another one to be given up', async () => {
    const { raw, control } = realClient({ connect: { limits: { earlyCalls: 1 } } });
    const outcomes = [codeOf(control.archive({ id: 1 })), codeOf(control.archive({ id: 2 }))];
    await settled();
    raw.host.send(welcome({ version: '1.1.0' }));
    expect(await Promise.all(outcomes)).toEqual(['MEMBER_TOO_NEW', 'MEMBER_TOO_NEW']);
    await settled();
    expect(raw.host.of(KIND.CALL)).toHaveLength(1);
  });

  test('[W7.19] one that was sent early is cancelled', async () => {
    const { raw, control } = realClient();
    const outcomes = [codeOf(control.archive({ id: 1 })), codeOf(control.noted().next())];
    const close = control.close({ id: 2 });
    await settled();
    raw.host.send(welcome({ version: '1.1.0' }), [KIND.ERROR, 1, { code: 'UNKNOWN_MEMBER' }]);
    expect(await Promise.all(outcomes)).toEqual(['MEMBER_TOO_NEW', 'MEMBER_TOO_NEW']);
    raw.host.send([KIND.RESULT, 3, null]);
    expect(await close).toBeUndefined();
    expect(raw.host.frames.slice(4)).toContainEqual([KIND.CANCEL, 1]);
  });
});
