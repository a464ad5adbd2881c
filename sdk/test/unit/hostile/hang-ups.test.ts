import { defineProtocol, method } from 'portico';
import {
  all,
  allow,
  anyExtension,
  ask,
  consent,
  createHost,
  provenKey,
  type Rule,
  where,
} from 'portico/host';
import { describe, expect, test } from 'vitest';
import { internalsOf } from '../../../src/host/create-host.js';
import type { HostPlatform } from '../../../src/platform/platform.js';
import { randomId } from '../../../src/platform/system.js';
import { memoryPorts } from '../../../src/testing/memory-port.js';
import { fakeStore, fakeWindows } from '../../support/consent-platform.js';
import { bytesHeld, type Watch, watch } from '../../support/garbage.js';
import { KIND } from '../../support/kinds.js';
import { manualClock } from '../../support/manual-clock.js';
import { FRIEND, type RawPeer, rawPeer, settled } from '../../support/raw-peer.js';

const NEVER = new Promise<never>(() => {});

const protocolOf = (name: string) =>
  defineProtocol({
    name: `org.example.${name}`,
    version: '1.0.0',
    capabilities: {
      read: { title: 'See' },
      spend: { title: 'Spend', members: { pay: method() } },
    },
  });

/** What decides about reading, by the name of the protocol. Spending is always asked for. */
const RULES: Readonly<Record<string, Rule>> = {
  asks: ask(anyExtension()),
  other: ask(anyExtension()),
  gives: allow(anyExtension()),
  pays: allow(anyExtension()),
  dawdles: allow(where(['extension'], () => NEVER)),
  proves: allow(all(anyExtension(), provenKey())),
};

/** A host of these protocols. */
const start = (names: readonly string[], platform: Partial<HostPlatform> = {}) => {
  const clock = manualClock();
  const windows = fakeWindows();
  const host = createHost({ consent: consent() });
  for (const name of names)
    host.publish(protocolOf(name), {
      read: { admit: [RULES[name] as Rule] },
      spend: {
        admit: [name === 'pays' ? allow(anyExtension()) : ask(anyExtension())],
        provide: () => ({
          async pay(_params, call) {
            await call.confirm({ title: 'Pay?' });
          },
        }),
      },
    });
  const whole: HostPlatform = {
    ...clock,
    own: FRIEND.own,
    randomId,
    connect() {
      throw new Error('this side does not connect');
    },
    listen: () => () => {},
    lastError: () => undefined,
    store: fakeStore(),
    windows,
    ...platform,
  };
  return {
    host,
    windows,
    clock,
    dial(name: string, watching?: Watch): RawPeer {
      const ports = memoryPorts(`portico:org.example.${name}`, FRIEND.sender, 'json');
      const peer = rawPeer(ports.client);
      internalsOf(host).accept(watching ? watching.port(ports.host) : ports.host, FRIEND.event, whole);
      return peer;
    },
  };
};

/** As large as it may be: the names of what it can do without are the client's own words. */
const hello = (more: object = {}) => [
  KIND.HELLO,
  {
    wire: [1],
    versions: ['1.0.0'],
    needs: ['read'],
    wants: Array.from({ length: 255 }, (_, n) => `${n}`.padStart(64, 'x')),
    name: 'n'.repeat(128),
    token: 't'.repeat(4096),
    ...more,
  },
];

interface Scene {
  readonly what: string;
  readonly names: readonly string[];
  readonly platform?: Partial<HostPlatform>;
  /** What the one sends who is there before, so that the person is asked about something else. */
  readonly before?: readonly unknown[];
  readonly sends: (peer: RawPeer) => Promise<void>;
  /** What each has got when it hangs up. */
  readonly got: readonly number[];
  /** How many hang up together. */
  readonly peers?: number;
}

const SCENES: readonly Scene[] = [
  {
    what: 'a person, to begin with',
    names: ['asks'],
    sends: async (peer) => peer.send(hello()),
    got: [KIND.PENDING],
  },
  {
    what: 'a person, and has said so',
    names: ['asks'],
    async sends(peer) {
      peer.send(hello());
      await settled();
      peer.send([KIND.PENDING]);
    },
    got: [KIND.PENDING],
  },
  {
    what: 'a person, for what it can do without',
    names: ['gives'],
    sends: async (peer) => peer.send(hello({ wants: ['spend'] })),
    got: [KIND.WELCOME],
  },
  {
    what: 'a person, for more',
    names: ['gives'],
    async sends(peer) {
      peer.send(hello());
      await settled();
      peer.send([KIND.REQUEST, 1, { ask: ['spend'], drop: [] }]);
    },
    got: [KIND.WELCOME, KIND.GRANTS],
    // The others would be told that the person is being asked already.
    peers: 1,
  },
  {
    what: 'a person, about a call',
    names: ['pays'],
    async sends(peer) {
      peer.send(hello({ wants: ['spend'] }), [KIND.CALL, 1, 'spend.pay', 0, null]);
    },
    got: [KIND.WELCOME],
    peers: 1,
  },
  {
    what: 'its turn with the person',
    names: ['other', 'asks'],
    before: hello(),
    sends: async (peer) => peer.send(hello()),
    got: [KIND.PENDING],
  },
  {
    what: 'a rule that never decides',
    names: ['dawdles'],
    sends: async (peer) => peer.send(hello()),
    got: [],
  },
  {
    what: 'the challenge that it does not answer',
    names: ['proves'],
    sends: async (peer) => peer.send(hello({ proof: 1 })),
    got: [KIND.CHALLENGE],
  },
  {
    what: 'what the browser never reads from its storage',
    names: ['gives'],
    platform: { store: { ...fakeStore(), get: () => NEVER } },
    sends: async (peer) => peer.send(hello()),
    got: [],
  },
];

describe('[A13] whoever hangs up while it waits', () => {
  test.each(SCENES)('for $what leaves nothing behind', async (scene) => {
    const { names, platform, before, sends, got, peers: count = 20 } = scene;
    const { host, dial } = start(names, platform);
    if (before) dial(names[0] as string).send(before);
    await settled();
    const watching = watch();
    const hangUp = async (): Promise<readonly (readonly number[])[]> => {
      const peers = Array.from({ length: count }, () => dial(names.at(-1) as string, watching));
      await Promise.all(peers.map(sends));
      await settled();
      for (const peer of peers) peer.close();
      return peers.map(({ frames }) => frames.map(([kind]) => kind as number));
    };
    const frames = await hangUp();
    expect(frames).toEqual(Array(count).fill(got));
    const { watched, held } = await watching.counts();
    expect(watched).toBeGreaterThanOrEqual(2 * count);
    expect(held).toBe(0);
    expect(host.sessions).toBe(before ? 1 : 0);
  });

  test.each([
    ['a prompt', 'asks', {}],
    ['a storage that does not answer', 'gives', { store: { ...fakeStore(), get: () => NEVER } }],
  ])('two thousand large greetings before %s are no bytes', async (_what, name, platform) => {
    const { host, windows, dial } = start([name], platform);
    const rounds = async (count: number): Promise<void> => {
      for (let round = 0; round < count; round++) {
        const peers = Array.from({ length: 50 }, () => dial(name));
        for (const peer of peers) peer.send(hello());
        await settled();
        for (const peer of peers) peer.close();
        await settled();
      }
    };
    // The first ones leave compiled code and tables behind.
    await rounds(20);
    const before = await bytesHeld();
    await rounds(40);
    expect((await bytesHeld()) - before).toBeLessThan(1_000_000);
    expect([host.sessions, windows.opened]).toEqual([0, name === 'asks' ? 1 : 0]);
  });
});
