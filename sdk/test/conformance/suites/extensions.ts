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
    name: 'management.get tells at once of the permissions that an extension has after an update',
    async run(runtime) {
      await comes(runtime);
      const { background } = await runtime.extension('watching');
      const permissions = async (): Promise<readonly string[]> =>
        (await background.run('installedAs', { id: runtime.idOf('comes') })).permissions ?? [];
      expect(await permissions()).toContain('storage');
      await runtime.update('comes', []);
      expect(await permissions()).not.toContain('storage');
      await runtime.update('comes', ['storage']);
      expect(await permissions()).toContain('storage');
      await runtime.uninstall('comes');
    },
  },
  {
    name: 'with "incognito": "split" private windows have a background of their own over the same storage.local; Firefox reads it as "not_allowed"',
    cannot: ({ isSimulated, engine }) =>
      isSimulated && engine === 'chromium'
        ? 'a simulated browser has one background for all windows'
        : undefined,
    async run(runtime) {
      const { background } = await runtime.extension('split');
      if (runtime.engine === 'firefox') {
        expect(await background.run('incognitoHere')).toEqual([false, 'not_allowed']);
        return;
      }
      expect(await background.run('incognitoHere')).toEqual([false, 'split']);
      const inPrivate = await runtime.inPrivate('split');
      expect(await inPrivate.background.run('incognitoHere')).toEqual([true, 'split']);
      const again = await runtime.extension('split');
      const instance = await inPrivate.background.run('instanceHere');
      expect(instance).not.toBe(await again.background.run('instanceHere'));
      await again.background.run('store', { area: 'local', a: 1 });
      expect(await inPrivate.background.run('stored', { area: 'local' })).toEqual({ a: 1 });
      await inPrivate.close();
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
