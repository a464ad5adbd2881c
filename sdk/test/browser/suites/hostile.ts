import { describe, expect, test } from 'vitest';
import type { World } from '../support/world.js';

const hello = (more: object = {}) => [
  [0, { wire: [1], versions: ['1.2.0'], needs: ['calls'], wants: [], ...more }],
];

/** What an admitted extension may send that is no frame of Portico: each ends the port that it came on. */
const GARBAGE: readonly (readonly unknown[])[] = [
  ['text'],
  [null],
  [{ wire: [1] }],
  [[['__proto__', 1]]],
  [[[7, 1, 'calls.echo', 0, { text: 'before the hello' }]]],
  [[[0, { wire: 'one' }]]],
  [hello({ wire: [99] })],
  [hello(), hello()],
  [hello(), 'text'],
  [hello(), [[7, -1, 'calls.echo', 0, { text: 'a' }]]],
  [hello(), [[8, 1, 'a result that nobody asked for']]],
  [hello(), [[7, 1, { path: 'calls.echo' }, 0, {}]]],
];

/** Calls that are no offence to the wire, and get an error each. */
const BAD_CALLS: readonly (readonly [string, unknown, string])[] = [
  ['calls.echo', { text: 1 }, 'INVALID_PARAMS'],
  ['calls.echo', { text: 'a', dryRun: true }, 'INVALID_PARAMS'],
  ['calls.echo', null, 'INVALID_PARAMS'],
  ['calls.nothing', null, 'UNKNOWN_MEMBER'],
  ['calls.__proto__', null, 'UNKNOWN_MEMBER'],
  ['__proto__.toString', null, 'UNKNOWN_MEMBER'],
  ['constructor', null, 'UNKNOWN_MEMBER'],
  ['calls.then', null, 'UNKNOWN_MEMBER'],
  ['events.ticked', null, 'CAPABILITY_REFUSED'],
  ['secret.tell', null, 'CAPABILITY_REFUSED'],
];

/** A peer that was let in, and misbehaves. */
export const hostileTests = (world: () => World): void => {
  describe('a misbehaving peer', () => {
    test('garbage closes the port that it came on, and no other', async () => {
      const { client, host } = world();
      const { background } = client;
      await background.run('open', { key: 'bystander' });
      await background.run('subscribe', { key: 'bystander', event: 'noted', as: 'notes' });
      await background.run('begin', { key: 'bystander', as: 'undisturbed', method: 'hang' });
      const { id } = await background.run('ready', { key: 'bystander' });
      for (const posts of GARBAGE) {
        const { received, ended } = await background.run('raw', {
          host: host.id,
          name: 'portico:org.portico.probe',
          posts,
        });
        expect(ended).toBe(true);
        // A refusal before the welcome, a goodbye after it.
        const last = JSON.stringify(received.at(-1));
        expect(last, JSON.stringify(posts)).toMatch(/\[[26],\{"code":"PROTOCOL_VIOLATION"/);
      }
      expect(await background.run('ready', { key: 'bystander' })).toMatchObject({ id });
      await background.run('abort', { as: 'undisturbed' });
      expect(await background.run('next', { as: 'notes', count: 2 })).toEqual([
        { note: 'undisturbed', what: 'began' },
        { note: 'undisturbed', what: 'ABORTED' },
      ]);
      await background.run('close', { key: 'bystander' });
    });

    test('a bad call gets an error, and the session goes on', async () => {
      const { client, host } = world();
      const calls = BAD_CALLS.map(([path, params], i) => [7, i + 1, path, 0, params]);
      const good = [7, calls.length + 1, 'calls.echo', 0, { text: 'still there' }];
      const { received } = await client.background.run('raw', {
        host: host.id,
        name: 'portico:org.portico.probe',
        posts: [hello(), [...calls, good]],
        enough: 2,
      });
      const [, answers] = received as unknown[][];
      expect(answers).toMatchObject([
        ...BAD_CALLS.map(([, , code], i) => [9, i + 1, { code }]),
        [8, calls.length + 1, 'still there'],
      ]);
    });
  });

  describe('the rules for code in extensions', () => {
    test('nothing is made from text in background, page and content script, and Portico runs there', async () => {
      const { client, webAddress } = world();
      for (const context of [client.background, client.page, client.content(webAddress)]) {
        expect(await context.run('makeCode')).toEqual(['EvalError', 'EvalError']);
        await context.run('open', { key: 'rules', protocol: 'home', host: 'self' });
      }
      expect(await client.page.run('echo', { key: 'rules', texts: ['a'] })).toEqual(['a']);
      await client.page.run('close', { key: 'rules' });
    });
  });
};
