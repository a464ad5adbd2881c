import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { browserFor, clientOf, hostOf } from '../simulator/support.js';

/** Welcomes everybody, and answers nothing. */
const HOST = `
  chrome.runtime.onConnectExternal.addListener((port) => {
    port.onMessage.addListener((batch) => {
      for (const [kind] of batch)
        if (kind === 0) port.postMessage([[1, ['read'], [], [], [], 1, '1.0.0', 's', 'i', 10, 0]]);
    });
  });
`;

/** What a page's script may do with the SDK. */
interface Script {
  connects: number;
  codes: string[];
  note(promise: Promise<unknown>): Promise<void>;
  open(): Connection;
  connection: Connection;
}
interface Connection {
  read: { get(): Promise<unknown>; changed(): AsyncIterator<unknown> };
  session: {
    state: string;
    onChange(run: (state: string) => void): void;
    ready(): Promise<unknown>;
    close(): void;
  };
}

const SCRIPT = `
  import { defineProtocol, event, method } from 'portico';
  import { connect } from 'portico/client';
  const protocol = defineProtocol({
    name: 'org.example.tabs',
    version: '1.0.0',
    capabilities: {
      read: {
        title: 'Read',
        members: { get: method({ idempotent: true }), changed: event({ type: 'object', properties: {} }) },
      },
    },
  });
  const { runtime } = chrome;
  const dial = runtime.connect;
  // A web page has no manifest.
  const host = runtime.getManifest?.().description ?? 'a'.repeat(32);
  const codes = [];
  Object.assign(globalThis, {
    connects: 0,
    codes,
    note: (promise) => promise.then(() => {}, (error) => void codes.push(error.code)),
    open: () => connect(protocol, { host, needs: ['read'] }),
  });
  runtime.connect = (...args) => {
    globalThis.connects++;
    return dial(...args);
  };
`;

const bundled = async (more: string): Promise<string> => {
  const source = (path: string): string => fileURLToPath(new URL(`../../../src/${path}`, import.meta.url));
  const { outputFiles } = await build({
    stdin: { contents: `${SCRIPT}${more}`, resolveDir: source('.') },
    alias: { portico: source('index.ts'), 'portico/client': source('client/index.ts') },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    write: false,
    tsconfigRaw: {},
  });
  return outputFiles[0]?.text ?? '';
};

let atOnce: string;
let later: string;
beforeAll(async () => {
  [atOnce, later] = await Promise.all([bundled('globalThis.connection = globalThis.open();'), bundled('')]);
});

describe.each(['chromium', 'chromium-clone'] as const)(
  'a content script that was left behind in %s',
  (profile) => {
    const left = async (script = atOnce, before: (script: Script) => void = () => {}) => {
      const browser = browserFor({ profile });
      const host = await browser.install(hostOf(HOST));
      const client = await browser.install(
        clientOf(
          { description: host.id, content_scripts: [{ matches: ['https://*/*'], js: ['content.js'] }] },
          { 'content.js': script },
        ),
      );
      const content = (await browser.openTab('https://news.example/')).content(client);
      const within = <T>(run: (script: Script) => T): Promise<Awaited<T>> =>
        content.evaluate(`() => (${run})(globalThis)` as unknown as () => never) as Promise<Awaited<T>>;
      await within(before);
      await client.update();
      return { browser, within };
    };

    test('hears within a minute that its subscription, which is all it has, has ended', async () => {
      const { browser, within } = await left(atOnce, ({ connection, note }) => {
        void note(connection.read.changed().next());
      });
      await browser.advance('60s');
      expect(await within(({ codes, connection }) => [codes, connection.session.state])).toEqual([
        ['CONTEXT_INVALIDATED'],
        'closed',
      ]);
    });

    test('is told at its next use, and dials no more', async () => {
      const { browser, within } = await left();
      await within(({ connection, note }) => note(connection.read.get()));
      await browser.settle();
      await within(({ connection, note }) =>
        Promise.all([
          note(connection.read.get()),
          note(connection.session.ready()),
          note(connection.read.changed().next()),
        ]).then(() => {}),
      );
      expect(
        await within(({ codes, connects, connection }) => [codes, connects, connection.session.state]),
      ).toEqual([Array(4).fill('CONTEXT_INVALIDATED'), 1, 'closed']);
    });

    test('gets the same of a new connection', async () => {
      const { within } = await left();
      await within(({ open, note }) => note(open().read.get()));
      expect(await within(({ codes, connects }) => [codes, connects])).toEqual([['CONTEXT_INVALIDATED'], 1]);
    });

    test('gets the same of its first connection', async () => {
      const { within } = await left(later);
      const code = await within(({ open }) => {
        try {
          open();
          return undefined;
        } catch (error) {
          return (error as { code?: string }).code;
        }
      });
      expect(code).toBe('CONTEXT_INVALIDATED');
    });

    test('can close its connection, and hears once of it', async () => {
      const { within } = await left(atOnce, ({ connection, note, codes }) => {
        void note(connection.read.changed().next());
        connection.session.onChange((state) => void codes.push(state));
      });
      await within(({ connection }) => connection.session.close());
      expect((await within(({ codes }) => codes)).sort()).toEqual(['CONTEXT_INVALIDATED', 'closed']);
    });

    test('freezes no page, though it tries again for ever', async () => {
      const { browser, within } = await left();
      await within(({ connection, note, codes }) => {
        const others = { had: false };
        void (async () => {
          while (!others.had && codes.length < 1000) await note(connection.read.get());
        })();
        setTimeout(() => {
          others.had = true;
        });
      });
      await browser.advance('1s');
      const { length } = await within(({ codes }) => codes);
      expect(length).toBeGreaterThan(0);
      expect(length).toBeLessThan(1000);
    });
  },
);

test('a web page that may connect is told that there is no extension API', async () => {
  const browser = browserFor({ profile: 'chromium', pages: () => `<script>${later}</script>` });
  const host = await browser.install(hostOf(HOST, { externally_connectable: { matches: ['https://*/*'] } }));
  const page = await browser.openTab('https://news.example/');
  const code = await page.evaluate(() => {
    try {
      (globalThis as unknown as Script).open();
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect([host.isEnabled, code]).toEqual([true, 'INVALID_ARGUMENT: there is no extension API here']);
});
