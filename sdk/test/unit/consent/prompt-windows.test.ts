import { defineProtocol } from 'portico';
import { describe, expect, test } from 'vitest';
import {
  asker,
  type BootOptions,
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

describe('windows', () => {
  test('where there are none, that is a denial as by closing, and the log says so', async () => {
    const { consent, log } = await booted({ platform: { windows: undefined } });
    await consent.ask(request(asker(), 'read'));
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'refuse', retryAfter: 60_000 });
    expect(log.some(({ level, event }) => level === 'error' && event === 'configuration')).toBe(true);
  });

  test('one that does not open denies for a minute, and counts for nothing', async () => {
    const { it, consent, windows, clock, log } = await booted();
    windows.failing = new Error('no window today');
    for (let n = 0; n < 3; n++) {
      await consent.ask(request(asker(), 'read'));
      expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'refuse', retryAfter: 60_000 });
      clock.advance(60_000);
    }
    expect(log.filter(({ level }) => level === 'error')).toHaveLength(3);
    windows.failing = undefined;
    await prompted(it, asker(), 'read');
    windows.shut(windows.opened);
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'refuse', retryAfter: 60_000 });
  });

  test('one that is closed before it is known to be open is a denial', async () => {
    const { consent, windows } = await booted({
      platform: {},
    });
    const open = windows.open.bind(windows);
    Object.assign(windows, {
      async open(page: string, size: { width: number; height: number }) {
        const id = await open(page, size);
        windows.shut(id);
        return id;
      },
    });
    await consent.ask(request(asker(), 'read'));
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'refuse', retryAfter: 60_000 });
  });

  test('one that opens after the prompt is over is closed', async () => {
    const { consent, windows, clock } = await booted();
    const open = windows.open.bind(windows);
    let release = (): void => {};
    Object.assign(windows, {
      async open(page: string, size: { width: number; height: number }) {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return open(page, size);
      },
    });
    const asking = consent.ask(request(asker(), 'read'));
    await settle();
    clock.advance(300_000);
    await asking;
    release();
    await settle();
    expect(windows.opened).toBe(1);
    expect(windows.open_.size).toBe(0);
  });

  test('one of something else that is closed says nothing', async () => {
    const { it, consent, windows } = await booted();
    await prompted(it, asker(), 'read');
    windows.open_.set(77, 'mail');
    windows.shut(77);
    expect(consent.pending(PRINCIPALS.extension)).toBeDefined();
  });
});

describe('a background that stops while a prompt is open', () => {
  const interrupted = async (
    during: (on: ReturnType<typeof stage>) => void = () => {},
    options: BootOptions = {},
  ) => {
    const on = stage();
    const first = on.boot();
    const id = await prompted(first, asker(undefined, { name: 'Board' }), 'read', 'accounts');
    await settle();
    first.stop();
    during(on);
    const it = on.boot(options);
    return { ...on, it, ...it, id };
  };

  test('finds it again, and the answer counts', async () => {
    const { it, consent, windows, id } = await interrupted();
    // At once, as the page does that has been waiting for it.
    const prompt = await it.screens.prompts.get({ id });
    expect(prompt).toMatchObject({ caller: { claimedName: 'Board' }, expires: 300_000 });
    expect(prompt.capabilities[1]?.choices).toEqual(['Savings', 'Pocket money']);
    expect(consent.pending(PRINCIPALS.extension)?.capabilities).toEqual(['read', 'accounts']);
    await it.screens.prompts.answer({
      id,
      answers: [
        { capability: 'read', verdict: 'always' },
        { capability: 'accounts', verdict: 'always', choices: [0] },
      ],
    });
    expect(consent.recall(asker(), of('accounts'), 1)).toEqual({ verdict: 'allow', scope: ['a'] });
    await settle();
    expect(windows.open_.size).toBe(0);
  });

  test('the client that comes back joins it', async () => {
    const { it, consent, windows, id } = await interrupted();
    await consent.loading;
    const asked = request(asker(), 'read');
    const asking = consent.ask(asked);
    await settle();
    expect(windows.opened).toBe(1);
    await it.screens.prompts.answer({ id, answers: [{ capability: 'read', verdict: 'once' }] });
    await asking;
    const mine = session(PRINCIPALS.extension, asked.session);
    consent.admitted(mine, asker(), [of('read')]);
    expect(consent.recall(asker(), of('read'), 1, mine.id)).toEqual({ verdict: 'allow', once: true });
  });

  test('closed meanwhile, it is a denial', async () => {
    const { consent, it } = await interrupted(({ windows }) => windows.shut(1));
    await consent.loading;
    await settle();
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'refuse', retryAfter: 60_000 });
    expect(await it.screens.prompts.list()).toEqual([]);
  });

  test('closed before the storage is read, it is a denial', async () => {
    const { consent, windows } = await interrupted();
    windows.shut(1);
    await consent.loading;
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'refuse', retryAfter: 60_000 });
  });

  test('closed after it, it is a denial', async () => {
    const { consent, windows } = await interrupted();
    await consent.loading;
    await settle();
    windows.shut(1);
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'refuse', retryAfter: 60_000 });
  });

  test('lapsed meanwhile, it is a denial, and its window is closed', async () => {
    const { consent, windows } = await interrupted(({ clock }) => clock.advance(300_000));
    await consent.loading;
    await settle();
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'refuse', retryAfter: 60_000 });
    expect(windows.open_.size).toBe(0);
  });

  test('it lapses when it would have', async () => {
    const { consent, clock } = await interrupted(({ clock: c }) => c.advance(299_000));
    await consent.loading;
    expect(consent.pending(PRINCIPALS.extension)?.expiresIn).toBe(1000);
    clock.advance(1000);
    expect(consent.pending(PRINCIPALS.extension)).toBeUndefined();
  });

  test('a number that is another window by now is not closed', async () => {
    const { it, consent, windows, store } = await interrupted(({ windows: w, clock }) => {
      w.open_.clear();
      w.open_.set(1, 'the person’s own');
      // As the adapter answers for a window that is none of ours.
      Object.assign(w, { exists: async () => false });
      clock.advance(300_000);
    });
    await consent.loading;
    await settle();
    expect(windows.open_.get(1)).toBe('the person’s own');
    expect(await it.screens.prompts.list()).toEqual([]);
    expect(store.read('portico.prompts')).toMatchObject({ prompts: [] });
  });

  test('what is published no more is dropped, and denied to nobody', async () => {
    const fewer = defineProtocol({ ...purse, capabilities: { read: purse.capabilities.read } });
    const { it, consent, windows } = await interrupted(undefined, { protocols: [fewer] });
    await consent.loading;
    await settle();
    expect(await it.screens.prompts.list()).toEqual([]);
    expect(windows.open_.size).toBe(0);
    expect(consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'ask' });
  });
});
