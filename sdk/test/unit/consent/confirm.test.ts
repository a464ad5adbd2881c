import { describe, expect, test } from 'vitest';
import { asker, of, prompted, request, settle, stage } from '../../support/consent-platform.js';
import { PRINCIPALS } from '../../support/principals.js';

const booted = async (limits = {}) => {
  const on = stage();
  const it = on.boot({ limits });
  await it.consent.loading;
  const confirm = (signal = new AbortController().signal, more: object = {}) =>
    it.consent.confirm(
      asker(),
      of('spend'),
      { title: 'Sign?', details: [{ label: 'Pay\u202eload', value: '0x1' }], ...more },
      signal,
    );
  return { ...on, it, ...it, confirm };
};

describe('confirm', () => {
  test.each([true, false])('gives what the person says: %s', async (yes) => {
    const { it, consent, windows, confirm } = await booted();
    const said = confirm();
    await settle();
    const [prompt] = await it.screens.prompts.list();
    expect(prompt).toMatchObject({
      kind: 'confirm',
      capabilities: [],
      confirmation: { title: 'Sign?', details: [{ label: 'Payload', value: '0x1' }] },
    });
    const id = prompt?.id ?? '';
    await expect(it.screens.prompts.answer({ id, answers: [] })).rejects.toMatchObject({
      declared: 'promptGone',
    });
    await it.screens.prompts.confirm({ id, yes });
    expect(await said).toBe(yes);
    expect(windows.open_.size).toBe(0);
    expect((await consent.audit())[0]).toMatchObject({
      decision: yes ? 'confirmed' : 'declined',
      subject: of('spend'),
    });
    await expect(it.screens.prompts.confirm({ id, yes: true })).rejects.toMatchObject({
      declared: 'promptGone',
    });
  });

  test('closed, too late and aborted are a no', async () => {
    const { it, windows, clock, confirm } = await booted();
    const closed = confirm();
    await settle();
    await it.screens.prompts.list();
    windows.shut(windows.opened);
    expect(await closed).toBe(false);
    const late = confirm();
    await settle();
    clock.advance(300_000);
    expect(await late).toBe(false);
    const controller = new AbortController();
    const aborted = confirm(controller.signal);
    await settle();
    controller.abort();
    expect(await aborted).toBe(false);
    await settle();
    expect(windows.open_.size).toBe(0);
    expect(await confirm(controller.signal)).toBe(false);
    expect(windows.opened).toBe(3);
  });

  test('asked in vain three times in a row, it has to wait; a yes ends that', async () => {
    const { it, windows, clock, confirm } = await booted();
    const inVain = async (): Promise<void> => {
      const said = confirm();
      await settle();
      await it.screens.prompts.list();
      windows.shut(windows.opened);
      await said;
    };
    const wait = { code: 'LIMIT_EXCEEDED', data: { limit: 'prompts', retryAfter: 60_000 } };
    for (let n = 0; n < 3; n++) await inVain();
    await expect(confirm()).rejects.toMatchObject(wait);
    expect(windows.opened).toBe(3);
    clock.advance(60_000);
    const said = confirm();
    await settle();
    const [prompt] = await it.screens.prompts.list();
    await it.screens.prompts.confirm({ id: prompt?.id ?? '', yes: true });
    expect(await said).toBe(true);
    for (let n = 0; n < 3; n++) await inVain();
    await expect(confirm()).rejects.toMatchObject(wait);
  });

  test('what the caller takes back was declined by nobody, but was a window all the same', async () => {
    const { consent, windows, confirm } = await booted();
    for (let n = 0; n < 3; n++) {
      const controller = new AbortController();
      const said = confirm(controller.signal);
      await settle();
      controller.abort();
      expect(await said).toBe(false);
    }
    expect(await consent.audit()).toEqual([]);
    await expect(confirm()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(windows.opened).toBe(3);
  });

  test('where there is no window, nobody has said yes', async () => {
    const on = stage();
    const it = on.boot({ platform: { windows: undefined } });
    await it.consent.loading;
    const said = it.consent.confirm(asker(), of('spend'), { title: 'Sign?' }, new AbortController().signal);
    expect(await said).toBe(false);
  });

  test('one question at a time: while one is open another is rejected', async () => {
    const { it, consent, confirm } = await booted();
    await prompted(it, asker(), 'read');
    await expect(confirm()).rejects.toMatchObject({ code: 'CONSENT_PENDING' });
    await it.consent.confirm(asker(PRINCIPALS.other), of('spend'), { title: 'Sign?' }, AbortSignal.abort());
    const other = consent.confirm(
      asker(PRINCIPALS.other),
      of('spend'),
      { title: 'Sign?' },
      new AbortController().signal,
    );
    await settle();
    await expect(consent.ask(request(asker(PRINCIPALS.other), 'read'))).rejects.toMatchObject({
      code: 'CONSENT_PENDING',
    });
    void other;
  });

  test('counts as an open window', async () => {
    const { consent, confirm } = await booted({ prompts: 1 });
    void confirm();
    await expect(consent.ask(request(asker(PRINCIPALS.other), 'read'))).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
    const again = consent.confirm(
      asker(PRINCIPALS.other),
      of('read'),
      { title: 'x' },
      new AbortController().signal,
    );
    await expect(again).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  test('can not be used to answer for a grant, nor is a grant confirmed', async () => {
    const { it } = await booted();
    const id = await prompted(it, asker(), 'read');
    await expect(it.screens.prompts.confirm({ id, yes: true })).rejects.toMatchObject({
      declared: 'promptGone',
    });
    expect(it.consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'ask' });
  });

  test.each([
    ['too long a title', { title: 'x'.repeat(201) }],
    ['no title', { title: '\u202e' }],
    ['too long a value', { details: [{ label: 'a', value: 'x'.repeat(1001) }] }],
    ['too many details', { details: Array.from({ length: 33 }, () => ({ label: 'a', value: 'b' })) }],
    ['a title that is no text', { title: 5 }],
    ['details that are no list', { details: {} }],
    [
      'a getter that throws',
      {
        details: [
          {
            get label() {
              throw new Error('mine');
            },
          },
        ],
      },
    ],
  ])('nothing is cut: %s is rejected', async (_what, more) => {
    const { confirm, windows } = await booted();
    await expect(confirm(undefined, more)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(windows.opened).toBe(0);
  });

  test('does not outlive the background: its window is closed at the next start', async () => {
    const { windows, confirm, boot, it } = await booted();
    void confirm();
    await settle();
    it.stop();
    expect(windows.open_.size).toBe(1);
    const { consent } = boot();
    await consent.loading;
    await settle();
    expect(windows.open_.size).toBe(0);
  });
});
