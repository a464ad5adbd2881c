import { describe, expect, test } from 'vitest';
import { answered, asker, booted, nth, of, session, settle, stage } from '../../support/consent-platform.js';
import { PRINCIPALS } from '../../support/principals.js';

const MINUTE = 60_000;

describe('the audit log', () => {
  test('counts what happens again, and has the newest first', async () => {
    const { consent, clock } = await booted();
    for (let n = 0; n < 3; n++) {
      consent.record(PRINCIPALS.page, 'refused');
      clock.advance(10);
    }
    consent.record(PRINCIPALS.page, 'quota', of('read'));
    expect(await consent.audit()).toEqual([
      {
        caller: { key: 'page https://app.example', kind: 'page', origin: 'https://app.example' },
        decision: 'quota',
        subject: of('read'),
        title: 'See your purse',
        count: 1,
        first: 30,
        last: 30,
      },
      {
        caller: { key: 'page https://app.example', kind: 'page', origin: 'https://app.example' },
        decision: 'refused',
        count: 3,
        first: 0,
        last: 20,
      },
    ]);
  });

  test('has an admission once for each session, and none of our own pages', async () => {
    const { consent } = await booted();
    const one = session();
    consent.admitted(one, asker(), [of('read')]);
    consent.admitted(one, asker(), [of('read'), of('spend')]);
    consent.admitted(session(), asker(), [of('read')]);
    consent.admitted(session(PRINCIPALS.self), asker(PRINCIPALS.self), [of('read')]);
    const entries = await consent.audit();
    expect(entries.map(({ decision, count }) => [decision, count])).toEqual([['admitted', 2]]);
    expect(await consent.list()).toHaveLength(1);
  });

  test('what strangers cause does not wash out what the person did, and all is bounded', async () => {
    const { it, consent, clock } = await booted();
    await answered(it, asker(), { read: 'always' });
    for (let n = 0; n < 2000; n++) {
      clock.advance(1);
      consent.record(nth(n), n % 2 ? 'refused' : 'quota');
    }
    const entries = await consent.audit();
    expect(entries).toHaveLength(251);
    expect(entries.at(-1)).toMatchObject({ decision: 'allowed', subject: of('read') });
    expect(entries[0]?.last).toBe(2000);
    for (let n = 0; n < 2000; n++) consent.record(nth(n), 'denied', of('read'));
    expect(await consent.audit()).toHaveLength(500);
  });

  test('[A13] refusals count together for the extension behind them, in as many origins as it makes up', async () => {
    const { it, consent, clock } = await booted();
    await answered(it, asker(PRINCIPALS.other), { read: 'deny' });
    clock.advance(1);
    consent.record(PRINCIPALS.other, 'refused');
    const script = (n: number) => ({ ...PRINCIPALS.script, origin: `https://${n}.example` });
    for (let n = 0; n < 300; n++) {
      clock.advance(1);
      consent.record(script(n), 'refused');
      consent.record(script(n), 'banned');
      consent.record({ ...PRINCIPALS.page, origin: `https://${n}.example` }, 'refused');
    }
    const entries = (await consent.audit()).map(({ caller, decision, count }) => [
      caller.kind,
      caller.origin,
      decision,
      count,
    ]);
    expect(entries).toEqual([
      ['page', 'https://299.example', 'refused', 300],
      ['content-script', 'https://299.example', 'banned', 300],
      ['content-script', 'https://299.example', 'refused', 300],
      ['extension', PRINCIPALS.other.origin, 'refused', 1],
      ['extension', PRINCIPALS.other.origin, 'denied', 1],
    ]);
  });

  test('[A13] whoever has most makes room: one that fills the log pushes out nobody else', async () => {
    const { consent, clock } = await booted();
    for (let n = 0; n < 20; n++) consent.record(nth(n), 'refused');
    const script = (n: number) => ({ ...PRINCIPALS.script, origin: `https://${n}.example` });
    for (const [decision, times] of [
      ['admitted', 1000],
      ['denied', 1000],
    ] as const)
      for (let n = 0; n < times; n++) {
        clock.advance(1);
        consent.record(script(n), decision, of('read'));
      }
    const entries = await consent.audit();
    expect(entries).toHaveLength(500);
    expect(entries.filter(({ decision }) => decision === 'refused')).toHaveLength(20);
    // Of its own, the newest are left.
    expect(entries[0]?.caller.origin).toBe('https://999.example');
  });

  test('what was stored when each origin had an entry of its own is read, and counted together', async () => {
    const on = stage();
    const entries = Array.from({ length: 250 }, (_, n) => ({
      principal: {
        kind: 'content-script',
        id: PRINCIPALS.script.id,
        origin: `https://${n}.example`,
        own: false,
      },
      decision: 'refused',
      count: 2,
      first: n,
      last: n,
    }));
    on.store.write('portico.audit', { format: 1, entries });
    const { consent } = on.boot();
    await consent.loading;
    expect(await consent.storage()).toEqual({ state: 'ok' });
    expect(await consent.audit()).toMatchObject([
      { caller: { origin: 'https://249.example' }, decision: 'refused', count: 500, first: 0, last: 249 },
    ]);
  });

  test('survives a restart, and goes on counting', async () => {
    const on = stage();
    const first = on.boot();
    await first.consent.loading;
    first.consent.record(PRINCIPALS.page, 'refused');
    on.clock.advance(MINUTE);
    await settle();
    first.stop();
    const { consent } = on.boot();
    consent.record(PRINCIPALS.page, 'refused');
    await consent.loading;
    expect(await consent.audit()).toMatchObject([{ decision: 'refused', count: 2, first: 0, last: MINUTE }]);
  });
});

