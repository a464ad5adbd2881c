import { readFileSync } from 'node:fs';
import { transformWithOxc } from 'vite';
import { describe, expect, test } from 'vitest';

const text = readFileSync(new URL('../../../../docs/guides/testing.md', import.meta.url), 'utf8');

interface Block {
  readonly title: string;
  readonly code: string;
}

/** The code of the guide, each with the heading that it stands under. */
const blocks: readonly Block[] = text.split(/^## /m).flatMap((section) => {
  const title = section.split('\n')[0] ?? '';
  return [...section.matchAll(/^```ts run\n(.*?)^```/gms)].map(([, code = '']) => ({ title, code }));
});

/** Made by the guide's reader, not by the guide. */
const GREETER = `chrome.runtime.onConnectExternal.addListener((port) => {
  port.onMessage.addListener((name) => port.postMessage('Hello ' + name));
});`;

/** As far as the guide uses it: the library is no dependency. */
class JSDOM {
  readonly window = { document: new EventTarget(), Event, HTMLElement: class {} };
}

/** What the examples import, and the folders that they name. */
const surroundings = async () => {
  const [portico, client, host, testing, { Type }] = await Promise.all([
    import('portico'),
    import('portico/client'),
    import('portico/host'),
    import('portico/testing'),
    import('typebox'),
  ]);
  const files: Record<string, { manifest: object; files: Record<string, string> }> = {
    'greeter/dist': { manifest: { name: 'Greeter' }, files: { 'background.js': GREETER } },
    'caller/dist': { manifest: { name: 'Caller' }, files: { 'page.html': '' } },
  };
  const createBrowser: typeof testing.createBrowser = (options) => {
    const browser = testing.createBrowser(options);
    const { install } = browser;
    return Object.assign(browser, {
      install: (source: Parameters<typeof install>[0]) =>
        install('dir' in source ? (files[source.dir] ?? source) : source),
    });
  };
  const given = { ...portico, ...client, ...host, ...testing, createBrowser };
  return { ...given, Type, JSDOM, expect, onTestFailed: () => {} };
};

/** Runs an example as it stands: less its imports, and a `test` around it is called. */
const run = async (code: string): Promise<void> => {
  const { code: script } = await transformWithOxc(code.replaceAll(/^import .*$/gm, ''), 'example.ts');
  const tests: (() => Promise<void>)[] = [];
  const given: Record<string, unknown> = {
    ...(await surroundings()),
    test: (_: string, body: () => Promise<void>) => tests.push(body),
  };
  const body = script.replaceAll(/^export \{\s*\};?$/gm, '');
  const names = Object.keys(given);
  const example = new Function(...names, `return (async () => {\n${body}\n})();`) as (
    ...args: unknown[]
  ) => Promise<void>;
  await example(...names.map((name) => given[name]));
  for (const each of tests) await each();
};

describe('docs/guides/testing.md', () => {
  test('has code under nearly every heading', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(9);
  });

  test.each(blocks)('$title', async ({ code }) => {
    await run(code);
  });

  test('an example that is wrong is noticed', async () => {
    const [first] = blocks;
    await expect(run(first?.code.replace("'Hello world'", "'Goodbye'") ?? '')).rejects.toThrow(/Goodbye/);
  });
});
