import { IDBFactory } from 'fake-indexeddb';
import { PorticoError } from 'portico';
import { keyProof } from 'portico/proof';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { thrownBy } from '../../support/refusals.js';
import { ASKED, answer, verify, withoutEd25519 } from './asked.js';

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** The error with which a promise rejects; fails the test when it doesn't. */
const rejection = async (promise: Promise<unknown>): Promise<PorticoError> => {
  const error = await promise.then(
    () => expect.fail('nothing was rejected'),
    (reason: unknown) => reason,
  );
  expect(PorticoError.is(error)).toBe(true);
  return error as PorticoError;
};

/** A request of IndexedDB that goes another way. */
const failing = (open: () => unknown) => vi.stubGlobal('indexedDB', { open });

const stored = async (change?: (store: IDBObjectStore) => void): Promise<unknown> => {
  const opening = indexedDB.open('portico', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('keys');
  await new Promise((resolve) => {
    opening.onsuccess = resolve;
  });
  const transaction = opening.result.transaction('keys', 'readwrite');
  const store = transaction.objectStore('keys');
  change?.(store);
  const all = store.getAll();
  await new Promise((resolve) => {
    transaction.oncomplete = resolve;
  });
  opening.result.close();
  return all.result;
};

describe.each(['Ed25519', 'ES256'] as const)('a key for %s', (algorithm) => {
  beforeEach(() => {
    if (algorithm === 'ES256') withoutEd25519();
  });

  test('is proven by what a host verifies, under its thumbprint', async () => {
    const proof = keyProof();
    const body = await answer(proof);
    expect(body.algorithm).toBe(algorithm);
    expect(await verify(body)).toEqual({ key: { thumbprint: await proof.thumbprint(), algorithm } });
  });

  test('is made once, whoever asks for it at the same time', async () => {
    const generate = vi.spyOn(crypto.subtle, 'generateKey');
    const thumbprints = await Promise.all([1, 2, 3, 4].map(() => keyProof().thumbprint()));
    // Each context found none, and made one: the first to be stored is everybody's.
    expect(generate.mock.calls.length).toBeGreaterThan(1);
    expect(new Set(thumbprints).size).toBe(1);
    expect(await keyProof().thumbprint()).toBe(thumbprints[0]);
    expect(await stored()).toHaveLength(1);
  });

  test('can not be exported', async () => {
    await keyProof().thumbprint();
    const [{ privateKey }] = (await stored()) as [CryptoKeyPair];
    expect(privateKey.extractable).toBe(false);
    for (const format of ['jwk', 'pkcs8'] as const)
      await expect(crypto.subtle.exportKey(format, privateKey)).rejects.toThrow();
  });

  test('is another one under another name, and after the storage was cleared', async () => {
    const first = await keyProof().thumbprint();
    expect(await keyProof({ name: 'default' }).thumbprint()).toBe(first);
    expect(await keyProof({ name: 'other' }).thumbprint()).not.toBe(first);
    vi.stubGlobal('indexedDB', new IDBFactory());
    expect(await keyProof().thumbprint()).not.toBe(first);
  });
});

test('a key stays the same when its browser learns Ed25519', async () => {
  const spy = withoutEd25519();
  const before = await keyProof().thumbprint();
  spy.mockRestore();
  expect((await answer(keyProof())).algorithm).toBe('ES256');
  expect(await keyProof().thumbprint()).toBe(before);
});

test('no two proofs are alike', async () => {
  const proof = keyProof();
  const [one, other] = [await answer(proof), await answer(proof)];
  expect(one.key).toBe(other.key);
  expect(one.nonce).not.toBe(other.nonce);
  expect(one.signature).not.toBe(other.signature);
});

test.each([
  undefined,
  null,
  7,
  {},
  ['x'],
  '',
  ASKED.hostNonce.slice(1),
  `${ASKED.hostNonce}A`,
  `${ASKED.hostNonce.slice(1)}=`,
  `${ASKED.hostNonce.slice(1)}\n`,
  'é'.repeat(43),
])('a challenge with the nonce %j is none, and no key is made for it', async (nonce) => {
  const error = await rejection(answer(keyProof(), { ...ASKED, hostNonce: nonce as string }));
  expect(error.code).toBe('PROTOCOL_VIOLATION');
  expect(await stored()).toEqual([]);
});

test.each(['http:', 'https:', 'about:', 'file:', 'blob:', 'data:'])(
  'there is no key in %s pages',
  (protocol) => {
    vi.stubGlobal('location', { protocol });
    const { code, message } = thrownBy(() => keyProof());
    expect(code).toBe('INVALID_ARGUMENT');
    expect(message).toContain("the page's");
  },
);

test.each(['chrome-extension:', 'moz-extension:', 'safari-web-extension:'])(
  'there is one in %s',
  (protocol) => {
    vi.stubGlobal('location', { protocol });
    expect(() => keyProof()).not.toThrow();
  },
);

describe('storage that fails', () => {
  const broken = new DOMException('The disk is full.', 'QuotaExceededError');
  const ways: Record<string, () => unknown> = {
    'is not there': () => {
      throw new DOMException('No.', 'SecurityError');
    },
    'can not be opened': () => {
      const request = { error: broken } as { onerror?: () => void };
      queueMicrotask(() => request.onerror?.());
      return request;
    },
    'was made by somebody else': () => {
      const request = {
        result: {
          close() {},
          transaction() {
            throw new DOMException('No such store.', 'NotFoundError');
          },
        },
      } as { onsuccess?: () => void };
      queueMicrotask(() => request.onsuccess?.());
      return request;
    },
  };

  test.each(Object.keys(ways))('%s: INTERNAL, and the next try may work', async (way) => {
    const working = indexedDB;
    failing(ways[way] as () => unknown);
    const proof = keyProof();
    expect(await rejection(proof.thumbprint())).toMatchObject({ code: 'INTERNAL', cause: expect.anything() });
    expect((await rejection(answer(proof))).code).toBe('INTERNAL');
    vi.stubGlobal('indexedDB', working);
    expect(await proof.thumbprint()).toMatch(/^[\w-]{43}$/);
  });

  test('in the middle of writing: INTERNAL, and no key is used that is not kept', async () => {
    const { IDBObjectStore } = await import('fake-indexeddb');
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw broken;
    });
    const proof = keyProof();
    expect((await rejection(proof.thumbprint())).code).toBe('INTERNAL');
    put.mockRestore();
    expect(await stored()).toEqual([]);
    const thumbprint = await proof.thumbprint();
    expect(await keyProof().thumbprint()).toBe(thumbprint);
  });

  test.each<unknown>([
    'text',
    7,
    null,
    {},
    { privateKey: {}, publicKey: {} },
    { privateKey: { algorithm: { name: 'Ed25519' } } },
  ])('holds %j instead of a key: it is replaced', async (rubbish) => {
    await stored((store) => store.put(rubbish, 'default'));
    const thumbprint = await keyProof().thumbprint();
    expect(await keyProof().thumbprint()).toBe(thumbprint);
    expect(await verify(await answer(keyProof()))).toMatchObject({ key: { thumbprint } });
  });

  test('a browser that can make no key at all: INTERNAL', async () => {
    vi.spyOn(crypto.subtle, 'generateKey').mockRejectedValue(new DOMException('No.', 'OperationError'));
    expect((await rejection(answer(keyProof()))).code).toBe('INTERNAL');
  });

  test('a key that can not sign: INTERNAL', async () => {
    const proof = keyProof();
    await proof.thumbprint();
    vi.spyOn(crypto.subtle, 'sign').mockRejectedValue(new DOMException('No.', 'OperationError'));
    expect((await rejection(answer(proof))).code).toBe('INTERNAL');
  });
});