describe('traffic', () => {
  test('is added up by minutes of the last hour, for one and for all', async () => {
    const { consent, clock } = await booted();
    clock.advance(100 * MINUTE);
    consent.traffic(PRINCIPALS.extension, 2, 100);
    consent.traffic(PRINCIPALS.other, 1, 1);
    clock.advance(MINUTE);
    consent.traffic(PRINCIPALS.extension, 3, 50.4);
    const mine = await consent.usage(`extension ${PRINCIPALS.extension.id}`);
    expect(mine.from).toBe(42 * MINUTE);
    expect(mine.calls).toHaveLength(60);
    expect(mine.calls.slice(-2)).toEqual([2, 3]);
    expect(mine.bytes.slice(-2)).toEqual([100, 50]);
    expect((await consent.usage()).calls.slice(-2)).toEqual([3, 3]);
    expect((await consent.usage('__proto__')).calls.every((each) => each === 0)).toBe(true);
    clock.advance(59 * MINUTE);
    expect((await consent.usage()).calls.filter(Boolean)).toEqual([3]);
    clock.advance(MINUTE);
    expect((await consent.usage()).calls.filter(Boolean)).toEqual([]);
  });

  test('a clock that is set back neither loses nor shows what lies ahead', async () => {
    const on = stage();
    let time = 100 * MINUTE;
    const { consent } = on.boot({ platform: { time: () => time } });
    await consent.loading;
    consent.traffic(PRINCIPALS.extension, 1, 1);
    time -= 5 * MINUTE;
    consent.traffic(PRINCIPALS.extension, 2, 1);
    consent.traffic(PRINCIPALS.extension, 2, 1);
    expect((await consent.usage()).calls.filter(Boolean)).toEqual([4]);
  });

  test('of ours is not counted, and callers are bounded', async () => {
    const { consent, clock, store } = await booted();
    consent.traffic(PRINCIPALS.self, 5, 5);
    for (let n = 0; n < 3000; n++) consent.traffic(nth(n), 1, 1);
    expect((await consent.usage()).calls.at(-1)).toBe(1000);
    clock.advance(1000);
    await settle();
    const { traffic } = store.read('portico.traffic') as { traffic: unknown[] };
    expect(traffic).toHaveLength(1000);
  });

  test('survives a restart', async () => {
    const on = stage();
    const first = on.boot();
    await first.consent.loading;
    first.consent.traffic(PRINCIPALS.extension, 7, 70);
    on.clock.advance(1000);
    await settle();
    first.stop();
    const { consent } = on.boot();
    await consent.loading;
    expect((await consent.usage()).calls.at(-1)).toBe(7);
  });
});
