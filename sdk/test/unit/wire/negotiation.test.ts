import type { Host } from 'portico/host';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { rawClient, settled } from '../../support/raw-peer.js';
import { admitted, codeIn, exchange } from '../../support/sessions.js';
import { hello, tabsHost, welcomeIn } from '../../support/tabs.js';
import { versionedHost } from '../../support/versioned-host.js';

const bodyOf = (frame: readonly unknown[] | undefined) => frame?.[1] as Record<string, unknown>;

describe('what was asked for', () => {
  test('[W5.11] every rule runs, whichever capability was asked for', async () => {
    const asked: string[] = [];
    const { host } = versionedHost({ onRule: (capability) => asked.push(capability) });
    const peer = rawClient(host);
    await settled();
    expect(asked).toEqual(['read', 'write', 'read', 'write']);
    peer.send(hello({ versions: ['1.0.0'], needs: [], wants: [] }));
    await settled();
    expect(peer.of(KIND.WELCOME)).toHaveLength(1);
    expect(asked).toHaveLength(4);
  });

  test.each([
    [['1.0.0'], '1.0.0'],
    [['1.9.9'], '1.4.0'],
    [['1.4.1'], '1.4.0'],
    [['2.0.0', '1.0.0'], '2.0.0'],
    [['1.0.0', '2.7.0'], '2.1.3'],
    [['3.0.0', '1.2.0'], '1.2.0'],
    [['0.1.0', '1.4.0'], '1.4.0'],
  ])('[W5.15] of the versions %j a host of 1.4.0 and 2.1.3 chooses %s', async (versions, chosen) => {
    const peer = rawClient(versionedHost().host);
    peer.send(hello({ versions, wants: [] }));
    await settled();
    expect(welcomeIn(peer.frames[0]).version).toBe(chosen);
  });

  test.each([
    [['0.3.1'], '0.3.1'],
    [['0.3.9'], '0.3.4'],
    [['0.2.0', '0.3.0'], '0.3.0'],
  ])('[W5.15] below 1.0.0 a line is a minor: of %j a host of 0.3.4 chooses %s', async (versions, chosen) => {
    const peer = rawClient(versionedHost({ versions: ['0.3.4'] }).host);
    peer.send(hello({ versions, wants: [] }));
    await settled();
    expect(welcomeIn(peer.frames[0]).version).toBe(chosen);
  });

  test('[W5.16] what is no version is ignored among the versions', async () => {
    const noise = ['', '1', '1.2', 'v1.2.0', '01.2.0', '1.2.0-beta', '1.2.0.0', '__proto__', '9'.repeat(32)];
    const peer = rawClient(versionedHost().host);
    peer.send(hello({ versions: [...noise, '1.2.0'], wants: [] }));
    await settled();
    expect(welcomeIn(peer.frames[0]).version).toBe('1.2.0');
    const none = rawClient(versionedHost().host);
    none.send(hello({ versions: noise, wants: [] }));
    await settled();
    expect(none.frames.map(codeIn)).toEqual(['NO_COMMON_VERSION']);
  });

  test('[W5.17] without a common line the host tells the admitted what it has', async () => {
    const peer = rawClient(versionedHost().host);
    peer.send(hello({ versions: ['3.0.0', '0.1.0'] }));
    await settled();
    expect(bodyOf(peer.frames[0])).toMatchObject({
      code: 'NO_COMMON_VERSION',
      data: { versions: ['1.4.0', '2.1.3'] },
    });
    expect(peer.closed).toBe(true);
  });

  test('[W5.17] of the versions, it tells only those that the caller is admitted to', async () => {
    const peer = rawClient(versionedHost({ refuses: '2.1.3' }).host);
    peer.send(hello({ versions: ['3.0.0', '2.0.0'] }));
    await settled();
    expect(bodyOf(peer.frames[0])['data']).toEqual({ versions: ['1.4.0'] });
    expect(JSON.stringify(peer.frames)).not.toContain('2.1.3');
  });

  test('[W5.18] a needed capability that is not granted refuses the whole', async () => {
    const server = tabsHost();
    const peer = rawClient(server.host);
    peer.send(hello({ needs: ['read', 'admin', 'nothing'] }), [KIND.CALL, 1, 'read.ping', 0, null]);
    await settled();
    expect(peer.frames.map(([kind]) => kind)).toEqual([KIND.REFUSE]);
    expect(bodyOf(peer.frames[0])).toMatchObject({
      code: 'CAPABILITY_REFUSED',
      data: { capabilities: ['admin', 'nothing'], granted: ['read', 'titles', 'control'] },
    });
    expect([peer.closed, server.host.sessions, server.ran]).toEqual([true, 0, []]);
  });

  test('[W5.19] the welcome says of each wanted capability whether it is granted, and why not', async () => {
    const wants = ['control', 'admin', 'nothing', 'constructor', 'toString', '__proto__', 'control'];
    const peer = await admitted(tabsHost(), {}, { needs: ['read'], wants });
    expect(peer.frames[0]?.slice(0, 5)).toEqual([
      KIND.WELCOME,
      ['read', 'control'],
      ['admin', 'nothing', 'constructor', 'toString'],
      ['CAPABILITY_REFUSED', 'UNKNOWN_MEMBER', 'UNKNOWN_MEMBER', 'UNKNOWN_MEMBER'],
      [],
    ]);
  });

  test('[W5.19] what was not asked for is not granted', async () => {
    const server = tabsHost();
    const peer = await admitted(server, {}, { wants: ['read'] });
    expect(welcomeIn(peer.frames[0]).granted).toEqual(['read']);
    const answers = await exchange(peer, [KIND.CALL, 1, 'control.close', 0, { id: 1 }]);
    expect([answers.map(codeIn), server.ran]).toEqual([['CAPABILITY_REFUSED'], []]);
  });

  test('[W5.20] sessions differ, and share the instance of their host', async () => {
    const identityOf = async (host: Host): Promise<readonly unknown[]> => {
      const peer = rawClient(host);
      peer.send(hello());
      await settled();
      const { session, instance } = welcomeIn(peer.frames[0]);
      for (const each of [session, instance]) expect(each).toMatch(/^.{1,64}$/);
      return [session, instance];
    };
    const { host } = tabsHost();
    const identities = [await identityOf(host), await identityOf(host), await identityOf(tabsHost().host)];
    expect(new Set(identities.map(([session]) => session)).size).toBe(3);
    expect(identities[0]?.[1]).toBe(identities[1]?.[1]);
    expect(identities[0]?.[1]).not.toBe(identities[2]?.[1]);
  });
});
