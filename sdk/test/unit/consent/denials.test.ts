import { describe, expect, test } from 'vitest';
import { answered, asker, of, prompted, settle, stage } from '../../support/consent-platform.js';
import { PRINCIPALS } from '../../support/principals.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const booted = async () => {
  const on = stage();
  const it = on.boot();
  await it.consent.loading;
  const wait = (): number => {
    const recalled = it.consent.recall(asker(), of('read'), 1);
    return recalled.verdict === 'refuse' ? recalled.retryAfter : 0;
  };
  return { ...on, it, wait };
};

describe('denials hold the longer the more there are', () => {
  test('said no to: an hour, four times that for each next, at most thirty days', async () => {
    const { it, wait, clock } = await booted();
    for (const length of [HOUR, 4 * HOUR, 16 * HOUR, 64 * HOUR, 256 * HOUR, 30 * DAY, 30 * DAY]) {
      await answered(it, asker(), { read: 'deny' });
      expect(wait()).toBe(length);
      clock.advance(length - 1);
      expect(wait()).toBe(1);
      clock.advance(1);
      expect(wait()).toBe(0);
    }
  });

  test('closed: a minute, four times that for each next, at most a day', async () => {
    const { it, wait, clock, windows } = await booted();
    for (const length of [1, 4, 16, 64, 256, 1024, 1440, 1440].map((minutes) => minutes * MINUTE)) {
      await prompted(it, asker(), 'read');
      windows.shut(windows.opened);
      await settle();
      expect(wait()).toBe(length);
      clock.advance(length);
    }
  });

  test('lapsed is as good as closed', async () => {
    const { it, wait, clock } = await booted();
    const asked = prompted(it, asker(), 'read');
    await asked;
    clock.advance(300_000);
    expect(wait()).toBe(MINUTE);
  });

  test('an allowance ends the count, and so does forgetting', async () => {
    for (const mend of ['allow', 'forget'] as const) {
      const { it, wait, clock } = await booted();
      await answered(it, asker(), { read: 'deny' });
      clock.advance(HOUR);
      await answered(it, asker(), { read: 'deny' });
      expect(wait()).toBe(4 * HOUR);
      const key = (await it.consent.list())[0]?.caller.key ?? '';
      if (mend === 'allow') {
        clock.advance(4 * HOUR);
        await answered(it, asker(), { read: 'always' });
        it.consent.giveBack(asker().principal, [of('read')]);
      } else await it.consent[mend](key);
      expect(wait()).toBe(0);
      await answered(it, asker(), { read: 'deny' });
      expect(wait()).toBe(HOUR);
    }
  });

  test('each capability has its own, and they survive a restart', async () => {
    const { it, clock, boot } = await booted();
    await answered(it, asker(), { read: 'deny', spend: 'always' });
    it.stop();
    clock.advance(MINUTE);
    const { consent } = boot();
    await consent.loading;
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'refuse', retryAfter: HOUR - MINUTE });
    expect(consent.recall(asker(), of('spend'), 1)).toEqual({ verdict: 'allow' });
  });

  test('a clock that is set back prolongs none', async () => {
    const { it, store, boot, clock } = await booted();
    clock.advance(10 * DAY);
    await answered(it, asker(), { read: 'deny' });
    it.stop();
    const stored = store.read('portico.grants') as { principals: { denials: { since: number }[] }[] };
    expect(stored.principals[0]?.denials[0]?.since).toBe(10 * DAY);
    const { consent } = boot({ platform: { time: () => 0 } });
    await consent.loading;
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'refuse', retryAfter: HOUR });
  });

  test('during one nobody is asked', async () => {
    const { it, windows } = await booted();
    await answered(it, asker(), { read: 'deny' });
    const before = windows.opened;
    expect(await prompted(it, asker(), 'read')).toBe('');
    expect(windows.opened).toBe(before);
  });
});

