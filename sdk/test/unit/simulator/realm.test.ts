import { describe, expect, test } from 'vitest';
import { browserFor, clientOf, hostOf, PROFILES } from './support.js';

describe.each(PROFILES)('global scopes in %s', (profile) => {
  test('each start has a fresh one: module state is lost', async () => {
    const browser = browserFor({ profile });
    const host = await browser.install(hostOf('let starts = 0; globalThis.state = () => ++starts;'));
    const state = () => (globalThis as unknown as { state: () => number }).state();
    expect(await host.worker.evaluate(state)).toBe(1);
    expect(await host.worker.evaluate(state)).toBe(2);
    await host.worker.stop();
    expect(await host.worker.evaluate(state)).toBe(1);
  });

  test('values of the browser are of the realm’s own classes', async () => {
    const browser = browserFor({ profile });
    const page = await (await browser.install(clientOf({ permissions: ['tabs'] }))).openPage('page.html');
    const own = await page.evaluate(async () => {
      const tabs = await chrome.tabs.query({});
      const error = await chrome.tabs.get(999_999).catch((reason: unknown) => reason);
      const key = await crypto.subtle.digest('SHA-256', new Uint8Array([1]));
      const fetched = await (await fetch('data:text/plain;base64,AQI=')).arrayBuffer();
      return [
        tabs instanceof Object && tabs[0] instanceof Object,
        chrome.tabs.query({}) instanceof Promise,
        error instanceof Error,
        key instanceof ArrayBuffer,
        fetched instanceof ArrayBuffer && new Uint8Array(fetched)[1] === 2,
        new TextEncoder().encode('a') instanceof Uint8Array,
        structuredClone(new Map([[1, [2]]])) instanceof Map,
        chrome.runtime.getManifest() instanceof Object,
      ];
    });
    expect(own).toEqual(own.map(() => true));
  });

  test('no code from text, as in every extension; web pages may', async () => {
    const browser = browserFor({ profile });
    const host = await browser.install(hostOf(''));
    const makeCode = () => {
      try {
        return new Function('return 1')();
      } catch (error) {
        return (error as Error).name;
      }
    };
    expect(await host.worker.evaluate(makeCode)).toBe('EvalError');
    expect(await (await browser.openTab('https://news.example/')).evaluate(makeCode)).toBe(1);
  });

  test('what is random is the same again with the same seed, and different in each context', async () => {
    const draw = () => [Math.random(), crypto.randomUUID(), [...crypto.getRandomValues(new Uint8Array(4))]];
    const run = async (seed: number) => {
      const browser = browserFor({ profile, seed });
      const host = await browser.install(hostOf(''));
      const first = await host.worker.evaluate(draw);
      await host.worker.stop();
      return [first, await host.worker.evaluate(draw)];
    };
    const [first, second] = await run(5);
    expect(first).not.toEqual(second);
    expect(await run(5)).toEqual([first, second]);
    expect(await run(6)).not.toEqual([first, second]);
  });

  test('keys of WebCrypto sign, and are kept in IndexedDB across starts', async () => {
    const browser = browserFor({ profile });
    const host = await browser.install(hostOf(''));
    const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
    await host.worker.evaluate(async (algorithm) => {
      const keys = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open('keys', 1);
        request.onupgradeneeded = () => request.result.createObjectStore('keys');
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const store = db.transaction('keys', 'readwrite').objectStore('keys');
      await new Promise((resolve) => {
        store.put(keys, 'own').onsuccess = resolve;
      });
    }, ALGORITHM);
    await host.worker.stop();
    const verified = await host.worker.evaluate(async () => {
      const db = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open('keys', 1);
        request.addEventListener('success', (event) => resolve((event.target as IDBOpenDBRequest).result));
      });
      const keys = await new Promise<CryptoKeyPair>((resolve) => {
        const request = db.transaction('keys').objectStore('keys').get('own');
        request.onsuccess = () => resolve(request.result);
      });
      const signing = { name: 'ECDSA', hash: 'SHA-256' };
      const data = new TextEncoder().encode('data');
      const signature = await crypto.subtle.sign(signing, keys.privateKey, data);
      return [
        await crypto.subtle.verify(signing, keys.publicKey, signature, data),
        keys.privateKey.extractable,
      ];
    });
    expect(verified).toEqual([true, false]);
  });

  test('databases are each extension’s own; values come out of the realm’s own classes', async () => {
    const browser = browserFor({ profile });
    const [one, other] = [await browser.install(hostOf('')), await browser.install(clientOf())];
    const put = (value: string) =>
      new Promise<unknown>((resolve) => {
        const request = indexedDB.open('same name', 1);
        request.onupgradeneeded = () => request.result.createObjectStore('things', { keyPath: 'id' });
        request.onsuccess = () => {
          const transaction = request.result.transaction('things', 'readwrite');
          const store = transaction.objectStore('things');
          store.put({ id: new Date(5), list: [value], bytes: new Uint8Array([1]) });
          const got = store.getAll(IDBKeyRange.lowerBound(new Date(0)));
          transaction.oncomplete = () => {
            const [first] = got.result;
            resolve([
              got.result.length,
              first.list[0],
              got.result instanceof Object && first.list instanceof Object,
              first.bytes instanceof Uint8Array && first.id instanceof Date,
              request.result instanceof IDBDatabase,
            ]);
          };
        };
      });
    expect(await one.worker.evaluate(put, 'of one')).toEqual([1, 'of one', true, true, true]);
    expect(await other.worker.evaluate(put, 'of other')).toEqual([1, 'of other', true, true, true]);
  });

  test('scripts of an extension may import each other', async () => {
    const browser = browserFor({ profile });
    const host = await browser.install(
      hostOf(
        "import { greet } from './lib/greet.js'; globalThis.greeting = greet();",
        {},
        {
          'lib/greet.js': "import { name } from '../name.js'; export const greet = () => 'hello ' + name;",
          'name.js': "export const name = 'world';",
        },
      ),
    );
    expect(await host.worker.evaluate(() => Reflect.get(globalThis, 'greeting'))).toBe('hello world');
  });
});

