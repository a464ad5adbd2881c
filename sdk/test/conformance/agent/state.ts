/** What is kept, and what it takes to keep it. */

let memory: unknown;

/** Writes into a variable of this script. */
export const remember = ({ value }: { value: unknown }): void => {
  memory = value;
};

export const remembered = (): unknown => memory;

type AreaName = 'local' | 'session';

export const store = ({ area, ...items }: { area: AreaName; a: unknown }): Promise<void> =>
  chrome.storage[area].set(items);

export const stored = ({ area }: { area: AreaName }): Promise<object> => chrome.storage[area].get();

/** What `storage.managed` gives where nobody has set a policy. */
export const managed = (): Promise<object> => chrome.storage.managed.get();

const request = <T>(asked: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

const openStore = async (mode: IDBTransactionMode): Promise<IDBObjectStore> => {
  const opening = indexedDB.open('conformance', 1);
  opening.onupgradeneeded = () => void opening.result.createObjectStore('things');
  return (await request(opening)).transaction('things', mode).objectStore('things');
};

export const putInDatabase = async ({ value }: { value: unknown }): Promise<void> => {
  await request((await openStore('readwrite')).put(value, 'value'));
};

export const getFromDatabase = async (): Promise<unknown> =>
  request((await openStore('readonly')).get('value'));

/** Makes a key that nobody can read, and keeps it in the database. */
export const keepKey = async (): Promise<void> => {
  const { privateKey } = (await crypto.subtle.generateKey('Ed25519', false, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  await request((await openStore('readwrite')).put(privateKey, 'key'));
};

/** Signs with the kept key: the length of the signature, and whether the key can be read. */
export const signWithKey = async (): Promise<{ length: number; extractable: boolean }> => {
  const key = (await request((await openStore('readonly')).get('key'))) as CryptoKey;
  const signature = await crypto.subtle.sign('Ed25519', key, new Uint8Array([1]));
  return { length: signature.byteLength, extractable: key.extractable };
};
