import type { ProofBody } from 'portico/client';
import { describe, expect, test } from 'vitest';
import { KIND } from '../../support/kinds.js';
import { settled } from '../../support/raw-peer.js';
import { codeOf, expectViolated, failureOf, realClient, welcomed } from '../../support/sessions.js';
import { welcome } from '../../support/tabs.js';

const MINUTE = 60_000;

/** A client that has a call, a subscription and a `ready()` waiting, and how they end. */
const waiting = async (options: Parameters<typeof realClient>[0] = {}) => {
  const client = realClient(options);
  const outcomes = [
    codeOf(client.read.list()),
    codeOf(client.read.changed().next()),
    codeOf(client.session.ready()),
  ];
  await settled();
  let ended = false;
  void Promise.all(outcomes).then(() => {
    ended = true;
  });
  return { ...client, outcomes: Promise.all(outcomes), hasEnded: () => ended };
};

describe('a host that has a person asked', () => {
  test('[W6.16] over and over is left at the second time, whatever it says', async () => {
    const { raw, outcomes, session } = await waiting();
    raw.host.send(...Array(1500).fill([KIND.PENDING, 300_000]), welcome());
    expect(await outcomes).toEqual(Array(3).fill('PROTOCOL_VIOLATION'));
    await settled();
    expectViolated(raw.host);
    expect([session.state, raw.host.of(KIND.PENDING)]).toEqual(['dormant', [[KIND.PENDING]]]);
  });

  test('[W6.16] once more in each minute puts the end off by nothing', async () => {
    const { raw, outcomes, session } = await waiting();
    raw.host.send([KIND.PENDING, 90_000]);
    await settled();
    raw.clock.advance(MINUTE);
    expect(session.state).toBe('pending');
    raw.host.send([KIND.PENDING, 90_000]);
    expect(await outcomes).toEqual(Array(3).fill('PROTOCOL_VIOLATION'));
  });

  test.each([
    ['a minute later', MINUTE, 'HANDSHAKE_TIMEOUT', 4],
    ['at once', 0, 'DISCONNECTED', 11],
  ])(
    '[W5.36] and hangs up %s, each time, is given up at the client’s own limit',
    async (_when, held, code, most) => {
      const { raw, outcomes, hasEnded, session } = await waiting();
      let rounds = 0;
      while (!hasEnded() && ++rounds < 1000) {
        raw.host.send([KIND.PENDING, 300_000]);
        await settled();
        raw.clock.advance(held);
        raw.host.close();
        await settled();
        // The longest time until it comes again.
        raw.clock.advance(30_000);
        await settled();
      }
      expect(await outcomes).toEqual(Array(3).fill(code));
      expect(rounds).toBe(most);
      const dialled = raw.hosts.length;
      raw.clock.advance(60 * MINUTE);
      await settled();
      expect([session.state, raw.hosts.length]).toEqual(['dormant', dialled]);
    },
  );

  test('[W5.36] and is asked again late gets what is left, and no more', async () => {
    const { raw, outcomes, hasEnded } = await waiting({ connect: { limits: { pending: 100_000 } } });
    raw.host.send([KIND.PENDING, 1e9]);
    await settled();
    raw.clock.advance(99_000);
    raw.host.close();
    await settled();
    raw.clock.advance(500);
    await settled();
    expect(raw.hosts).toHaveLength(2);
    raw.host.send([KIND.PENDING, 1e9]);
    await settled();
    raw.clock.advance(10_499);
    await settled();
    expect(hasEnded()).toBe(false);
    raw.clock.advance(1);
    expect(await outcomes).toEqual(Array(3).fill('HANDSHAKE_TIMEOUT'));
  });

  test('[W5.36] has the whole time again for what is asked of it after an end', async () => {
    const { raw, outcomes, session } = await waiting();
    raw.host.send([KIND.PENDING, 300_000]);
    await settled();
    raw.clock.advance(310_000);
    expect(await outcomes).toEqual(Array(3).fill('HANDSHAKE_TIMEOUT'));
    const again = session.ready();
    await settled();
    raw.host.send([KIND.PENDING, 300_000]);
    await settled();
    raw.clock.advance(299_000);
    await settled();
    expect(session.state).toBe('pending');
    raw.host.send(welcome());
    expect(await again).toMatchObject({ version: '1.2.0' });
  });
});

