import { defineProtocol, method, PorticoError } from 'portico';
import { connect } from 'portico/client';
import { all, allow, ask, createHost, extensions, type Host, provenKey, rememberedKey } from 'portico/host';
import { extension } from 'portico/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { ALLOWED, fakeConsent } from '../../support/fake-consent.js';
import { KIND } from '../../support/kinds.js';
import { clockOf, FRIEND, linkedTo, type RawPeer, rawClient, settled } from '../../support/raw-peer.js';
import { codeIn, codeOf, expectViolated, realClient } from '../../support/sessions.js';
import { FRIENDS, hello, welcome } from '../../support/tabs.js';

const HOST_ID = FRIEND.own.id;
const CLIENT_ID = FRIEND.sender.id as string;
const PORT = 'portico:org.example.tabs';

/** A protocol of one capability, for whoever holds the right key. */
const tabs = defineProtocol({
  name: 'org.example.tabs',
  version: '1.2.0',
  hosts: { chromium: HOST_ID },
  capabilities: { read: { title: 'Read', members: { ping: method() } } },
});

interface Signer {
  readonly thumbprint: string;
  /** By hand, as W5.31 says: not with the code under test. */
  sign(question: object, changes?: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
}

const base64url = (bytes: ArrayBuffer | Uint8Array): string =>
  Buffer.from(bytes as Uint8Array).toString('base64url');

const signer = async (): Promise<Signer> => {
  const { privateKey, publicKey } = (await crypto.subtle.generateKey('Ed25519', true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  const key = base64url(await crypto.subtle.exportKey('raw', publicKey));
  const jwk = new TextEncoder().encode(`{"crv":"Ed25519","kty":"OKP","x":"${key}"}`);
  return {
    thumbprint: base64url(await crypto.subtle.digest('SHA-256', jwk)),
    async sign(question, changes = {}) {
      const facts = {
        host: HOST_ID,
        client: CLIENT_ID,
        clientNonce: base64url(crypto.getRandomValues(new Uint8Array(32))),
        port: PORT,
        versions: ['1.2.0'],
        needs: ['read'],
        wants: [],
        ...question,
        ...changes,
      } as Record<string, unknown>;
      const { host, client, hostNonce, clientNonce, port, versions, needs, wants } = facts;
      const signed = JSON.stringify([
        'portico-proof-1',
        host,
        client,
        hostNonce,
        clientNonce,
        'Ed25519',
        key,
        port,
        versions,
        needs,
        wants,
      ]);
      const signature = await crypto.subtle.sign('Ed25519', privateKey, new TextEncoder().encode(signed));
      return { algorithm: 'Ed25519', key, nonce: clientNonce, signature: base64url(signature) };
    },
  };
};

let known: Signer;
let other: Signer;
beforeAll(async () => {
  [known, other] = await Promise.all([signer(), signer()]);
});

const pinning = (): { host: Host; ran: () => number } => {
  let ran = 0;
  const host = createHost();
  host.publish(tabs, {
    read: {
      admit: [allow(all(extensions(FRIENDS), provenKey(known.thumbprint)))],
      provide: () => ({ ping: () => void ran++ }),
    },
  });
  return { host, ran: () => ran };
};

const asks = { needs: ['read'], wants: [], proof: 1 };

/** Waits for the browser's crypto, which takes more than a turn. */
const answered = async (peer: RawPeer, frames: number): Promise<void> => {
  while (peer.frames.length < frames && !peer.closed) await new Promise((resolve) => setTimeout(resolve, 2));
  await settled();
};

const greet = async (host: Host, changes: object = asks, ...early: readonly unknown[]) => {
  const peer = rawClient(host);
  peer.send(hello({ ...changes }), ...early);
  await settled();
  const nonce = (peer.of(KIND.CHALLENGE)[0]?.[1] as { nonce?: string } | undefined)?.nonce;
  return { peer, nonce };
};

describe('a host whose rules need a key', () => {
  test('[W5.28] [W5.30] challenges once, holds what is early, and decides by the key', async () => {
    const { host, ran } = pinning();
    const { peer, nonce } = await greet(host, asks, [KIND.CALL, 1, 'read.ping', 0, null]);
    expect(peer.frames).toEqual([[KIND.CHALLENGE, { nonce }]]);
    peer.send([KIND.CALL, 2, 'read.ping', 0, null]);
    peer.send([KIND.PROOF, await known.sign({ hostNonce: nonce })], [KIND.CALL, 3, 'read.ping', 0, null]);
    await answered(peer, 3);
    expect(peer.frames.slice(1).map((frame) => frame.slice(0, 5))).toEqual([
      [KIND.WELCOME, ['read'], [], [], []],
      [KIND.RESULT, 1, null, null, null],
    ]);
    expect(ran()).toBe(3);
  });

  test('[W5.28] does not challenge who has not offered it, and refuses', async () => {
    const { host } = pinning();
    for (const proof of [undefined, 0, 2]) {
      const { peer } = await greet(host, { ...asks, proof });
      expect(peer.frames.map(codeIn)).toEqual(['REFUSED']);
    }
  });

  test('[W5.28] does not challenge whom the rules can judge without it', async () => {
    const host = createHost();
    host.publish(tabs, {
      read: {
        admit: [allow(extensions(FRIENDS)), allow(all(extensions(FRIENDS), provenKey()))],
        provide: () => ({ ping() {} }),
      },
    });
    const { peer } = await greet(host);
    expect(peer.frames.map(([kind]) => kind)).toEqual([KIND.WELCOME]);
  });

  test('[W5.29] never challenges twice with the same nonce', async () => {
    const { host } = pinning();
    const nonces = await Promise.all(Array.from({ length: 20 }, async () => (await greet(host)).nonce ?? ''));
    expect(new Set(nonces).size).toBe(20);
    for (const nonce of nonces) expect(Buffer.from(nonce, 'base64url')).toHaveLength(32);
  });

  test('[W5.32] [A17] another key is no better than none: the refusal of any stranger', async () => {
    const { host } = pinning();
    const { peer, nonce } = await greet(host);
    peer.send([KIND.PROOF, await other.sign({ hostNonce: nonce })]);
    await answered(peer, 2);
    const stranger = rawClient(host, { as: extension('b'.repeat(32)) });
    await settled();
    expect(peer.frames.slice(1)).toEqual(stranger.frames);
  });

  test.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ['[A16] for another challenge', { hostNonce: base64url(new Uint8Array(32)) }],
    ['[A16] for another host (reflected)', { host: 'z'.repeat(32) }],
    ['[A17] for another client', { client: 'b'.repeat(32) }],
    ['for another protocol', { port: 'portico:org.example.other' }],
    ['for other versions (a downgrade)', { versions: ['1.0.0'] }],
    ['for fewer capabilities', { needs: [] }],
    ['for others that it wants', { wants: ['titles'] }],
  ])('[W5.31] [W5.32] refuses a proof %s', async (_what, changes) => {
    const { host } = pinning();
    const { peer, nonce } = await greet(host);
    peer.send([KIND.PROOF, await known.sign({ hostNonce: nonce }, changes)]);
    await answered(peer, 2);
    expect([codeIn(peer.frames.at(-1)), peer.closed]).toEqual(['REFUSED', true]);
  });

  test('[A16] [W5.31] refuses a proof that was good before', async () => {
    const { host } = pinning();
    const first = await greet(host);
    const proof = await known.sign({ hostNonce: first.nonce });
    first.peer.send([KIND.PROOF, proof]);
    await answered(first.peer, 2);
    expect(first.peer.of(KIND.WELCOME)).toHaveLength(1);
    const second = await greet(host);
    second.peer.send([KIND.PROOF, proof]);
    await answered(second.peer, 2);
    expect(codeIn(second.peer.frames.at(-1))).toBe('REFUSED');
  });

  test.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['a list', []],
    ['numbers', { algorithm: 1, key: 2, nonce: 3, signature: 4 }],
    ['no signature', { algorithm: 'Ed25519', key: 'A'.repeat(43), nonce: 'A'.repeat(43), signature: '' }],
    [
      'another algorithm',
      { algorithm: 'none', key: 'A'.repeat(43), nonce: 'A'.repeat(43), signature: 'A'.repeat(86) },
    ],
    ['a book', { algorithm: 'Ed25519', key: 'x'.repeat(100_000), nonce: '', signature: '' }],
  ])('[W6.18] [W5.32] a PROOF of %s proves nothing', async (_what, body) => {
    const { host } = pinning();
    const { peer } = await greet(host);
    peer.send([KIND.PROOF, body]);
    await answered(peer, 2);
    expect(codeIn(peer.frames.at(-1))).toBe('REFUSED');
  });

