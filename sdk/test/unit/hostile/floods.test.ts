import { afterEach, describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { expectPrototypesUntouched } from '../../support/prototypes.js';
import { rawClient, settled } from '../../support/raw-peer.js';
import {
  admitted,
  bystander,
  codeIn,
  exchange,
  expectViolated,
  handlersRun,
} from '../../support/sessions.js';
import { hello, tabsHost } from '../../support/tabs.js';

afterEach(expectPrototypesUntouched);

describe('[A13] before admission', () => {
  test.each([
    ['calls', [KIND.CALL, 1, 'control.close', 0, { id: 1 }]],
    ['subscriptions', [KIND.SUBSCRIBE, 1, 'read.changed', 1]],
    ['cancellations', [KIND.CANCEL, 1]],
    ['credit', [KIND.CREDIT, 1, 1]],
  ])('[W5.1] [W3.4] %s are never read', async (_what, frame) => {
    const server = tabsHost();
    const unharmed = await bystander(server);
    const peer = rawClient(server.host);
    for (let i = 0; i < 100; i++) peer.send(...Array(100).fill(frame));
    await settled();
    expectViolated(peer, KIND.REFUSE);
    expect([peer.frames.length, handlersRun(server), server.subscribers()]).toEqual([1, [], 0]);
    await unharmed();
  });

  test('[W5.26] [W3.4] ports that say nothing are bounded for one principal, and no other is shut out', async () => {
    const server = tabsHost();
    const unharmed = await bystander(server);
    const peers = Array.from({ length: 1000 }, () => rawClient(server.host));
    await settled();
    const refused = peers.filter(({ closed }) => closed);
    expect(refused).toHaveLength(1000 - 64);
    expect(new Set(refused.flatMap(({ frames }) => frames.map(codeIn)))).toEqual(new Set(['LIMIT_EXCEEDED']));
    await unharmed();
  });

  test('[W5.27] saying goodbye piles up no ports either', async () => {
    const server = tabsHost();
    const unharmed = await bystander(server);
    const peers = Array.from({ length: 200 }, () => rawClient(server.host));
    for (const peer of peers) peer.post([hello(), [KIND.GOODBYE, {}]]);
    await settled();
    // The bystander has one of its own.
    expect(server.host.sessions).toBeLessThanOrEqual(64 + 1);
    await unharmed();
  });

  test('[W5.7] [W3.4] what is held for a decision is bounded, and given back', async () => {
    const server = tabsHost({ slowRules: true });
    const peers = Array.from({ length: 10 }, () => rawClient(server.host));
    for (const peer of peers) {
      peer.send(hello());
      for (let i = 1; i <= 600; i++) peer.send([KIND.CALL, i, 'control.close', 0, { id: i }]);
    }
    await settled();
    expect(peers.map(({ frames, closed }) => [frames.map(codeIn), closed])).toEqual(
      peers.map(() => [['LIMIT_EXCEEDED'], true]),
    );
    expect(server.host.sessions).toBe(0);
    server.decide();
    const unharmed = await bystander(server);
    await unharmed();
    expect(handlersRun(server)).toEqual([]);
  });
});

describe('[A13] after it', () => {
  test('[W4.9] a message with more than anybody would send is a violation, and none of it runs', async () => {
    const server = tabsHost();
    const unharmed = await bystander(server);
    const folded = await admitted(server);
    const fold = (first: number) => [KIND.CALL, first, 'control.close', 0, ...Array(50_000).fill({ id: 1 })];
    folded.post([fold(1), fold(50_001), fold(100_001)]);
    const frames = await admitted(server);
    frames.post(Array.from({ length: 130_000 }, () => [64]));
    const single = await admitted(server);
    single.post(Array.from({ length: 30_000 }, (_, i) => [KIND.CALL, i + 1, 'control.close', 0, { id: 1 }]));
    await settled();
    for (const peer of [folded, frames, single]) expectViolated(peer);
    expect(handlersRun(server)).toEqual([]);
    await unharmed();
  });

  test('as many calls as a message may hold are each answered once', async () => {
    const server = tabsHost();
    const unharmed = await bystander(server);
    const peer = await admitted(server);
    const answers = await exchange(peer, [
      KIND.CALL,
      1,
      'control.close',
      0,
      ...Array(20_000).fill({ id: 1 }),
    ]);
    expect(answers.flatMap((frame) => frame.slice(2))).toHaveLength(20_000);
    await unharmed();
  });

  test('[W7.11] [W3.4] calls that never end are bounded, and no other session pays', async () => {
    const server = tabsHost();
    const unharmed = await bystander(server);
    const peer = await admitted(server);
    for (let i = 0; i < 4; i++)
      peer.send([KIND.CALL, 1 + 5000 * i, 'control.wait', 0, ...Array(5000).fill({})]);
    await settled();
    expect(server.ran.filter(([path]) => path === 'control.wait')).toHaveLength(10_000);
    expect(peer.of(KIND.ERROR)).toHaveLength(10_000);
    await unharmed();
    peer.close();
    await settled();
    expect(server.signals.every(({ aborted }) => aborted)).toBe(true);
  });

  test('[W8.1] [W3.4] subscriptions without end are bounded, and leave nothing behind', async () => {
    const server = tabsHost();
    const unharmed = await bystander(server);
    const peer = await admitted(server);
    const answers = await exchange(
      peer,
      ...Array.from({ length: 5000 }, (_, i) => [KIND.SUBSCRIBE, i + 1, 'read.changed', 1]),
    );
    expect([answers.length, new Set(answers.map(codeIn))]).toEqual([5000 - 256, new Set(['LIMIT_EXCEEDED'])]);
    expect(server.subscribers()).toBe(256);
    server.emit('changed', { id: 1, title: 'a' });
    await settled();
    expect(peer.of(KIND.EVENT)).toHaveLength(256);
    const again = Array.from({ length: 2000 }, (_, i) => [
      [KIND.UNSUBSCRIBE, (i % 256) + 1],
      [KIND.SUBSCRIBE, 5001 + i, 'read.changed', 1],
    ]).flat();
    await exchange(peer, ...again);
    expect(server.subscribers()).toBe(256);
    await unharmed();
    peer.close();
    await settled();
    expect(server.subscribers()).toBe(0);
  });

  test('[W8.3] [W8.4] credit that is abused buys no more than the queue', async () => {
    const server = tabsHost();
    const unharmed = await bystander(server);
    const greedy = await admitted(server);
    const slow = await admitted(server);
    await exchange(
      greedy,
      [KIND.SUBSCRIBE, 1, 'read.changed', 2 ** 53 - 1],
      ...Array(1000).fill([KIND.CREDIT, 1, 2 ** 53 - 1]),
    );
    await exchange(slow, [KIND.SUBSCRIBE, 1, 'read.changed', 0]);
    for (let id = 0; id < 3000; id++) server.emit('changed', { id, title: 'a' });
    await settled();
    const received = (peer: typeof greedy): number =>
      peer.of(KIND.EVENT).flatMap((frame) => frame.slice(3)).length;
    expect([received(greedy), received(slow)]).toEqual([1024, 0]);
    await exchange(greedy, [KIND.CREDIT, 1, 2 ** 53 - 1]);
    await exchange(slow, [KIND.CREDIT, 1, 2 ** 53 - 1]);
    expect([received(greedy), received(slow)]).toEqual([2048, 1024]);
    await unharmed();
  });

  test.each([
    ['no number', Number.NaN],
    ['a fraction', 0.5],
    ['beyond all numbers', Number.POSITIVE_INFINITY],
    ['below none', -1],
    ['a text', '10'],
    ['a large number', 10n],
    ['an object that says one', { valueOf: 1 }],
  ])('[W4.4] [W3.4] credit that is %s is a violation, and costs nobody else', async (_what, amount) => {
    const server = tabsHost();
    const unharmed = await bystander(server);
    for (const frames of [
      [[KIND.SUBSCRIBE, 1, 'read.changed', amount]],
      [
        [KIND.SUBSCRIBE, 1, 'read.changed', 1],
        [KIND.CREDIT, 1, amount],
      ],
    ]) {
      const peer = await admitted(server, { serialization: 'structured-clone' });
      await exchange(peer, ...frames);
      expectViolated(peer);
    }
    expect(server.subscribers()).toBe(0);
    await unharmed();
  });

  test('[W3.4] a violation in one session ends no other session of the same principal', async () => {
    const server = tabsHost();
    const [bad, good] = [await admitted(server), await admitted(server)];
    await exchange(good, [KIND.CALL, 1, 'control.wait', 0, {}], [KIND.SUBSCRIBE, 2, 'read.changed', 5]);
    await exchange(bad, 'nonsense');
    expectViolated(bad);
    server.emit('changed', { id: 1, title: 'a' });
    server.release();
    await settled();
    expect([good.of(KIND.RESULT).length, good.of(KIND.EVENT).length, good.closed]).toEqual([1, 1, false]);
    await admitted(server);
  });

  test.each([
    ['falls', 4],
    ['repeats', 5],
    ['is zero', 0],
    ['is not safe', 2 ** 53],
    ['is a fraction', 5.5],
    ['is a text', '6'],
  ])('[W7.1] [W3.4] an id that %s costs its session alone', async (_what, id) => {
    const server = tabsHost();
    const unharmed = await bystander(server);
    const peer = await admitted(server);
    await exchange(
      peer,
      [KIND.CALL, 5, 'control.wait', 0, {}],
      [KIND.CALL, id, 'control.close', 0, { id: 1 }],
    );
    expectViolated(peer);
    expect([handlersRun(server), server.signals[0]?.aborted]).toEqual([['control.wait'], true]);
    await unharmed();
  });
});
