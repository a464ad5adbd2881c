import { describe, expect, test } from 'vitest';
import { withLateHost } from '../support/late-host.js';
import type { World } from '../support/world.js';

/** MDN's page on `runtime.connect()`, row by row. */
export const seedTests = (world: () => World): void => {
  describe('what the page on runtime.connect() says', () => {
    test('a content script connects to its background: a typed internal session', async () => {
      const { client, webAddress, pages } = world();
      const content = client.content(webAddress);
      await content.run('open', { key: 'home', protocol: 'home', host: 'self' });
      expect(await content.run('ready', { key: 'home' })).toMatchObject({
        version: '1.0.0',
        granted: ['calls', 'data', 'events'],
        refused: { secret: 'CAPABILITY_REFUSED' },
      });
      expect(await content.run('whoAmI', { key: 'home' })).toMatchObject({
        kind: 'content-script',
        own: true,
        id: client.id,
        origin: pages.origin,
      });
      expect(await content.run('echo', { key: 'home', texts: ['a', 'b'] })).toEqual(['a', 'b']);
      await content.run('close', { key: 'home' });
    });

    test('a background connects to another extension: a typed external session', async () => {
      const { client, host, name } = world();
      await client.background.run('open', { key: 'seed' });
      expect(await client.background.run('ready', { key: 'seed' })).toMatchObject({ version: '1.2.0' });
      expect(await client.background.run('whoAmI', { key: 'seed' })).toEqual({
        kind: 'extension',
        browser: name,
        id: client.id,
        origin: client.origin,
      });
      // What makes a background hard to tell: in Chromium it comes without an origin.
      const sender = await host.background.run('senderOf', { name: 'portico:org.portico.probe' });
      expect(sender).toMatchObject({ id: client.id });
      expect(Object.hasOwn(sender ?? {}, 'origin')).toBe(name === 'firefox');
      await client.background.run('close', { key: 'seed' });
    });

    test('connect reaches no content script, neither the own one nor that of another extension', async () => {
      const { client, stranger, webAddress } = world();
      // It is there, and it listens.
      expect(await stranger.content(webAddress).run('state', { key: 'none' }).catch(String)).toMatch(
        /no connection none/,
      );
      await client.background.run('open', { key: 'into', protocol: 'tab', host: stranger.id });
      await expect(client.background.run('ready', { key: 'into' })).rejects.toMatchObject({
        code: 'UNREACHABLE',
      });
      await stranger.background.run('open', { key: 'own', protocol: 'tab', host: 'self' });
      await expect(stranger.background.run('ready', { key: 'own' })).rejects.toMatchObject({
        code: 'UNREACHABLE',
      });
    });

    test('connectTab reaches the own content script from background and page: a typed session', async () => {
      const { client, stranger, webAddress } = world();
      for (const extension of [client, stranger]) {
        for (const context of [extension.background, extension.page]) {
          const tabId = await extension.tabOf(webAddress);
          await context.run('open', { key: 'tab', protocol: 'tab', tabId });
          expect(await context.run('whoAmI', { key: 'tab' })).toMatchObject({
            kind: 'self',
            id: extension.id,
            origin: extension.origin,
          });
          expect(await context.run('echo', { key: 'tab', texts: ['c'] })).toEqual(['c']);
          await context.run('close', { key: 'tab' });
        }
      }
    });

    test('extensionId is optional: the id is the one in the protocol, in the call, or the own one', async () => {
      const { client, host } = world();
      const late = await withLateHost(world());
      const { background } = client;
      const calls = [
        { key: 'in protocol', options: {} },
        { key: 'in call, the same', options: { host: host.id } },
        { key: 'in call, another', options: { host: late.id } },
      ];
      const instances = [];
      for (const { key, options } of calls) {
        await background.run('open', { key, ...options });
        instances.push((await background.run('ready', { key })).instance);
        await background.run('close', { key });
      }
      expect(instances[1]).toBe(instances[0]);
      expect(instances[2]).not.toBe(instances[0]);
      // From a page, `self` is the own background; the protocol names another host, which does not publish it.
      await client.page.run('open', { key: 'self', protocol: 'home', host: 'self' });
      expect((await client.page.run('whoAmI', { key: 'self' })).kind).toBe('self');
      await client.page.run('open', { key: 'not self', protocol: 'home' });
      await expect(client.page.run('ready', { key: 'not self' })).rejects.toMatchObject({ code: 'REFUSED' });
    });

    test('[A14] the name selects a published protocol: all other names are refused in the same words', async () => {
      const { client, host } = world();
      const hello = [[0, { wire: [1], versions: ['1.2.0'], needs: ['calls'], wants: [] }]];
      const answerTo = (name: string) =>
        client.background.run('raw', { host: host.id, name, posts: [hello], enough: 1 });
      const { received } = await answerTo('portico:org.portico.probe');
      expect((received as unknown[][][])[0]?.[0]?.slice(0, 2)).toEqual([1, ['calls']]);
      const names = ['org.portico.unpublished', 'org.portico.prob', '', '__proto__', 'constructor'];
      const answers = await Promise.all(names.map((name) => answerTo(`portico:${name}`)));
      expect(answers[0]?.received).toMatchObject([[[2, { code: 'REFUSED' }]]]);
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    });

    test('names that are not Portico’s are left to the listeners that the host has had before', async () => {
      const { client, stranger, host } = world();
      for (const { background } of [client, stranger]) {
        const old = await background.run('raw', {
          host: host.id,
          name: 'of old',
          posts: [{ hello: 1 }],
          enough: 1,
        });
        expect(old.received).toEqual([{ echo: { hello: 1 } }]);
      }
    });

    test('includeTlsChannelId is passed on, and what the browser makes of it is judged by rule', async () => {
      const { client, host, name } = world();
      const { background } = client;
      await background.run('watchConnect');
      await background.run('open', { key: 'channel', protocol: 'channel', includeTlsChannelId: true });
      expect(await background.run('ready', { key: 'channel' })).toMatchObject({
        granted: ['calls', 'data', 'events'],
        refused: { secret: 'CAPABILITY_REFUSED' },
      });
      const port = 'portico:org.portico.channel';
      expect(await background.run('connectedWith')).toEqual([
        host.id,
        { name: port, includeTlsChannelId: true },
      ]);
      // Chromium sends an empty one to whoever accepts it, Firefox none; to Portico both are none.
      const sender = await host.background.run('senderOf', { name: port });
      expect(sender?.tlsChannelId).toBe(name === 'chromium' ? '' : undefined);
      expect(await background.run('whoAmI', { key: 'channel' })).not.toHaveProperty('tlsChannelId');
      await background.run('close', { key: 'channel' });

      await background.run('open', { key: 'secret', protocol: 'channel', needsSecret: true });
      await expect(background.run('ready', { key: 'secret' })).rejects.toMatchObject({
        code: 'CAPABILITY_REFUSED',
      });
      await background.run('open', { key: 'pinned', protocol: 'pinned', includeTlsChannelId: true });
      await expect(background.run('ready', { key: 'pinned' })).rejects.toMatchObject({
        code: 'REFUSED',
        message: expect.stringContaining('TLS channel ID'),
      });
      const warnings = (await host.background.run('logged')).filter(({ event }) => event === 'configuration');
      expect(warnings.map(({ message }) => message)).toContainEqual(
        expect.stringMatching(/channel secret: .* admits nobody in today's browsers/),
      );
    });
  });
};
