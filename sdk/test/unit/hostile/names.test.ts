import { isError } from 'portico';
import { afterEach, describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { expectPrototypesUntouched } from '../../support/prototypes.js';
import { clockOf, rawClient, settled } from '../../support/raw-peer.js';
import {
  admitted,
  bystander,
  codeIn,
  exchange,
  expectViolated,
  failureOf,
  handlersRun,
  realClient,
  welcomed,
} from '../../support/sessions.js';
import { hello, tabs, tabsHost, welcome } from '../../support/tabs.js';

afterEach(expectPrototypesUntouched);

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
  'then',
];

/** An object with one property of any name, as JSON and structured clones bring it. */
const named = (name: string, value: unknown): unknown =>
  JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`);

describe.each(NAMES)('%s', (name) => {
  test('[W3.3] names no protocol', async () => {
    const server = tabsHost();
    const peer = rawClient(server.host, { name: `portico:${name}` });
    peer.send(hello(), [KIND.CALL, 1, 'read.ping', 0, null]);
    await settled();
    expect([peer.frames.map(codeIn), peer.closed, server.ran]).toEqual([['REFUSED'], true, []]);
  });

  test('[W3.3] [W5.19] names no capability that is wanted', async () => {
    const server = tabsHost();
    const unharmed = await bystander(server);
    const peer = await admitted(server, {}, { wants: ['read', name] });
    expect(peer.frames[0]?.slice(1, 5)).toEqual(
      name === '__proto__' ? [['read'], [], [], []] : [['read'], [name], ['UNKNOWN_MEMBER'], []],
    );
    await unharmed();
  });

  test('[W3.3] [W5.18] names no capability that is needed', async () => {
    const server = tabsHost();
    const unharmed = await bystander(server);
    const peer = rawClient(server.host);
    peer.send(hello({ needs: [name], wants: [] }));
    await settled();
    expect(peer.frames.map(codeIn)).toEqual(['CAPABILITY_REFUSED']);
    expect(peer.frames[0]?.[1]).toMatchObject({ data: { capabilities: [name], granted: [] } });
    await unharmed();
  });

  test('[A6] [A12] [W3.3] [W7.4] [W8.1] names no member', async () => {
    const server = tabsHost();
    const unharmed = await bystander(server);
    const peer = await admitted(server);
    const paths = [name, `${name}.${name}`, `read.${name}`, `${name}.ping`, `read.ping.${name}`, `.${name}`];
    const calls = paths.map((path, i) => [KIND.CALL, i + 1, path, 0, null]);
    const subscriptions = paths.map((path, i) => [KIND.SUBSCRIBE, i + 11, path, 1]);
    const answers = await exchange(peer, ...calls, ...subscriptions);
    expect(answers.map((frame) => [frame[0], codeIn(frame)])).toEqual([
      ...paths.map(() => [KIND.ERROR, 'UNKNOWN_MEMBER']),
      ...paths.map(() => [KIND.END, 'UNKNOWN_MEMBER']),
    ]);
    expect([handlersRun(server), peer.closed]).toEqual([[], false]);
    await unharmed();
  });

  test('[A12] [W3.3] [W9.4] names no parameter', async () => {
    for (const serialization of ['json', 'structured-clone'] as const) {
      const server = tabsHost();
      const unharmed = await bystander(server);
      const peer = await admitted(server, { serialization });
      const answers = await exchange(
        peer,
        [KIND.CALL, 1, 'control.close', 0, { id: 1, ...(named('x', 1) as object) }],
        [KIND.CALL, 2, 'control.close', 0, named(name, { id: 1 })],
        [KIND.CALL, 3, 'read.list', 0, named(name, { windowId: 1 })],
        [KIND.CALL, 4, 'read.ping', 0, named(name, {})],
      );
      expect(answers.map(codeIn)).toEqual(Array(4).fill('INVALID_PARAMS'));
      expect(handlersRun(server)).toEqual([]);
      await unharmed();
    }
  });

  test('[W9.8] in data without a schema is refused where it is __proto__, and data elsewhere', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    const [answer] = await exchange(peer, [
      KIND.CALL,
      1,
      'control.echo',
      0,
      { value: named(name, { a: 1 }) },
    ]);
    if (name === '__proto__') {
      expect([codeIn(answer), handlersRun(server)]).toEqual(['INVALID_PARAMS', []]);
      return;
    }
    expect(JSON.stringify(answer)).toBe(JSON.stringify([KIND.RESULT, 1, { value: named(name, { a: 1 }) }]));
  });

  test('[W3.3] names no option', async () => {
    const server = tabsHost();
    const peer = await admitted(server);
    await exchange(peer, [KIND.CALL, 1, 'control.wait', named(name, { d: 1 }), {}]);
    clockOf(server.host).advance(5);
    await settled();
    expect([peer.of(KIND.ERROR), peer.closed, server.ran.length]).toEqual([[], false, 1]);
  });

  test('[W3.3] names no part of a hello', async () => {
    const server = tabsHost();
    const peer = rawClient(server.host);
    peer.send([KIND.HELLO, named(name, { wire: [1], versions: ['1.2.0'], needs: [], wants: [] })]);
    await settled();
    expectViolated(peer, KIND.REFUSE);
  });

  test('[W3.3] names no error that a handler can make', async () => {
    const server = tabsHost({
      get: (_params, call) => {
        throw call.fail(name as 'tabGone', { id: 1 });
      },
    });
    const peer = await admitted(server);
    const answers = await exchange(peer, [KIND.CALL, 1, 'read.get', 0, { id: 1 }]);
    expect(answers.map(codeIn)).toEqual(['INTERNAL']);
  });

  test('[W3.3] [W7.18] names no error that a host can declare, and no code', async () => {
    const { raw, read } = await welcomed();
    const outcomes = [failureOf(read.get({ id: 1 })), failureOf(read.get({ id: 2 }))];
    await settled();
    raw.host.send(
      [KIND.ERROR, 1, { code: 'DECLARED', declared: name, data: { id: 1 } }],
      [KIND.ERROR, 2, { code: name, message: name, data: named(name, { polluted: 1 }) }],
    );
    const [declared, coded] = await Promise.all(outcomes);
    expect([declared?.code, coded?.code]).toEqual(['INVALID_RESULT', 'INTERNAL']);
    expect(isError(tabs, declared, 'tabGone')).toBe(false);
  });

  test('[W3.3] [W9.5] is left out of results and events', async () => {
    for (const serialization of ['json', 'structured-clone'] as const) {
      const { raw, read } = await welcomed({ serialization });
      const answers = [read.get({ id: 1 }), read.list()];
      const changes = read.changed();
      await settled();
      const laden = { ...(named(name, { title: 'x', polluted: 1 }) as object) };
      const tab = JSON.parse(
        JSON.stringify({ id: 1, ...laden }).replace('{"id":1', `{"id":1,"x":${JSON.stringify(laden)}`),
      );
      raw.host.send(
        [KIND.RESULT, 1, tab, { n: 1, k: ['id', name], c: [[1], [{ polluted: 1 }]] }],
        [KIND.EVENT, 3, 0, tab],
      );
      for (const value of [
        await answers[0],
        ((await answers[1]) as object[])[0],
        (await changes.next()).value,
      ]) {
        expect(Object.keys(value as object)).toEqual(['id']);
        expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      }
    }
  });

  test('[W3.3] in the lists of a welcome and of grants is data', async () => {
    const { raw, session } = realClient();
    const ready = session.ready();
    await settled();
    const lists = {
      granted: ['read', name],
      refused: [name],
      reasons: ['CAPABILITY_REFUSED'],
      pending: [name],
    };
    raw.host.send(welcome(lists));
    const info = await ready;
    raw.host.send([KIND.GRANTS, [name], [name], [name], [name]]);
    await settled();
    for (const [told, granted, reason] of [
      [info, ['read', name], 'CAPABILITY_REFUSED'],
      [session.info, [name], name],
    ] as const) {
      expect([told?.granted, told?.pending]).toEqual([granted, [name]]);
      expect(Object.entries(told?.refused ?? {})).toEqual([[name, reason]]);
      for (const each of [told, told?.refused]) expect(Object.getPrototypeOf(each)).toBe(Object.prototype);
    }
    // Granted by name alone, it is no capability of the protocol.
    expect(Object.keys(info)).not.toContain(name);
  });
});
