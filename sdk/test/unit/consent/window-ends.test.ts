import { loopback, ownPage } from 'portico/testing';
import { describe, expect, test } from 'vitest';
import { consentProtocol } from '../../../src/consent/consent-protocol.js';
import { asker, booted, of, prompted, request, settle, stage } from '../../support/consent-platform.js';
import { until } from '../../support/patience.js';

const MINUTE = 60_000;
/** The host looks what a window shows so long after it has reason to. */
const LOOKED = 1_000;

/** A prompt whose page has come up, and tells what it knows of the person. */
const attended = async (state?: 'here' | 'leaving' | 'away') => {
  const on = await booted();
  const id = await prompted(on.it, asker(), 'read');
  const attend = (state: 'here' | 'leaving' | 'away', place?: number) =>
    on.it.screens.prompts.attend({ id, state, ...(place !== undefined && { place }) });
  if (state) await attend(state);
  const verdict = () => on.consent.recall(asker(), of('read'), 1);
  const isAsked = async () => (await on.it.screens.prompts.list()).some((each) => each.id === id);
  return { ...on, id, attend, verdict, isAsked };
};

describe('[A11] a window that the person did not close', () => {
  test.each(['here', 'away'] as const)('is shown again, once, where they were %s', async (state) => {
    const { windows, attend, verdict, isAsked, clock, it } = await attended(state);
    windows.shut(windows.opened);
    await settle();
    expect(windows.opened).toBe(2);
    expect(verdict()).toEqual({ verdict: 'ask' });
    expect(await isAsked()).toBe(true);
    await attend(state);
    windows.shut(windows.opened);
    await settle();
    // It keeps nobody out for longer than a minute, its place is free, and nothing is counted.
    expect(windows.open_.size).toBe(0);
    expect(await isAsked()).toBe(false);
    for (let n = 0; n < 3; n++) {
      expect(verdict()).toEqual({ verdict: 'refuse', retryAfter: MINUTE });
      clock.advance(MINUTE);
      const id = await prompted(it, asker(), 'read');
      for (const _ of [1, 2]) {
        await it.screens.prompts.attend({ id, state });
        windows.shut(windows.opened);
        await settle();
      }
    }
  });

  test('the second window is answered as the first would have been', async () => {
    const { it, id, windows, verdict } = await attended('here');
    windows.shut(1);
    await settle();
    await it.screens.prompts.answer({ id, answers: [{ capability: 'read', verdict: 'always' }] });
    expect(verdict().verdict).toBe('allow');
    await settle();
    expect(windows.open_.size).toBe(0);
  });

  test('before its page has come up it was not theirs', async () => {
    const { consent, windows } = await booted();
    void consent.ask(request(asker(), 'read'));
    await settle();
    windows.shut(1);
    await settle();
    expect(windows.opened).toBe(2);
  });

  test('while they were about to close it, it counts as theirs, longer each time', async () => {
    const { it, windows, attend, verdict, clock } = await attended('here');
    await attend('leaving');
    windows.shut(1);
    expect(windows.opened).toBe(1);
    expect(verdict()).toEqual({ verdict: 'refuse', retryAfter: MINUTE });
    clock.advance(MINUTE);
    const id = await prompted(it, asker(), 'read');
    await it.screens.prompts.attend({ id, state: 'leaving' });
    windows.shut(2);
    expect(verdict()).toEqual({ verdict: 'refuse', retryAfter: 4 * MINUTE });
  });

  test('what the same page tells from a window of somebody else’s says nothing', async () => {
    const { windows, attend } = await attended('here');
    await attend('leaving', 77);
    windows.shut(1);
    await settle();
    expect(windows.opened).toBe(2);
    await attend('leaving', 2);
    windows.shut(2);
    await settle();
    expect(windows.opened).toBe(2);
  });

  test('a question about one call is asked again as well, and is a no the second time', async () => {
    const { it, windows } = await booted();
    const said = it.consent.confirm(asker(), of('spend'), { title: 'Sign?' }, new AbortController().signal);
    for (const window of [1, 2]) {
      await settle();
      expect(windows.opened).toBe(window);
      const [prompt] = await it.screens.prompts.list();
      await it.screens.prompts.attend({ id: prompt?.id ?? '', state: 'here' });
      windows.shut(window);
    }
    expect(await said).toBe(false);
  });
});

