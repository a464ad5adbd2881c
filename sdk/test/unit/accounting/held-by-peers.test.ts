import fc from 'fast-check';
import { all, allow, anyExtension, createHost, type Host, provenKey } from 'portico/host';
import { extension } from 'portico/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { type Account } from '../../../src/accounting/account.js';
import {
  CALLS,
  EARLY,
  EVENTS,
  PARAMETERS,
  QUESTIONS,
  SESSIONS,
  SUBSCRIPTIONS,
} from '../../../src/accounting/kinds.js';
import { internalsOf } from '../../../src/host/create-host.js';
import { ALLOWED, fakeConsent } from '../../support/fake-consent.js';
import { KIND } from '../../support/kinds.js';
import { expectPrototypesUntouched } from '../../support/prototypes.js';
import { type RawPeer, rawClient, settled } from '../../support/raw-peer.js';
import { admitted, bystander, codeIn, exchange } from '../../support/sessions.js';
import { hello, type TabsHost, tabs, tabsHost } from '../../support/tabs.js';

afterEach(expectPrototypesUntouched);

const GUEST = extension('e'.repeat(32));
const NOTHING = [0, 0, 0, 0, 0, 0, 0];
const accountOf = (host: Host): Account => internalsOf(host).account;
/** The data of the error in a peer's last frame. */
const dataOf = (peer: RawPeer): unknown =>
  (peer.frames.at(-1)?.at(-1) as { data?: unknown } | undefined)?.data;
const echo = (id: number, size: number) => [KIND.CALL, id, 'control.echo', 0, { value: 'x'.repeat(size) }];

describe('[A19] [W5.7] what comes before the welcome', () => {
  const limits = { earlySizePerPrincipal: 100_000, earlySizePerHost: 400_000 };

  test('is bounded for all ports of a principal, while slow rules decide; another one gets in', async () => {
    const server = tabsHost({ slowRules: true, limits });
    const peers = Array.from({ length: 24 }, () => rawClient(server.host));
    for (const peer of peers) peer.send(hello());
    for (const peer of peers) peer.send(echo(1, 10_000));
    await settled();
    const held = accountOf(server.host).held[EARLY] as number;
    expect(held).toBeGreaterThan(80_000);
    expect(held).toBeLessThanOrEqual(100_000);
    const refused = peers.filter(({ closed }) => closed);
    expect(refused.length).toBeGreaterThanOrEqual(14);
    expect(refused.map(dataOf)).toEqual(
      refused.map(() => ({ limit: 'earlySizePerPrincipal', retryAfter: 1000 })),
    );
    const unharmed = bystander(server);
    await settled();
    server.decide();
    await (await unharmed)();
  });

  test('is bounded for ports that owe a proof', async () => {
    const host = createHost({ limits });
    const admit = [allow(all(anyExtension(), provenKey(`${'x'.repeat(42)}A`)))] as const;
    const none = { admit, provide: () => ({}) as never };
    host.publish(tabs, { read: none, titles: none, control: none, admin: none });
    const peers = Array.from({ length: 24 }, () => rawClient(host));
    for (const peer of peers) peer.send(hello({ proof: 1 }));
    await settled();
    expect(peers.every((peer) => peer.of(KIND.CHALLENGE).length === 1)).toBe(true);
    for (const peer of peers) peer.send(echo(1, 10_000));
    await settled();
    expect(accountOf(host).held[EARLY]).toBeLessThanOrEqual(100_000);
    expect(peers.filter(({ closed }) => closed).length).toBeGreaterThanOrEqual(14);
    for (const peer of peers) peer.close();
    await settled();
    expect(accountOf(host).held).toEqual(NOTHING);
  });

  test('counts the hello as long as its session lasts, and what is behind it no longer than until it is read', async () => {
    const server = tabsHost({ slowRules: true });
    const peer = rawClient(server.host);
    const wants = Array.from({ length: 250 }, (_, i) => `${i}`.padEnd(64, 'x'));
    peer.send(hello({ wants: [...wants, 'control'], token: 'x'.repeat(4096) }), echo(1, 10_000));
    await settled();
    expect(accountOf(server.host).held[EARLY]).toBeGreaterThan(30_000);
    server.decide();
    await settled();
    expect(peer.of(KIND.RESULT)).toHaveLength(1);
    const kept = accountOf(server.host).held[EARLY];
    expect(kept).toBeGreaterThan(20_000);
    expect(kept).toBeLessThan(30_000);
    peer.close();
    await settled();
    expect(accountOf(server.host).held).toEqual(NOTHING);
  });

  test('is counted no longer when a person is asked; that is a question, until it is answered', async () => {
    const consent = fakeConsent();
    const server = tabsHost({ consent, asks: ['read'], slowRules: true });
    const peer = rawClient(server.host);
    peer.send(hello({ needs: ['read'], wants: [] }), echo(1, 10_000));
    await settled();
    expect(accountOf(server.host).held[EARLY]).toBeGreaterThan(10_000);
    server.decide();
    await settled();
    const { held } = accountOf(server.host);
    expect([held[QUESTIONS], (held[EARLY] as number) < 1000]).toEqual([1, true]);
    peer.send([KIND.PENDING]);
    consent.answer({ read: ALLOWED });
    await settled();
    expect([peer.of(KIND.WELCOME).length, held[QUESTIONS]]).toEqual([1, 0]);
  });
});

