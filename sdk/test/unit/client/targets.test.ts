import { PorticoError } from 'portico';
import { connect, connectTab, requestGrants, returnGrants } from 'portico/client';
import { allow, contentScripts, createHost, self } from 'portico/host';
import { ownContentScript, ownPage } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { linked } from '../../support/linked.js';
import { settled } from '../../support/raw-peer.js';
import { thrownBy } from '../../support/refusals.js';
import { scriptedPlatform } from '../../support/scripted-platform.js';
import { codeOf } from '../../support/sessions.js';
import { tabs, welcome } from '../../support/tabs.js';

const NAME = 'portico:org.example.tabs';
const firefox = { browser: 'firefox', id: 'me@example.org', origin: 'moz-extension://1-2' } as const;

describe('whom a client connects to', () => {
  test('is the protocol’s host for the browser', () => {
    const chromium = scriptedPlatform();
    const both = { ...tabs, hosts: { chromium: 'a'.repeat(32), firefox: 'host@example.org' } };
    connect(both, { needs: ['read'], platform: chromium.platform });
    expect(chromium.attempt).toMatchObject({ target: { id: 'a'.repeat(32) }, info: { name: NAME } });
    const other = scriptedPlatform({ own: firefox });
    connect(both, { needs: ['read'], platform: other.platform });
    expect(other.attempt.target).toEqual({ id: 'host@example.org' });
  });

  test('is the id in the call, where there is one', () => {
    const { platform, attempts } = scriptedPlatform();
    connect(tabs, { needs: ['read'], platform, host: 'b'.repeat(32) });
    expect(attempts[0]?.target).toEqual({ id: 'b'.repeat(32) });
  });

  test("is the own background for 'self', whatever the protocol says", () => {
    const { platform, attempts } = scriptedPlatform();
    connect(tabs, { needs: ['read'], platform, host: 'self' });
    expect(attempts[0]?.target).toEqual({});
  });

  test('is nobody where no host is named', () => {
    const { platform, attempts } = scriptedPlatform({ own: firefox });
    const error = thrownBy(() => connect(tabs, { needs: ['read'], platform }));
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(attempts).toEqual([]);
  });

  test('is a content script of its own with connectTab', async () => {
    const { platform, attempts } = scriptedPlatform();
    const { read } = connectTab(tabs, 7, { needs: ['read'], platform });
    connectTab(tabs, 7, { needs: ['read'], platform, frameId: 0 });
    connectTab(tabs, 8, { needs: ['read'], platform, frameId: 3, documentId: 'D' });
    connectTab(tabs, 9, { needs: ['read'], platform, documentId: 'D' });
    expect(attempts.map(({ target, info }) => [target, info])).toEqual([
      // One frame in any case: all would answer.
      [{ tabId: 7 }, { name: NAME, frameId: 0 }],
      [{ tabId: 7 }, { name: NAME, frameId: 0 }],
      [{ tabId: 8 }, { name: NAME, frameId: 3, documentId: 'D' }],
      [{ tabId: 9 }, { name: NAME, documentId: 'D' }],
    ]);
    const listed = read.list();
    await settled();
    attempts[0]?.peer.send(welcome(), [KIND.RESULT, 1, []]);
    expect(await listed).toEqual([]);
  });

  test('stays the same when it connects again', async () => {
    const scripted = scriptedPlatform();
    const { session } = connectTab(tabs, 7, { needs: ['read'], platform: scripted.platform, frameId: 2 });
    await settled();
    scripted.attempt.peer.close();
    await settled();
    void session.ready().catch(() => {});
    expect(scripted.attempts.map(({ target, info }) => [target, info])).toEqual(
      new Array(2).fill([{ tabId: 7 }, { name: NAME, frameId: 2 }]),
    );
  });
});

