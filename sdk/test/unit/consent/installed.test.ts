import { describe, expect, test } from 'vitest';
import {
  answered,
  asker,
  fakeExtensions,
  nth,
  of,
  prompted,
  request,
  session,
  settle,
  stage,
} from '../../support/consent-platform.js';
import { PRINCIPALS } from '../../support/principals.js';

const DAY = 86_400_000;
const { id } = PRINCIPALS.extension;
const WHO = `extension ${id}`;
const INFO = { name: 'Board \u202eX', enabled: true, permissions: [], hostPermissions: [] };

const booted = async () => {
  const on = stage();
  const extensions = fakeExtensions();
  extensions.there.set(id, INFO);
  const options = { platform: { extensions } };
  const it = on.boot(options);
  await it.consent.loading;
  return { ...on, it, ...it, extensions, options };
};

describe('with the browser’s list of extensions', () => {
  test('the name it has there is shown, cleaned; it is looked up once in five minutes', async () => {
    const { it, consent, extensions, clock } = await booted();
    await answered(it, asker(undefined, { name: 'Bank' }), { read: 'always' });
    extensions.asked.length = 0;
    for (let n = 0; n < 3; n++)
      expect((await consent.list())[0]).toMatchObject({
        caller: { installedName: 'Board X', claimedName: 'Bank' },
        disabled: false,
      });
    expect(extensions.asked.length).toBeLessThanOrEqual(1);
    clock.advance(300_000);
    await consent.list();
    await consent.list();
    expect(extensions.asked.length).toBeLessThanOrEqual(2);
  });

  test('a prompt shows the name that it has when it is shown, whatever was seen before', async () => {
    const { it, consent, extensions } = await booted();
    await prompted(it, asker(), 'read');
    await consent.list();
    extensions.there.set(id, { name: 'Board', enabled: true, permissions: [], hostPermissions: [] });
    const [prompt] = await it.screens.prompts.list();
    expect(prompt?.caller.installedName).toBe('Board');
  });

  test('uninstalled, it is forgotten with its scripts, its sessions end; a block stays', async () => {
    const { it, consent, extensions, ended } = await booted();
    await answered(it, asker(), { read: 'always' });
    await answered(it, asker(PRINCIPALS.script), { read: 'always' });
    await answered(it, asker(PRINCIPALS.other), { read: 'always' });
    await consent.block(`content-script ${id} ${PRINCIPALS.script.origin}`);
    const asking = consent.ask(request(asker(), 'spend'));
    await settle();
    ended.length = 0;
    extensions.gone(id, 'uninstalled');
    await asking;
    expect(ended).toEqual([`${WHO} REFUSED`, `content-script ${id} ${PRINCIPALS.script.origin} REFUSED`]);
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'ask' });
    expect(consent.recall(asker(PRINCIPALS.other), of('read'), 1)).toEqual({ verdict: 'allow' });
    expect(consent.blocks(PRINCIPALS.script)).toBe(true);
    expect(consent.pending(PRINCIPALS.extension)).toBeUndefined();
    expect((await consent.audit()).map(({ decision }) => decision)).toContain('uninstalled');
  });

  test('uninstalled before storage is read, it is forgotten all the same', async () => {
    const { it, extensions, options, boot } = await booted();
    await answered(it, asker(), { read: 'always' });
    it.stop();
    const { consent } = boot(options);
    extensions.gone(id, 'uninstalled');
    await consent.loading;
    await settle();
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'ask' });
  });

  test('disabled, it is shown as such, keeps its grants, and is there again when it is heard', async () => {
    const { it, consent, extensions, ended } = await booted();
    await answered(it, asker(), { read: 'always' });
    extensions.there.set(id, { ...INFO, enabled: false });
    extensions.gone(id, 'disabled');
    await settle();
    expect((await consent.list())[0]?.disabled).toBe(true);
    expect(ended).toEqual([]);
    extensions.there.set(id, INFO);
    consent.admitted(session(), asker(), [of('read')]);
    expect((await consent.list())[0]?.disabled).toBe(false);
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'allow' });
  });

  test('gone without a word, it is found missing at a start a day later, four questions at a time', async () => {
    const { it, consent, extensions, options, boot, clock } = await booted();
    for (let n = 0; n < 50; n++) {
      extensions.there.set(String(Reflect.get(nth(n), 'id')), INFO);
      consent.admitted(session(nth(n)), asker(nth(n)), []);
    }
    await answered(it, asker(), { read: 'always' });
    await answered(it, asker(PRINCIPALS.page), { read: 'always' });
    clock.advance(DAY - 1000);
    await settle();
    it.stop();
    extensions.there.delete(id);
    extensions.asked.length = 0;
    const early = boot(options);
    await early.consent.loading;
    await settle();
    expect(extensions.asked).toEqual([]);
    early.stop();
    clock.advance(2000);
    let open = 0;
    let most = 0;
    const counting = {
      ...extensions,
      async get(which: string) {
        most = Math.max(most, ++open);
        await settle();
        open--;
        return extensions.get(which);
      },
    };
    const late = boot({ platform: { extensions: counting } });
    await late.consent.loading;
    for (let n = 0; n < 60; n++) await settle();
    expect(extensions.asked).toHaveLength(51);
    expect(most).toBe(4);
    expect(late.consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'ask' });
    expect(late.consent.recall(asker(PRINCIPALS.page), of('read'), 1)).toEqual({ verdict: 'allow' });
    expect(late.ended).toEqual([`${WHO} REFUSED`]);
    clock.advance(60_000);
    await settle();
    late.stop();
    extensions.asked.length = 0;
    await boot(options).consent.loading;
    await settle();
    expect(extensions.asked).toEqual([]);
  });

  test('a browser that does not answer keeps no screen waiting for a name', async () => {
    const on = stage();
    const it = on.boot({
      platform: { extensions: { ...fakeExtensions(), get: () => new Promise(() => {}) } },
    });
    await it.consent.loading;
    void it.consent.ask(request(asker(), 'read'));
    const listed = it.consent.list();
    await settle();
    on.clock.advance(1000);
    expect((await listed)[0]?.caller).toMatchObject({ key: WHO });
  });

  test('where the browser does not say, nothing follows', async () => {
    const { it, options, boot, clock } = await booted();
    await answered(it, asker(), { read: 'always' });
    it.stop();
    clock.advance(2 * DAY);
    const { consent } = boot({
      platform: {
        extensions: { ...options.platform.extensions, get: () => Promise.reject(new Error('no')) },
      },
    });
    await consent.loading;
    await settle();
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'allow' });
    expect((await consent.list())[0]?.caller).not.toHaveProperty('installedName');
  });
});

describe('what nobody uses lapses after ninety days where nobody tells who is uninstalled', () => {
  test.each([
    ['without the list', PRINCIPALS.extension, false, 90 * DAY + 2000, 'ask'],
    ['without the list, used of late', PRINCIPALS.extension, false, 90 * DAY, 'allow'],
    ['with the list', PRINCIPALS.extension, true, 90 * DAY + 2000, 'allow'],
    ['a page, even with the list', PRINCIPALS.page, true, 90 * DAY + 2000, 'ask'],
  ] as const)('%s', async (_what, principal, has, wait, verdict) => {
    const { it, options, boot, clock } = await booted();
    await answered(it, asker(principal), { read: 'always' });
    it.stop();
    clock.advance(wait);
    const { consent } = boot(has ? options : {});
    await consent.loading;
    await settle();
    expect(consent.recall(asker(principal), of('read'), 1).verdict).toBe(verdict);
    const decisions = (await consent.audit()).map(({ decision }) => decision);
    expect(decisions.includes('expired')).toBe(verdict === 'ask');
  });
});
