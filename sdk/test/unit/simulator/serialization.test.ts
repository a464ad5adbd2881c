import { describe, expect, test } from 'vitest';
import { browserFor, clientOf, ECHO, hostOf, PROFILES, talk } from './support.js';

/** Has a value made in the client's page come back, described where it arrives: what JSON could not tell. */
const DESCRIBE = `
  const describe = (value) => {
    if (value === undefined) return 'undefined';
    if (Object.is(value, -0)) return '-0';
    if (typeof value === 'number' || typeof value === 'bigint') return typeof value + ' ' + value;
    if (value instanceof Uint8Array) return 'bytes ' + [...value];
    if (value instanceof Date) return 'Date ' + value.getTime();
    if (value instanceof Map) return 'Map ' + JSON.stringify([...value]);
    if (value instanceof Set) return 'Set ' + JSON.stringify([...value]);
    if (value instanceof ArrayBuffer) return 'ArrayBuffer ' + value.byteLength;
    if (value instanceof Array || value instanceof Object) return JSON.stringify(value);
    return typeof value === 'object' && value !== null ? 'of another realm' : String(value);
  };
  chrome.runtime.onConnectExternal.addListener((port) => {
    port.onMessage.addListener((message) => port.postMessage(
      typeof message === 'object' && message !== null && 'value' in message ? describe(message.value) : 'no value'));
  });
`;

const post = (id: string, source: string) =>
  new Promise<unknown>((resolve) => {
    const values: Record<string, () => unknown> = {
      undefined: () => undefined,
      NaN: () => Number.NaN,
      '-0': () => -0,
      date: () => new Date(5),
      map: () => new Map([[1, 'a']]),
      set: () => new Set([1]),
      bytes: () => new Uint8Array([1, 2]),
      buffer: () => new Uint8Array([1, 2]).buffer,
      bigint: () => 5n,
      function: () => () => {},
      list: () => [undefined, 1],
      circle: () => {
        const circle: { self?: unknown } = {};
        circle.self = circle;
        return circle;
      },
    };
    const port = chrome.runtime.connect(id);
    port.onMessage.addListener(resolve);
    try {
      port.postMessage({ value: values[source]?.() });
    } catch (error) {
      resolve(`throws ${(error as Error).message}`);
    }
  });

const JSON_COPIES = {
  undefined: 'no value',
  NaN: 'null',
  '-0': 'number 0',
  date: '1970-01-01T00:00:00.005Z',
  map: '{}',
  set: '{}',
  bytes: '{"0":1,"1":2}',
  buffer: '{}',
  bigint: 'throws Could not serialize message.',
  function: 'no value',
  list: '[null,1]',
  circle: 'throws Could not serialize message.',
};
const CLONES = {
  undefined: 'undefined',
  NaN: 'number NaN',
  '-0': '-0',
  date: 'Date 5',
  map: 'Map [[1,"a"]]',
  set: 'Set [1]',
  bytes: 'bytes 1,2',
  buffer: 'ArrayBuffer 2',
  bigint: 'bigint 5',
  list: '[null,1]',
};

describe.each(PROFILES)('copies of messages in %s', (profile) => {
  const expected: Readonly<Record<string, string>> = {
    chromium: JSON_COPIES,
    'chromium-clone': { ...CLONES, function: 'throws Could not serialize message.' },
    firefox: { ...CLONES, function: 'throws The object could not be cloned.' },
  }[profile];

  test('every kind of value', async () => {
    const browser = browserFor({ profile });
    const host = await browser.install(hostOf(DESCRIBE));
    const page = await (await browser.install(clientOf())).openPage('page.html');
    const seen: Record<string, unknown> = {};
    for (const name of Object.keys(expected)) seen[name] = await page.evaluate(post, host.id, name);
    expect(seen).toEqual(expected);
  });

  test('a message is a copy: nobody shares an object', async () => {
    const browser = browserFor({ profile });
    const host = await browser.install(hostOf(ECHO));
    const page = await (await browser.install(clientOf())).openPage('page.html');
    const echoed = await page.evaluate(
      (id) =>
        new Promise((resolve) => {
          const port = chrome.runtime.connect(id);
          port.onMessage.addListener(resolve);
          const message = { list: [1] };
          port.postMessage(message);
          message.list.push(2);
        }),
      host.id,
    );
    expect(echoed).toEqual({ echo: { list: [1] } });
  });

  test('more than 64 MiB', async () => {
    const browser = browserFor({ profile, traceLength: 0 });
    const host = await browser.install(hostOf('chrome.runtime.onConnectExternal.addListener(() => {});'));
    const page = await (await browser.install(clientOf())).openPage('page.html');
    const outcome = await page.evaluate((id) => {
      const port = chrome.runtime.connect(id);
      try {
        port.postMessage('x'.repeat(64 * 1024 * 1024 + 1));
        return 'posted';
      } catch (error) {
        return (error as Error).message;
      }
    }, host.id);
    expect(outcome).toBe(
      profile === 'firefox' ? 'posted' : 'Message exceeded maximum allowed size of 64MiB.',
    );
  });
});

describe('message_serialization', () => {
  const clone = { message_serialization: 'structured_clone' };

  test('different choices cannot talk, and are told so', async () => {
    const browser = browserFor();
    const host = await browser.install(hostOf(ECHO, clone));
    const page = await (await browser.install(clientOf())).openPage('page.html');
    expect((await page.evaluate(talk, host.id, [1], 1)).words).toBe(
      'Could not establish connection. Receiving end uses different message serialization format.',
    );
  });

  test('the same choice can', async () => {
    const browser = browserFor();
    const host = await browser.install(hostOf(DESCRIBE, clone));
    const page = await (await browser.install(clientOf(clone))).openPage('page.html');
    expect(await page.evaluate(post, host.id, 'map')).toBe('Map [[1,"a"]]');
  });

  test('web pages copy as the extension does that they reach', async () => {
    const browser = browserFor();
    const matches = { externally_connectable: { matches: ['https://news.example/*'] } };
    const host = await browser.install(hostOf(ECHO, { ...clone, ...matches }));
    const web = await browser.openTab('https://news.example/');
    expect((await web.evaluate(talk, host.id, [7n], 1)).received).toEqual([{ echo: 7n }]);
  });
});
