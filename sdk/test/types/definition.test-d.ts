import { defineProtocol, event, method, type Protocol } from 'portico';
import { Type } from 'typebox';
import { describe, expectTypeOf, test } from 'vitest';
import type { Notes } from './notes.protocol.js';

const head = { name: 'org.example.notes', version: '1.0.0' } as const;
const title = 'a title';
const then = 'then';

describe('a definition', () => {
  test('keeps its version as a literal, and the types of its errors', () => {
    expectTypeOf<Notes['version']>().toEqualTypeOf<'2.1.0'>();
    expectTypeOf<NonNullable<Notes['~errors']>>().toEqualTypeOf<{
      readonly noteGone: { id: number };
      readonly full: { left: number };
      readonly locked: null;
    }>();
    expectTypeOf<keyof Notes['capabilities']>().toEqualTypeOf<'read' | 'write' | 'titles' | 'news'>();
  });

  test('is a protocol', () => {
    expectTypeOf<Notes>().toExtend<Protocol>();
  });

  test('needs a name, a version and capabilities', () => {
    // @ts-expect-error no version
    defineProtocol({ name: 'org.example.notes', capabilities: { read: { title } } });
    // @ts-expect-error no name
    defineProtocol({ version: '1.0.0', capabilities: { read: { title } } });
    // @ts-expect-error no capabilities
    defineProtocol({ ...head });
  });

  test('names hosts of known browsers', () => {
    // @ts-expect-error another extension can't be reached in Safari
    defineProtocol({ ...head, hosts: { safari: 'a' }, capabilities: { read: { title } } });
  });
});

describe('a capability', () => {
  test('needs a title', () => {
    // @ts-expect-error no title
    defineProtocol({ ...head, capabilities: { read: {} } });
  });

  test('has no reserved name', () => {
    // @ts-expect-error reserved
    defineProtocol({ ...head, capabilities: { session: { title } } });
    // @ts-expect-error reserved
    defineProtocol({ ...head, capabilities: { has: { title } } });
    // @ts-expect-error reserved
    defineProtocol({ ...head, capabilities: { [then]: { title } } });
    // @ts-expect-error reserved
    defineProtocol({ ...head, capabilities: { constructor: { title } } });
    // @ts-expect-error reserved
    defineProtocol({ ...head, capabilities: { toString: { title } } });
    // @ts-expect-error reserved
    defineProtocol({ ...head, capabilities: { hasOwnProperty: { title } } });
    // @ts-expect-error reserved
    defineProtocol({ ...head, capabilities: { ['__proto__']: { title } } });
    // @ts-expect-error reserved
    defineProtocol({ ...head, capabilities: { __defineGetter__: { title } } });
  });
});

describe('a member', () => {
  test('is made with method() or event()', () => {
    // @ts-expect-error no kind
    defineProtocol({ ...head, capabilities: { read: { title, members: { list: {} } } } });
    // @ts-expect-error not yet a kind
    defineProtocol({ ...head, capabilities: { read: { title, members: { list: { kind: 'hook' } } } } });
  });

  test('has no reserved name', () => {
    // @ts-expect-error reserved
    defineProtocol({ ...head, capabilities: { read: { title, members: { session: method() } } } });
    // @ts-expect-error reserved
    defineProtocol({ ...head, capabilities: { read: { title, members: { has: event({}) } } } });
    // @ts-expect-error reserved
    defineProtocol({ ...head, capabilities: { read: { title, members: { [then]: method() } } } });
    // @ts-expect-error reserved
    defineProtocol({ ...head, capabilities: { read: { title, members: { constructor: method() } } } });
    // @ts-expect-error reserved
    defineProtocol({ ...head, capabilities: { read: { title, members: { valueOf: event({}) } } } });
  });

  test('answers with declared errors only', () => {
    const capabilities = { read: { title, members: { list: method({ errors: ['gone'] }) } } } as const;
    defineProtocol({ ...head, errors: { gone: {} }, capabilities });
    // @ts-expect-error no errors at all
    defineProtocol({ ...head, capabilities });
    // @ts-expect-error another error
    defineProtocol({ ...head, errors: { other: {} }, capabilities });
    defineProtocol({
      ...head,
      errors: { gone: {} },
      // @ts-expect-error one of the two is not declared
      capabilities: { read: { title, members: { list: method({ errors: ['gone', 'other'] }) } } },
    });
  });

  test('has errors with well-formed names', () => {
    // @ts-expect-error reserved
    defineProtocol({ ...head, errors: { constructor: {} }, capabilities: { read: { title } } });
    // @ts-expect-error reserved
    defineProtocol({ ...head, errors: { [then]: {} }, capabilities: { read: { title } } });
  });

  test('has no options that nobody reads', () => {
    // @ts-expect-error a typing mistake
    method({ param: Type.Object({}) });
    // @ts-expect-error events have no parameters
    event(Type.Object({}), { params: Type.Object({}) });
    // @ts-expect-error not a duration
    method({ deadline: '10 seconds' });
    // @ts-expect-error not a schema
    method({ params: 'string' });
  });
});
