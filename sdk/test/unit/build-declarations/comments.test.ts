import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from '@babel/parser';
import { defineProtocol, event, method, type Protocol } from 'portico';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { declarationsOf } from '../../../src/build/declarations/index.js';
import { rich } from '../../types/rich.protocol.js';
import { odd } from './odd.protocol.js';

const Tab = Type.Object({ id: Type.Integer(), title: Type.Optional(Type.String()) });
const protocol = defineProtocol({
  name: 'org.example.tabs',
  version: '1.0.0',
  errors: { gone: Type.Object({ id: Type.Integer() }) },
  capabilities: {
    read: {
      title: 'See tabs',
      description: 'All of them.',
      members: {
        list: method({ title: 'A title', params: Type.Object({ near: Tab }), result: Type.Array(Tab) }),
        changed: event(Tab, { description: 'A description' }),
      },
    },
  },
});

const declared = (files: Record<string, string>, of: Protocol = protocol): string =>
  declarationsOf(new Map([['tabs', of]]), new Map(Object.entries(files)));

/** The comment before the line that begins so, without its frame. */
const commentBefore = (text: string, line: string): string | undefined => {
  const place = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\s*${line}`).exec(text);
  return place?.[1]?.replace(/^\s*\* ?/gm, '').trim();
};

/** `capabilities: …` as the whole of a source. */
const sourceOf = (capabilities: string, before = ''): string => `
  import { defineProtocol, event, method } from 'portico';
  import { Type } from 'typebox';
  ${before}
  export const tabs = defineProtocol({ name: 'org.example.tabs', version: '1.0.0', capabilities: ${capabilities} });
`;

describe('comments', () => {
  test('are those of the source', () => {
    const text = declared({
      '/tabs.protocol.ts': `
        import { defineProtocol, event, method } from 'portico';
        import { Type } from 'typebox';
        /** One tab. */
        const Tab = Type.Object({
          /** Its number. */
          id: Type.Integer(),
          // no doc comment
          title: Type.Optional(Type.String()),
        });
        /** The whole. */
        export const tabs = defineProtocol({
          name: 'org.example.tabs',
          version: '1.0.0',
          errors: {
            /** Too late. */
            gone: Type.Object({ id: Type.Integer() }),
          },
          capabilities: {
            /** To read. */
            read: {
              title: 'See tabs',
              members: {
                /**
                 * All tabs.
                 *   - indented
                 * @deprecated
                 */
                list: method({
                  params: Type.Object({
                    /** Beside which one. */
                    near: Tab,
                  }),
                  result: Type.Array(Tab),
                }),
                /** One tab, as it is now. */
                'changed': event(Tab),
              },
            },
          },
        } satisfies object as never);
      `,
    });
    expect(commentBefore(text, 'export type Tab =')).toBe('One tab.');
    expect(commentBefore(text, 'id: number')).toBe('Its number.');
    expect(commentBefore(text, 'title\\?: string')).toBeUndefined();
    expect(commentBefore(text, 'export declare const tabs')).toBe('The whole.');
    expect(commentBefore(text, 'readonly gone')).toBe('Too late.');
    expect(commentBefore(text, 'readonly read')).toBe('To read.');
    expect(commentBefore(text, 'readonly list')).toBe('All tabs.\n  - indented\n@deprecated');
    expect(commentBefore(text, 'near: Tab')).toBe('Beside which one.');
    expect(commentBefore(text, 'readonly changed: Event<Tab>')).toBe('One tab, as it is now.');
  });

  test('are found behind constants, spreads, wrappers and imports', () => {
    const text = declared({
      '/src/tabs.protocol.ts': sourceOf(
        '{ read: { ...common, members } }',
        `import { Tab as Imported } from './tab.js';
         const common = { title: 'See tabs' } as const;
         /** Lists. */
         const list = method({ params: Type.Object({ ...near }), result: Type.Array(Imported) });
         const near = { /** Near. */ near: Type.Readonly(Type.Optional(Imported)) };
         const members = { list, ...events };
         const events = { /** Changes. */ changed: event(Imported) };`,
      ),
      '/src/tab.ts': `
        const base = { type: 'object', properties: { /** Its number. */ id: { type: 'integer' } } };
        /** A tab. */
        export const Tab = Type.Composite([base, Type.Object({ /** Its name. */ title: Type.Optional(Type.String()) })]);
      `,
    });
    expect(commentBefore(text, 'readonly list')).toBe('Lists.');
    expect(commentBefore(text, 'readonly changed')).toBe('Changes.');
    expect(commentBefore(text, 'near: Imported')).toBe('Near.');
    expect(commentBefore(text, 'export type Imported')).toBe('A tab.');
    expect(commentBefore(text, 'id: number')).toBe('Its number.');
    expect(commentBefore(text, 'title\\?: string')).toBe('Its name.');
  });

  test('are titles and descriptions where the source has none', () => {
    const text = declared({});
    expect(commentBefore(text, 'readonly read')).toBe('See tabs\n\nAll of them.');
    expect(commentBefore(text, 'readonly list')).toBe('A title');
    expect(commentBefore(text, 'readonly changed')).toBe('A description');
  });

  test('may be missing, whatever the source is', () => {
    const plain = declared({});
    for (const source of [
      '}{',
      '\0',
      'const a = b, b = a; export const tabs = a;',
      'export const tabs = make();',
      'export const tabs = defineProtocol();',
      'export const tabs = defineProtocol(...all);',
      sourceOf('capabilities', 'const capabilities = { ...capabilities };'),
      sourceOf('{ read: { members: { list: list(), changed: [,], ...read }, get [key]() {} } }'),
      sourceOf('{}').replace('1.0.0', '2.0.0'),
    ]) {
      expect(declared({ '/tabs.protocol.ts': source })).toBe(plain);
    }
  });

  test('of another protocol are not taken', () => {
    const other = sourceOf("{ /** Another. */ read: { title: '' } }").replace(
      'org.example.tabs',
      'org.example.other',
    );
    expect(declared({ '/tabs.protocol.ts': other })).not.toContain('Another');
    expect(declared({ '/tabs.protocol.ts': sourceOf("{ /** Mine. */ read: { title: '' } }") })).toContain(
      'Mine',
    );
  });

  test('stay comments, whatever they hold', () => {
    for (const of of [odd, rich]) {
      const text = declared({}, of);
      const { program } = parse(text, { sourceType: 'module', plugins: [['typescript', { dts: true }]] });
      expect(program.body.every(({ type }) => /^(Import|ExportNamed)Declaration$/.test(type))).toBe(true);
      expect(text).not.toMatch(/^export const|[^\P{Cc}\n]|\p{Cs}|[\u2028\u2029\u202e]/mu);
    }
    const file = fileURLToPath(new URL('./odd.protocol.ts', import.meta.url));
    const text = declared({ [file]: readFileSync(file, 'utf8') }, odd);
    expect(commentBefore(text, 'export declare const')).toContain('careless');
  });
});

test('what is joined is what it refers to by names of its own', () => {
  const part = (name: string) => ({ type: 'object', properties: { [name]: { type: 'boolean' } } });
  const result = {
    $defs: { Part: part('outer') },
    allOf: [{ $ref: 'Part', $defs: { Part: part('inner') } }],
  };
  const joined = defineProtocol({
    name: 'org.example.joined',
    version: '1.0.0',
    capabilities: { read: { title: 'Read', members: { get: method({ result: result as object }) } } },
  });
  const text = declared({}, joined);
  expect(text).toContain('inner?: boolean');
  expect(text).not.toContain('outer');
});

describe('names', () => {
  const both = defineProtocol({
    name: 'org.example.tabs',
    version: '1.0.0',
    capabilities: {
      read: {
        title: 'See tabs',
        members: {
          first: method({ result: Type.Object({ a: Type.Integer() }) }),
          second: method({ result: Type.Object({ b: Type.Integer() }) }),
          third: method({ result: Type.Object({ a: Type.Integer() }) }),
        },
      },
    },
  });
  const methods = (...results: string[]): string => {
    const members = ['first', 'second', 'third'].map(
      (key, index) => `${key}: method({ result: ${results[index]} })`,
    );
    return `{ read: { members: { ${members.join()} } } }`;
  };

  test('are those of constants, once for each type', () => {
    const source = sourceOf(
      methods('Thing', 'otherSchema', 'Thing'),
      'const Thing = A(); const otherSchema = B();',
    );
    const text = declared({ '/a.ts': source }, both);
    expect(text.match(/^export type .*/gm)).toEqual([
      'export type Thing = { a: number };',
      'export type Other = { b: number };',
    ]);
    expect(text).toContain('first: Method<void, Thing, never>');
    expect(text).toContain('second: Method<void, Other, never>');
    expect(text).toContain('third: Method<void, Thing, never>');
  });

  test('are told apart where two types have the same', () => {
    const source = sourceOf(
      methods('Method', 'Imported', 'Method'),
      "const Method = A(); import { Method as Imported } from './b.js';",
    );
    const text = declared({ '/a.ts': source, '/b.ts': 'export const Method = B();' }, both);
    expect(text.match(/^export type .*/gm)).toEqual([
      'export type Method2 = { a: number };',
      'export type Imported = { b: number };',
    ]);
    const same = sourceOf(methods('Thing', 'Thing', 'Thing'), 'const Thing = A();');
    expect(declared({ '/a.ts': same }, both).match(/^export type .*/gm)).toEqual([
      'export type Thing = { a: number };',
      'export type Thing2 = { b: number };',
    ]);
  });

  test('are given to what has none and is what it contains', () => {
    expect(declared({}, odd)).toContain('export type EventListResult = EventListResult[];');
  });
});