describe('a host that challenges', () => {
  const proving = async () => {
    let signed = 0;
    const prove = async (): Promise<ProofBody> => {
      signed++;
      return { algorithm: 'Ed25519', key: '', nonce: '', signature: '' };
    };
    const proof = { prove, thumbprint: async () => '' };
    const client = await waiting({ connect: { proof } });
    return { ...client, signed: () => signed };
  };
  const challenge = [KIND.CHALLENGE, { nonce: 'x' }];

  test('[W6.17] 20,000 times in one message has the key sign once', async () => {
    const { raw, signed, outcomes } = await proving();
    raw.host.send(...Array(20_000).fill(challenge));
    expect(await outcomes).toEqual(Array(3).fill('PROTOCOL_VIOLATION'));
    await settled();
    expectViolated(raw.host);
    expect(signed()).toBe(1);
  });

  test('[W6.17] once more after the proof has it sign no more', async () => {
    const { raw, signed, outcomes } = await proving();
    raw.host.send(challenge);
    await settled();
    expect(raw.host.of(KIND.PROOF)).toHaveLength(1);
    raw.host.send(challenge);
    expect(await outcomes).toEqual(Array(3).fill('PROTOCOL_VIOLATION'));
    expect(signed()).toBe(1);
  });

  test('[W6.17] while a person is asked has it sign nothing', async () => {
    const { raw, signed, outcomes } = await proving();
    raw.host.send([KIND.PENDING, 1000], challenge);
    expect(await outcomes).toEqual(Array(3).fill('PROTOCOL_VIOLATION'));
    expect(signed()).toBe(0);
  });

  test('[W5.28] before a person is asked is answered', async () => {
    const { raw, signed, session } = await proving();
    raw.host.send(challenge, [KIND.PENDING, 1000]);
    await settled();
    expect([signed(), session.state]).toEqual([1, 'pending']);
  });
});

describe('a host that makes work', () => {
  test('[W6.19] with thousands of GRANTS in a message has each listener run once, for the last', async () => {
    const { raw, session } = await welcomed();
    const heard: unknown[] = [];
    session.onChange((state) => heard.push([state, session.info?.granted]));
    const grants = (...granted: string[]): unknown[] => [KIND.GRANTS, granted, [], [], []];
    raw.host.send(
      ...Array(5000)
        .fill([grants(), grants('read')])
        .flat(),
      grants('read', 'titles'),
    );
    await settled();
    expect(heard).toEqual([['open', ['read', 'titles']]]);
    raw.host.send(grants('read'));
    await settled();
    expect(heard).toEqual([
      ['open', ['read', 'titles']],
      ['open', ['read']],
    ]);
  });

  test('[W8.6] with a gap before each event has the handler run once for each that was read', async () => {
    const { raw, read } = await welcomed({ connect: { limits: { eventCredit: 8 } } });
    const gaps: number[] = [];
    const changes = read.changed({ onGap: (missed) => gaps.push(missed) });
    await settled();
    raw.host.send(...Array.from({ length: 1000 }, (_, i) => [KIND.EVENT, 1, 2 * i + 1, { id: i }]));
    await settled();
    expect(gaps).toEqual([]);
    for (let i = 0; i < 8; i++) await changes.next();
    expect(await codeOf(changes.next())).toBe('PROTOCOL_VIOLATION');
    expect(gaps).toEqual(Array(8).fill(1));
  });

  test('[W4.4] with events whose numbers can’t be counted any more ends its session', async () => {
    const { raw, read } = await welcomed();
    const outcome = codeOf(read.changed({ onGap: () => {} }).next());
    await settled();
    raw.host.send([KIND.EVENT, 1, 2 ** 53 - 2, { id: 1 }, { id: 2 }, { id: 3 }]);
    expect(await outcome).toBe('PROTOCOL_VIOLATION');
    await settled();
    expectViolated(raw.host);
  });

  test('[W12.4] by welcomes and hang-ups is not met again unless somebody asks', async () => {
    const { raw, session, read } = realClient({ connect: { whenUnreachable: 'wait' } });
    const instances = new Set<string | undefined>();
    for (let round = 0; round < 5; round++) {
      const lost = codeOf(read.changed().next());
      await settled();
      raw.host.send(welcome({ instance: `i${round}` }));
      await settled();
      instances.add(session.info?.instance);
      raw.host.close();
      expect(await lost).toBe('DISCONNECTED');
      raw.clock.advance(MINUTE);
      await settled();
      expect([session.state, raw.hosts.length]).toEqual(['dormant', round + 1]);
    }
    expect(instances.size).toBe(5);
  });
});

