import { defineProtocol, event, method } from 'portico';
import { connect } from 'portico/client';
import { allow, anyExtension, ask, consent, contentScripts, createHost, where } from 'portico/host';
import { type Caller, contentScript } from 'portico/testing';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { fakeStore, fakeWindows, screensOf } from '../../support/consent-platform.js';
import { KIND } from '../../support/kinds.js';
import { linked } from '../../support/linked.js';
import { until } from '../../support/patience.js';
import { FRIEND, rawClient, rawPeer, STRANGER, settled } from '../../support/raw-peer.js';
import { codeIn } from '../../support/sessions.js';

const purse = defineProtocol({
  name: 'org.example.purse',
  version: '1.0.0',
  capabilities: {
    read: { title: 'See', members: { sum: method({ result: Type.Integer() }), changed: event(Type.Null()) } },
    spend: { title: 'Spend', members: { pay: method() } },
  },
});

/** Takes its time, and the same for everybody. */
const slowly = where(['extension'], async () => true);

/** A host with a person in front of it, and a client's platform. */
const start = ({ slow = false } = {}) => {
  const store = fakeStore();
  const windows = fakeWindows();
  const background = () => {
    const asks = consent();
    const host = createHost({ consent: asks });
    host.publish(purse, {
      read: { admit: [ask(slow ? slowly : anyExtension())], provide: () => ({ sum: () => 7 }) },
      spend: { admit: [ask(anyExtension())], provide: () => ({ pay() {} }) },
    });
    return { asks, host };
  };
  const first = background();
  const link = linked(first.host);
  Object.assign(link.platform, { store, windows });
  return {
    ...first,
    link,
    windows,
    restart() {
      link.cut();
      windows.unlisten();
      const next = background();
      link.host = next.host;
      return next;
    },
  };
};

const answer = async (
  host: Parameters<typeof screensOf>[0],
  verdicts: Readonly<Record<string, 'always' | 'once' | 'deny'>>,
) => {
  const { prompts } = screensOf(host);
  const [prompt] = await until(async () => {
    const open = await prompts.list();
    expect(open).toHaveLength(1);
    return open;
  });
  const answers = Object.entries(verdicts).map(([capability, verdict]) => ({ capability, verdict }));
  await prompts.answer({ id: prompt?.id ?? '', answers });
};

/** Allowed once when nobody waits for it any more, and then two clients that connect together. */
const twoAfterOnce = async (options?: Parameters<typeof start>[0]) => {
  const { host, link } = start(options);
  const client = () =>
    connect(purse, { needs: ['read'], host: link.platform.own.id, platform: link.platform });
  const gone = client();
  await until(() => expect(gone.session.state).toBe('pending'));
  gone.session.close();
  await answer(host, { read: 'once' });
  return { host, both: [client(), client()] };
};

