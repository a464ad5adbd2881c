import { createHost } from 'portico/host';
import { extension, loopback, ownContentScript, page } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import { consentProtocol } from '../../../src/consent/consent-protocol.js';
import { consent } from '../../../src/host/consent/consent.js';
import { answered, asker, booted, of, prompted, session } from '../../support/consent-platform.js';
import { until } from '../../support/patience.js';
import { PRINCIPALS } from '../../support/principals.js';

const WHO = `extension ${PRINCIPALS.extension.id}`;

describe('the consent protocol', () => {
  test.each([
    ['another extension', extension('a'.repeat(32))],
    ['a page', page('https://app.example')],
    ['our own content script', ownContentScript('https://app.example')],
  ])('is not for %s', async (_who, as) => {
    const { host } = await booted();
    const { session: life } = loopback(host, { as }).connect(consentProtocol, { needs: ['prompts'] });
    await expect(life.ready()).rejects.toMatchObject({ code: 'REFUSED' });
  });

  test('shows the connections as they are', async () => {
    const { it, screens, sessions, clock } = await booted();
    await answered(it, asker(undefined, { name: 'Board' }), {
      read: 'always',
      accounts: 'once',
      spend: 'deny',
    });
    sessions.push(session(), session(PRINCIPALS.page), session(PRINCIPALS.self));
    clock.advance(5);
    const [first, second, ...others] = await screens.connections.list();
    expect(others).toEqual([]);
    expect([first, second].map((each) => each?.caller.kind).sort()).toEqual(['extension', 'page']);
    const mine = [first, second].find((each) => each?.caller.kind === 'extension');
    expect(mine).toEqual({
      caller: {
        key: WHO,
        kind: 'extension',
        id: PRINCIPALS.extension.id,
        origin: PRINCIPALS.extension.origin,
        claimedName: 'Board',
      },
      since: 0,
      lastSeen: 5,
      sessions: 1,
      disabled: false,
      grants: [
        {
          subject: of('read'),
          title: 'See your purse',
          description: 'How much is in it',
          since: 0,
          once: false,
          by: 'person',
        },
        {
          subject: of('accounts'),
          title: 'Use accounts',
          since: 0,
          once: true,
          by: 'person',
          scope: ['Savings'],
        },
      ],
      denials: [{ subject: of('spend'), title: 'Spend', since: 0, until: 3_600_000 }],
    });
  });

  test('changes them, and tells that they have changed, not more than four times a second', async () => {
    const { it, screens, clock, consent: made } = await booted();
    await answered(it, asker(), { read: 'always' });
    let told = 0;
    const events = screens.connections.changed();
    void (async () => {
      for await (const _ of events) told++;
    })();
    await screens.connections.list();
    await screens.connections.revoke({ key: WHO, subject: of('read') });
    expect(made.recall(asker(), of('read'), 1)).toEqual({ verdict: 'refuse', retryAfter: 3_600_000 });
    for (let n = 0; n < 100; n++) made.admitted(session(), asker(), []);
    clock.advance(250);
    await until(() => expect(told).toBe(1));
    await screens.connections.block({ key: WHO });
    expect(made.blocks(PRINCIPALS.extension)).toBe(true);
    expect((await screens.connections.list())[0]?.blockedSince).toBe(250);
    await screens.connections.unblock({ key: WHO });
    await screens.connections.forget({ key: WHO });
    expect(await screens.connections.list()).toEqual([]);
    expect((await screens.connections.audit()).map(({ decision }) => decision)).toEqual(
      expect.arrayContaining(['allowed', 'revoked', 'blocked', 'unblocked']),
    );
    expect((await screens.connections.traffic({})).calls).toHaveLength(60);
    expect(await screens.connections.storage()).toEqual({ state: 'ok' });
    await screens.connections.reset();
    clock.advance(250);
    await until(() => expect(told).toBe(2));
  });

  test('knows no prompt by a name of the prototype, nor one that is over', async () => {
    const { it, screens } = await booted();
    const gone = { code: 'DECLARED', declared: 'promptGone' };
    for (const id of ['__proto__', 'constructor', '', 'x'.repeat(10_000)]) {
      await expect(screens.prompts.get({ id })).rejects.toMatchObject(gone);
      await expect(screens.prompts.answer({ id, answers: [] })).rejects.toMatchObject(gone);
      await expect(screens.prompts.confirm({ id, yes: true })).rejects.toMatchObject(gone);
    }
    for (const key of ['__proto__', 'constructor', 'nobody']) {
      await screens.connections.revoke({ key });
      await screens.connections.unblock({ key });
      await screens.connections.forget({ key });
    }
    const id = await prompted(it, asker(), 'read');
    const answers = [{ capability: 'read', verdict: 'always' as const }];
    const outcomes = await Promise.allSettled([
      screens.prompts.answer({ id, answers }),
      screens.prompts.answer({ id, answers }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(screens.prompts.get({ id })).rejects.toMatchObject(gone);
  });

  test('tells which prompts are open', async () => {
    const { it, screens, windows } = await booted();
    const told: string[][] = [];
    const events = screens.prompts.changed();
    void (async () => {
      for await (const ids of events) told.push(ids);
    })();
    await screens.prompts.list();
    const id = await prompted(it, asker(), 'read');
    await until(() => expect(told.at(-1)).toEqual([id]));
    windows.shut(1);
    await until(() => expect(told.at(-1)).toEqual([]));
  });
});

describe('consent()', () => {
  test.each(['', 'https://evil.example/x', '//evil.example', 'a.html?x=1', 'a.html#x', 'a b.html'])(
    'takes no page like %j',
    (path) => {
      expect(() => consent({ page: path })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    },
  );

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('takes no duration like %s', (lasts) => {
    expect(() => consent({ lasts })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  test('is for one host, and does nothing before that listens', async () => {
    const made = consent();
    await expect(made.list()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(made.ask({} as never)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(made.pending(PRINCIPALS.page)).toBeUndefined();
    expect(made.recall(asker(), of('read'), 1)).toEqual({ verdict: 'ask' });
    expect(made.blocks(PRINCIPALS.page)).toBe(false);
    made.attach(createHost());
    expect(() => made.attach(createHost())).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
