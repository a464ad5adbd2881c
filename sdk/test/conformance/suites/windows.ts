import { expect } from 'vitest';
import type { Case, Suite } from '../support/case.js';
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
