import { defineProtocol, event, method } from 'portico';
import { connect } from 'portico/client';
import { allow, anyExtension, createHost } from 'portico/host';
import type { ContextScope } from 'portico/testing';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { browserFor, clientOf, PROFILES } from './support.js';

const protocol = defineProtocol({
  name: 'org.example.counter',
  version: '1.0.0',
  capabilities: {
    count: {
      title: 'Count',
      members: {
        add: method({ params: Type.Object({ by: Type.Integer() }), result: Type.Integer() }),
        added: event(Type.Integer()),
      },
    },
  },
});

describe.each(PROFILES)('plain functions in %s', (profile) => {
  test('a host and a client of Portico, without a bundle', async () => {
    const browser = browserFor({ profile });
    const host = await browser.install({
      manifest: { name: 'Host' },
      background(_api, { platform }) {
        let total = 0;
        const host = createHost({ platform });
        const served = host.publish(protocol, {
          count: {
            admit: [allow(anyExtension())],
            provide: () => ({
              add: ({ by }) => {
                total += by;
                served.count.added.emit(total);
                return total;
              },
            }),
          },
        });
        host.listen();
      },
    });
    let scope: ContextScope | undefined;
    await browser.install({
      manifest: { name: 'Client' },
      background: (_api, own) => {
        scope = own;
      },
    });
    const { platform } = scope as ContextScope;
    const { count } = connect(protocol, { platform, host: host.id, needs: ['count'] });
    const events = count.added();
    expect(await browser.run(count.add({ by: 2 }))).toBe(2);
    expect(await browser.run(events.next())).toMatchObject({ value: 2 });
    expect(await browser.run(Promise.all([count.add({ by: 1 }), count.add({ by: 1 })]))).toEqual([3, 4]);
    // A plain function is run anew at each start, and what it keeps inside of itself is lost.
    await host.worker.stop();
    expect(await browser.run(count.add({ by: 1 }))).toBe(1);
    expect(host.worker.starts).toBe(2);
  });

  test('the scope has the clocks of the browser, and values of the test’s own classes', async () => {
    const browser = browserFor({ profile });
    const seen: unknown[] = [];
    await browser.install({
      manifest: { name: 'Plain', permissions: ['storage', 'tabs'] },
      background(api, scope) {
        const started = scope.Date.now();
        scope.setTimeout(() => seen.push(scope.Date.now() - started), 5000);
        api.tabs.query({}).then((tabs: unknown) => seen.push(Array.isArray(tabs)));
        api.tabs.get(999).catch((error: unknown) => seen.push(error instanceof Error));
      },
    });
    await browser.advance('10s');
    expect(seen).toEqual([true, true, 5000]);
  });

  test('content scripts as functions; evaluate is for scripts', async () => {
    const browser = browserFor({ profile });
    const seen: string[] = [];
    const extension = await browser.install({
      ...clientOf(),
      background: () => {},
      contentScripts: [
        { matches: ['https://news.example/*'], run: (_api, { location }) => void seen.push(`${location}`) },
      ],
    });
    const web = await browser.openTab('https://news.example/a');
    await browser.openTab('https://other.example/');
    expect(seen).toEqual(['https://news.example/a']);
    await expect(web.content(extension).evaluate(() => 1)).rejects.toThrow(
      /^content script of Client .* is a plain function of the test: call what it gives instead of evaluate$/,
    );
  });
});

test('what a plain function throws is an error of its background', async () => {
  const browser = browserFor();
  await browser.install({
    manifest: { name: 'Plain' },
    background() {
      throw new RangeError('at the start');
    },
  });
  expect(browser.errors).toMatchObject([
    { message: 'Uncaught RangeError: at the start', extension: { name: 'Plain' } },
  ]);
});