  test('[W6.18] a PROOF that was not asked for, or comes twice, is a violation', async () => {
    const { host } = pinning();
    const { peer, nonce } = await greet(host);
    const proof = await known.sign({ hostNonce: nonce });
    peer.send([KIND.PROOF, proof]);
    peer.send([KIND.PROOF, proof]);
    await answered(peer, 3);
    await settled();
    expectViolated(peer);
  });

  test('[W5.30] gives up when no proof comes', async () => {
    const { host } = pinning();
    const { peer } = await greet(host);
    clockOf(host).advance(10_000);
    await settled();
    expect([codeIn(peer.frames.at(-1)), peer.closed]).toEqual(['DEADLINE_EXCEEDED', true]);
  });
});

describe('a client with a key', () => {
  const proofOf = (who: Signer) => ({
    // The platform of these tests is the host's: the client's own id is said here.
    prove: ({ nonce, host, port }: { nonce: unknown; host: string; port: string }) =>
      who.sign({ hostNonce: nonce, host, port }) as never,
    thumbprint: async () => who.thumbprint,
  });

  test('answers by itself, and its calls come through', async () => {
    const { host, ran } = pinning();
    const { read } = connect(tabs, {
      needs: ['read'],
      proof: proofOf(known),
      platform: linkedTo(host, FRIEND),
    });
    await read.ping();
    expect(ran()).toBe(1);
  });

  test('that fails to prove ends with its error, and nothing has run', async () => {
    const { host, ran } = pinning();
    const failing = {
      prove: () => Promise.reject(new PorticoError('INTERNAL', 'no storage')),
      thumbprint: async () => '',
    };
    const connection = connect(tabs, { needs: ['read'], proof: failing, platform: linkedTo(host, FRIEND) });
    expect(await codeOf(connection.session.ready())).toBe('INTERNAL');
    expect(ran()).toBe(0);
  });

  test('that fails to prove too late ends no later session', async () => {
    const proofs: ((error: Error) => void)[] = [];
    const late = { prove: () => new Promise((_resolve, reject) => proofs.push(reject)) };
    const { raw, session } = realClient({ connect: { proof: late } });
    await settled();
    raw.host.send([KIND.CHALLENGE, { nonce: 'x' }]);
    await settled();
    raw.host.close();
    await settled();
    const ready = session.ready();
    await settled();
    raw.host.send(welcome());
    await ready;
    proofs[0]?.(new PorticoError('INTERNAL', 'no storage'));
    await settled();
    expect([proofs.length, session.state]).toEqual([1, 'open']);
  });

  test('[A10] a remembered key that changes is asked about, and shown as such', async () => {
    const remembered = new Map<string, string>();
    const base = fakeConsent();
    const consent = {
      ...base,
      keyOf: () => remembered.get('key'),
      rememberKey: (_principal: unknown, key: { thumbprint: string }) =>
        void remembered.set('key', key.thumbprint),
    };
    const host = createHost({ consent: consent as never });
    host.publish(tabs, {
      read: {
        admit: [allow(all(extensions(FRIENDS), rememberedKey())), ask(extensions(FRIENDS))],
        provide: () => ({ ping() {} }),
      },
    });
    const greeted = async (who: Signer | undefined) => {
      const { peer, nonce } = await greet(host, who ? asks : { ...asks, proof: undefined });
      if (who) peer.send([KIND.PROOF, await who.sign({ hostNonce: nonce })]);
      await answered(peer, who ? 2 : 1);
      return peer.frames.at(-1)?.[0];
    };
    expect(await greeted(known)).toBe(KIND.WELCOME);
    expect(remembered.get('key')).toBe(known.thumbprint);
    expect(await greeted(known)).toBe(KIND.WELCOME);
    expect(await greeted(other)).toBe(KIND.PENDING);
    expect(base.requests.at(-1)?.asker).toMatchObject({
      keyChanged: true,
      key: { thumbprint: other.thumbprint },
    });
    // One without any key is no better than one with another.
    expect(await greeted(undefined)).toBe(KIND.PENDING);
    expect(base.requests.at(-1)?.asker).toMatchObject({ keyChanged: true, key: undefined });
    expect(remembered.get('key')).toBe(known.thumbprint);
    base.answer({ read: ALLOWED });
  });

  test('a rule that remembers keys admits nobody where nothing can remember', async () => {
    const host = createHost();
    host.publish(tabs, {
      read: { admit: [allow(all(extensions(FRIENDS), rememberedKey()))], provide: () => ({ ping() {} }) },
    });
    const { peer, nonce } = await greet(host);
    peer.send([KIND.PROOF, await known.sign({ hostNonce: nonce })]);
    await answered(peer, 2);
    expect(codeIn(peer.frames.at(-1))).toBe('REFUSED');
  });
});