describe('what no connection can lead to, and what bounds nothing, is refused where it is said', () => {
  const refusalOf = (run: () => unknown): string => thrownBy(run).code;

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '7', null, undefined])('a tab %s', (tabId) => {
    const { platform, attempts } = scriptedPlatform();
    const needs = ['read'] as const;
    expect(refusalOf(() => connectTab(tabs, tabId as never, { needs, platform }))).toBe('INVALID_ARGUMENT');
    const frameId = tabId as never;
    if (tabId !== undefined && tabId !== null)
      expect(refusalOf(() => connectTab(tabs, 7, { needs, platform, frameId }))).toBe('INVALID_ARGUMENT');
    expect(attempts).toEqual([]);
  });

  test.each([
    ['chromium', 'host@example.org'],
    ['chromium', 'bad'],
    ['chromium', 'A'.repeat(32)],
    ['firefox', 'a'.repeat(32)],
    ['firefox', 'bad'],
  ])('in %s an id of another form: %s', (browser, host) => {
    const { platform, attempts } = scriptedPlatform(browser === 'firefox' ? { own: firefox } : {});
    expect(refusalOf(() => connect(tabs, { needs: ['read'], platform, host }))).toBe('INVALID_ARGUMENT');
    expect(attempts).toEqual([]);
  });

  test.each(['host@example.org', '{5b8d7f1e-0000-4000-8000-000000000000}'])(
    'but not in firefox: %s',
    (host) => {
      const { platform, attempt } = ((scripted) => {
        connect(tabs, { needs: ['read'], platform: scripted.platform, host });
        return scripted;
      })(scriptedPlatform({ own: firefox }));
      expect([platform.own.browser, attempt.target]).toEqual(['firefox', { id: host }]);
    },
  );

  test.each([undefined, null, Number.NaN, -1, '5'])('a limit of %s', (deadline) => {
    const { platform, attempts } = scriptedPlatform();
    const limits = { deadline: deadline as never };
    expect(refusalOf(() => connect(tabs, { needs: ['read'], platform, limits }))).toBe('INVALID_ARGUMENT');
    expect(attempts).toEqual([]);
  });

  test('a connection of another copy of Portico, by what is done with connections', async () => {
    const { platform } = scriptedPlatform();
    const { session } = connect(tabs, { needs: ['read'], platform });
    // Without what this copy has put there under a symbol of its own.
    const foreign = { session: Object.fromEntries(Object.entries(session)) as typeof session };
    expect(await codeOf(returnGrants(foreign, ['read']))).toBe('INVALID_ARGUMENT');
    expect(await codeOf(requestGrants(foreign, ['read']))).toBe('INVALID_ARGUMENT');
  });
});

describe('Safari', () => {
  const own = { browser: 'safari', id: 'me', origin: 'safari-web-extension://1-2' } as const;

  test('has no connections between extensions: every use says so, and nothing is tried', async () => {
    const { platform, attempts } = scriptedPlatform({ own });
    for (const host of [undefined, 'com.example.host']) {
      const { read, session, has } = connect(tabs, { needs: ['read'], platform, ...(host ? { host } : {}) });
      for (const promise of [read.list(), session.ready(), has('read'), read.changed().next()])
        expect(await codeOf(promise)).toBe('UNSUPPORTED_BROWSER');
      expect(session.state).toBe('closed');
    }
    expect(attempts).toEqual([]);
  });

  test('has them within one extension', () => {
    const { platform, attempts } = scriptedPlatform({ own });
    connect(tabs, { needs: ['read'], platform, host: 'self' });
    expect(attempts.map(({ target }) => target)).toEqual([{}]);
  });
});

describe('the TLS channel ID', () => {
  test('is asked for only by who wants it', () => {
    const { platform, attempts } = scriptedPlatform();
    connect(tabs, { needs: ['read'], platform });
    connect(tabs, { needs: ['read'], platform, includeTlsChannelId: true });
    expect(attempts.map(({ info }) => info)).toEqual([
      { name: NAME },
      { name: NAME, includeTlsChannelId: true },
    ]);
  });
});

describe('the hello', () => {
  test('offers the versions, and asks for what is needed and wanted', async () => {
    const scripted = scriptedPlatform();
    connect(tabs, {
      needs: ['read'],
      wants: ['titles', 'control'],
      platform: scripted.platform,
      name: 'Tab Board',
    });
    await settled();
    expect(scripted.attempt.peer.frames[0]).toEqual([
      KIND.HELLO,
      {
        wire: [1],
        versions: ['1.2.0'],
        needs: ['read'],
        wants: ['titles', 'control'],
        name: 'Tab Board',
        probe: { 0: 80 },
      },
    ]);
  });

  test('has no name where the client gives none', async () => {
    const scripted = scriptedPlatform();
    connect(tabs, { needs: ['read'], platform: scripted.platform });
    await settled();
    expect(scripted.attempt.peer.frames[0]?.[1]).not.toHaveProperty('name');
  });
});

describe('within one extension', () => {
  const serve = () => {
    const host = createHost();
    const provide = () => ({
      list: () => [{ id: 1 }],
      get: ({ id }: { id: number }) => ({ id }),
      ping: () => {},
    });
    const admit = [allow(self()), allow(contentScripts('self', { origins: ['https://a.example'] }))] as const;
    const none = [allow(self())] as const;
    host.publish(tabs, {
      read: { admit, provide },
      titles: { admit: none },
      control: { admit: none, provide: () => ({}) as never },
      admin: { admit: none, provide: () => ({}) as never },
    });
    return host;
  };

  test.each([
    ['a page', ownPage(), undefined],
    ['a page in Firefox', ownPage({ browser: 'firefox' }), undefined],
    ['a content script on a listed site', ownContentScript('https://a.example'), undefined],
    ['a content script elsewhere', ownContentScript('https://b.example'), 'REFUSED'],
  ])('%s is admitted as the rules say', async (_who, as, code) => {
    const { platform } = linked(serve(), { as });
    const { read } = connect(tabs, { needs: ['read'], platform, host: 'self' });
    const outcome = await read
      .list()
      .catch((error: unknown) => (PorticoError.is(error) ? error.code : error));
    expect(outcome).toEqual(code ?? [{ id: 1 }]);
  });
});
