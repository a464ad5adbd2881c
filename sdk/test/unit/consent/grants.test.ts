import { defineProtocol } from 'portico';
import { describe, expect, test } from 'vitest';
import { Departure } from '../../../src/session/departure.js';
import {
  ACCOUNTS,
  answered,
  asker,
  booted,
  of,
  prompted,
  purse,
  request,
  session,
  settle,
  stage,
} from '../../support/consent-platform.js';
import { PRINCIPALS } from '../../support/principals.js';

const key = (thumbprint: string) => ({ thumbprint, algorithm: 'Ed25519' }) as const;

/** Purse, where reading means more than it did. */
const grown = defineProtocol({
  ...purse,
  capabilities: { ...purse.capabilities, read: { title: 'See your purse', revision: 2 } },
});

describe('what a person allows', () => {
  test('holds from then on, for that capability and that caller alone', async () => {
    const { it, consent } = await booted();
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'ask' });
    await answered(it, asker(), { read: 'always' });
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'allow' });
    expect(consent.recall(asker(), of('spend'), 1)).toEqual({ verdict: 'ask' });
    expect(consent.recall(asker(), { ...of('read'), line: '2' }, 1)).toEqual({ verdict: 'ask' });
    expect(consent.recall(asker(PRINCIPALS.other), of('read'), 1)).toEqual({ verdict: 'ask' });
    expect(consent.recall(asker(PRINCIPALS.script), of('read'), 1)).toEqual({ verdict: 'ask' });
  });

  test('is told to the core at once, and survives a restart', async () => {
    const on = stage();
    const first = on.boot();
    await answered(first, asker(), { read: 'always' });
    expect(first.changed).toEqual([`extension ${PRINCIPALS.extension.id}`]);
    first.stop();
    const { consent } = on.boot();
    expect(consent.recall(asker(), of('read'), 1)).toMatchObject({ verdict: 'refuse' });
    await consent.loading;
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'allow' });
  });

  test('has the scope that was chosen, which survives, too', async () => {
    const on = stage();
    const first = on.boot();
    await answered(first, asker(), { accounts: 'always' });
    expect(first.consent.recall(asker(), of('accounts'), 1)).toEqual({ verdict: 'allow', scope: ['a'] });
    first.stop();
    const { consent } = on.boot();
    await consent.loading;
    expect(consent.recall(asker(), of('accounts'), 1)).toEqual({ verdict: 'allow', scope: ['a'] });
  });

  test('does not hold for more than it meant: a higher revision is asked again, and shown as grown', async () => {
    const on = stage();
    const first = on.boot();
    await answered(first, asker(), { read: 'always' });
    first.stop();
    const it = on.boot({ protocols: [grown] });
    await it.consent.loading;
    expect(it.consent.recall(asker(), of('read'), 2)).toEqual({ verdict: 'ask' });
    const id = await prompted(it, asker(), 'read', 'spend');
    const { capabilities } = await it.screens.prompts.get({ id });
    expect(capabilities.map(({ name, grew }) => [name, grew])).toEqual([
      ['read', true],
      ['spend', false],
    ]);
    await it.screens.prompts.answer({ id, answers: [{ capability: 'read', verdict: 'always' }] });
    expect(it.consent.recall(asker(), of('read'), 2)).toEqual({ verdict: 'allow' });
  });

  test('does not hold where a scope has come or gone since', async () => {
    const on = stage();
    const first = on.boot();
    await answered(first, asker(), { read: 'always', accounts: 'always' });
    first.stop();
    const turned = defineProtocol({
      ...purse,
      capabilities: {
        read: { title: 'See', scope: { type: 'string' } },
        accounts: { title: 'Use accounts' },
      },
    });
    const { consent } = on.boot({ protocols: [turned] });
    await consent.loading;
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'ask' });
    expect(consent.recall(asker(), of('accounts'), 1)).toEqual({ verdict: 'ask' });
  });

  test('ends where it was given for a time', async () => {
    const { it, consent, clock } = await booted({ consent: { lasts: 1000 } });
    await answered(it, asker(), { read: 'always' });
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'allow', until: 1000 });
    clock.advance(999);
    expect(consent.recall(asker(), of('read'), 1)).toMatchObject({ verdict: 'allow' });
    clock.advance(1);
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'ask' });
    const [first] = await consent.list();
    expect(first?.grants).toEqual([]);
    expect((await consent.audit()).map(({ decision }) => decision)).toContain('expired');
  });
});

