import { describe, expect, test } from 'vitest';
import { agentInFrame } from '../support/agent.js';
import type { World } from '../support/world.js';

/** Who calls is derived from what the browser says of the sender, for every kind of context there is. */
export const callerTests = (world: () => World): void => {
  describe('who calls', () => {
    test('a page in a tab is the extension itself at home, and the extension abroad', async () => {
      const { client } = world();
      const { page, id, origin } = client;
      await page.run('open', { key: 'home', protocol: 'home', host: 'self' });
      expect(await page.run('whoAmI', { key: 'home' })).toMatchObject({
        kind: 'self',
        id,
        origin,
        tabId: expect.any(Number),
      });
      expect(await page.run('has', { key: 'home', capability: 'secret' })).toBe(true);
      await page.run('open', { key: 'abroad' });
      expect(await page.run('whoAmI', { key: 'abroad' })).toMatchObject({ kind: 'extension', id, origin });
      expect(await page.run('has', { key: 'abroad', capability: 'secret' })).toBe(false);
      for (const key of ['home', 'abroad']) await page.run('close', { key });
    });

    test('a popup is the extension itself at home, and the extension abroad', async () => {
      const { client, session } = world();
      const { popup, id, origin } = client;
      await (await session.browser.pages())[0]?.bringToFront();
      await client.page.run('openPopup');
      await popup.run('open', { key: 'home', protocol: 'home', host: 'self' });
      const own = await popup.run('whoAmI', { key: 'home' });
      expect(own).toMatchObject({ kind: 'self', id, origin });
      expect(own).not.toHaveProperty('tabId');
      await popup.run('open', { key: 'abroad' });
      expect(await popup.run('whoAmI', { key: 'abroad' })).toMatchObject({ kind: 'extension', id, origin });
    });

    test('a page in an iframe of a web page is the extension still', async () => {
      const { client, session, pages } = world();
      const { id, origin } = client;
      const address = pages.url(`/framing?frame=${encodeURIComponent(`${origin}/frame.html`)}`);
      const framing = await session.openPage(address);
      const frame = await agentInFrame(framing);
      await frame.run('open', { key: 'home', protocol: 'home', host: 'self' });
      expect(await frame.run('whoAmI', { key: 'home' })).toMatchObject({ kind: 'self', id, origin });
      await frame.run('open', { key: 'abroad' });
      expect(await frame.run('whoAmI', { key: 'abroad' })).toMatchObject({ kind: 'extension', id, origin });
      await framing.close();
    });

    test('[A2] [A9] a content script is not its extension: rules for extensions do not admit it', async () => {
      const { client, host, webAddress } = world();
      const content = client.content(webAddress);
      await content.run('open', { key: 'posing' });
      await expect(content.run('ready', { key: 'posing' })).rejects.toMatchObject({ code: 'REFUSED' });
      // Although the browser gives it the extension's id.
      const sender = await host.background.run('senderOf', { name: 'portico:org.portico.probe' });
      expect(sender?.id).toBe(client.id);
    });

    test('a content script is admitted where content scripts of its extension are named', async () => {
      const { client, stranger, webAddress, pages } = world();
      const content = client.content(webAddress);
      await content.run('open', { key: 'named', protocol: 'scripts' });
      expect(await content.run('whoAmI', { key: 'named' })).toMatchObject({
        kind: 'content-script',
        own: false,
        id: client.id,
        origin: pages.origin,
      });
      await content.run('close', { key: 'named' });
      // Neither its extension nor another extension's content script is meant.
      for (const other of [client.background, stranger.content(webAddress)]) {
        await other.run('open', { key: 'not named', protocol: 'scripts' });
        await expect(other.run('ready', { key: 'not named' })).rejects.toMatchObject({ code: 'REFUSED' });
      }
    });

    test('[A18] a third extension learns nothing: one refusal, whatever it asks for', async () => {
      const { stranger, client, host, webAddress } = world();
      const hello = (versions: string[], needs: string[]) => [[0, { wire: [1], versions, needs, wants: [] }]];
      const questions = [
        { name: 'org.portico.probe', posts: [] },
        { name: 'org.portico.probe', posts: [hello(['1.2.0'], ['calls'])] },
        { name: 'org.portico.probe', posts: [hello(['9.0.0'], ['secret'])] },
        { name: 'org.portico.channel', posts: [hello(['1.0.0'], [])] },
        { name: 'org.portico.unpublished', posts: [hello(['1.0.0'], ['calls'])] },
        { name: 'org.portico.unpublished', posts: ['no hello'] },
        { name: '__proto__', posts: [hello(['1.0.0'], [])] },
      ];
      const askedBy = (context: typeof stranger.background) =>
        Promise.all(
          questions.map(({ name, posts }) =>
            context.run('raw', { host: host.id, name: `portico:${name}`, posts }),
          ),
        );
      const answers = [
        ...(await askedBy(stranger.background)),
        ...(await askedBy(stranger.page)),
        ...(await askedBy(stranger.content(webAddress))),
        // Nor does the client, of what nobody publishes.
        await client.background.run('raw', { host: host.id, name: 'portico:nothing', posts: [] }),
      ];
      for (const answer of answers) {
        expect(answer).toEqual({
          received: [[[2, { code: 'REFUSED', message: expect.any(String) }]]],
          ended: true,
        });
        expect(answer).toEqual(answers[0]);
      }
      for (const protocol of ['probe', 'tooNew', 'unpublished'] as const) {
        await stranger.background.run('open', { key: 'stranger', protocol });
        await expect(stranger.background.run('ready', { key: 'stranger' })).rejects.toMatchObject({
          code: 'REFUSED',
          origin: 'remote',
          message: expect.not.stringContaining('org.portico'),
        });
      }
    });
  });
};
