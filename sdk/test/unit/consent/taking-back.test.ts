import { defineProtocol } from 'portico';
import { describe, expect, test } from 'vitest';
import { keyOf } from '../../../src/host/admission/principal.js';
import { MAX_PRINCIPALS } from '../../../src/host/consent/grant-book.js';
import { answered, asker, booted, nth, of, request, session } from '../../support/consent-platform.js';
import { PRINCIPALS } from '../../support/principals.js';

const key = (thumbprint: string) => ({ thumbprint, algorithm: 'Ed25519' }) as const;

describe('taking back', () => {
  test('revoking acts before it returns, and counts as a no: nobody is asked again at once', async () => {
    const { it, consent, changed } = await booted();
    await answered(it, asker(), { read: 'always', spend: 'deny', accounts: 'once' });
    const mine = session();
    consent.admitted(mine, asker(), [of('accounts')]);
    changed.length = 0;
    const { key: who } = (await consent.list())[0]?.caller ?? { key: '' };
    await consent.revoke(who, of('read'));
    expect(changed).toEqual([who]);
    const hour = { verdict: 'refuse', retryAfter: 3_600_000 };
    expect(consent.recall(asker(), of('read'), 1)).toEqual(hour);
    await consent.revoke(who);
    for (const each of ['read', 'spend']) expect(consent.recall(asker(), of(each), 1)).toEqual(hour);
    expect(consent.recall(asker(), of('accounts'), 1, mine.id)).toEqual(hour);
    const revoked = (await consent.audit()).filter(({ decision }) => decision === 'revoked');
    expect(revoked.map(({ subject }) => subject?.capability).sort()).toEqual(['accounts', 'read']);
  });

  test('a client that gives back what it was denied is not freed of that', async () => {
    const { it, consent } = await booted();
    await answered(it, asker(), { read: 'always', spend: 'deny' });
    consent.giveBack(PRINCIPALS.extension, [of('read'), of('spend')]);
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'ask' });
    expect(consent.recall(asker(), of('spend'), 1).verdict).toBe('refuse');
    expect((await consent.audit())[0]).toMatchObject({ decision: 'given-back', subject: of('read') });
  });

  test('blocking beats every grant, ends the sessions, and stays until it is lifted', async () => {
    const { it, consent, ended } = await booted();
    await answered(it, asker(), { read: 'always' });
    const who = `extension ${PRINCIPALS.extension.id}`;
    await consent.block(who);
    expect(ended).toEqual([`${who} REFUSED`]);
    expect(consent.blocks(PRINCIPALS.extension)).toBe(true);
    expect(consent.recall(asker(), of('read'), 1).verdict).toBe('refuse');
    await consent.forget(who);
    expect(consent.blocks(PRINCIPALS.extension)).toBe(true);
    await consent.unblock(who);
    expect(consent.blocks(PRINCIPALS.extension)).toBe(false);
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'ask' });
  });

  test('our own pages and strangers can not be blocked; whoever was refused can', async () => {
    const { consent, sessions } = await booted();
    sessions.push(session(PRINCIPALS.self));
    await expect(consent.block(`self ${PRINCIPALS.self.id}`)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await expect(consent.block('__proto__')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    consent.record(PRINCIPALS.page, 'refused');
    await consent.block(`page ${PRINCIPALS.page.origin}`);
    expect(consent.blocks(PRINCIPALS.page)).toBe(true);
  });

  test('forgetting takes grants, denials, key and name', async () => {
    const { it, consent } = await booted();
    await answered(it, asker(undefined, { name: 'Board' }), { read: 'always', spend: 'deny' });
    consent.rememberKey(PRINCIPALS.extension, key('K1'));
    await consent.forget(`extension ${PRINCIPALS.extension.id}`);
    expect(await consent.list()).toEqual([]);
    expect(consent.keyOf(PRINCIPALS.extension)).toBeUndefined();
    expect(consent.recall(asker(), of('spend'), 1)).toEqual({ verdict: 'ask' });
  });
});

describe('what is remembered is bounded', () => {
  test('of too many callers those go first that have nothing, and blocked ones never', async () => {
    const { it, consent, clock } = await booted();
    await answered(it, asker(), { read: 'always' });
    consent.record(PRINCIPALS.other, 'refused');
    await consent.block(`extension ${PRINCIPALS.other.id}`);
    for (let n = 0; n < MAX_PRINCIPALS + 500; n++) {
      clock.advance(1);
      consent.admitted(session(nth(n)), asker(nth(n)), []);
    }
    const keys = (await consent.list()).map(({ caller }) => caller.key);
    expect(keys).toHaveLength(MAX_PRINCIPALS);
    expect(keys).toContain(`extension ${PRINCIPALS.extension.id}`);
    expect(keys).toContain(`extension ${PRINCIPALS.other.id}`);
    const last = nth(MAX_PRINCIPALS + 499);
    expect(keys[0]).toBe(`extension ${'id' in last ? last.id : ''}`);
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'allow' });
  });

  test('a thousand blocked ones stay, whoever else comes', async () => {
    const { it, consent } = await booted();
    const all = Array.from({ length: MAX_PRINCIPALS }, (_, n) => nth(n));
    for (const each of all) consent.admitted(session(each), asker(each), []);
    await Promise.all(all.map((each) => consent.block(keyOf(each))));
    await answered(it, asker(), { read: 'always' });
    consent.record(PRINCIPALS.page, 'refused');
    await expect(consent.block(keyOf(PRINCIPALS.page))).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(all.every((each) => consent.blocks(each))).toBe(true);
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'ask' });
  });

  test('of too many grants the oldest goes', async () => {
    const capabilities = Object.fromEntries(
      Array.from({ length: 70 }, (_, n) => [`c${n}`, { title: `${n}` }]),
    );
    const many = defineProtocol({ name: 'org.example.many', version: '1.0.0', capabilities });
    const { it, consent, clock } = await booted({ protocols: [many] });
    for (const name of Object.keys(capabilities)) {
      clock.advance(1);
      void consent.ask({ ...request(asker(), name), protocol: many });
      const [prompt] = await it.screens.prompts.list();
      const { id = '' } = prompt ?? {};
      await it.screens.prompts.answer({ id, answers: [{ capability: name, verdict: 'always' }] });
    }
    const [caller] = await consent.list();
    expect(caller?.grants).toHaveLength(64);
    expect(caller?.grants[0]?.subject.capability).toBe('c6');
  });
});
