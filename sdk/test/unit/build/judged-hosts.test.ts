import { expect, it } from 'vitest';
import { type PorticoPluginOptions, portico } from '../../../src/build/index.js';
import { ownPackage } from '../../../src/build/own-package.js';

it('[A8] tells a host that its patterns were judged by the build, and a client nothing', async () => {
  const { judged } = ownPackage();
  const written = async (options: PorticoPluginOptions): Promise<unknown> =>
    (await portico(options).load.call(undefined as never, judged))?.code;
  expect(await written({})).toBeUndefined();
  expect(await written({ side: 'host' })).toBe('export const JUDGED = true;');
});
