import { expect } from 'vitest';
import type { Caller } from '../agent/receiving.js';
import { type Case, expected, type Suite } from '../support/case.js';
import type { FixtureName } from '../support/fixtures.js';
import type { Agent, Runtime } from '../support/runtime.js';
import { open, talkAs } from '../support/talk.js';
import { failed } from './endings.js';

/** Connects, and gives what the host was told of the caller. */
const callerSeen = async (runtime: Runtime, agent: Agent, to?: FixtureName): Promise<Caller> => {
  const talk = await open(runtime, agent, {
    ...(to ? { to: runtime.idOf(to) } : {}),
    includeTlsChannelId: true,
  });
  const caller = await talk.greeting();
  await talk.disconnect();
  return caller;
};

const SOME_TEXT = expect.stringMatching(/./);
const PLACE = { tab: expect.objectContaining({ id: expect.any(Number) }), frameId: 0, documentId: SOME_TEXT };
const TLS = { tlsChannelId: '' };
const LIFECYCLE = { documentLifecycle: 'active' };
/** Firefox says more than it documents. */
const undocumented = (envType: 'addon_child' | 'content_child') => ({
  contextId: expect.any(Number),
  envType,
  documentId: SOME_TEXT,
});

const originOf = (url: string): string => new URL(url).origin;

