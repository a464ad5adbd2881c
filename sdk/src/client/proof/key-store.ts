import { PROOF_PARAMETERS } from '../../wire/proof-transcript.js';

const KEYS = 'keys';
/** Nothing else of Portico uses this database: another store in it would need another version. */
const DATABASE = 'portico';

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Looks up a key pair in one transaction, and puts `made` there where there is none. */
const lookUp = async (
  database: IDBDatabase,
  name: string,
  made?: CryptoKeyPair,
): Promise<CryptoKeyPair | undefined> => {
  const transaction = database.transaction(KEYS, made ? 'readwrite' : 'readonly');
  const committed = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  const store = transaction.objectStore(KEYS);
  // Another context may have put its own since we looked: the first one stays.
  const request = store.get(name);
  let pair: CryptoKeyPair | undefined;
  request.onsuccess = () => {
    pair = isPair(request.result) ? request.result : made;
    if (pair && pair === made) store.put(made, name);
  };
  // A key that is not on the disk yet would be another one after a crash.
  await committed;
  return pair;
};

/** What stands there may be of another version, or broken. */
const isPair = (value: Partial<CryptoKeyPair> | undefined): value is CryptoKeyPair =>
  isKey(value?.privateKey) && isKey(value?.publicKey);

// No clone of anything else carries this: clones lose their symbols and prototypes.
const isKey = (value: unknown): boolean =>
  (value as { readonly [Symbol.toStringTag]?: string } | undefined)?.[Symbol.toStringTag] === 'CryptoKey';

const generate = (): Promise<CryptoKeyPair> => {
  const make = (algorithm: AlgorithmIdentifier | EcKeyGenParams): Promise<CryptoKeyPair> =>
    crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']) as Promise<CryptoKeyPair>;
  // Chromium has Ed25519 from 137 on, Firefox from 129.
  return make('Ed25519').catch(() => make(PROOF_PARAMETERS.ES256));
};

/** The key pair of this name, made where there is none. The private key can't leave the browser. */
export const keyPair = async (name: string): Promise<CryptoKeyPair> => {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(KEYS);
  const database = await done(opening);
  try {
    // Outside of a transaction: one ends by itself where it waits for anything but its store.
    return (
      (await lookUp(database, name)) ?? ((await lookUp(database, name, await generate())) as CryptoKeyPair)
    );
  } finally {
    database.close();
  }
};