describe('[A19] a slow reader', () => {
  test('[W8.4] costs no more than its bytes, however many sessions and subscriptions it has', async () => {
    const limits = { eventSize: 200_000, eventSizePerPrincipal: 1_000_000 };
    const server = tabsHost({ limits });
    const unharmed = await bystander(server);
    const peers = await Promise.all(Array.from({ length: 64 }, () => admitted(server)));
    for (const [i, peer] of peers.entries()) {
      const refused = await exchange(
        peer,
        ...Array.from({ length: 256 }, (_, id) => [KIND.SUBSCRIBE, id + 1, 'read.changed', 0]),
      );
      // The quota of the principal, which is there without being set.
      expect(refused.length).toBe(i < 4 ? 0 : 256);
    }
    expect(accountOf(server.host).held[SUBSCRIPTIONS]).toBe(1024);
    for (let id = 0; id < 40; id++) {
      server.emit('changed', { id, title: `${id}`.padEnd(50_000, 'x') });
      expect(accountOf(server.host).held[EVENTS]).toBeLessThanOrEqual(1_000_000);
    }
    const { length } = peers.flatMap((peer) => peer.of(KIND.EVENT));
    expect(length).toBe(0);
    await exchange(peers[0] as RawPeer, [KIND.CREDIT, 1, 100]);
    server.emit('changed', { id: 40, title: 'last' });
    await settled();
    const numbers = peers[0]
      ?.of(KIND.EVENT)
      .flatMap(([, , first, ...all]) => all.map((_, i) => Number(first) + i));
    // What was kept came, and the gap is in the numbers.
    expect([numbers?.at(0), numbers?.at(-1), (numbers?.length ?? 0) < 40]).toEqual([0, 40, true]);
    await unharmed();
    for (const peer of peers) peer.close();
    await settled();
    expect([accountOf(server.host).held[EVENTS], accountOf(server.host).held[SUBSCRIPTIONS]]).toEqual([0, 0]);
  });

  test('leaves room for the events of others, in its own principal alone it does not', async () => {
    const server = tabsHost({ limits: { eventSize: 100_000, eventSizePerPrincipal: 100_000 } });
    const greedy = await admitted(server);
    const sibling = await admitted(server);
    const other = await admitted(server, { as: GUEST }, { wants: ['read', 'titles'] });
    await exchange(greedy, [KIND.SUBSCRIBE, 1, 'read.changed', 0]);
    for (let id = 0; id < 10; id++) server.emit('changed', { id, title: `${id}`.padEnd(20_000, 'x') });
    for (const peer of [sibling, other]) await exchange(peer, [KIND.SUBSCRIBE, 1, 'read.moved', 0]);
    for (let index = 0; index < 200; index++) server.emit('moved', { id: index, index });
    for (const peer of [sibling, other]) await exchange(peer, [KIND.CREDIT, 1, 1000]);
    const count = (peer: RawPeer): number => peer.of(KIND.EVENT).flatMap((frame) => frame.slice(3)).length;
    expect(count(other)).toBe(200);
    expect(count(sibling)).toBeLessThan(200);
  });
});

