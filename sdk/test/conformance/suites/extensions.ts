import { expect } from 'vitest';
import { type Case, expected, type Suite } from '../support/case.js';
import { untilAnswers } from '../support/long-facts.js';
import type { Runtime } from '../support/runtime.js';
import { toldAfter } from '../support/told-after.js';

/** Has the extension that comes and goes come. */
const comes = async (runtime: Runtime): Promise<void> => {
  await runtime.install('comes');
  await untilAnswers(runtime, 'comes');
};

const cases: Case[] = [
  {
    name: 'management without the permission: get is missing',
    async run(runtime) {
      const { background } = await runtime.extension('client');
      const names = ['management.get', 'management.getSelf', 'management.onUninstalled'];
      expect(await background.run('apisAmong', { names })).toEqual(['management.getSelf']);
    },
  },
  {
    name: 'management.get tells of another extension its name, permissions, and whether it is enabled',
    async run(runtime) {
      const { background } = await runtime.extension('watching');
      const client = await background.run('installedAs', { id: runtime.idOf('client') });
      expect(client).toEqual({
        name: 'conformance-client',
        enabled: true,
        permissions: expect.arrayContaining(['tabs', 'storage']),
        hostPermissions: expect.arrayContaining(['<all_urls>']),
      });
    },
  },
  {
    name: 'management.get of an extension that is not installed rejects',
    async run(runtime) {
      const { background } = await runtime.extension('watching');
      await expect(background.run('installedAs', { id: runtime.idOf('absent') })).rejects.toThrow(
        /^background installedAs: Error: /,
      );
    },
  },
  {
    name: 'disabling another extension starts a background that was stopped, and management still tells of it',
    async run(runtime) {
      await comes(runtime);
      const id = runtime.idOf('comes');
      expect(await toldAfter(runtime, () => runtime.disable('comes'))).toEqual([`${id} disabled`]);
      const { background } = await runtime.extension('watching');
      expect(await background.run('installedAs', { id })).toMatchObject({ enabled: false });
      await runtime.uninstall('comes');
    },
  },
  {
    name: 'uninstalling another extension starts a background that was stopped; Chromium gives its id, Firefox all of it',
    async run(runtime) {
      await comes(runtime);
      const id = runtime.idOf('comes');
      const [last] = (await toldAfter(runtime, () => runtime.uninstall('comes'))).slice(-1);
      expect(last).toBe(
        expected(runtime, { chromium: `${id} by its id uninstalled`, firefox: `${id} uninstalled` }),
      );
    },
  },
  {
    name: 'storage.managed with a policy: Firefox reads it once, and again when the extension is loaded anew',
    cannot: ({ isSimulated, engine }) =>
      !isSimulated && engine === 'chromium' ? "Chromium's policies are the machine's" : undefined,
    async run(runtime) {
      await comes(runtime);
      const { background } = await runtime.extension('comes');
      await runtime.setPolicy('comes', { rule: 1 });
      expect(await background.run('managed')).toEqual({ rule: 1 });
      await runtime.setPolicy('comes', { rule: 2 });
      await runtime.stop('comes');
      const now = { chromium: { rule: 2 }, firefox: { rule: 1 } };
      expect(await background.run('managed')).toEqual(expected(runtime, now));
      await runtime.disable('comes');
      await runtime.enable('comes');
      const again = await runtime.extension('comes');
      expect(await again.background.run('managed')).toEqual({ rule: 2 });
      await runtime.uninstall('comes');
    },
  },
];

export const extensionSuite: Suite = { name: 'extensions', cases };
