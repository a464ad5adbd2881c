import { expect } from 'vitest';
import { type Case, expected, type Suite } from '../support/case.js';
import { eventually } from '../support/eventually.js';
import type { Agent } from '../support/runtime.js';
import { toldAfter } from '../support/told-after.js';

/** Opens popup.html in a window of its own; gives the window's number. */
const openPrompt = async (agent: Agent): Promise<number> => {
  const { id, type } = await agent.run('openWindow', { page: 'popup.html' });
  expect(type).toBe('popup');
  if (id === undefined) throw new Error('the window has no number');
  return id;
};

const needsScreen: Case['cannot'] = ({ isSimulated }) =>
  isSimulated ? 'a simulated browser has no screen, and moves no tabs between windows' : undefined;

const cases: Case[] = [
  {
    name: 'an extension without permissions opens its own page in a popup window, and sees its address there',
    async run(runtime) {
      const { background, origin } = await runtime.extension('watching');
      const id = await openPrompt(background);
      const addresses = await eventually(
        runtime,
        async () => {
          const found = await background.run('addressesIn', { id });
          return found[0]?.startsWith(origin) ? found : undefined;
        },
        'the address is there',
      );
      expect(addresses).toEqual([`${origin}/popup.html`]);
      await background.run('closeWindow', { id });
    },
  },
  {
    name: 'a window that is closed is not found any more, and the next one has another number',
    async run(runtime) {
      const { background } = await runtime.extension('watching');
      const id = await openPrompt(background);
      await background.run('closeWindow', { id });
      await expect(background.run('addressesIn', { id })).rejects.toThrow(/^background addressesIn: Error: /);
      await expect(background.run('closeWindow', { id })).rejects.toThrow(/^background closeWindow: Error: /);
      const next = await openPrompt(background);
      expect(next).not.toBe(id);
      await background.run('closeWindow', { id: next });
    },
  },
  {
    name: 'closing a window starts a background that was stopped, which is told of it',
    async run(runtime) {
      const { background } = await runtime.extension('watching');
      const id = await openPrompt(background);
      const told = await toldAfter(runtime, (page) => page.run('closeWindow', { id }));
      expect(told).toEqual([`window ${id} removed`]);
    },
  },
  {
    name: 'closing the last tab of a window closes the window, and is told the same way',
    async run(runtime) {
      const { background } = await runtime.extension('watching');
      const id = await openPrompt(background);
      const told = await toldAfter(runtime, (page) => page.run('closeTabsIn', { id }));
      expect(told).toEqual([`window ${id} removed`]);
    },
  },
  {
    name: 'any extension closes the window of another one, and its owner is told no more than of any end',
    async run(runtime) {
      const { background } = await runtime.extension('watching');
      const { background: other } = await runtime.extension('client');
      const id = await openPrompt(background);
      await other.run('closeWindow', { id });
      await expect(background.run('addressesIn', { id })).rejects.toThrow(/^background addressesIn: Error: /);
    },
  },
  {
    name: 'any extension opens a page of another one',
    cannot: needsScreen,
    async run(runtime) {
      const { background, origin } = await runtime.extension('watching');
      const { background: other } = await runtime.extension('client');
      const id = (await other.run('openAddress', { url: `${origin}/popup.html` })) ?? -1;
      await eventually(
        runtime,
        async () => (await background.run('addressesIn', { id }))[0] === `${origin}/popup.html` || undefined,
        'it is there',
      );
      await background.run('closeWindow', { id });
    },
  },
  {
    name: 'any extension moves the page of another one to another window: its tab keeps its number, and the window closes',
    cannot: needsScreen,
    async run(runtime) {
      const { background } = await runtime.extension('watching');
      const { background: other } = await runtime.extension('client');
      const id = await openPrompt(background);
      const { before, after } = await other.run('moveTabAway', { id });
      expect(after).toBe(before);
      await expect(background.run('addressesIn', { id })).rejects.toThrow(/^background addressesIn: Error: /);
    },
  },
  {
    name: 'any extension moves the window of another one: in Chromium half of it beyond the screen; Firefox keeps it whole',
    cannot: needsScreen,
    async run(runtime) {
      const { background } = await runtime.extension('watching');
      const { background: other } = await runtime.extension('client');
      const id = await openPrompt(background);
      const { height = 0 } = await other.run('placeWindow', { id, top: 0 });
      const third = -Math.floor(height / 3);
      const { top } = await other.run('placeWindow', { id, top: third });
      expect(top).toBe(expected(runtime, { chromium: third, firefox: 0 }));
      const tooFar = other.run('placeWindow', { id, top: -Math.ceil(height * 0.7) });
      if (runtime.engine === 'chromium') await expect(tooFar).rejects.toThrow(/at least 50%/);
      else expect((await tooFar).top).toBe(0);
      await background.run('closeWindow', { id });
    },
  },
  {
    name: 'another extension magnifies a page of ours in Firefox, and may not in Chromium',
    cannot: needsScreen,
    async run(runtime) {
      const { background } = await runtime.extension('watching');
      const { background: other } = await runtime.extension('client');
      const id = await openPrompt(background);
      const problem = await other.run('zoomIn', { id });
      if (runtime.engine === 'chromium') expect(problem).toMatch(/^Error: /);
      else expect(problem).toBeUndefined();
      await background.run('closeWindow', { id });
    },
  },
  {
    name: 'a window that is opened in front has the focus, and loses it to the next',
    cannot: ({ isSimulated, engine }) =>
      !isSimulated && engine === 'chromium'
        ? 'without a screen every window of Chromium has the focus'
        : undefined,
    async run(runtime) {
      const { background } = await runtime.extension('watching');
      const id = await openPrompt(background);
      const focus = (has: boolean) =>
        eventually(
          runtime,
          async () => {
            const found = (await background.run('inPopup', { command: 'focusHere' })) as
              | { has: boolean; told: string[] }
              | undefined;
            return found?.has === has ? found : undefined;
          },
          `it has ${has ? 'the' : 'no'} focus`,
        );
      await focus(true);
      await background.run('inPopup', { command: 'watchFocus' });
      const { id: next } = await background.run('openWindow', { page: 'frame.html' });
      expect((await focus(false)).told).toEqual(['blur']);
      await background.run('closeWindow', { id: next ?? -1 });
      await background.run('closeWindow', { id });
    },
  },
];

export const windowSuite: Suite = { name: 'windows', cases };
