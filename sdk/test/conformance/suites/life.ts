import { expect } from 'vitest';
import type { Notes } from '../agent/left.js';
import type { Case, Suite } from '../support/case.js';
import { eventually } from '../support/eventually.js';
import type { FixtureName } from '../support/fixtures.js';
import { untilAnswers } from '../support/long-facts.js';
import type { Runtime } from '../support/runtime.js';
import { open, type Talk, talkAs } from '../support/talk.js';
import { closed, failed } from './endings.js';

/** Ports from the client's background and from its page. */
const fromBoth = async (runtime: Runtime, to: FixtureName): Promise<Talk[]> => {
  const { background, page } = await runtime.extension('client');
  const talks = [];
  for (const agent of [background, page]) {
    const talk = await open(runtime, agent, { to: runtime.idOf(to) });
    await talk.greeting();
    talks.push(talk);
  }
  return talks;
};

const expectClosed = async (runtime: Runtime, talks: readonly Talk[]): Promise<void> => {
  for (const talk of talks) expect(await talk.ending()).toEqual(closed(runtime));
};

const expectNobody = async (runtime: Runtime, name: FixtureName): Promise<void> => {
  const { background } = await runtime.extension('client');
  const talk = await open(runtime, background, { to: runtime.idOf(name) });
  expect(await talk.ending()).toEqual(failed(runtime));
};

/** The extension that comes and goes, installed now unless it is. */
const withComing = async (runtime: Runtime) => {
  if (!present.has(runtime)) await runtime.install('comes');
  present.add(runtime);
  await untilAnswers(runtime, 'comes');
  return runtime.extension('comes');
};
const present = new WeakSet<Runtime>();