describe('keys', () => {
  test('a grant given with a key holds with this one alone', async () => {
    const { it, consent } = await booted();
    await answered(it, asker(undefined, { key: key('K1') }), { read: 'always' });
    const verdict = (more: object) => consent.recall(asker(undefined, more), of('read'), 1).verdict;
    expect(verdict({ key: key('K1') })).toBe('allow');
    expect(verdict({ key: key('K2') })).toBe('ask');
    expect(verdict({})).toBe('ask');
    // Nor is a key remembered that no rule trusts; and once one does, no other will do.
    expect(consent.keyOf(PRINCIPALS.extension)).toBeUndefined();
    consent.rememberKey(PRINCIPALS.extension, key('K3'));
    expect(verdict({ key: key('K1'), keyChanged: true })).toBe('ask');
  });

  test('a grant given without holds with any, unless a rule knows another', async () => {
    const { it, consent } = await booted();
    await answered(it, asker(), { read: 'always' });
    const verdict = (more: object) => consent.recall(asker(undefined, more), of('read'), 1).verdict;
    expect(verdict({ key: key('K1') })).toBe('allow');
    consent.rememberKey(PRINCIPALS.extension, key('K1'));
    expect(consent.keyOf(PRINCIPALS.extension)).toBe('K1');
    expect(verdict({ key: key('K2'), keyChanged: true })).toBe('ask');
    expect(verdict({ keyChanged: true })).toBe('ask');
  });

  test('a changed key that the person allows for good is the one from then on', async () => {
    const { it, consent } = await booted();
    consent.rememberKey(PRINCIPALS.extension, key('K1'));
    const other = asker(undefined, { key: key('K2'), keyChanged: true });
    const id = await prompted(it, other, 'read');
    expect(await it.screens.prompts.get({ id })).toMatchObject({
      keyChanged: true,
      caller: { thumbprint: 'K2' },
    });
    await it.screens.prompts.answer({ id, answers: [{ capability: 'read', verdict: 'always' }] });
    expect(consent.keyOf(PRINCIPALS.extension)).toBe('K2');
    expect(consent.recall(other, of('read'), 1)).toEqual({ verdict: 'allow' });
    expect((await consent.audit()).map(({ decision }) => decision)).toContain('key-changed');
  });

  test('allowed once, it is not', async () => {
    const { it, consent } = await booted();
    consent.rememberKey(PRINCIPALS.extension, key('K1'));
    const other = asker(undefined, { key: key('K2'), keyChanged: true });
    const mine = await answered(it, other, { read: 'once' });
    expect(consent.keyOf(PRINCIPALS.extension)).toBe('K1');
    expect(consent.recall(other, of('read'), 1, mine)).toEqual({ verdict: 'allow', once: true });
    const keyless = asker(undefined, { keyChanged: true });
    expect(consent.recall(keyless, of('read'), 1, mine)).toEqual({ verdict: 'ask' });
  });

  test('denied to a changed key, the grant of the old one stays', async () => {
    const { it, consent } = await booted();
    const owner = asker(undefined, { key: key('K1') });
    await answered(it, owner, { read: 'always' });
    consent.rememberKey(PRINCIPALS.extension, key('K1'));
    await answered(it, asker(undefined, { key: key('K2'), keyChanged: true }), { read: 'deny' });
    expect(consent.recall(owner, of('read'), 1)).toEqual({ verdict: 'allow' });
    expect(consent.keyOf(PRINCIPALS.extension)).toBe('K1');
  });

  test('remembered keys survive a restart', async () => {
    const on = stage();
    const first = on.boot();
    await first.consent.loading;
    first.consent.rememberKey(PRINCIPALS.extension, key('K1'));
    await settle();
    first.stop();
    const { consent } = on.boot();
    // Not yet read: nothing that is held against it may fit.
    expect(consent.keyOf(PRINCIPALS.extension)).toBe('unreadable');
    await consent.loading;
    expect(consent.keyOf(PRINCIPALS.extension)).toBe('K1');
  });
});

