import { describe, expect, test } from 'vitest';
import { withLateHost, withoutLateHost } from '../support/late-host.js';
import { idOf } from '../support/manifests.js';
import type { World } from '../support/world.js';

const nobody = {
  code: 'UNREACHABLE',
  origin: 'local',
  data: { browserSays: expect.stringMatching(/Receiving end does not exist/) },
};

/** The port of `runtime.connect()` is there at once; whether anybody is at its other end is told later. */
export const unreachableTests = (world: () => World): void => {
  describe('nobody there', () => {
    test('an extension that is not installed is unreachable, for background, page and content script', async () => {
      const { client, name, webAddress } = world();
      const absent = idOf('never installed', name);
      for (const context of [client.background, client.page, client.content(webAddress)]) {
        await context.run('open', { key: 'absent', host: absent });
        // Every way to notice.
        await expect(context.run('echo', { key: 'absent', texts: ['a'] })).rejects.toMatchObject(nobody);
        await expect(context.run('ready', { key: 'absent' })).rejects.toMatchObject(nobody);
        await expect(context.run('has', { key: 'absent', capability: 'data' })).rejects.toMatchObject(nobody);
        expect(await context.run('state', { key: 'absent' })).toBe('dormant');
      }
    });

    test('an extension that does not listen is unreachable', async () => {
      const { client, stranger } = world();
      await client.background.run('open', { key: 'deaf', host: stranger.id });
      await expect(client.background.run('ready', { key: 'deaf' })).rejects.toMatchObject(nobody);
    });

    test('a disabled extension is unreachable, and reached again when it is enabled', async () => {
      const { client, session, directoryOf } = world();
      const late = await withLateHost(world());
      const { background } = client;
      await background.run('open', { key: 'disabled', host: late.id });
      const before = await background.run('ready', { key: 'disabled' });
      await session.disable(directoryOf('late'));
      await background.run('become', { key: 'disabled', state: 'dormant', code: 'DISCONNECTED' });
      await expect(background.run('ready', { key: 'disabled' })).rejects.toMatchObject(nobody);
      await session.enable(directoryOf('late'));
      const after = await background.run('ready', { key: 'disabled' });
      expect(after.instance).not.toBe(before.instance);
      await background.run('close', { key: 'disabled' });
    });

    test('a string that is no id is refused at once, though Firefox would only find nobody', async () => {
      const { client } = world();
      await expect(client.background.run('open', { key: 'bad', host: 'bad' })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('bad is no id of an extension'),
      });
    });

    test('whoever waits is served when the host is installed', async () => {
      const { client, session, directoryOf, name } = world();
      await withoutLateHost(world());
      const { background } = client;
      await background.run('open', { key: 'wait', host: idOf('late', name), whenUnreachable: 'wait' });
      const answer = background.run('echo', { key: 'wait', texts: ['at last'] });
      // Twice, so that there has been a new attempt.
      await background.run('become', { key: 'wait', state: 'connecting', code: 'UNREACHABLE', times: 2 });
      await session.install(directoryOf('late'));
      expect(await answer).toEqual(['at last']);
      await background.run('close', { key: 'wait' });
    });
  });
};
