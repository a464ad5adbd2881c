import type { Page } from 'puppeteer-core';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.js';
import type { World } from '../support/world.js';

/** Leaves a page and comes back; says whether the browser had kept it. */
const leaveAndComeBack = async (page: Page, address: string, elsewhere: string): Promise<boolean> => {
  await page.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => Object.assign(globalThis, { persisted }));
    Object.assign(globalThis, { persisted: 'not yet' });
  });
  await page.goto(elsewhere);
  await page.evaluate(() => history.back());
  const shown = await eventually(async () => {
    // The page may be between two documents.
    const [href, state, persisted] = await page
      .evaluate(() => [location.href, document.readyState, Reflect.get(globalThis, 'persisted')])
      .catch(() => []);
    if (href !== address || state !== 'complete' || persisted === 'not yet') return undefined;
    return { persisted };
  }, 'the page is back');
  return shown.persisted === true;
};

/** Browsers stop backgrounds as they like, and the other side hears no more than that a port is closed. */
export const lifeTests = (world: () => World): void => {
  describe('a host that is stopped', () => {
    test('idle: the connection is dormant, and the next use wakes the host', async () => {
      const { client, session, host } = world();
      const contexts = [client.background, client.page];
      const before = [];
      for (const context of contexts) {
        await context.run('open', { key: 'idle' });
        before.push((await context.run('ready', { key: 'idle' })).instance);
      }
      expect(await session.stopBackground(host.id)).toBe(true);
      for (const context of contexts) {
        await context.run('become', { key: 'idle', state: 'dormant', code: 'DISCONNECTED' });
      }
      // Nobody who has nothing to say keeps waking it.
      expect(await session.isBackgroundRunning(host.id)).toBe(false);

      const after = [];
      for (const context of contexts) {
        expect(await context.run('echo', { key: 'idle', texts: ['again'] })).toEqual(['again']);
        after.push((await context.run('ready', { key: 'idle' })).instance);
        await context.run('close', { key: 'idle' });
      }
      expect(before[1]).toBe(before[0]);
      expect(after[1]).toBe(after[0]);
      expect(after[0]).not.toBe(before[0]);
    });

    test('with calls under way: each settles with what is known of it, and the next use connects again', async () => {
      const { client, session, host } = world();
      const { background } = client;
      await background.run('open', { key: 'busy' });
      const { instance } = await background.run('ready', { key: 'busy' });
      await background.run('subscribe', { key: 'busy', event: 'noted', as: 'notes' });
      await background.run('begin', { key: 'busy', as: 'once', method: 'hang' });
      await background.run('begin', { key: 'busy', as: 'safely', method: 'hangSafely' });
      expect(await background.run('next', { as: 'notes', count: 2 })).toEqual([
        { note: 'once', what: 'began' },
        { note: 'safely', what: 'began' },
      ]);
      await session.stopBackground(host.id);
      await expect(background.run('outcome', { as: 'once' })).rejects.toMatchObject({
        code: 'OUTCOME_UNKNOWN',
      });
      await expect(background.run('outcome', { as: 'safely' })).rejects.toMatchObject({
        code: 'DISCONNECTED',
      });
      await expect(background.run('next', { as: 'notes', count: 1 })).rejects.toMatchObject({
        code: 'DISCONNECTED',
      });
      expect(await background.run('echo', { key: 'busy', texts: ['again'] })).toEqual(['again']);
      expect((await background.run('ready', { key: 'busy' })).instance).not.toBe(instance);
      await background.run('close', { key: 'busy' });
    });

    test('before it was ever called: the first connection wakes it', async () => {
      const { client, session, host } = world();
      await session.stopBackground(host.id);
      await client.background.run('open', { key: 'first' });
      expect(await client.background.run('echo', { key: 'first', texts: ['a'] })).toEqual(['a']);
      await client.background.run('close', { key: 'first' });
    });
  });

  describe('a page that is put away and shown again', () => {
    test('has lost its ports: what was under way settles, and the next use connects again', async (context) => {
      const { client, session, pages } = world();
      const address = pages.url('/kept');
      const page = await session.openPage(address);
      const content = client.content(address);
      await content.run('open', { key: 'back', protocol: 'home', host: 'self' });
      const { id } = await content.run('ready', { key: 'back' });
      await content.run('begin', { key: 'back', as: 'under way', method: 'hang' });
      if (!(await leaveAndComeBack(page, address, pages.url('/')))) {
        await page.close();
        return context.skip('this browser has loaded the page afresh');
      }
      await content.run('become', { key: 'back', state: 'dormant', code: 'DISCONNECTED' });
      await expect(content.run('outcome', { as: 'under way' })).rejects.toMatchObject({
        code: 'OUTCOME_UNKNOWN',
      });
      expect(await content.run('echo', { key: 'back', texts: ['again'] })).toEqual(['again']);
      expect((await content.run('ready', { key: 'back' })).id).not.toBe(id);
      // What it is a host for is reached again, too.
      await client.page.run('open', { key: 'tab', protocol: 'tab', tabId: await client.tabOf(address) });
      expect(await client.page.run('echo', { key: 'tab', texts: ['a'] })).toEqual(['a']);
      await client.page.run('close', { key: 'tab' });
      await page.close();
    });
  });

  describe('a client that goes away', () => {
    test('ends its session and aborts what it asked for', async () => {
      const { client, host, session } = world();
      await client.page.run('open', { key: 'watching' });
      await client.page.run('subscribe', { key: 'watching', event: 'noted', as: 'notes' });
      await client.background.run('open', { key: 'leaving' });
      await client.background.run('begin', { key: 'leaving', as: 'left behind', method: 'hang' });
      const notes = await client.page.run('next', { as: 'notes', count: 1 });
      const sessions = await host.background.run('sessions');
      await session.stopBackground(client.id);
      notes.push(...(await client.page.run('next', { as: 'notes', count: 1 })));
      expect(notes).toEqual([
        { note: 'left behind', what: 'began' },
        { note: 'left behind', what: 'DISCONNECTED' },
      ]);
      expect(await host.background.run('sessions')).toBeLessThan(sessions);
      await client.page.run('close', { key: 'watching' });
    });
  });
};
