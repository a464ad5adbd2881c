import { expect } from 'vitest';
import { type Case, expected, type Suite } from '../support/case.js';
import type { Runtime } from '../support/runtime.js';
import { open, talkAs } from '../support/talk.js';
import { closed } from './endings.js';

/** A port from the client's background to the host, with the host's end of it. */
const both = async (runtime: Runtime, manner?: string) => {
  const { background } = await runtime.extension('client');
  const host = await runtime.extension('host');
  const talk = await open(runtime, background, { to: host.id, ...(manner ? { manner } : {}) });
  if (manner === undefined) await talk.greeting();
  return { talk, incoming: talkAs(runtime, host.background, `in ${talk.portName}`), host };
};

const MANY = Array.from({ length: 500 }, (_, n) => n);

/** A port to the host's background and to its page, both of which listen. */
const toTwo = async (runtime: Runtime) => {
  // Not one that listens already.
  await runtime.closePage('host');
  const host = await runtime.extension('host');
  const { page } = await runtime.extension('client');
  await host.page.run('listen', { event: 'onConnectExternal' });
  const talk = await open(runtime, page, { to: host.id, manner: 'quiet' });
  await talk.post({ value: 1, ask: true });
  expect(await talk.received(2)).toEqual(['1', '1']);
  const at = (where: 'background' | 'page'): ReturnType<typeof talkAs> =>
    talkAs(runtime, host[where], `in ${talk.portName}`);
  return { talk, inBackground: at('background'), inPage: at('page') };
};

const deadPort = (runtime: Runtime): string =>
  expected(runtime, {
    chromium: 'Error: Attempting to use a disconnected port object',
    firefox: 'Error: Attempt to postMessage on disconnected port',
  });

const cases: Case[] = [
  {
    name: 'messages keep their order, in both directions',
    async run(runtime) {
      const { talk, incoming } = await both(runtime);
      await talk.post(...MANY.map((value) => ({ value, ask: true })));
      expect(await talk.received(MANY.length)).toEqual(MANY.map(String));
      await incoming.post(...MANY);
      expect((await talk.received(2 * MANY.length)).slice(MANY.length)).toEqual(MANY.map(String));
      await talk.disconnect();
    },
  },
  {
    name: 'disconnect is told to the other end alone, without an error',
    async run(runtime) {
      const { talk, incoming } = await both(runtime);
      expect(await talk.disconnect()).toBeUndefined();
      expect(await incoming.ending()).toEqual(closed(runtime));
      await runtime.pass(50);
      expect((await talk.diary()).endings).toEqual([]);
      expect((await incoming.diary()).endings).toHaveLength(1);
    },
  },
  {
    name: "what was posted before disconnect arrives before the other end's onDisconnect",
    async run(runtime) {
      const { talk, incoming } = await both(runtime);
      await talk.post(1, 2, 3);
      await talk.disconnect();
      await incoming.ending();
      expect((await incoming.diary()).received).toEqual(['1', '2', '3']);
    },
  },
  {
    name: 'posting on a port that this side has closed throws',
    async run(runtime) {
      const { talk } = await both(runtime);
      await talk.disconnect();
      expect(await talk.post(1)).toEqual(deadPort(runtime));
    },
  },
  {
    name: 'posting on a port that the other side has closed throws',
    async run(runtime) {
      const { talk, incoming } = await both(runtime);
      await incoming.disconnect();
      expect(await talk.ending()).toEqual(closed(runtime));
      expect(await talk.post(1)).toEqual(deadPort(runtime));
    },
  },
  {
    name: 'disconnecting again is no error',
    async run(runtime) {
      const { talk } = await both(runtime);
      expect([await talk.disconnect(), await talk.disconnect()]).toEqual([undefined, undefined]);
    },
  },
  {
    name: 'nothing is kept for a listener that comes late',
    async run(runtime) {
      const { background } = await runtime.extension('client');
      const host = await runtime.extension('host');
      const posts = [1, 2].map((value) => ({ value, ask: true }));
      const talk = await open(runtime, background, { to: host.id, manner: 'late', posts });
      await talk.greeting();
      // The echo listens now, and has not heard what came before.
      expect(await talk.ask(3)).toBe('3');
      expect((await talk.diary()).received).toEqual(['3']);
      await talk.disconnect();
    },
  },
  {
    name: 'every context that listens gets the port, and every message',
    async run(runtime) {
      const { talk } = await toTwo(runtime);
      await talk.disconnect();
      await runtime.closePage('host');
    },
  },
  {
    name: 'of several receivers one disconnects: the port ends for the caller; the others hear of it in Firefox alone',
    async run(runtime) {
      const { talk, inPage, inBackground } = await toTwo(runtime);
      await inPage.disconnect();
      expect(await talk.ending()).toEqual(closed(runtime));
      if (runtime.engine === 'firefox') await inBackground.ending();
      else await runtime.pass(100);
      expect((await inBackground.diary()).endings).toEqual(
        expected<unknown[]>(runtime, { chromium: [], firefox: [closed(runtime)] }),
      );
      // In Chromium what they post goes nowhere.
      expect(await inBackground.post(1)).toEqual(
        expected(runtime, { chromium: undefined, firefox: deadPort(runtime) }),
      );
      await runtime.pass(100);
      expect((await talk.diary()).received).toEqual(['1', '1']);
      await runtime.closePage('host');
    },
  },
  {
    name: 'of several receivers one is closed: the port lives on in Chromium, and ends in Firefox',
    async run(runtime) {
      const { talk } = await toTwo(runtime);
      await runtime.closePage('host');
      if (runtime.engine === 'firefox') await talk.ending();
      else await runtime.pass(100);
      expect((await talk.diary()).endings).toEqual(
        expected<unknown[]>(runtime, { chromium: [], firefox: [closed(runtime)] }),
      );
    },
  },
  {
    name: 'a page that is closed ends its ports, without an error',
    async run(runtime) {
      const host = await runtime.extension('host');
      const web = await runtime.openWeb();
      const talk = await open(runtime, web.content, { to: host.id });
      await talk.greeting();
      await web.close();
      const incoming = talkAs(runtime, host.background, `in ${talk.portName}`);
      expect(await incoming.ending()).toEqual(closed(runtime));
    },
  },
];

export const portSuite: Suite = { name: 'ports', cases };