const cases: Case[] = [
  {
    name: 'a background: id and script in Chromium, without an origin; Firefox gives the origin',
    async run(runtime) {
      const { background, id, origin } = await runtime.extension('client');
      expect(await callerSeen(runtime, background, 'host')).toMatchObject({
        event: 'onConnectExternal',
        sender: expected<object>(runtime, {
          chromium: exactly({ id, url: `${origin}/background.js`, ...TLS }),
          firefox: exactly({
            ...{ id, origin, url: `${origin}/_generated_background_page.html` },
            ...undocumented('addon_child'),
          }),
        }),
      });
    },
  },
  {
    name: 'a page in a tab: id, origin, and the tab',
    async run(runtime) {
      const { page, id, origin } = await runtime.extension('client');
      const own = { id, origin, url: `${origin}/page.html`, ...PLACE };
      expect(await callerSeen(runtime, page, 'host')).toMatchObject({
        event: 'onConnectExternal',
        sender: expected<object>(runtime, {
          chromium: exactly({ ...own, ...LIFECYCLE, ...TLS }),
          firefox: exactly({ ...own, ...undocumented('addon_child') }),
        }),
      });
    },
  },
  {
    name: 'a popup: id and origin, and no tab',
    async run(runtime) {
      const { popup, id, origin } = await runtime.extension('client');
      const own = { id, origin, url: `${origin}/popup.html` };
      expect(await callerSeen(runtime, await popup(), 'host')).toMatchObject({
        event: 'onConnectExternal',
        sender: expected<object>(runtime, {
          chromium: exactly({ ...own, ...TLS }),
          firefox: exactly({ ...own, ...undocumented('addon_child') }),
        }),
      });
    },
  },
  {
    name: 'a content script: the id of its extension, and url and origin of the web page',
    async run(runtime) {
      const { id } = await runtime.extension('client');
      const web = await runtime.openWeb();
      const seen = { id, url: web.url, origin: originOf(web.url), ...PLACE };
      expect(await callerSeen(runtime, web.content, 'host')).toMatchObject({
        event: 'onConnectExternal',
        sender: expected<object>(runtime, {
          chromium: exactly({ ...seen, ...LIFECYCLE, ...TLS }),
          firefox: exactly({ ...seen, ...undocumented('content_child') }),
        }),
      });
      await web.close();
    },
  },
  {
    name: 'a web page: no id, where it may connect at all; Firefox gives it no way',
    async run(runtime) {
      const web = await runtime.openWeb();
      const hasWay = expected(runtime, { chromium: true, firefox: false });
      // Chromium by either name.
      expect(await web.page.run('waysOut')).toEqual([hasWay, hasWay]);
      if (runtime.engine === 'chromium') {
        const talk = await open(runtime, web.page, { to: runtime.idOf('host') });
        expect(await talk.greeting()).toMatchObject({
          event: 'onConnectExternal',
          sender: exactly({ url: web.url, origin: originOf(web.url), ...PLACE, ...LIFECYCLE, ...TLS }),
        });
      }
      await web.close();
    },
  },
  {
    name: 'a page in a frame of a web page: the extension still, with frameId and tab of the web page',
    async run(runtime) {
      const { id, origin } = await runtime.extension('client');
      const web = await runtime.openWeb('framing');
      const { event, sender } = await callerSeen(runtime, await web.frame(), 'host');
      expect({ event, sender }).toMatchObject({
        event: 'onConnectExternal',
        sender: { id, origin, url: `${origin}/frame.html`, tab: { id: await web.tabId() } },
      });
      expect(sender?.frameId).toBeGreaterThan(0);
      await web.close();
    },
  },
  {
    name: 'the extension itself: onConnect, never onConnectExternal, also by its id',
    async run(runtime) {
      const { page, id, origin } = await runtime.extension('host');
      for (const to of [undefined, 'host'] as const) {
        const { event, sender } = await callerSeen(runtime, page, to);
        expect({ event, sender }).toMatchObject({
          event: 'onConnect',
          sender: { id, origin, url: `${origin}/page.html` },
        });
        expect(sender?.tlsChannelId).toBe(expected(runtime, { chromium: '', firefox: undefined }));
      }
    },
  },
  {
    name: 'whoever connects never receives its own connect',
    async run(runtime) {
      const { background, page } = await runtime.extension('host');
      const own = await open(runtime, background, {});
      // Its page does not listen, and so nobody is left.
      expect(await own.ending()).toEqual(failed(runtime));
      await page.run('listen', { event: 'onConnect' });
      const other = await open(runtime, background, {});
      expect(await other.greeting()).toMatchObject({
        event: 'onConnect',
        instance: await page.run('instanceHere'),
      });
      await runtime.update('host');
    },
  },
  {
    name: 'tabs.connect reaches the content script by onConnect, with an origin also from a worker',
    async run(runtime) {
      const { background, id, origin } = await runtime.extension('client');
      const web = await runtime.openWeb();
      await web.content.run('listen', { event: 'onConnect' });
      const talk = await open(runtime, background, { tabId: await web.tabId() });
      const url = expected(runtime, {
        chromium: `${origin}/background.js`,
        firefox: `${origin}/_generated_background_page.html`,
      });
      expect(await talk.greeting()).toMatchObject({
        event: 'onConnect',
        sender: expected<object>(runtime, {
          chromium: exactly({ id, origin, url }),
          firefox: exactly({ id, origin, url, ...undocumented('addon_child') }),
        }),
      });
      await web.close();
      expect(await talk.ending()).toBeDefined();
    },
  },
  {
    name: 'tabs.connect from a page in a tab: Chromium leaves the tab out, Firefox does not',
    async run(runtime) {
      const { page } = await runtime.extension('client');
      const web = await runtime.openWeb();
      await web.content.run('listen', { event: 'onConnect' });
      const talk = await open(runtime, page, { tabId: await web.tabId() });
      const { sender } = await talk.greeting();
      expect([sender?.tab !== undefined, sender?.frameId]).toEqual(
        expected<unknown[]>(runtime, { chromium: [false, undefined], firefox: [true, 0] }),
      );
      await web.close();
    },
  },
  {
    name: "the sender's tab has an address for every host in Chromium; in Firefox for none that may not see it",
    async run(runtime) {
      const { page, origin } = await runtime.extension('client');
      const { sender } = await callerSeen(runtime, page, 'plain');
      expect(sender?.tab?.url).toEqual(
        expected(runtime, { chromium: `${origin}/page.html`, firefox: undefined }),
      );
    },
  },
  {
    name: 'tlsChannelId is empty for whoever asks or not, if the host accepts it, and else absent; Firefox knows none',
    async run(runtime) {
      const { background } = await runtime.extension('client');
      for (const includeTlsChannelId of [true, false]) {
        const talk = await open(runtime, background, { to: runtime.idOf('host'), includeTlsChannelId });
        expect((await talk.greeting()).sender?.tlsChannelId).toEqual(
          expected(runtime, { chromium: '', firefox: undefined }),
        );
        await talk.disconnect();
      }
      const { sender } = await callerSeen(runtime, background, 'plain');
      expect(sender).not.toHaveProperty('tlsChannelId');
    },
  },
  {
    name: "the receiver's port has the name, and a sender; the caller's has none",
    async run(runtime) {
      const { background } = await runtime.extension('client');
      const talk = await open(runtime, background, { to: runtime.idOf('host') });
      expect((await talk.greeting()).portKeys).toContain('sender');
      expect(talk.sender).toBe('undefined');
      const host = await runtime.extension('host');
      const incoming = talkAs(runtime, host.background, `in ${talk.portName}`);
      await talk.disconnect();
      await incoming.ending();
    },
  },
];

/** Nothing more than these. `toMatchObject` alone would let more pass. */
const exactly = (properties: Record<string, unknown>) => ({
  asymmetricMatch: (actual: unknown): boolean => {
    expect(actual).toEqual(properties);
    return true;
  },
});

export const senderSuite: Suite = { name: 'senders', cases };
