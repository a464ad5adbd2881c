import { expect } from 'vitest';
import type { ValueName } from '../agent/values.js';
import { type Case, expected, type Suite } from '../support/case.js';
import { open, talkAs } from '../support/talk.js';

/** What arrives, or what posting throws: by JSON, by Chromium's structured clone, and in Firefox. */
interface Row {
  readonly json: string | RegExp;
  readonly clone: string | RegExp;
  readonly firefox: string | RegExp;
}

const same = (value: string): Row => ({ json: value, clone: value, firefox: value });
const row = (json: string | RegExp, clone: string | RegExp, firefox = clone): Row => ({
  json,
  clone,
  firefox,
});

const UNSERIALIZABLE = /Could not serialize message\.$/;
const UNCLONEABLE = /DataCloneError: .*could not be cloned/;

const TABLE: readonly [ValueName, Row][] = [
  ['a text', same('"text"')],
  ['null', same('null')],
  ['an undefined property', row('{ b: 1 }', '{ a: undefined, b: 1 }')],
  ['undefined in a list', row('[1, null]', '[1, undefined]')],
  ['NaN', row('{ a: null }', '{ a: NaN }')],
  ['infinity', row('{ a: null }', '{ a: Infinity }')],
  ['negative zero', row('{ a: 0 }', '{ a: -0 }')],
  ['a date', row('{ a: "1970-01-01T00:00:00.000Z" }', '{ a: Date 1970-01-01T00:00:00.000Z }')],
  ['a map', row('{ a: {} }', '{ a: Map [[1, 2]] }')],
  ['a set', row('{ a: {} }', '{ a: Set [1] }')],
  ['an ArrayBuffer', row('{ a: {} }', '{ a: ArrayBuffer [1, 2] }')],
  ['a Uint8Array', row('{ a: { 0: 1, 1: 2 } }', '{ a: Uint8Array [1, 2] }')],
  ['a BigInt', row(UNSERIALIZABLE, '{ a: 7n }')],
  ['a function', row('{ b: 1 }', UNSERIALIZABLE, UNCLONEABLE)],
  ['a symbol', row('{ b: 1 }', UNSERIALIZABLE, /DataCloneError: /)],
  ['an error', row('{ a: {} }', '{ a: Error TypeError: wrong }')],
  ['a regular expression', row('{ a: {} }', '{ a: RegExp /x/g }')],
  ['an instance of a class', same('{ a: { x: 1 } }')],
  ['an object with toJSON', row('{ a: "from toJSON" }', UNSERIALIZABLE, UNCLONEABLE)],
  ['a cycle', row(UNSERIALIZABLE, '{ self: itself }')],
  ['a lone surrogate', same('{ a: "\\ud800" }')],
];

const cases: Case[] = [
  ...TABLE.map(
    ([value, outcomes]): Case => ({
      name: `${value}: what arrives of it, or throws`,
      async run(runtime) {
        const { background } = await runtime.extension('client');
        const talk = await open(runtime, background, { to: runtime.idOf('host') });
        await talk.greeting();
        const outcome = expected(runtime, {
          chromium: outcomes.json,
          clone: outcomes.clone,
          firefox: outcomes.firefox,
        });
        expect(await talk.ask(value)).toEqual(
          typeof outcome === 'string' ? outcome : expect.stringMatching(outcome),
        );
        // The port is none the worse for it.
        expect(await talk.ask(7)).toBe('7');
        await talk.disconnect();
      },
    }),
  ),
  {
    name: 'undefined as the whole message',
    async run(runtime) {
      const { background } = await runtime.extension('client');
      const host = await runtime.extension('host');
      const talk = await open(runtime, background, { to: host.id });
      await talk.greeting();
      const threw = await talk.post('nothing at all');
      await talk.post(1);
      const incoming = talkAs(runtime, host.background, `in ${talk.portName}`);
      expect([threw, await incoming.received(2)]).toEqual([
        undefined,
        expected(runtime, {
          chromium: ['null', '1'],
          clone: ['undefined', '1'],
          firefox: ['undefined', '1'],
        }),
      ]);
      await talk.disconnect();
    },
  },
  {
    name: 'what a web page posts is copied as the extension has it that it reaches; in Firefox it reaches none',
    async run(runtime) {
      const web = await runtime.openWeb();
      const arrived = [];
      if (runtime.engine === 'chromium') {
        const talk = await open(runtime, web.page, { to: runtime.idOf('host') });
        await talk.greeting();
        for (const value of ['a map', 'a Uint8Array', 'a BigInt'] as const)
          arrived.push(await talk.ask(value));
      }
      expect(arrived).toEqual(
        expected<unknown[]>(runtime, {
          chromium: ['{ a: {} }', '{ a: { 0: 1, 1: 2 } }', expect.stringMatching(UNSERIALIZABLE)],
          clone: ['{ a: Map [[1, 2]] }', '{ a: Uint8Array [1, 2] }', '{ a: 7n }'],
          firefox: [],
        }),
      );
      await web.close();
    },
  },
  {
    name: 'a message over 64 MiB throws in Chromium, and the port lives on; Firefox passes it',
    async run(runtime) {
      const { background } = await runtime.extension('client');
      const talk = await open(runtime, background, { to: runtime.idOf('host') });
      await talk.greeting();
      expect(await talk.ask('what is too large')).toEqual(
        expected<unknown>(runtime, {
          chromium: expect.stringMatching(/Message exceeded maximum allowed size of 64MiB\.$/),
          firefox: `a text of ${64 * 2 ** 20 + 1}`,
        }),
      );
      expect(await talk.ask(7)).toBe('7');
      await talk.disconnect();
    },
  },
];

export const serializationSuite: Suite = { name: 'serialization', cases };
