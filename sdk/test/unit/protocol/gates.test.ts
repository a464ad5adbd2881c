import { gated } from 'portico';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { gatesIn } from '../../../src/protocol/gates.js';
import { link } from '../../../src/protocol/link.js';
import { lower } from '../../../src/protocol/lower.js';
import { receiveResult, sendResult } from '../../support/conversions.js';

const Tab = Type.Object({
  id: Type.Integer(),
  title: gated('titles', Type.String()),
  url: gated('addresses', Type.Optional(Type.String())),
});
const full = { id: 1, title: 'a', url: 'b' };

describe('a gated property', () => {
  test('is sent only to whom its capability is granted', () => {
    expect(sendResult(Tab, full)).toEqual({ value: { id: 1 } });
    expect(sendResult(Tab, full, ['titles'])).toEqual({ value: { id: 1, title: 'a' } });
    expect(sendResult(Tab, full, ['titles', 'addresses'])).toEqual({ value: full });
    expect(sendResult(Tab, full, ['other'])).toEqual({ value: { id: 1 } });
  });

  test('may be missing on both sides, though the schema requires it', () => {
    expect(Tab.required).toContain('title');
    expect(sendResult(Tab, { id: 1 }, ['titles'])).toEqual({ value: { id: 1 } });
    expect(receiveResult(Tab, { id: 1 })).toEqual({ value: { id: 1 } });
  });

  test('is held to its schema where it is sent, and where it arrives', () => {
    expect(sendResult(Tab, { id: 1, title: 5 }, ['titles'])).toEqual({
      failed: { path: '/title', expected: 'a string' },
    });
    expect(receiveResult(Tab, { id: 1, title: 5 })).toEqual({
      failed: { path: '/title', expected: 'a string' },
    });
  });

  test('is not even read without the grant', () => {
    const shy = {
      id: 1,
      get title(): string {
        throw new Error('read');
      },
    };
    expect(sendResult(Tab, shy)).toEqual({ value: { id: 1 } });
    expect(sendResult(Tab, shy, ['titles'])).toMatchObject({ failed: { cause: new Error('read') } });
  });

  test('does not slip through as one of the other properties', () => {
    const open = { ...Tab, additionalProperties: {} };
    expect(sendResult(open, { ...full, more: 1 })).toEqual({ value: { id: 1, more: 1 } });
    const patterned = { ...Tab, patternProperties: { '^m': {} } };
    expect(sendResult(patterned, { ...full, more: 1 })).toEqual({ value: { id: 1, more: 1 } });
  });

  test('stays shut in lists, unions, joined objects and references', () => {
    expect(sendResult(Type.Array(Tab), [full])).toEqual({ value: [{ id: 1 }] });
    expect(sendResult(Type.Union([Type.Null(), Tab]), full)).toEqual({ value: { id: 1 } });
    expect(sendResult({ allOf: [Tab, { type: 'object', properties: { more: {} } }] }, full)).toEqual({
      value: { id: 1 },
    });
    expect(sendResult({ $defs: { Tab }, type: 'array', items: { $ref: 'Tab' } }, [full])).toEqual({
      value: [{ id: 1 }],
    });
  });

  test('stays shut where the names beside a reference are hidden by those around it', () => {
    const open = { type: 'object', properties: { title: { type: 'string' } } };
    for (const own of [{ $ref: 'X' }, { $id: 'doc', $ref: '#/$defs/X' }]) {
      const branch = { ...own, $defs: { X: Tab } };
      for (const how of [{ allOf: [branch] }, { anyOf: [branch, { type: 'null' }] }, branch]) {
        const schema = { $defs: { X: open }, type: 'array', items: how };
        expect(sendResult(schema, [full])).toEqual({ value: [{ id: 1 }] });
        expect(sendResult(schema, [full], ['titles'])).toEqual({ value: [{ id: 1, title: 'a' }] });
      }
    }
  });

  test('stays shut for a name of Object.prototype', () => {
    expect(sendResult(Tab, full, ['constructor', '__proto__'])).toEqual({ value: { id: 1 } });
  });
});

describe('gated', () => {
  test('copies the schema, and keeps what TypeBox hides in it', () => {
    const schema = Type.Optional(Type.String({ maxLength: 5 }));
    const marked = gated('titles', schema);
    expect(schema).not.toHaveProperty('x-grant');
    expect(marked).toMatchObject({ type: 'string', maxLength: 5, 'x-grant': 'titles' });
    expect(Object.getOwnPropertyNames(marked)).toEqual(
      expect.arrayContaining(Object.getOwnPropertyNames(schema)),
    );
  });

  test('keeps symbols and getters of other libraries', () => {
    const kind = Symbol('kind');
    const marked = gated('titles', { type: 'string', [kind]: 'String' });
    expect(marked[kind]).toBe('String');
  });
});

test('the gates of a schema are found wherever properties are', () => {
  const leaf = (gate: string) => ({ type: 'object', properties: { a: gated(gate, { type: 'string' }) } });
  const schema = {
    type: 'object',
    properties: {
      own: gated('a', { type: 'object', properties: { inner: gated('b', {}) } }),
      list: { type: 'array', items: leaf('c') },
      tuple: { type: 'array', items: [leaf('d')], additionalItems: leaf('e') },
      today: { type: 'array', prefixItems: [leaf('f')], items: leaf('g') },
      union: { anyOf: [leaf('h'), { allOf: [leaf('i')] }] },
      record: { type: 'object', patternProperties: { x: leaf('j') }, additionalProperties: leaf('k') },
      named: { $ref: 'Leaf' },
    },
    $defs: { Leaf: leaf('l') },
  };
  expect([...gatesIn(schema)].sort()).toEqual([...'abcdefghijkl']);
});

test('are found in what was compiled, wherever they stand', () => {
  const at = (name: string) => ({ type: 'object', properties: { x: gated(name, { type: 'integer' }) } });
  const schema = {
    type: 'object',
    $defs: { own: { ...at('a'), $id: 'own' } },
    properties: {
      list: { type: 'array', items: at('b') },
      tuple: { type: 'array', prefixItems: [at('c')], items: at('d') },
      either: { anyOf: [at('e'), { type: 'null' }] },
      defined: { $ref: '#/$defs/own' },
      nested: at('f'),
    },
    additionalProperties: at('g'),
  };
  expect([...gatesIn(link(lower(schema)))].sort()).toEqual([...'abcdefg']);
});
