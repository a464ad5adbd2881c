import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import { keyProof, type ProofBody } from 'portico/proof';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type AskedProof, verifyProof } from '../../../src/host/admission/proof.js';
import { PROOF_PARAMETERS, proofTranscript, toBase64url } from '../../../src/wire/proof-transcript.js';
import { codePoint } from '../../support/code-point.js';
import { anyValue } from '../../support/hostile-values.js';
import { ASKED, answer, NONCE, verify, withoutEd25519 } from './asked.js';
import { smallOrderKeys } from './small-order.js';

vi.setConfig({ testTimeout: 60_000 });

const ALGORITHMS = ['Ed25519', 'ES256'] as const;
const bodies = {} as Record<(typeof ALGORITHMS)[number], ProofBody>;
beforeAll(async () => {
  vi.stubGlobal('indexedDB', new IDBFactory());
  bodies.Ed25519 = await answer(keyProof());
  const spy = withoutEd25519();
  bodies.ES256 = await answer(keyProof({ name: 'other' }));
  spy.mockRestore();
});
afterAll(() => vi.unstubAllGlobals());

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, 'base64url'));

/** One bit is another. */
const flipped = (text: string, bit: number): string => {
  const bytes = bytesOf(text);
  const at = bit % (bytes.length * 8);
  bytes[at >> 3] = (bytes[at >> 3] as number) ^ (1 << (at & 7));
  return toBase64url(bytes);
};

test('the transcript is what it was in the first version', () => {
  const facts = { ...ASKED, clientNonce: 'n', algorithm: 'ES256', key: 'k' } as const;
  expect(new TextDecoder().decode(proofTranscript(facts))).toBe(
    `["portico-proof-1","${ASKED.host}","${ASKED.client}","${NONCE}","n","ES256","k",` +
      '"portico:org.example.tabs",["1.2.0","1.0.0"],["read"],["capture","titles"]]',
  );
});

