import { defineProtocol, event, method } from 'portico';
import { connect, connectAny } from 'portico/client';
import { allow, anyExtension, createHost, type Host, refuse } from 'portico/host';
import { extension, loopback } from 'portico/testing';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { linked } from '../../support/linked.js';
import { settled } from '../../support/raw-peer.js';
import { scriptedPlatform } from '../../support/scripted-platform.js';
import { codeOf, failureOf, realClient } from '../../support/sessions.js';
import { tabs, tabsHost, welcome } from '../../support/tabs.js';

const as = extension('c'.repeat(32));
const admit = [allow(anyExtension())] as const;

const version = <const V extends string>(text: V) =>
  defineProtocol({
    name: 'org.example.notes',
    version: text,
    capabilities: { read: { title: 'Read', members: { which: method({ result: Type.String() }) } } },
  });
const one = version('1.4.0');
const two = version('2.1.0');
const three = version('3.0.0');

const hostOf = (...protocols: readonly ReturnType<typeof version>[]): Host => {
  const host = createHost();
  for (const protocol of protocols)
    host.publish(protocol, {
      read: {
        admit,
        provide: ({ version: agreed }) => ({ which: () => `${protocol.version} as ${agreed}` }),
      },
    });
  return host;
};

describe('one major', () => {
  test('agrees on the older of both versions', async () => {
    const older = loopback(hostOf(version('1.2.5')), { as }).connect(one, { needs: ['read'] });
    expect(await older.read.which()).toBe('1.2.5 as 1.2.5');
    const newer = loopback(hostOf(version('1.9.0')), { as }).connect(one, { needs: ['read'] });
    expect(await newer.read.which()).toBe('1.9.0 as 1.4.0');
    expect(newer.session.info?.version).toBe('1.4.0');
  });

  test('that the host does not have is refused with those that it has', async () => {
    const { read } = loopback(hostOf(two, three), { as }).connect(one, { needs: ['read'] });
    const error = await failureOf(read.which());
    expect(error).toMatchObject({
      code: 'NO_COMMON_VERSION',
      origin: 'remote',
      data: { versions: ['2.1.0', '3.0.0'] },
    });
  });

  test('below 1.0.0 is a line of its own for each minor', async () => {
    const { read } = loopback(hostOf(version('0.3.0')), { as }).connect(version('0.4.0'), {
      needs: ['read'],
    });
    expect(await codeOf(read.which())).toBe('NO_COMMON_VERSION');
  });

  test('that a caller is not admitted to is not named to it', async () => {
    const host = createHost();
    host.publish(one, { read: { admit: [refuse(anyExtension())], provide: () => ({ which: () => '' }) } });
    host.publish(two, { read: { admit, provide: () => ({ which: () => '' }) } });
    const { read } = loopback(host, { as }).connect(one, { needs: ['read'] });
    expect((await failureOf(read.which())).data).toEqual({ versions: ['2.1.0'] });
  });
});

