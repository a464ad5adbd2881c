import { expect } from 'vitest';
import { type Case, expected, type Suite } from '../support/case.js';
import { eventually } from '../support/eventually.js';
import type { FixtureName } from '../support/fixtures.js';
import { untilAnswers } from '../support/long-facts.js';
import type { Runtime } from '../support/runtime.js';
import { open } from '../support/talk.js';
import { closed, failed, mismatched, NOBODY } from './endings.js';

/** Connects from the client's background, and sees how that fails. */
const expectNobody = async (runtime: Runtime, name: FixtureName | 'absent'): Promise<void> => {
  const { background } = await runtime.extension('client');
  const talk = await open(runtime, background, { to: runtime.idOf(name), posts: [{ value: 'a text' }] });
  expect(talk.threw).toBeUndefined();
  expect(await talk.ending()).toEqual(failed(runtime));
  await runtime.pass(50);
  expect(await talk.diary()).toMatchObject({ received: [], endings: [{}] });
};

const cases: Case[] = [
  {
    name: 'connect gives a port at once, with its name and without a sender',
    async run(runtime) {
      const { background, page } = await runtime.extension('client');
      for (const agent of [background, page]) {
        const talk = await open(runtime, agent, { to: runtime.idOf('host') });
        expect(talk).toMatchObject({ name: talk.portName, sender: 'undefined' });
        await talk.greeting();
        await talk.disconnect();
      }
    },
  },
  {
    name: 'an extension that is not installed: one onDisconnect, with the error',
    run: (runtime) => expectNobody(runtime, 'absent'),
  },
  {
    name: 'an extension whose background listens to nobody: the same, and yet that is started for it',
    async run(runtime) {
      await runtime.stop('bare');
      expect(await runtime.isRunning('bare')).toBe(false);
      await expectNobody(runtime, 'bare');
      expect(await runtime.isRunning('bare')).toBe(true);
    },
  },
  {
    name: 'an extension whose background starts to listen too late: the same',
    async run(runtime) {
      await runtime.stop('late');
      await expectNobody(runtime, 'late');
      expect(await runtime.isRunning('late')).toBe(true);
    },
  },
  {
    name: 'a background that throws at its very first start: the port never ends in Chromium; Firefox runs what it can',
    async run(runtime) {
      const { background } = await runtime.extension('client');
      const talk = await open(runtime, background, { to: runtime.idOf('broken') });
      if (runtime.engine === 'firefox')
        expect(await talk.greeting()).toMatchObject({ event: 'onConnectExternal' });
      await runtime.pass(400);
      expect(await talk.diary()).toMatchObject({ received: [], endings: [] });
      expect(await runtime.isRunning('broken')).toBe(expected(runtime, { chromium: false, firefox: true }));
    },
  },
  {
    name: 'a background that throws at a later start: nobody in Chromium; Firefox runs what it can',
    async run(runtime) {
      const { background } = await runtime.extension('client');
      await untilAnswers(runtime, 'breaking');
      await runtime.stop('breaking');
      const talk = await open(runtime, background, { to: runtime.idOf('breaking') });
      if (runtime.engine === 'firefox') await talk.greeting();
      else expect(await talk.ending()).toEqual(failed(runtime));
    },
  },
  {
    name: 'a string that cannot be an id throws in Chromium; Firefox finds nobody',
    async run(runtime) {
      const { background } = await runtime.extension('client');
      const talk = await open(runtime, background, { to: 'bad' });
      expect(talk.threw).toEqual(
        expected(runtime, {
          chromium: expect.stringMatching(/^TypeError: .*Invalid extension id: 'bad'$/),
          firefox: undefined,
        }),
      );
      if (runtime.engine === 'firefox') expect(await talk.ending()).toEqual(failed(runtime));
    },
  },
  {
    name: 'another way of copying messages: an error of its own in Chromium; Firefox has but one way',
    async run(runtime) {
      const { background } = await runtime.extension('client');
      const talk = await open(runtime, background, { to: runtime.idOf('other-format') });
      if (runtime.engine === 'firefox') await talk.greeting();
      else expect(await talk.ending()).toEqual(mismatched);
    },
  },
  {
    name: 'lastError is there while the listener runs, and not after; Firefox sets none',
    async run(runtime) {
      const { background } = await runtime.extension('client');
      const seen = await background.run('watchLastError', { to: runtime.idOf('absent') });
      expect(seen).toEqual([expected(runtime, { chromium: NOBODY, firefox: null }), null]);
    },
  },
  {
    name: 'a port that is closed in the listener ends without an error',
    async run(runtime) {
      const { background } = await runtime.extension('client');
      const talk = await open(runtime, background, { to: runtime.idOf('host'), manner: 'hangup' });
      expect(await talk.ending()).toEqual(closed(runtime));
    },
  },
  {
    name: 'messages posted before the background is up arrive in order',
    async run(runtime) {
      await runtime.stop('host');
      const { background } = await runtime.extension('client');
      const posts = [1, 2, 3].map((value) => ({ value, ask: true }));
      const talk = await open(runtime, background, { to: runtime.idOf('host'), posts });
      expect(await talk.received(3)).toEqual(['1', '2', '3']);
      await talk.disconnect();
    },
  },
  {
    name: 'a caller that hangs up at once has connected, and what it posted has arrived',
    async run(runtime) {
      const { background } = await runtime.extension('client');
      const host = await runtime.extension('host');
      const posts = [{ value: 1 }, { value: 2 }];
      const { portName } = await open(runtime, background, {
        to: host.id,
        manner: 'quiet',
        posts,
        hangUp: true,
      });
      const key = `in ${portName}`;
      await eventually(
        runtime,
        async () => (await host.background.run('hasPort', { key })) || undefined,
        'it came in',
      );
      const diary = await eventually(
        runtime,
        async () => {
          const found = await host.background.run('diary', { key });
          return found.endings.length > 0 ? found : undefined;
        },
        'it ended',
      );
      expect(diary.received).toEqual(['1', '2']);
    },
  },
];

export const connectSuite: Suite = { name: 'connect', cases };