describe('with a host and its clients', () => {
  test('one of two is allowed; that holds after a restart; revoked, a subscription ends', async () => {
    const it = start();
    const { host, link } = it;
    const { read, has, session } = connect(purse, {
      needs: ['read'],
      wants: ['spend'],
      host: link.platform.own.id,
      platform: link.platform,
    });
    const sum = read.sum();
    await until(() => expect(session.state).toBe('pending'));
    await answer(host, { read: 'always', spend: 'deny' });
    expect(await sum).toBe(7);
    expect(await has('spend')).toBe(false);
    const { asks } = it.restart();
    expect(await read.sum()).toBe(7);
    expect(it.windows.opened).toBe(1);
    const events = read.changed();
    const ended = (async () => {
      for await (const _ of events);
    })();
    ended.catch(() => {});
    await read.sum();
    const [connection] = await asks.list();
    expect(connection).toMatchObject({ sessions: 1 });
    await asks.revoke(connection?.caller.key ?? '');
    await expect(ended).rejects.toMatchObject({ code: 'GRANT_REVOKED' });
  });

  test('allowed once, it is for this session, and another is asked', async () => {
    const it = start();
    const { host, link } = it;
    const first = connect(purse, { needs: ['read'], host: link.platform.own.id, platform: link.platform });
    const sum = first.read.sum();
    await answer(host, { read: 'once' });
    expect(await sum).toBe(7);
    const second = connect(purse, { needs: ['read'], host: link.platform.own.id, platform: link.platform });
    const other = second.read.sum();
    await until(() => expect(second.session.state).toBe('pending'));
    await answer(host, { read: 'deny' });
    await expect(other).rejects.toMatchObject({ code: 'CONSENT_DENIED' });
    expect(await first.read.sum()).toBe(7);
  });

  test('allowed once after the client has gone, it is for one of two sessions that come together', async () => {
    const { host, both } = await twoAfterOnce();
    const [one, other] = both.map(({ read }) => read.sum());
    expect(await one).toBe(7);
    await until(() => expect(both[1]?.session.state).toBe('pending'));
    await answer(host, { read: 'deny' });
    await expect(other).rejects.toMatchObject({ code: 'CONSENT_DENIED' });
  });

  test('nor is it for two that slow rules let in together', async () => {
    const { host, both } = await twoAfterOnce({ slow: true });
    const sums = both.map(({ read }) => read.sum().then(String, ({ code }) => code));
    await until(() => expect(both.map(({ session }) => session.state)).not.toContain('connecting'));
    if (both.some(({ session }) => session.state === 'pending')) await answer(host, { read: 'deny' });
    expect((await Promise.all(sums)).filter((each) => each === '7')).toEqual(['7']);
  });

  test('[A11] [W5.38] nor for open sessions that ask for it together, of a rule that keeps one answer for all', async () => {
    let conclude = () => {};
    let rule: boolean | Promise<boolean> = true;
    const asks = consent();
    const host = createHost({ consent: asks });
    let paid = 0;
    host.publish(purse, {
      read: { admit: [allow(anyExtension())], provide: () => ({ sum: () => 7 }) },
      spend: { admit: [ask(where(['extension'], () => rule))], provide: () => ({ pay: () => void paid++ }) },
    });
    const { platform } = linked(host);
    Object.assign(platform, { store: fakeStore(), windows: fakeWindows() });
    const dial = (need: string) => {
      const peer = rawPeer(platform.connect({ id: platform.own.id }, { name: `portico:${purse.name}` }));
      peer.send([KIND.HELLO, { wire: [1], versions: ['1.0.0'], needs: [need], wants: [] }]);
      return peer;
    };
    const open = Array.from({ length: 10 }, () => dial('read'));
    const gone = dial('spend');
    await settled();
    expect([...open, gone].map(({ frames }) => frames[0]?.[0])).toEqual([
      ...open.map(() => KIND.WELCOME),
      KIND.PENDING,
    ]);
    gone.close();
    await answer(host, { spend: 'once' });

    rule = new Promise((resolve) => {
      conclude = () => resolve(true);
    });
    for (const peer of open) peer.send([KIND.REQUEST, 1, { ask: ['spend'], drop: [] }]);
    await settled();
    rule = true;
    conclude();
    await settled();
    for (const peer of open) peer.send([KIND.CALL, 2, 'spend.pay', 0, null]);
    await settled();
    const granted = (id: number) =>
      open.map(({ frames }) => frames.some(([kind, its]) => kind === KIND.RESULT && its === id));
    const first = open.map((_, index) => index === 0);
    expect([paid, granted(1), granted(2)]).toEqual([1, first, first]);
    // The person is asked about the others again.
    expect(await screensOf(host).prompts.list()).toHaveLength(1);
  });

  test('who was admitted stands in the audit log, be it gone with its first message', async () => {
    const it = start();
    const { asks, host, link } = it;
    const target = { host: link.platform.own.id, platform: link.platform };
    const admitted = async (): Promise<unknown[]> =>
      (await asks.audit()).filter(({ decision }) => decision === 'admitted').map(({ count }) => count);
    const first = connect(purse, { needs: ['read'], ...target });
    const sum = first.read.sum();
    await answer(host, { read: 'always' });
    await sum;
    expect(await admitted()).toEqual([1]);
    const second = connect(purse, { needs: ['read'], ...target });
    await second.session.ready();
    second.session.close();
    expect(await admitted()).toEqual([2]);
    const third = connect(purse, { needs: ['read'], ...target });
    third.read.sum().catch(() => {});
    await Promise.resolve();
    third.session.close();
    await until(async () => expect(await admitted()).toEqual([3]));
  });

  test('whoever is blocked loses the sessions of its content scripts, too, half-open ones and others', async () => {
    const asks = consent();
    const host = createHost({ consent: asks });
    const [id, site] = [STRANGER.sender.id ?? '', 'https://app.example'];
    host.publish(purse, {
      read: {
        admit: [allow(anyExtension()), allow(contentScripts({ chromium: [id] }))],
        provide: () => ({ sum: () => 7 }),
      },
      spend: { admit: [ask(anyExtension())], provide: () => ({ pay() {} }) },
    });
    const name = `portico:${purse.name}`;
    const dial = (as: Caller) => rawClient(host, { as, name });
    const hello = [KIND.HELLO, { wire: [1], versions: ['1.0.0'], needs: ['read'], wants: [] }];
    const its = [dial(STRANGER), dial(contentScript(id, site)), dial(contentScript(id, site))];
    const other = dial(FRIEND);
    for (const peer of [...its.slice(0, 2), other]) peer.send(hello);
    await settled();
    await asks.block(`extension ${id}`);
    await settled();
    expect([...its, other].map(({ closed }) => closed)).toEqual([true, true, true, false]);
    const again = dial(contentScript(id, 'https://other.example'));
    again.send(hello);
    await settled();
    expect(again.frames.map(codeIn)).toEqual(['REFUSED']);
  });
});