describe('a member that is newer than the agreed version', () => {
  test('fails at once, and nothing is sent', async () => {
    const it = realClient();
    it.raw.host.send(welcome({ version: '1.1.0' }));
    await it.session.ready();
    await settled();
    const before = it.raw.host.frames.length;
    const error = await failureOf(it.control.archive({ id: 1 }));
    expect(error).toMatchObject({ code: 'MEMBER_TOO_NEW', origin: 'local' });
    expect(error.message).toContain('control.archive');
    expect(await codeOf(it.control.noted().next())).toBe('MEMBER_TOO_NEW');
    // What is wrong whatever the version comes first.
    expect(await codeOf(it.control.archive({ id: 'x' } as never))).toBe('INVALID_PARAMS');
    await settled();
    expect(it.raw.host.frames).toHaveLength(before);
  });

  test('fails when the version turns out, where it was called before', async () => {
    const it = realClient();
    const ends = Promise.all([
      failureOf(it.control.archive({ id: 1 })),
      failureOf(it.control.noted().next()),
    ]);
    const listed = it.read.list();
    await settled();
    it.raw.host.send(welcome({ version: '1.1.0' }));
    it.raw.host.send([KIND.ERROR, 1, { code: 'UNKNOWN_MEMBER' }], [KIND.END, 2, { code: 'UNKNOWN_MEMBER' }]);
    it.raw.host.send([KIND.RESULT, 3, []]);
    expect((await ends).map(({ code, origin }) => `${origin} ${code}`)).toEqual([
      'local MEMBER_TOO_NEW',
      'local MEMBER_TOO_NEW',
    ]);
    expect(await listed).toEqual([]);
  });

  test('is not sent after all where it waited for the welcome', async () => {
    const it = realClient({ connect: { limits: { earlyCalls: 1 } } });
    const listed = it.read.list();
    const end = codeOf(it.control.archive({ id: 1 }));
    await settled();
    it.raw.host.send(welcome({ version: '1.1.0' }), [KIND.RESULT, 1, []]);
    expect(await end).toBe('MEMBER_TOO_NEW');
    await listed;
    expect(it.raw.host.of(KIND.CALL)).toHaveLength(1);
  });

  test('works as soon as the host has been updated', async () => {
    const it = realClient();
    it.raw.host.send(welcome({ version: '1.1.0' }));
    await it.session.ready();
    expect(await codeOf(it.control.archive({ id: 1 }))).toBe('MEMBER_TOO_NEW');
    it.raw.host.close();
    await settled();
    const archived = it.control.archive({ id: 1 });
    await settled();
    it.raw.host.send(welcome({ version: '1.2.0' }), [KIND.RESULT, 1, null]);
    expect(await archived).toBeUndefined();
  });

  test('may be all of a capability', async () => {
    const protocol = defineProtocol({
      name: 'org.example.notes',
      version: '1.4.0',
      capabilities: {
        late: { title: 'Late', since: '1.3.0', members: { which: method(), told: event({ type: 'null' }) } },
      },
    });
    const scripted = scriptedPlatform();
    const { late, session } = connect(protocol, {
      needs: ['late'],
      host: 'a'.repeat(32),
      platform: scripted.platform,
    });
    scripted.attempt.peer.send(welcome({ version: '1.2.0', granted: ['late'] }));
    await session.ready();
    expect(await codeOf(late.which())).toBe('MEMBER_TOO_NEW');
    expect(await codeOf(late.told().next())).toBe('MEMBER_TOO_NEW');
  });
});

describe('connectAny', () => {
  test('takes the newest major that both have', async () => {
    const link = linked(hostOf(one, two));
    for (const protocols of [
      [one, two, three],
      [three, two, one],
    ] as const) {
      const any = await connectAny(protocols, {
        needs: ['read'],
        host: 'a'.repeat(32),
        platform: link.platform,
      });
      expect(any.major).toBe(2);
      expect(await any.read.which()).toBe('2.1.0 as 2.1.0');
    }
  });

  test('keeps to it after the host has learned of a newer one', async () => {
    const link = linked(hostOf(one));
    const any = await connectAny([two, one], {
      needs: ['read'],
      host: 'a'.repeat(32),
      platform: link.platform,
    });
    expect(any.major).toBe(1);
    link.host = hostOf(one, two);
    link.cut();
    await settled();
    expect(await any.read.which()).toBe('1.4.0 as 1.4.0');
    expect(any.session.info?.version).toBe('1.4.0');
  });

  test('rejects as the connection does', async () => {
    const link = linked(hostOf(three));
    const options = { needs: ['read'], host: 'a'.repeat(32), platform: link.platform } as const;
    expect(await codeOf(connectAny([two, one], options))).toBe('NO_COMMON_VERSION');
  });

  test.each([
    ['two protocols of one major', [one, version('1.5.0')]],
    ['two protocols of different names', [one, tabs]],
  ])('refuses %s', async (_title, protocols) => {
    const link = linked(hostOf(one));
    const options = { needs: ['read'], host: 'a'.repeat(32), platform: link.platform };
    expect(await codeOf(connectAny(protocols as never, options as never))).toBe('INVALID_ARGUMENT');
    expect(link.connected).toBe(0);
  });
});

test('two majors are served side by side', async () => {
  const host = hostOf(one, two);
  const old = loopback(host, { as }).connect(one, { needs: ['read'] });
  const recent = loopback(host, { as }).connect(two, { needs: ['read'] });
  expect(await Promise.all([old.read.which(), recent.read.which()])).toEqual([
    '1.4.0 as 1.4.0',
    '2.1.0 as 2.1.0',
  ]);
  expect(host.sessions).toBe(2);
});

test('a client older than the host gets what it knows of', async () => {
  const link = linked(tabsHost().host);
  const old = { ...tabs, version: '1.0.0' };
  const { read, session } = connect(old, { needs: ['read'], platform: link.platform });
  expect(await read.list()).toEqual([{ id: 1 }]);
  expect(session.info?.version).toBe('1.0.0');
});