const cases: Case[] = [
  {
    name: 'a background that is stopped: the other side hears of no error',
    async run(runtime) {
      const talks = await fromBoth(runtime, 'host');
      await runtime.stop('host');
      await expectClosed(runtime, talks);
      // Nobody has woken it.
      expect(await runtime.isRunning('host')).toBe(false);
    },
  },
  {
    name: 'connect starts a background that was stopped, and its memory is lost',
    async run(runtime) {
      const host = await runtime.extension('host');
      const { background } = await runtime.extension('client');
      await host.background.run('remember', { value: 7 });
      expect(await host.background.run('remembered')).toBe(7);
      const before = await host.background.run('instanceHere');
      await runtime.stop('host');
      const talk = await open(runtime, background, { to: host.id });
      expect((await talk.greeting()).instance).not.toBe(before);
      expect(await host.background.run('remembered')).toBeUndefined();
      await talk.disconnect();
    },
  },
  {
    name: 'a caller whose background is stopped: its ports end at the host, without an error',
    async run(runtime) {
      const { background } = await runtime.extension('client');
      const host = await runtime.extension('host');
      const talk = await open(runtime, background, { to: host.id });
      await talk.greeting();
      await runtime.stop('client');
      const incoming = talkAs(runtime, host.background, `in ${talk.portName}`);
      expect(await incoming.ending()).toEqual(closed(runtime));
    },
  },
  {
    name: 'an extension is installed: it is told so, and can be reached from then on',
    async run(runtime) {
      await expectNobody(runtime, 'comes');
      const comes = await withComing(runtime);
      expect(await comes.background.run('lifeEvents')).toEqual(['onInstalled: install']);
    },
  },
  {
    name: 'storage.session outlives the background, and storage.local does',
    async run(runtime) {
      const { background } = await withComing(runtime);
      for (const area of ['local', 'session'] as const) await background.run('store', { area, a: 1 });
      await runtime.stop('comes');
      for (const area of ['local', 'session'] as const)
        expect(await background.run('stored', { area })).toEqual({ a: 1 });
      expect(await background.run('lifeEvents')).toEqual([]);
    },
  },
  {
    name: 'an extension is updated: its ports end without an error, onInstalled is told, storage.session is empty',
    async run(runtime) {
      const { background } = await withComing(runtime);
      for (const area of ['local', 'session'] as const) await background.run('store', { area, a: 2 });
      const talks = await fromBoth(runtime, 'comes');
      await runtime.update('comes');
      await expectClosed(runtime, talks);
      const comes = await withComing(runtime);
      expect(await comes.background.run('lifeEvents')).toEqual(['onInstalled: update']);
      expect(await comes.background.run('stored', { area: 'session' })).toEqual({});
      expect(await comes.background.run('stored', { area: 'local' })).toEqual({ a: 2 });
    },
  },
  {
    name: 'an extension is disabled and enabled: ports end as if it slept, and then it is nobody; no event is fired, storage.session is empty',
    async run(runtime) {
      const { background } = await withComing(runtime);
      for (const area of ['local', 'session'] as const) await background.run('store', { area, a: 3 });
      const talks = await fromBoth(runtime, 'comes');
      await runtime.disable('comes');
      await expectClosed(runtime, talks);
      await expectNobody(runtime, 'comes');
      await runtime.enable('comes');
      const comes = await withComing(runtime);
      expect(await comes.background.run('lifeEvents')).toEqual([]);
      expect(await comes.background.run('stored', { area: 'session' })).toEqual({});
      expect(await comes.background.run('stored', { area: 'local' })).toEqual({ a: 3 });
    },
  },
  {
    name: 'an extension is uninstalled: its ports end without an error, and it is nobody from then on',
    async run(runtime) {
      await withComing(runtime);
      const talks = await fromBoth(runtime, 'comes');
      await runtime.uninstall('comes');
      present.delete(runtime);
      await expectClosed(runtime, talks);
      await expectNobody(runtime, 'comes');
    },
  },
  {
    name: 'an extension is updated: its content scripts run on in Chromium, reach nothing, and ports to others end untold; Firefox ends them and runs the new ones',
    async run(runtime) {
      const { background } = await runtime.extension('host');
      await runtime.install('leaves');
      await untilAnswers(runtime, 'leaves');
      const web = await runtime.openWeb('left');
      const noted = (what: string, look: (notes: Notes) => boolean): Promise<Notes> =>
        eventually(
          runtime,
          async () => {
            const notes = (await web.page.run('getFromDatabase')) as Partial<Notes> | undefined;
            return notes?.script !== undefined && look(notes as Notes) ? (notes as Notes) : undefined;
          },
          what,
        );
      const incoming = talkAs(runtime, background, 'in quiet:left to the host');
      const before = await noted('the script runs', ({ looks }) => looks > 2);
      const alive = { id: runtime.idOf('leaves'), connect: 'nothing', post: 'nothing', getURL: 'nothing' };
      expect(before).toMatchObject({ ...alive, ended: [] });
      await runtime.update('leaves');
      if (runtime.engine === 'firefox') {
        const after = await noted('the new script runs', ({ script }) => script !== before.script);
        expect(after).toMatchObject({ ...alive, ended: [] });
        await runtime.pass(1000);
        expect((await noted('it runs', () => true)).script).toBe(after.script);
      } else {
        const left = await noted('it was left', ({ id }) => id === undefined);
        const invalidated = 'Error: Extension context invalidated.';
        const dead = {
          connect: invalidated,
          post: invalidated,
          disconnect: invalidated,
          getURL: invalidated,
        };
        expect(left).toMatchObject({ script: before.script, ...dead });
        // Nor is the other side told.
        expect(await incoming.post(1)).toBeUndefined();
        const later = await noted('it runs on', ({ looks }) => looks > left.looks + 2);
        expect(later).toMatchObject({ script: before.script, ...dead, ended: ['quiet:left to its own'] });
        expect(later.heard).toBe(0);
        expect((await incoming.diary()).endings).toEqual([]);
      }
      await web.close();
      expect(await incoming.ending()).toEqual(closed(runtime));
      await runtime.uninstall('leaves');
    },
  },
];

export const lifeSuite: Suite = { name: 'life', cases };
