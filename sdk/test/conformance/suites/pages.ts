import { expect } from 'vitest';
import { type Case, expected, type Suite } from '../support/case.js';
import { eventually } from '../support/eventually.js';
import type { Runtime } from '../support/runtime.js';
import { open, talkAs } from '../support/talk.js';

const PUT_AWAY =
  'The page keeping the extension port is moved into back/forward cache, so the message channel is closed.';

/** A content script with a port to the host, in a page that browsers put away. */
const inKeptPage = async (runtime: Runtime) => {
  const host = await runtime.extension('host');
  const web = await runtime.openWeb('kept');
  await web.content.run('watchPageshow');
  const talk = await open(runtime, web.content, { to: host.id });
  await talk.greeting();
  const incoming = talkAs(runtime, host.background, `in ${talk.portName}`);
  const back = async (): Promise<void> => {
    await web.back();
    const persisted = await eventually(
      runtime,
      async () => (await web.content.run('wasPersisted')) ?? undefined,
      'the page is shown again',
    );
    expect(persisted).toBe(true);
  };
  return { web, talk, incoming, back };
};

const cases: Case[] = [
  {
    name: 'a page is put away: its port ends at the host in Chromium, with an error that says so, and not in Firefox',
    async run(runtime) {
      const { web, talk, incoming, back } = await inKeptPage(runtime);
      await web.leave();
      if (runtime.engine === 'chromium') expect(await incoming.ending()).toEqual({ lastError: PUT_AWAY });
      await runtime.pass(100);
      expect((await incoming.diary()).endings).toHaveLength(expected(runtime, { chromium: 1, firefox: 0 }));
      await back();
      expect((await talk.diary()).endings).toEqual([]);
      await web.close();
    },
  },
  {
    name: 'the page that is shown again: posts vanish in Chromium without a throw or an event; in Firefox the port goes on',
    async run(runtime) {
      const { web, talk, back } = await inKeptPage(runtime);
      await web.leave();
      await runtime.pass(100);
      await back();
      expect(await talk.post({ value: 1, ask: true })).toBeUndefined();
      if (runtime.engine === 'firefox') expect(await talk.received(1)).toEqual(['1']);
      await runtime.pass(200);
      expect(await talk.diary()).toMatchObject({
        received: expected<string[]>(runtime, { chromium: [], firefox: ['1'] }),
        endings: [],
      });
      // A new port is as good as ever.
      const again = await open(runtime, web.content, { to: runtime.idOf('host') });
      await again.greeting();
      await web.close();
    },
  },
  {
    name: 'what the host posts meanwhile never arrives: it throws in Chromium, and is dropped in Firefox',
    async run(runtime) {
      const { web, talk, incoming, back } = await inKeptPage(runtime);
      await web.leave();
      if (runtime.engine === 'chromium') await incoming.ending();
      await runtime.pass(100);
      expect(await incoming.post(1)).toEqual(
        expected(runtime, {
          chromium: 'Error: Attempting to use a disconnected port object',
          firefox: undefined,
        }),
      );
      await runtime.pass(100);
      await back();
      await runtime.pass(200);
      expect((await talk.diary()).received).toEqual([]);
      await web.close();
    },
  },
  {
    name: "a framed page of an extension hears the extension's messages in Chromium, and none in Firefox",
    async run(runtime) {
      const { page } = await runtime.extension('client');
      const web = await runtime.openWeb('framing');
      await web.frame();
      expect(await page.run('frameHears')).toBe(expected(runtime, { chromium: true, firefox: false }));
      await web.close();
    },
  },
];

export const pageSuite: Suite = { name: 'pages', cases };