describe('once', () => {
  test('is for the session that asked, and ends with it', async () => {
    const { it, consent } = await booted();
    const mine = session(PRINCIPALS.extension, await answered(it, asker(), { read: 'once' }));
    expect(consent.recall(asker(), of('read'), 1, mine.id)).toEqual({ verdict: 'allow', once: true });
    consent.admitted(mine, asker(), [of('read')]);
    expect(consent.recall(asker(), of('read'), 1, mine.id)).toEqual({ verdict: 'allow', once: true });
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'ask' });
    expect(consent.recall(asker(), of('read'), 1, session().id)).toEqual({ verdict: 'ask' });
    consent.ended(mine.id);
    expect(consent.recall(asker(), of('read'), 1, mine.id)).toEqual({ verdict: 'ask' });
  });

  test('[W5.38] is for the session that asked, and for no other that waited with it: those ask again', async () => {
    const { it, consent, windows } = await booted();
    const [first, second] = [request(asker(), 'read'), request(asker(), 'read')];
    const asking = consent.ask(first);
    const waiting = consent.ask(second);
    await settle();
    const [prompt] = await it.screens.prompts.list();
    await it.screens.prompts.answer({
      id: prompt?.id ?? '',
      answers: [{ capability: 'read', verdict: 'once' }],
    });
    await asking;
    const verdict = (of_: string) => consent.recall(asker(), of('read'), 1, of_).verdict;
    expect([first.session, second.session, session().id].map(verdict)).toEqual(['allow', 'ask', 'ask']);
    expect(windows.opened).toBe(2);
    consent.admitted(session(PRINCIPALS.extension, first.session), asker(), [of('read')]);
    expect([first.session, second.session, session().id].map(verdict)).toEqual(['allow', 'ask', 'ask']);
    const [again] = await it.screens.prompts.list();
    await it.screens.prompts.answer({
      id: again?.id ?? '',
      answers: [{ capability: 'read', verdict: 'once' }],
    });
    await waiting;
    expect([first.session, second.session, session().id].map(verdict)).toEqual(['allow', 'allow', 'ask']);
  });

  test.each([
    ['before the answer', true],
    ['after it', false],
  ])('is for the next one where the session that asked is gone %s', async (_when, before) => {
    const { it, consent } = await booted();
    const gone = new Departure();
    void consent.ask({ ...request(asker(), 'read'), lasting: gone });
    await settle();
    const [prompt] = await it.screens.prompts.list();
    if (before) gone.tell();
    await it.screens.prompts.answer({
      id: prompt?.id ?? '',
      answers: [{ capability: 'read', verdict: 'once' }],
    });
    const next = session();
    const verdict = () => consent.recall(asker(), of('read'), 1, next.id).verdict;
    if (!before) {
      expect(verdict()).toBe('ask');
      gone.tell();
    }
    expect(verdict()).toBe('allow');
    consent.admitted(next, asker(), [of('read')]);
    expect(consent.recall(asker(), of('read'), 1, session().id).verdict).toBe('ask');
  });

  test('[A11] after two hundred that asked and hung up, it admits one', async () => {
    const { it, consent } = await booted();
    for (let n = 0; n < 200; n++) {
      const gone = new Departure();
      void consent.ask({ ...request(asker(), 'read'), lasting: gone });
      gone.tell();
    }
    await settle();
    const [prompt] = await it.screens.prompts.list();
    await it.screens.prompts.answer({
      id: prompt?.id ?? '',
      answers: [{ capability: 'read', verdict: 'once' }],
    });
    const all = Array.from({ length: 200 }, () => session());
    for (const each of all) consent.admitted(each, asker(), [of('read')]);
    const allowed = all.filter(({ id }) => consent.recall(asker(), of('read'), 1, id).verdict === 'allow');
    expect(allowed).toEqual([all[0]]);
  });

  test('is found after a restart by the first that comes, until the time is up', async () => {
    for (const late of [false, true]) {
      const on = stage();
      const first = on.boot({ limits: { pending: 60_000 } });
      await answered(first, asker(), { read: 'once' });
      first.stop();
      on.clock.advance(late ? 60_000 : 59_999);
      const { consent } = on.boot();
      await consent.loading;
      expect(consent.recall(asker(), of('read'), 1).verdict).toBe(late ? 'ask' : 'allow');
      if (late) continue;
      const mine = session();
      consent.admitted(mine, asker(), [of('read')]);
      expect(consent.recall(asker(), of('read'), 1, mine.id).verdict).toBe('allow');
      expect(consent.recall(asker(), of('read'), 1).verdict).toBe('ask');
    }
  });

  test('taken, it is not stored any more', async () => {
    const { it, consent, store } = await booted();
    const mine = await answered(it, asker(), { read: 'once' });
    consent.admitted(session(PRINCIPALS.extension, mine), asker(), [of('read')]);
    await settle();
    expect(store.read('portico.grants')).toMatchObject({ principals: [{ once: [], grants: [] }] });
  });
});