describe('a no is for the caller, too: it may ask for nothing else meanwhile', () => {
  const script = asker({ ...PRINCIPALS.script, origin: 'https://elsewhere.example' });
  /** Milliseconds that an asker has to wait who would ask for something else. */
  const waitOf = ({ consent }: ReturnType<ReturnType<typeof stage>['boot']>, who = asker()): number => {
    const recalled = consent.recall(who, of('spend'), 1);
    return recalled.verdict === 'refuse' ? recalled.retryAfter : 0;
  };

  test('[A11] [W5.37] a minute, four times that for each next, whatever it asks for and whoever of its extension', async () => {
    const { it, clock, windows } = await booted();
    for (const [length, name] of [
      [MINUTE, 'read'],
      [4 * MINUTE, 'accounts'],
      [16 * MINUTE, 'read'],
    ] as const) {
      await prompted(it, asker(), name);
      windows.shut(windows.opened);
      await settle();
      expect([waitOf(it), waitOf(it, script), waitOf(it, asker(PRINCIPALS.other))]).toEqual([
        length,
        length,
        0,
      ]);
      const before = windows.opened;
      await prompted(it, asker(), 'spend');
      await prompted(it, script, 'read');
      expect(windows.opened).toBe(before);
      clock.advance(length);
      expect(waitOf(it)).toBe(0);
    }
  });

  test('survives a restart', async () => {
    const { it, boot, clock } = await booted();
    await answered(it, asker(), { read: 'deny' });
    it.stop();
    clock.advance(1000);
    const next = boot();
    await next.consent.loading;
    expect([waitOf(next), waitOf(next, script)]).toEqual([MINUTE - 1000, MINUTE - 1000]);
  });

  test('what was allowed before is not touched by it', async () => {
    const { it } = await booted();
    await answered(it, asker(), { spend: 'always' });
    await answered(it, asker(), { read: 'deny' });
    expect(it.consent.recall(asker(), of('spend'), 1)).toEqual({ verdict: 'allow' });
  });

  test.each([
    [
      'a yes',
      async (it: Awaited<ReturnType<typeof booted>>['it']) =>
        void (await answered(it, asker(), { read: 'once' })),
    ],
    [
      'forgetting',
      (it: Awaited<ReturnType<typeof booted>>['it']) =>
        it.consent.forget(`extension ${PRINCIPALS.extension.id}`),
    ],
  ])('%s ends the count', async (_what, mend) => {
    const { it, clock } = await booted();
    await answered(it, asker(), { read: 'deny' });
    clock.advance(HOUR);
    await mend(it);
    expect(waitOf(it)).toBe(0);
    await answered(it, asker(), { accounts: 'deny' });
    expect(waitOf(it)).toBe(MINUTE);
  });

  test('an answer that allows something is none', async () => {
    const { it } = await booted();
    await answered(it, asker(), { read: 'always', accounts: 'deny' });
    expect(waitOf(it)).toBe(0);
  });

  test('[A11] what the person did not get to see keeps it from asking for a minute, and no longer the more often', async () => {
    const { it, clock, windows } = await booted();
    for (const name of ['read', 'accounts', 'read', 'accounts']) {
      const before = windows.opened;
      const id = await prompted(it, asker(), name);
      // Closed by an extension, the one that asked perhaps: the person was not about to.
      for (const n of [1, 2]) {
        await it.screens.prompts.attend({ id, state: 'here' });
        windows.shut(before + n);
        await settle();
      }
      expect([waitOf(it), waitOf(it, script), waitOf(it, asker(PRINCIPALS.other))]).toEqual([
        MINUTE,
        MINUTE,
        0,
      ]);
      await prompted(it, asker(), 'spend');
      await prompted(it, script, 'read');
      expect(windows.opened).toBe(before + 2);
      clock.advance(MINUTE);
      expect(waitOf(it)).toBe(0);
    }
    await answered(it, asker(), { read: 'deny' });
    // The first that counts.
    expect(waitOf(it)).toBe(MINUTE);
  });

  test('what could not be shown shortens no pause, and survives a restart as one', async () => {
    const { it, boot, clock, windows } = await booted();
    for (const name of ['read', 'accounts']) {
      await answered(it, asker(), { [name]: 'deny' });
      clock.advance(waitOf(it));
    }
    windows.failing = new Error('no');
    await prompted(it, script, 'spend');
    await settle();
    expect(waitOf(it)).toBe(MINUTE);
    await prompted(it, asker(PRINCIPALS.other), 'spend');
    await settle();
    it.stop();
    const next = boot();
    await next.consent.loading;
    expect([waitOf(next), waitOf(next, asker({ ...PRINCIPALS.other }))]).toEqual([MINUTE, MINUTE]);
    expect(await next.consent.storage()).toEqual({ state: 'ok' });
  });

  test('nor is asked for what is left when the person has just taken something back', async () => {
    const { it } = await booted();
    await answered(it, asker(), { read: 'always' });
    await it.consent.revoke(`extension ${PRINCIPALS.extension.id}`);
    expect(waitOf(it)).toBe(MINUTE);
  });
});
