import { describe, expect, test } from 'vitest';
import type { Agent } from '../support/agent.js';
import type { World } from '../support/world.js';

/** Chromium alone lets an extension choose how its messages are copied; both sides must choose the same. */
export const serializationTests = (world: () => World): void => {
  describe('message_serialization', () => {
    test('different choices are told as what they are', async (context) => {
      const { client, name, reach, session, directoryOf } = world();
      if (name === 'firefox') return context.skip('Firefox always clones');
      const { id } = session.extension(directoryOf('clone-host'));
      // Asked without Portico: older browsers do not know the key.
      const { browserSays } = await client.background.run('raw', { host: id, name: 'portico:x', posts: [] });
      if (!browserSays) return context.skip('this Chromium knows no message_serialization');
      const clone = await reach('clone-client');
      const pairs: [Agent, string][] = [
        [client.background, id],
        [client.page, id],
        [clone.background, world().host.id],
      ];
      for (const [agent, host] of pairs) {
        await agent.run('open', { key: 'mismatch', host });
        await expect(agent.run('ready', { key: 'mismatch' })).rejects.toMatchObject({
          code: 'SERIALIZATION_MISMATCH',
          data: { browserSays: expect.any(String) },
        });
      }
    });

    test('where both clone, bytes travel as they are', async (context) => {
      const { client, name, reach, session, directoryOf } = world();
      if (name === 'firefox') return context.skip('Firefox always clones');
      const { id } = session.extension(directoryOf('clone-host'));
      const { browserSays } = await client.background.run('raw', { host: id, name: 'portico:x', posts: [] });
      if (!browserSays) return context.skip('this Chromium knows no message_serialization');
      const { background } = await reach('clone-client');
      const data = Array.from({ length: 256 }, (_, i) => i);
      await background.run('open', { key: 'clone', host: id });
      expect(await background.run('reverse', { key: 'clone', data })).toEqual(data.toReversed());
      expect(await background.run('echoMany', { key: 'clone', times: 100 })).toEqual([]);
      await background.run('close', { key: 'clone' });

      const hello = { wire: [1], versions: ['1.2.0'], needs: ['data'], wants: [], probe: { $bytes: [80] } };
      const call = [7, 1, 'data.reverse', 0, { data: { $bytes: [1, 2, 3] } }];
      const { received } = await background.run('raw', {
        host: id,
        name: 'portico:org.portico.probe',
        posts: [[[0, hello]], [call]],
        enough: 2,
      });
      const [[welcome], answer] = received as [unknown[][], unknown];
      expect([welcome?.[0], welcome?.[10]]).toEqual([1, 1]);
      // As JSON shows a Uint8Array; Base64 would be a string.
      expect(answer).toMatchObject([[8, 1, { 0: 3, 1: 2, 2: 1 }]]);
    });
  });
};
