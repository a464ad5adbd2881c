import { describe, expect, test } from 'vitest';
import { withLateHost } from '../support/late-host.js';
import type { World } from '../support/world.js';

/** What a session is for, between two real extensions. */
export const callTests = (world: () => World): void => {
  describe('calls and events', () => {
    test('a thousand calls at once come back, each to its own', async () => {
      const { client } = world();
      await client.background.run('open', { key: 'many' });
      expect(await client.background.run('echoMany', { key: 'many', times: 1000 })).toEqual([]);
      await client.background.run('close', { key: 'many' });
    });

    test('texts of all scripts come back as they were', async () => {
      const { client } = world();
      const texts = ['', 'Grüße', '漢字', '👩‍👩‍👧', '\u2028\u0000"\\', 'x'.repeat(200_000)];
      await client.page.run('open', { key: 'texts' });
      expect(await client.page.run('echo', { key: 'texts', texts })).toEqual(texts);
      await client.page.run('close', { key: 'texts' });
    });

    test('bytes travel both ways, in the way that the handshake has found', async () => {
      const { client, host, name } = world();
      const data = Array.from({ length: 256 }, (_, i) => i);
      await client.background.run('open', { key: 'bytes' });
      expect(await client.background.run('reverse', { key: 'bytes', data })).toEqual(data.toReversed());
      expect(await client.background.run('reverse', { key: 'bytes', data: [] })).toEqual([]);
      await client.background.run('close', { key: 'bytes' });

      const hello = { wire: [1], versions: ['1.2.0'], needs: ['data'], wants: [], probe: { $bytes: [80] } };
      const { received } = await client.background.run('raw', {
        host: host.id,
        name: 'portico:org.portico.probe',
        posts: [[[0, hello]]],
        enough: 1,
      });
      // The last element of a welcome: whether bytes travel natively.
      expect((received as unknown[][][])[0]?.[0]?.[10]).toBe(name === 'firefox' ? 1 : 0);
    });

    test('events arrive in order and complete, however many', async () => {
      const { client } = world();
      const { background, page } = client;
      for (const context of [background, page]) {
        await context.run('open', { key: 'events' });
        await context.run('subscribe', { key: 'events', event: 'ticked', as: 'ticks' });
      }
      await background.run('tick', { key: 'events', times: 700 });
      const numbers = Array.from({ length: 700 }, (_, i) => i);
      for (const context of [background, page]) {
        expect(await context.run('next', { as: 'ticks', count: 700 })).toEqual(numbers);
        await context.run('close', { key: 'events' });
      }
    });

    test('a declared error arrives as data, and a capability that was not granted is none', async () => {
      const { client } = world();
      await client.background.run('open', { key: 'errors' });
      await expect(client.background.run('fail', { key: 'errors', id: 7 })).rejects.toMatchObject({
        code: 'DECLARED',
        origin: 'remote',
        declared: 'gone',
        data: { id: 7 },
      });
      expect(await client.background.run('has', { key: 'errors', capability: 'secret' })).toBe(false);
      await client.background.run('close', { key: 'errors' });
    });

    test('abort and deadline reach the handler', async () => {
      const { client } = world();
      const { background } = client;
      await background.run('open', { key: 'ends' });
      await background.run('subscribe', { key: 'ends', event: 'noted', as: 'notes' });
      await background.run('begin', { key: 'ends', as: 'aborted', method: 'hang' });
      expect(await background.run('next', { as: 'notes', count: 1 })).toEqual([
        { note: 'aborted', what: 'began' },
      ]);
      await background.run('abort', { as: 'aborted' });
      await expect(background.run('outcome', { as: 'aborted' })).rejects.toMatchObject({ code: 'ABORTED' });
      expect(await background.run('next', { as: 'notes', count: 1 })).toEqual([
        { note: 'aborted', what: 'ABORTED' },
      ]);

      await background.run('begin', { key: 'ends', as: 'late', method: 'hang', deadline: 300 });
      await expect(background.run('outcome', { as: 'late' })).rejects.toMatchObject({
        code: 'DEADLINE_EXCEEDED',
      });
      const [began, ended] = await background.run('next', { as: 'notes', count: 2 });
      expect(began).toEqual({ note: 'late', what: 'began' });
      // The two clocks race: either the host's own deadline comes first, or word that the client gave up.
      expect(ended).toMatchObject({
        note: 'late',
        what: expect.stringMatching(/^(DEADLINE_EXCEEDED|ABORTED)$/),
      });

      const left = await background.run('remaining', { key: 'ends', deadline: 60_000 });
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(60_000);
      await background.run('close', { key: 'ends' });
    });

    test('two majors: each client speaks its own, and one that knows both speaks the newer', async () => {
      const { client, host } = world();
      const late = await withLateHost(world());
      const { background } = client;
      await background.run('open', { key: 'first' });
      expect((await background.run('ready', { key: 'first' })).version).toBe('1.2.0');
      await background.run('close', { key: 'first' });
      expect(await background.run('speakAny', { host: host.id, text: 'a' })).toEqual({
        major: 2,
        version: '2.0.0',
        said: 'A',
      });
      expect(await background.run('speakAny', { host: late.id, text: 'a' })).toEqual({
        major: 1,
        version: '1.2.0',
        said: 'a',
      });
      await background.run('open', { key: 'too new', protocol: 'tooNew' });
      await expect(background.run('ready', { key: 'too new' })).rejects.toMatchObject({
        code: 'NO_COMMON_VERSION',
        data: { versions: ['1.2.0', '2.0.0'] },
      });
    });
  });
};