describe('[A19] calls that run', () => {
  test('[W7.11] are bounded by the bytes that they keep, and given back when their handlers are done', async () => {
    const server = tabsHost({ limits: { callSize: 50_000, callSizePerPrincipal: 80_000 } });
    const [first, second] = [await admitted(server), await admitted(server)];
    const wait = (id: number) => [KIND.CALL, id, 'control.wait', 0, { for: 'x'.repeat(20_000) }];
    const answers = await exchange(first, ...[1, 2, 3].map(wait));
    expect(answers.map((frame) => [frame[1], codeIn(frame)])).toEqual([[3, 'LIMIT_EXCEEDED']]);
    expect(dataOf(first)).toEqual({ limit: 'callSize' });
    await exchange(second, ...[1, 2].map(wait));
    expect(dataOf(second)).toEqual({ limit: 'callSizePerPrincipal', retryAfter: 1000 });
    expect(accountOf(server.host).held[CALLS]).toBe(3);
    // Gone, but its handlers run.
    first.close();
    await settled();
    expect(accountOf(server.host).held[PARAMETERS]).toBeGreaterThan(60_000);
    server.release();
    await settled();
    expect([accountOf(server.host).held[PARAMETERS], accountOf(server.host).held[CALLS]]).toEqual([0, 0]);
  });

  test('[W11.2] the default quota counts where none is set', async () => {
    const server = tabsHost({ limits: { calls: 40_000, callsPerHost: 60_000, messageItems: 50_000 } });
    const [first, second] = [await admitted(server), await admitted(server)];
    first.send([KIND.CALL, 1, 'control.wait', 0, ...Array(30_000).fill({})]);
    const answers = await exchange(second, [KIND.CALL, 1, 'control.wait', 0, ...Array(30_000).fill({})]);
    expect(answers).toHaveLength(20_000);
    expect(dataOf(second)).toEqual({ limit: 'calls', retryAfter: 1000 });
    server.release();
    await settled();
    expect(accountOf(server.host).held[CALLS]).toBe(0);
  });
});

/** What a peer does, whatever state it is in. */
const act = fc.record({
  peer: fc.nat(5),
  does: fc.constantFrom(
    'open',
    'hello',
    'call',
    'wait',
    'echo',
    'cancel',
    'subscribe',
    'unsubscribe',
    'credit',
    'request',
    'garbage',
    'goodbye',
    'close',
    'emit',
    'release',
    'time',
  ),
  size: fc.nat(3000),
});

test('whatever peers do: when all have gone and all handlers are done, nothing is held', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 5, maxLength: 60 }),
      fc.boolean(),
      async (acts, slowRules) => {
        const server = tabsHost({
          slowRules,
          limits: {
            eventSize: 6000,
            earlySize: 5000,
            callSize: 5000,
            eventQueue: 8,
            calls: 4,
            subscriptions: 3,
          },
          quotas: { strikes: Number.POSITIVE_INFINITY },
        });
        const peers: (RawPeer | undefined)[] = [];
        let id = 0;
        const framesOf = (does: string, size: number): readonly unknown[] => {
          const value = 'x'.repeat(size);
          const frames: Record<string, () => unknown> = {
            hello: () => hello(),
            call: () => [KIND.CALL, ++id, 'read.list', 0, {}],
            wait: () => [KIND.CALL, ++id, 'control.wait', 0, { for: value }],
            echo: () => [KIND.CALL, ++id, 'control.echo', 0, { value }],
            cancel: () => [KIND.CANCEL, id],
            subscribe: () => [KIND.SUBSCRIBE, ++id, size % 2 ? 'read.changed' : 'read.moved', size % 3],
            unsubscribe: () => [KIND.UNSUBSCRIBE, Math.max(0, id - (size % 4))],
            credit: () => [KIND.CREDIT, Math.max(0, id - (size % 4)), size % 5],
            request: () => [KIND.REQUEST, ++id, { ask: ['titles'], drop: size % 2 ? ['control'] : [] }],
            garbage: () => 'garbage',
            goodbye: () => [KIND.GOODBYE, {}],
          };
          return [frames[does]?.()];
        };
        for (const { peer: at, does, size } of acts) {
          const peer = peers[at];
          if (does === 'open') {
            peer?.close();
            const opened = rawClient(server.host, at > 2 ? { as: GUEST } : {});
            if (size % 4 > 0) opened.send(hello());
            peers[at] = opened;
          } else if (does === 'emit') {
            const payload = { id: size % 4, index: 1, title: 'x'.repeat(size) };
            server.emit(size % 2 ? 'changed' : 'moved', payload);
          } else if (does === 'release') server.release(size % 2 ? new Error('no') : undefined);
          else if (does === 'time') await settled();
          else if (does === 'close') {
            peer?.close();
            peers[at] = undefined;
          } else if (peer && !peer.closed) peer.send(...framesOf(does, size));
        }
        server.decide();
        await settled();
        await expectNothingLeft(server, peers);
      },
    ),
    { numRuns: 40 },
  );
});

const expectNothingLeft = async (
  server: TabsHost,
  peers: readonly (RawPeer | undefined)[],
): Promise<void> => {
  for (const peer of peers) if (peer && !peer.closed) peer.close();
  await settled();
  server.release();
  await settled();
  const { held } = accountOf(server.host);
  expect(held).toEqual(NOTHING);
  expect([server.host.sessions, held[SESSIONS]]).toEqual([0, 0]);
};
