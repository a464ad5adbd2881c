import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { memoryPorts } from '../../../src/testing/memory-port.js';
import * as frames from '../../../src/wire/frames.js';
import { FROM_CLIENT, FROM_HOST, KIND, RESERVED } from '../../support/kinds.js';
import { listeningPlatform } from '../../support/listening-platform.js';
import { FRIEND, rawPeer, settled } from '../../support/raw-peer.js';
import {
  admitted,
  codeIn,
  codeOf,
  exchange,
  expectViolated,
  realClient,
  welcomed,
} from '../../support/sessions.js';
import { hello, tabsHost } from '../../support/tabs.js';

const document = readFileSync(new URL('../../../../docs/wire.md', import.meta.url), 'utf8');
const nameOf = (kind: number): string =>
  Object.entries(KIND).find(([, number]) => number === kind)?.[0] ?? `kind ${kind}`;
const named = (kinds: readonly number[]) => kinds.map((kind) => [nameOf(kind), kind] as const);

describe('the catalogue', () => {
  test('numbers the kinds as the code does', () => {
    const rows = [...document.matchAll(/^\| (\d+) \| \[(\w+)\]\(#\S+\) \|/gm)];
    const catalogue = Object.fromEntries(rows.map(([, kind, name]) => [name, Number(kind)]));
    const { WIRE_VERSION, FIRST_IGNORABLE, NOTHING, ...kinds } = frames;
    expect(catalogue).toEqual(KIND);
    expect(kinds).toEqual(KIND);
    expect([WIRE_VERSION, FIRST_IGNORABLE, NOTHING]).toEqual([1, 64, null]);
  });

  test('says the same of a kind in its table and over its paragraph', () => {
    const headings = [...document.matchAll(/^### 6\.\d+ ([A-Z]+) \((\d+)\)$/gm)];
    const settledKinds = Object.entries(KIND).filter(([, kind]) => !RESERVED.includes(kind));
    const byKind = headings.map(([, name, kind]) => [name, Number(kind)] as const);
    expect(byKind.toSorted(([, a], [, b]) => a - b)).toEqual(settledKinds);
  });
});

describe('frames to a host', () => {
  test.each(named(FROM_HOST))('[W6.1] %s is a violation', async (_name, kind) => {
    const peer = await admitted(tabsHost());
    await exchange(peer, [KIND.CALL, 1, 'read.ping', 0, null], [kind, 1, 0, {}]);
    expectViolated(peer);
  });

  test.each(named(RESERVED))('[W6.14] %s is a violation', async (_name, kind) => {
    const peer = await admitted(tabsHost());
    await exchange(peer, [kind, 1, {}]);
    expectViolated(peer);
  });

  test.each([24, 40, 63])('[W6.15] kind %i is a violation', async (kind) => {
    const peer = await admitted(tabsHost());
    await exchange(peer, [kind, 1, {}]);
    expectViolated(peer);
  });

  test.each([
    ['without an id', [KIND.CALL]],
    ['without a member', [KIND.CALL, 1]],
    ['with a member that is no text', [KIND.CALL, 1, ['read', 'ping'], 0, null]],
    ['without options', [KIND.CALL, 1, 'read.ping']],
    ['without parameters', [KIND.CALL, 1, 'read.ping', 0]],
    ['with no options but null', [KIND.CALL, 1, 'read.ping', null, null]],
    ['with options that are a number', [KIND.CALL, 1, 'read.ping', 1, null]],
    ['with options that are a text', [KIND.CALL, 1, 'read.ping', 'd', null]],
    ['with a deadline that is a text', [KIND.CALL, 1, 'read.ping', { d: '5' }, null]],
    ['with a negative deadline', [KIND.CALL, 1, 'read.ping', { d: -1 }, null]],
    ['with a deadline that no timer can wait for', [KIND.CALL, 1, 'read.ping', { d: 2 ** 31 }, null]],
    ['with a deadline that is nothing', [KIND.CALL, 1, 'read.ping', { d: null }, null]],
    ['whose last id is not safe', [KIND.CALL, 2 ** 53 - 2, 'read.ping', 0, null, null, null]],
  ])('[W6.5] a CALL %s is a violation', async (_what, frame) => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(peer, frame);
    expectViolated(peer);
    expect(server.ran).toEqual([]);
  });

  test('[W6.5] the highest id there is can be called with', async () => {
    const peer = await admitted(tabsHost());
    expect(
      await exchange(peer, [KIND.CALL, 2 ** 53 - 2, 'read.ping', { d: 2 ** 31 - 1 }, null, null]),
    ).toEqual([[KIND.RESULT, 2 ** 53 - 2, null, null]]);
  });

  test('[W6.8] a CANCEL for a call that does not run is ignored', async () => {
    const peer = await admitted(tabsHost());
    const answers = await exchange(
      peer,
      [KIND.CANCEL, 7],
      [KIND.CALL, 1, 'read.ping', 0, null],
      [KIND.CANCEL, 1],
      [KIND.CANCEL, 1],
      [KIND.CALL, 2, 'read.ping', 0, null],
    );
    expect(answers).toEqual([[KIND.RESULT, 1, null, null]]);
  });

  test.each([
    ['without a member', [KIND.SUBSCRIBE, 1]],
    ['with a member that is no text', [KIND.SUBSCRIBE, 1, 7, 1]],
    ['without credit', [KIND.SUBSCRIBE, 1, 'read.changed']],
    ['with endless credit', [KIND.SUBSCRIBE, 1, 'read.changed', 1e300]],
  ])('[W6.9] a SUBSCRIBE %s is a violation', async (_what, frame) => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(peer, frame);
    expectViolated(peer);
    expect(server.subscribers()).toBe(0);
  });

  test('[W6.10] an UNSUBSCRIBE is ignored when all has ended, and a violation for what never was', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    const answers = await exchange(
      peer,
      [KIND.SUBSCRIBE, 3, 'read.changed', 1],
      [KIND.UNSUBSCRIBE, 3],
      [KIND.UNSUBSCRIBE, 3],
      [KIND.UNSUBSCRIBE, 1],
    );
    expect([answers, peer.closed, server.subscribers()]).toEqual([[], false, 0]);
    await exchange(peer, [KIND.UNSUBSCRIBE, 4]);
    expectViolated(peer);
  });

  test('[W6.13] a CREDIT is ignored when all has ended, and a violation for what never was', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    const answers = await exchange(
      peer,
      [KIND.SUBSCRIBE, 3, 'read.changed', 1],
      [KIND.UNSUBSCRIBE, 3],
      [KIND.CREDIT, 3, 5],
      [KIND.CREDIT, 1, 5],
    );
    expect([answers, peer.closed]).toEqual([[], false]);
    await exchange(peer, [KIND.CREDIT, 4, 5]);
    expectViolated(peer);
  });
});

describe('frames to a client', () => {
  test.each(named([...FROM_CLIENT, KIND.HELLO]))('[W6.1] %s is a violation', async (_name, kind) => {
    const { raw } = await welcomed();
    raw.host.send([kind, 1, 'read.ping', 0, null]);
    await settled();
    expectViolated(raw.host);
  });

  test.each(named([...RESERVED, 24, 63]))('[W6.14] [W6.15] %s is a violation', async (_name, kind) => {
    const { raw } = await welcomed();
    raw.host.send([kind, 1, {}]);
    await settled();
    expectViolated(raw.host);
  });

  test.each([
    ['[W6.6] a RESULT', [KIND.RESULT, 2, null]],
    ['[W6.6] a RESULT that goes on', [KIND.RESULT, 1, null, null]],
    ['[W6.7] an ERROR', [KIND.ERROR, 2, { code: 'INTERNAL' }]],
  ])('%s for no call is a violation', async (_what, frame) => {
    const { raw, read } = await welcomed();
    const call = codeOf(read.list());
    await settled();
    raw.host.send(frame, [KIND.RESULT, 1, []]);
    expect(await call).toBe('PROTOCOL_VIOLATION');
    await settled();
    expectViolated(raw.host);
  });

  test.each([
    ['[W6.11] an EVENT', [KIND.EVENT, 2, 0, { id: 1 }]],
    ['[W6.12] an END', [KIND.END, 2, { code: 'INTERNAL' }]],
  ])('%s for no subscription is a violation', async (_what, frame) => {
    const { raw, read } = await welcomed();
    const change = codeOf(read.changed().next());
    await settled();
    raw.host.send(frame);
    expect(await change).toBe('PROTOCOL_VIOLATION');
    await settled();
    expectViolated(raw.host);
  });

  test('[W6.11] [W6.12] EVENT and END are ignored for a subscription that has ended', async () => {
    const { raw, read, session } = await welcomed();
    const changes = read.changed();
    await settled();
    await changes.return?.();
    raw.host.send(
      [KIND.EVENT, 1, 0, { id: 1 }],
      [KIND.EVENT, 1, 7, 'x'],
      [KIND.END, 1, { code: 'INTERNAL' }],
    );
    await settled();
    expect([session.state, raw.host.closed]).toEqual(['open', false]);
    expect(await changes.next()).toEqual({ done: true, value: undefined });
  });

  test('[W6.3] a goodbye ends the session with its code, and nothing behind it is read', async () => {
    const { raw, read, session } = await welcomed();
    const list = codeOf(read.list());
    await settled();
    raw.host.send([KIND.GOODBYE, { code: 'LIMIT_EXCEEDED' }], [KIND.RESULT, 1, []]);
    expect(await list).toBe('LIMIT_EXCEEDED');
    await settled();
    expect([session.state, raw.host.closed, raw.host.of(KIND.GOODBYE)]).toEqual(['dormant', true, []]);
  });

  test.each([
    ['the code of a host that stops', { code: 'DISCONNECTED', message: 'the host stopped listening' }],
    ['a code of a later version', { code: 'MOVED_AWAY' }],
    ['no error at all', null],
  ])('[W6.3] a goodbye with %s means disconnected', async (_what, error) => {
    const { raw, read } = await welcomed();
    const outcomes = [codeOf(read.list()), codeOf(read.changed().next())];
    await settled();
    raw.host.send([KIND.GOODBYE, error]);
    expect(await Promise.all(outcomes)).toEqual(['DISCONNECTED', 'DISCONNECTED']);
  });
});

describe('goodbyes', () => {
  test('[W6.3] a host stops reading at a goodbye, and answers nothing', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    const answers = await exchange(peer, [KIND.GOODBYE, {}], [KIND.CALL, 1, 'control.close', 0, { id: 1 }]);
    expect([answers, server.ran]).toEqual([[], []]);
  });

  test('[W6.3] a host that stops says so, and closes', async () => {
    const platform = listeningPlatform();
    const server = tabsHost({ platform });
    const stop = server.host.listen();
    const ports = memoryPorts('portico:org.example.tabs', FRIEND.sender, 'json');
    const peer = rawPeer(ports.client);
    platform.dispatch('external', ports.host);
    peer.send(hello(), [KIND.CALL, 1, 'control.wait', 0, {}]);
    await settled();
    stop();
    await settled();
    expect([peer.frames.at(-1)?.[0], codeIn(peer.frames.at(-1)), peer.closed]).toEqual([
      KIND.GOODBYE,
      'DISCONNECTED',
      true,
    ]);
    expect([server.signals[0]?.aborted, server.host.sessions]).toEqual([true, 0]);
  });

  test('[W6.3] [W6.4] a client says goodbye when something is under way', async () => {
    const { raw, read, session } = await welcomed();
    const call = codeOf(read.ping());
    await settled();
    session.close();
    expect(await call).toBe('CLOSED');
    await settled();
    expect([raw.host.frames.at(-1), raw.host.closed]).toEqual([[KIND.GOODBYE, { code: 'CLOSED' }], true]);
  });

  test('[W6.4] a client with nothing under way closes the port, and the host copes', async () => {
    const { raw, session } = await welcomed();
    session.close();
    await settled();
    expect(raw.host.closed).toBe(true);

    const server = tabsHost();
    const peer = await admitted(server);
    peer.close();
    await settled();
    expect(server.host.sessions).toBe(0);
  });

  test('a connection that is closed twice says goodbye once', async () => {
    const { raw, read, session } = realClient();
    const call = codeOf(read.ping());
    session.close();
    session.close();
    expect(await call).toBe('CLOSED');
    await settled();
    expect(raw.host.of(KIND.GOODBYE)).toHaveLength(1);
  });
});
