import { connect } from 'portico/client';
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/limits/limits.js';
import { KIND } from '../../support/kinds.js';
import { linked } from '../../support/linked.js';
import { type RawFrame, type RawPeer, settled } from '../../support/raw-peer.js';
import { codeOf, realClient, welcomed } from '../../support/sessions.js';
import { tabs, tabsHost, welcome } from '../../support/tabs.js';

const batch = (peer: RawPeer, index: number): readonly RawFrame[] => peer.messages[index] as RawFrame[];
/** How many calls the frames of kind CALL stand for. */
const callsIn = (frames: readonly RawFrame[]): number =>
  frames.filter(([kind]) => kind === KIND.CALL).reduce((sum, frame) => sum + frame.length - 4, 0);

describe('calls made before the welcome', () => {
  test('travel in one message with the hello', async () => {
    const { raw, read } = realClient();
    void read.list().catch(() => {});
    void read.list({ windowId: 5 }).catch(() => {});
    const events = read.changed();
    await settled();
    expect(raw.host.messages).toHaveLength(1);
    expect(batch(raw.host, 0).map(([kind]) => kind)).toEqual([KIND.HELLO, KIND.CALL, KIND.SUBSCRIBE]);
    expect(callsIn(batch(raw.host, 0))).toBe(2);
    await events.return?.();
  });

  test('are answered as if they had been made after it', async () => {
    const link = linked(tabsHost().host);
    const { read, session } = connect(tabs, { needs: ['read'], platform: link.platform });
    const listed = Promise.all([read.list({ windowId: 1 }), read.list({ windowId: 2 })]);
    expect(session.state).toBe('connecting');
    expect(await listed).toEqual([[{ id: 1 }], [{ id: 2 }]]);
    expect(session.state).toBe('open');
  });

  test('wait for the welcome beyond a limit, and then go out in order', async () => {
    const { raw, read } = realClient({ connect: { limits: { earlyCalls: 3 } } });
    const calls = Array.from({ length: 10 }, (_, windowId) => read.list({ windowId }));
    await settled();
    expect(callsIn(raw.host.frames)).toBe(3);
    raw.host.send(welcome());
    await settled();
    expect(callsIn(raw.host.frames)).toBe(10);
    const sent = raw.host.of(KIND.CALL).flatMap((frame) => frame.slice(4));
    expect(sent).toEqual(Array.from({ length: 10 }, (_, windowId) => ({ windowId })));
    raw.host.send([KIND.RESULT, 1, ...Array.from({ length: 10 }, (_, id) => [{ id }])]);
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 10 }, (_, id) => [{ id }]));
  });

  test('that are not sent yet are safe to repeat when the port dies', async () => {
    const { raw, read } = realClient({ connect: { limits: { earlyCalls: 1 } } });
    const codes = Promise.all([read.get({ id: 1 }), read.get({ id: 2 })].map(codeOf));
    await settled();
    raw.host.close();
    expect(await codes).toEqual(['OUTCOME_UNKNOWN', 'DISCONNECTED']);
  });
});

describe('calls made in one turn', () => {
  test('cost one message each way', async () => {
    const { raw, read } = await welcomed();
    const before = raw.host.messages.length;
    const listed = Promise.all(Array.from({ length: 300 }, () => read.list()));
    await settled();
    expect(raw.host.messages.length - before).toBe(1);
    raw.host.send([KIND.RESULT, 1, ...new Array(300).fill([])]);
    expect(await listed).toHaveLength(300);
  });

  test('cost a few messages if there are thousands', async () => {
    const { raw, read } = await welcomed();
    const before = raw.host.messages.length;
    const calls = Array.from({ length: 5000 }, () => read.list());
    await settled();
    const messages = raw.host.messages.slice(before) as RawFrame[][];
    expect(messages.reduce((sum, each) => sum + callsIn(each), 0)).toBe(5000);
    expect(messages).toHaveLength(Math.ceil(5000 / DEFAULT_LIMITS.batchItems));
    raw.host.close();
    await Promise.allSettled(calls);
  });

  test('are answered in as few messages by the host', async () => {
    const server = tabsHost();
    const link = linked(server.host);
    const { read } = connect(tabs, { needs: ['read'], platform: link.platform });
    const listed = await Promise.all(Array.from({ length: 1000 }, (_, windowId) => read.list({ windowId })));
    expect(listed.map(([tab]) => tab?.id)).toEqual(Array.from({ length: 1000 }, (_, id) => id));
  });
});

test('parameters are copied when the call is made, not when it is sent', async () => {
  const { raw, control } = await welcomed();
  const params = { value: { list: [1] } };
  const echoed = control.echo(params);
  params.value.list.push(2);
  await settled();
  expect(raw.host.of(KIND.CALL).at(-1)?.at(-1)).toEqual({ value: { list: [1] } });
  raw.host.send([KIND.RESULT, 1, params]);
  expect(await echoed).toEqual(params);
});