describe('[A11] a window that shows the question no more', () => {
  test('is closed and opened anew, once: its page has left it', async () => {
    const { it, id, windows, clock, verdict } = await attended();
    for (const window of [1, 2]) {
      const page = loopback(it.host, { as: ownPage() }).connect(consentProtocol, { needs: ['prompts'] });
      await page.prompts.attend({ id, state: 'leaving', place: window });
      await page.prompts.get({ id });
      windows.astray.add(window);
      page.session.close();
      await until(async () => {
        clock.advance(LOOKED);
        await settle();
        expect(windows.open_.has(window)).toBe(false);
      });
    }
    expect(windows.opened).toBe(2);
    expect(verdict()).toEqual({ verdict: 'refuse', retryAfter: MINUTE });
  });

  test('is noticed when its page is out of sight, as one behind another tab is', async () => {
    const { windows, attend, clock } = await attended('here');
    windows.astray.add(1);
    await attend('away');
    clock.advance(LOOKED);
    await settle();
    expect([...windows.open_.keys()]).toEqual([2]);
  });

  test('a page that is loaded anew, or minimised, is no loss', async () => {
    const { it, id, windows, attend, clock } = await attended('here');
    const page = loopback(it.host, { as: ownPage() }).connect(consentProtocol, { needs: ['prompts'] });
    await page.prompts.get({ id });
    page.session.close();
    await until(async () => {
      clock.advance(LOOKED);
      await settle();
      expect(windows.lookedAt).toEqual([1]);
    });
    await attend('away');
    clock.advance(LOOKED);
    await settle();
    expect(windows.lookedAt).toEqual([1, 1]);
    expect([...windows.open_.keys()]).toEqual([1]);
  });

  test('a window that closes within that moment is lost once', async () => {
    const { windows, attend, clock } = await attended('here');
    windows.astray.add(1);
    await attend('away');
    windows.shut(1);
    clock.advance(LOOKED);
    await settle();
    expect([...windows.open_.keys()]).toEqual([2]);
  });
});

describe('[A11] a question that lapses', () => {
  test('is counted where the person had it in front, and not where it was hidden all the time', async () => {
    const { it, attend, verdict, clock } = await attended('away');
    clock.advance(5 * MINUTE);
    await settle();
    expect(verdict()).toEqual({ verdict: 'refuse', retryAfter: MINUTE });
    clock.advance(MINUTE);
    const id = await prompted(it, asker(), 'read');
    await it.screens.prompts.attend({ id, state: 'here' });
    await it.screens.prompts.attend({ id, state: 'away' });
    clock.advance(5 * MINUTE);
    await settle();
    expect(verdict()).toEqual({ verdict: 'refuse', retryAfter: MINUTE });
    clock.advance(MINUTE);
    const next = await prompted(it, asker(), 'read');
    await it.screens.prompts.attend({ id: next, state: 'leaving' });
    clock.advance(5 * MINUTE);
    // The second that counts: the first of all did not.
    expect(verdict()).toEqual({ verdict: 'refuse', retryAfter: 4 * MINUTE });
    await attend('here');
  });
});

test('a number that an earlier run has left, and that is another window by now, is not closed', async () => {
  const on = stage();
  const first = on.boot();
  await prompted(first, asker(), 'read');
  await settle();
  first.stop();
  Object.assign(on.windows, { exists: async () => false });
  await on.boot().consent.loading;
  await settle();
  expect(on.windows.open_.has(1)).toBe(true);
});

test('[A11] what outlives its background is not asked again', async () => {
  const on = stage();
  const first = on.boot();
  const id = await prompted(first, asker(), 'read');
  await settle();
  first.stop();
  const it = on.boot();
  await it.consent.loading;
  await settle();
  await it.screens.prompts.attend({ id, state: 'here' });
  on.windows.shut(1);
  await settle();
  expect(on.windows.opened).toBe(1);
  expect(it.consent.recall(asker(), of('read'), 1)).toEqual({ verdict: 'refuse', retryAfter: MINUTE });
});
