import { connect } from 'portico/client';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { linked } from '../../support/linked.js';
import { type RawPeer, settled } from '../../support/raw-peer.js';
import { codeOf, realClient, welcomed } from '../../support/sessions.js';
import { tabs, tabsHost, welcome } from '../../support/tabs.js';

const sentIds = (peer: RawPeer): number[] =>
  peer.of(KIND.CALL).flatMap(([, first, , , ...params]) => params.map((_, i) => (first as number) + i));

describe('calls beyond what may be in flight', () => {
  test('wait here, and go out as others are answered', async () => {
    const { raw, read } = await welcomed({}, { calls: 2 });
    const calls = Promise.all([0, 1, 2, 3, 4].map((windowId) => read.list({ windowId })));
    await settled();
    expect(sentIds(raw.host)).toEqual([1, 2]);
    raw.host.send([KIND.RESULT, 2, [{ id: 1 }]]);
    await settled();
    expect(sentIds(raw.host)).toEqual([1, 2, 3]);
    raw.host.send([KIND.ERROR, 1, { code: 'INTERNAL' }]);
    await expect(calls).rejects.toMatchObject({ code: 'INTERNAL' });
    await settled();
    expect(sentIds(raw.host)).toEqual([1, 2, 3, 4]);
  });

  test('are as many as the smaller of both sides’ limits', async () => {
    const mine = await welcomed({ connect: { limits: { calls: 1 } } }, { calls: 5 });
    void Promise.allSettled([mine.read.list(), mine.read.list()]);
    await settled();
    expect(sentIds(mine.raw.host)).toEqual([1]);
  });

  test('do not fail, however many they are', async () => {
    const server = tabsHost({ limits: { calls: 7 } });
    const link = linked(server.host);
    const { read, session } = connect(tabs, { needs: ['read'], platform: link.platform });
    await session.ready();
    const listed = await Promise.all(Array.from({ length: 200 }, (_, windowId) => read.list({ windowId })));
    expect(listed.map(([tab]) => tab?.id)).toEqual(Array.from({ length: 200 }, (_, id) => id));
  });

  test('leave the queue when they are aborted, or late', async () => {
    const { raw, read } = await welcomed({}, { calls: 1 });
    const controller = new AbortController();
    const first = read.list();
    const aborted = codeOf(read.list({}, { signal: controller.signal }));
    const late = codeOf(read.list({}, { deadline: 50 }));
    const last = read.list();
    await settled();
    controller.abort();
    expect(await aborted).toBe('ABORTED');
    raw.clock.advance(50);
    expect(await late).toBe('DEADLINE_EXCEEDED');
    raw.host.send([KIND.RESULT, 1, []]);
    await first;
    await settled();
    expect(sentIds(raw.host)).toEqual([1, 2]);
    expect(raw.host.of(KIND.CANCEL)).toEqual([]);
    raw.host.send([KIND.RESULT, 2, []]);
    expect(await last).toEqual([]);
  });

  test('make room when one in flight is aborted', async () => {
    const { raw, read } = await welcomed({}, { calls: 1 });
    const controller = new AbortController();
    const first = codeOf(read.list({}, { signal: controller.signal }));
    const second = read.list();
    await settled();
    controller.abort();
    expect(await first).toBe('ABORTED');
    await settled();
    expect(sentIds(raw.host)).toEqual([1, 2]);
    raw.host.send([KIND.RESULT, 2, []]);
    expect(await second).toEqual([]);
  });
});

describe('how bytes travel', () => {
  const data = new Uint8Array([1, 2, 3]);

  test('is Base64 until the welcome, and what it says from then on', async () => {
    const it = realClient({ serialization: 'structured-clone' });
    const calls = [it.control.store({ data })];
    await settled();
    it.raw.host.send(welcome({ native: 1 }));
    await it.session.ready();
    calls.push(it.control.store({ data }));
    await settled();
    expect(it.raw.host.of(KIND.CALL).map((frame) => frame[4])).toEqual([{ data: 'AQID' }, { data }]);
    it.raw.host.send([KIND.RESULT, 1, 'AQID', data]);
    expect(await Promise.all(calls)).toEqual([data, data]);
  });

  test('is Base64 in a new session until that is welcomed', async () => {
    const it = await welcomed({ serialization: 'structured-clone' }, { native: 1 });
    it.raw.host.close();
    await settled();
    void it.control.store({ data }).catch(() => {});
    await settled();
    expect(it.raw.host.of(KIND.CALL).map((frame) => frame[4])).toEqual([{ data: 'AQID' }]);
  });
});

test('answers in any order find their calls', async () => {
  const { raw, read } = await welcomed();
  const calls = [0, 1, 2].map((windowId) => read.list({ windowId }));
  await settled();
  raw.host.send([KIND.RESULT, 3, [{ id: 2 }]]);
  raw.host.send([KIND.RESULT, 1, [{ id: 0 }], [{ id: 1 }]]);
  expect(await Promise.all(calls)).toEqual([[{ id: 0 }], [{ id: 1 }], [{ id: 2 }]]);
});

test('an answer that does not fit the protocol fails its call alone', async () => {
  const { raw, read } = await welcomed();
  const calls = Promise.allSettled([read.list(), read.list(), read.get({ id: 1 })]);
  await settled();
  raw.host.send([KIND.RESULT, 1, [{ id: 'x' }], []]);
  raw.host.send([KIND.ERROR, 3, { code: 'DECLARED', declared: 'tabGone', data: { id: 'x' } }]);
  expect(await calls).toMatchObject([
    { reason: { code: 'INVALID_RESULT', origin: 'local' } },
    { value: [] },
    { reason: { code: 'INVALID_RESULT' } },
  ]);
});