describe.each(ALGORITHMS)('a proof by %s', (algorithm) => {
  test('is accepted, with the thumbprint as others compute it', async () => {
    const body = bodies[algorithm];
    const parameters = PROOF_PARAMETERS[algorithm];
    const key = await crypto.subtle.importKey('raw', bytesOf(body.key), parameters, true, ['verify']);
    const thumbprint = await calculateJwkThumbprint(await exportJWK(key));
    expect(await verify(body)).toEqual({ key: { thumbprint, algorithm } });
  });

  test('is accepted with members that a later version may add', async () => {
    expect(await verify({ ...bodies[algorithm], later: 1 })).toHaveProperty('key.algorithm', algorithm);
  });

  test('is worth nothing in another handshake', async () => {
    const texts = ['host', 'client', 'hostNonce', 'port'] as const;
    const lists = ['versions', 'needs', 'wants'] as const;
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: codePoint }),
      fc.constantFrom(...Object.values(ASKED).flat()),
    );
    const change: fc.Arbitrary<Partial<AskedProof>> = fc.oneof(
      fc
        .record({ name: fc.constantFrom(...texts), value: text })
        .map(({ name, value }) => ({ [name]: value })),
      fc
        .record({ name: fc.constantFrom(...lists), value: fc.array(text, { maxLength: 3 }) })
        .map(({ name, value }) => ({ [name]: value })),
      // What stands in one list, moved to another; and both ids, reflected.
      fc.constantFrom<Partial<AskedProof>>(
        { needs: [], wants: [...ASKED.needs, ...ASKED.wants] },
        { needs: [...ASKED.needs, ...ASKED.wants], wants: [] },
        { versions: [...ASKED.versions].reverse() },
        { versions: [ASKED.versions.join('","')] },
        { host: ASKED.client, client: ASKED.host },
      ),
    );
    await fc.assert(
      fc.asyncProperty(change, async (changes) => {
        fc.pre(JSON.stringify({ ...ASKED, ...changes }) !== JSON.stringify(ASKED));
        expect(await verify(bodies[algorithm], changes)).toEqual({ reason: 'the signature does not fit' });
      }),
      { numRuns: 300 },
    );
  });

  test('is refused with any bit changed', async () => {
    const member = fc.constantFrom('key', 'nonce', 'signature');
    await fc.assert(
      fc.asyncProperty(member, fc.nat({ max: 8 * 65 }), async (name, bit) => {
        const body = { ...bodies[algorithm] };
        const outcome = await verify({ ...body, [name]: flipped(body[name as 'key'], bit) });
        expect(outcome.key).toBeUndefined();
        expect(outcome.reason).toEqual(expect.any(String));
      }),
      { numRuns: 500 },
    );
  });

  test('is refused with anything else in the place of a member', async () => {
    const value = fc.oneof(
      fc.anything(),
      fc.string(),
      fc.base64String(),
      fc.constantFrom(...Object.values(bodies[algorithm])),
    );
    const member = fc.constantFrom('algorithm', 'key', 'nonce', 'signature');
    await fc.assert(
      fc.asyncProperty(member, value, async (name, other) => {
        const body = bodies[algorithm];
        fc.pre(body[name as 'key'] !== other);
        expect((await verify({ ...body, [name]: other })).key).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test('is refused in any other spelling of the same bytes', async () => {
    const { key, nonce, signature } = bodies[algorithm];
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (const [name, text] of Object.entries({ key, nonce, signature })) {
      const last = alphabet.indexOf(text.at(-1) as string);
      const others = [...alphabet].filter((_, index) => index !== last);
      const sameBytes = others
        .map((end) => text.slice(0, -1) + end)
        .filter((each) => toBase64url(bytesOf(each)) === text);
      expect(sameBytes.length).toBeGreaterThan(2);
      for (const spelling of [
        ...sameBytes,
        `${text}=`,
        ` ${text}`,
        `${text}\n`,
        `${text.slice(0, 4)} ${text.slice(4)}`,
      ])
        expect(await verify({ ...bodies[algorithm], [name]: spelling })).toEqual({
          reason: 'the proof is malformed',
        });
    }
  });

  test('is refused under the name of the other algorithm', async () => {
    const other = ALGORITHMS.find((each) => each !== algorithm) as (typeof ALGORITHMS)[number];
    for (const name of [
      other,
      'none',
      'HS256',
      'EdDSA',
      'ed25519',
      '',
      '__proto__',
      'constructor',
      'toString',
    ])
      expect(await verify({ ...bodies[algorithm], algorithm: name })).toEqual({
        reason: 'the proof is malformed',
      });
    expect((await verify({ ...bodies[algorithm], key: bodies[other].key })).key).toBeUndefined();
  });

  test('of which the host changes its mind while verifying is judged by what was asked', async () => {
    const asked = { ...ASKED, needs: ['read', 'write'] };
    const outcome = verifyProof(bodies[algorithm], asked);
    asked.needs.pop();
    expect((await outcome).key).toBeUndefined();
  });
});

test('nothing that is no proof proves anything, or throws', async () => {
  const members = fc.record(
    { algorithm: fc.constantFrom('Ed25519', 'ES256'), key: anyValue, nonce: anyValue, signature: anyValue },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(anyValue, members), async (value) => {
      expect(await verify(value)).toEqual({ reason: expect.any(String) });
    }),
    { numRuns: 1000 },
  );
});

test('a body whose members change between two looks is read once', async () => {
  let looks = 0;
  const body = {
    ...bodies.Ed25519,
    get key() {
      return looks++ === 0 ? bodies.Ed25519.key : bodies.ES256.key;
    },
  };
  expect(await verify(body)).toHaveProperty('key.algorithm', 'Ed25519');
  expect(looks).toBe(1);
  const broken = {
    ...bodies.Ed25519,
    get signature() {
      throw new Error('no');
    },
  };
  expect((await verify(broken)).reason).toEqual(expect.any(String));
});

describe('keys for which anybody can sign', () => {
  const keys = smallOrderKeys();

  test('are fourteen, in all spellings', () => {
    expect(new Set(keys.map(toBase64url)).size).toBe(14);
  });

  test.each(keys.map((key) => [toBase64url(key), key] as const))('%s is refused', async (text, key) => {
    // The forger's work: another nonce until one of the signatures by nobody fits, as it soon does.
    const publicKey = await crypto.subtle.importKey('raw', key, 'Ed25519', true, ['verify']);
    const forge = async (): Promise<ProofBody> => {
      for (let tries = 0; ; tries++) {
        const nonce = toBase64url(new Uint8Array(32).fill(tries));
        const facts = { ...ASKED, clientNonce: nonce, algorithm: 'Ed25519', key: text } as const;
        for (const point of keys) {
          const signature = new Uint8Array(64);
          signature.set(point);
          if (await crypto.subtle.verify('Ed25519', publicKey, signature, proofTranscript(facts)))
            return { algorithm: 'Ed25519', key: text, nonce, signature: toBase64url(signature) };
        }
      }
    };
    expect(await verify(await forge())).toEqual({ reason: 'the proof is malformed' });
  });
});

describe('points that are none of P-256', () => {
  const changed = (change: (point: Uint8Array) => void): string => {
    const point = bytesOf(bodies.ES256.key);
    change(point);
    return toBase64url(point);
  };
  test.each<readonly [string, (point: Uint8Array) => void]>([
    ['off the curve', (point) => point.fill((point[64] as number) ^ 1, 64)],
    ['in the hybrid form', (point) => point.fill(6 | ((point[64] as number) & 1), 0, 1)],
    ['of a compressed form', (point) => point.fill(2, 0, 1)],
    ['zero', (point) => point.fill(0, 1)],
    ['beyond the field', (point) => point.fill(255, 1, 33)],
  ])('%s: refused', async (_name, change) => {
    expect((await verify({ ...bodies.ES256, key: changed(change) })).key).toBeUndefined();
  });

  test('infinity: refused', async () => {
    expect((await verify({ ...bodies.ES256, key: 'AA' })).key).toBeUndefined();
    expect(
      (await verify({ ...bodies.ES256, signature: toBase64url(new Uint8Array(64)) })).key,
    ).toBeUndefined();
  });
});

test('a browser without the algorithm proves nothing, and says why', async () => {
  const spy = vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(new Error('Unrecognized name.'));
  expect(await verify(bodies.Ed25519)).toEqual({ reason: "the key can't be used: Unrecognized name." });
  spy.mockRestore();
});