test('nothing of the test’s own globals is touched', async () => {
  const names = ['chrome', 'browser', 'indexedDB', 'self', 'window', 'document'];
  const before = [
    Date,
    setTimeout,
    Math.random,
    crypto,
    fetch,
    ...names.map((name) => Reflect.get(globalThis, name)),
  ];
  const listeners = process.listenerCount('unhandledRejection');
  const browser = browserFor();
  const host = await browser.install(hostOf(''));
  await browser.install({
    manifest: { name: 'Plain' },
    background: (api) => api.runtime.onConnect.addListener(() => {}),
  });
  await host.worker.evaluate(() => indexedDB.databases?.());
  await browser.close();
  const after = [
    Date,
    setTimeout,
    Math.random,
    crypto,
    fetch,
    ...names.map((name) => Reflect.get(globalThis, name)),
  ];
  expect(after).toEqual(before);
  expect(process.listenerCount('unhandledRejection')).toBe(listeners);
});

test('several browsers at once know nothing of each other', async () => {
  const [one, other] = [browserFor({ seed: 1 }), browserFor({ seed: 2, profile: 'firefox' })];
  const script = 'globalThis.hits = 0; chrome.tabs.onCreated.addListener(() => hits++);';
  const [first, second] = await Promise.all([one.install(hostOf(script)), other.install(hostOf(script))]);
  await Promise.all([
    one.openTab('https://a.example/'),
    one.openTab('https://b.example/'),
    other.advance('5s'),
  ]);
  const hits = () => Reflect.get(globalThis, 'hits');
  expect(await first.worker.evaluate(hits)).toBe(2);
  expect(await second.worker.evaluate(hits)).toBe(0);
  await one.close();
  await expect(one.settle()).rejects.toThrow('this simulated browser is closed');
  await other.settle();
});