test('deciding touches no storage', async () => {
  const { it, consent, store, sessions } = await booted();
  await answered(it, asker(), { read: 'always' });
  await settle();
  store.calls.length = 0;
  for (let n = 0; n < 100; n++) {
    const one = session();
    sessions.push(one);
    consent.blocks(PRINCIPALS.extension);
    consent.recall(asker(), of('read'), 1);
    consent.admitted(one, asker(undefined, { name: 'Board' }), [of('read')]);
    consent.pending(PRINCIPALS.extension);
    consent.keyOf(PRINCIPALS.extension);
    consent.traffic(PRINCIPALS.extension, 1, 100);
    consent.record(PRINCIPALS.extension, 'admitted', of('read'));
    consent.ended(one.id);
  }
  await settle();
  expect(store.calls).toEqual([]);
});

test('choices that are no plain data, too large, nameless or too many are left out', async () => {
  const hostile = [
    ...ACCOUNTS,
    { label: 'date', value: new Date() },
    { label: 'proto', value: JSON.parse('{"__proto__":1}') },
    { label: 'long', value: 'x'.repeat(5000) },
    { label: '\u202e', value: 1 },
    null,
    {
      label: 'throws',
      get value() {
        throw new Error('mine');
      },
    },
    {
      get label() {
        throw new Error('mine');
      },
      value: 1,
    },
    ...Array.from({ length: 100 }, (_, n) => ({ label: `${n}`, value: n })),
  ];
  const { it, log } = await booted({ choices: async () => hostile as never });
  const id = await prompted(it, asker(), 'accounts');
  const { capabilities } = await it.screens.prompts.get({ id });
  expect(capabilities[0]?.choices?.slice(0, 4)).toEqual(['Savings', 'Pocket money', '0', '1']);
  expect(capabilities[0]?.choices?.length).toBeLessThanOrEqual(64);
  expect(log.some(({ event }) => event === 'handler-failed')).toBe(true);
});

test('where the host does not say what there is, nothing can be allowed', async () => {
  const { it, consent } = await booted({ choices: () => Promise.reject(new Error('no')) });
  const id = await prompted(it, asker(), 'accounts');
  expect((await it.screens.prompts.get({ id })).capabilities[0]?.choices).toEqual([]);
  await it.screens.prompts.answer({ id, answers: [{ capability: 'accounts', verdict: 'always' }] });
  expect(consent.recall(asker(), of('accounts'), 1).verdict).toBe('refuse');
});
