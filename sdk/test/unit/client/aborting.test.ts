import { connect } from 'portico/client';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/limits/limits.js';
import { KIND } from '../../support/kinds.js';
import { linked } from '../../support/linked.js';
import { settled } from '../../support/raw-peer.js';
import { codeOf, failureOf, welcomed } from '../../support/sessions.js';
import { tabs, tabsHost } from '../../support/tabs.js';

const served = async () => {
  const server = tabsHost();
  const link = linked(server.host);
  const { control, read, session } = connect(tabs, { needs: ['read', 'control'], platform: link.platform });
  await session.ready();
  return { server, link, control, read, session };
};

describe('a signal', () => {
  test('that is aborted already keeps the call from being sent', async () => {
    const { raw, read } = await welcomed();
    const reason = new Error('mine');
    const error = await failureOf(read.list({}, { signal: AbortSignal.abort(reason) }));
    expect(error).toMatchObject({ code: 'ABORTED', origin: 'local', cause: reason });
    await settled();
    expect(raw.host.of(KIND.CALL)).toEqual([]);
    expect(raw.host.of(KIND.CANCEL)).toEqual([]);
  });

  test('aborts the call at once here, and in the handler', async () => {
    const { server, control } = await served();
    const controller = new AbortController();
    const failure = failureOf(control.wait({}, { signal: controller.signal }));
    await settled();
    expect(server.signals.map(({ aborted }) => aborted)).toEqual([false]);
    controller.abort('enough');
    expect(await failure).toMatchObject({ code: 'ABORTED', cause: 'enough' });
    await settled();
    expect(server.signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(server.signals[0]?.reason).toMatchObject({ code: 'ABORTED' });
    expect(server.log.filter(({ event }) => event === 'handler-failed')).toEqual([]);
  });

  test('aborts one call among many', async () => {
    const { server, control } = await served();
    const controller = new AbortController();
    const calls = [undefined, controller.signal, undefined].map((signal) => control.wait({}, { signal }));
    const outcomes = Promise.allSettled(calls);
    await settled();
    controller.abort();
    await settled();
    expect(server.signals.map(({ aborted }) => aborted)).toEqual([false, true, false]);
    server.release();
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  test('that is aborted in the turn of the call still tells the handler', async () => {
    const { server, control } = await served();
    const controller = new AbortController();
    const code = codeOf(control.wait({}, { signal: controller.signal }));
    controller.abort();
    expect(await code).toBe('ABORTED');
    await settled();
    expect(server.signals.every(({ aborted }) => aborted)).toBe(true);
  });

  test('means nothing after the call has settled', async () => {
    const { raw, read } = await welcomed();
    const controller = new AbortController();
    const listed = read.list({}, { signal: controller.signal });
    await settled();
    raw.host.send([KIND.RESULT, 1, []]);
    expect(await listed).toEqual([]);
    controller.abort();
    await settled();
    expect(raw.host.of(KIND.CANCEL)).toEqual([]);
  });

  test('lets go of the call once it has settled, however that was', async () => {
    const { raw, read, session } = await welcomed();
    const { signal } = new AbortController();
    const listeners = new Set<unknown>();
    const spied = new Proxy(signal, {
      get(target, key) {
        if (key === 'addEventListener')
          return (_type: string, listener: unknown) => void listeners.add(listener);
        if (key === 'removeEventListener')
          return (_type: string, listener: unknown) => void listeners.delete(listener);
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const outcomes = Promise.allSettled([1, 2, 3].map(() => read.list({}, { signal: spied })));
    const lost = Promise.allSettled([read.list({}, { signal: spied, deadline: 10 })]);
    await settled();
    expect(listeners.size).toBe(4);
    raw.host.send([KIND.RESULT, 1, []], [KIND.ERROR, 2, { code: 'INTERNAL' }]);
    await settled();
    expect(listeners.size).toBe(2);
    raw.clock.advance(10);
    await lost;
    expect(listeners.size).toBe(1);
    session.close();
    await outcomes;
    expect(listeners.size).toBe(0);
  });

  test('that does not fit the parameters changes nothing about them', async () => {
    const { control } = await served();
    const { signal } = new AbortController();
    expect(await codeOf(control.close({ id: 'x' } as never, { signal }))).toBe('INVALID_PARAMS');
  });
});

describe('a result that was under way when its call was given up', () => {
  test('is dropped, and the session goes on', async () => {
    const { raw, read } = await welcomed();
    const controller = new AbortController();
    const code = codeOf(read.list({}, { signal: controller.signal }));
    await settled();
    controller.abort();
    raw.host.send([KIND.RESULT, 1, [{ id: 1 }]]);
    raw.host.send([KIND.ERROR, 1, { code: 'INTERNAL' }]);
    expect(await code).toBe('ABORTED');
    const listed = read.list();
    await settled();
    raw.host.send([KIND.RESULT, 2, []]);
    expect(await listed).toEqual([]);
  });
});

describe('a deadline', () => {
  test('ends the call here, and tells the handler', async () => {
    const { server, link, control } = await served();
    const failure = failureOf(control.wait({}, { deadline: 500 }));
    await settled();
    link.clock.advance(499);
    await settled();
    expect(server.signals[0]?.aborted).toBe(false);
    link.clock.advance(1);
    expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await settled();
    expect(server.signals[0]?.aborted).toBe(true);
    expect(server.signals[0]?.reason).toMatchObject({
      code: expect.stringMatching(/DEADLINE_EXCEEDED|ABORTED/),
    });
  });

  test('is the call’s, else the member’s, else the limit', async () => {
    const { link, control, read } = await served();
    const ends: string[] = [];
    const note = (name: string, promise: Promise<unknown>) =>
      void promise.catch((error) => ends.push(`${name} ${error.code}`));
    note('call', control.wait({}, { deadline: 10_000 }));
    note('member', control.wait({}));
    await settled();
    const passes = async (milliseconds: number): Promise<string[]> => {
      link.clock.advance(milliseconds);
      await settled();
      return ends.splice(0);
    };
    expect(await passes(9999)).toEqual([]);
    expect(await passes(1)).toEqual(['call DEADLINE_EXCEEDED']);
    expect(await passes(49_999)).toEqual([]);
    expect(await passes(1)).toEqual(['member DEADLINE_EXCEEDED']);
    expect(await read.list()).toEqual([{ id: 1 }]);
  });

  test('is the limit where neither call nor member has one', async () => {
    const { raw, read } = await welcomed();
    let code: string | undefined;
    void read.list().catch((error) => {
      code = error.code;
    });
    raw.clock.advance(DEFAULT_LIMITS.deadline - 1);
    await settled();
    expect(code).toBeUndefined();
    raw.clock.advance(1);
    await settled();
    expect(code).toBe('DEADLINE_EXCEEDED');
    expect(raw.host.of(KIND.CANCEL)).toHaveLength(1);
  });

  test('earlier than the others rings first, whatever the order of the calls', async () => {
    const { raw, read } = await welcomed();
    const ends: number[] = [];
    for (const deadline of [300, 100, 200, 100])
      void read.list({}, { deadline }).catch(() => ends.push(deadline));
    for (let i = 0; i < 3; i++) {
      raw.clock.advance(100);
      await settled();
    }
    expect(ends).toEqual([100, 100, 200, 300]);
  });

  test('travels with the call only where the caller chose it', async () => {
    const { raw, read } = await welcomed();
    const calls = Promise.allSettled([read.list(), read.list({}, { deadline: 2000 })]);
    await settled();
    expect(raw.host.of(KIND.CALL).map((frame) => frame[3])).toEqual([0, { d: 2000 }]);
    raw.host.close();
    await calls;
  });
});