describe('a host that stalls', () => {
  test('[W7.14] [W7.8] by admitting one call at a time and answering none holds no call beyond its deadline', async () => {
    const { raw, read } = await welcomed({}, { calls: 1 });
    const calls = [read.list(), read.ping(undefined, { deadline: 5000 }), read.list()].map(codeOf);
    const changes = read.changed();
    await settled();
    expect(raw.host.of(KIND.CALL)).toHaveLength(1);
    for (const milliseconds of [5000, 25_000]) {
      raw.clock.advance(milliseconds);
      await settled();
    }
    expect(await Promise.all(calls)).toEqual(Array(3).fill('DEADLINE_EXCEEDED'));
    const [subscription] = raw.host.of(KIND.SUBSCRIBE);
    raw.host.send([KIND.EVENT, subscription?.[1], 0, { id: 1 }]);
    expect(await changes.next()).toEqual({ done: false, value: { id: 1 } });
  });
});

describe('the facts in a refusal', () => {
  const refusedWith = async (data: unknown): Promise<unknown> => {
    const client = realClient({ serialization: 'structured-clone' });
    const outcome = failureOf(client.session.ready());
    await settled();
    client.raw.host.send([KIND.REFUSE, { code: 'CONSENT_DENIED', data }]);
    return (await outcome).data;
  };

  test.each<readonly [string, unknown, unknown]>([
    ['a while', 60_000, 60_000],
    ['at once', 0, 0],
    ['ages, which a timer would take for now', 1e300, 2 ** 31 - 1],
    ['never', Number.POSITIVE_INFINITY, 2 ** 31 - 1],
    ['the past', -1, undefined],
    ['no number', Number.NaN, undefined],
    ['a text', '60000', undefined],
    ['a list', [60_000], undefined],
    ['a BigInt', 60_000n, undefined],
  ])('[W10.7] retryAfter as %s can be given to a timer', async (_what, retryAfter, read) => {
    expect(await refusedWith({ retryAfter })).toEqual(read === undefined ? {} : { retryAfter: read });
  });

  test('[W10.7] are those of the table, each of its type and cut', async () => {
    const data = {
      retryAfter: 1,
      limit: 'x'.repeat(10_000),
      path: 5,
      expected: ['a text'],
      capabilities: [...Array(10_000).fill('read'), 5],
      granted: ['read', { toString: 1 }, 'x'.repeat(10_000)],
      versions: 'all of them',
      attachment: new Uint8Array(5000),
    };
    expect(await refusedWith(data)).toEqual({
      retryAfter: 1,
      limit: 'x'.repeat(1024),
      capabilities: Array(256).fill('read'),
      granted: ['read', 'x'.repeat(1024)],
    });
  });

  test.each([undefined, null, 5, 'text', [1], new Map([['retryAfter', 5]])])(
    '[W10.7] are none in %s',
    async (data) => {
      expect(Object.keys(Object((await refusedWith(data)) ?? {}))).toEqual([]);
    },
  );
});
