import { SourceMap, type SourceMapPayload } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type CompileOptions, compileProtocol } from '../../../src/build/index.js';
import { createHost } from '../../../src/host/create-host.js';
import {
  any,
  declared,
  integer,
  list,
  newer,
  object,
  pattern,
  string,
} from '../../../src/protocol/kinds/index.js';
import type { AnyProtocol, Event } from '../../../src/protocol/protocol.js';
import { importCode } from '../../support/host-code.js';
import { failureOf, project, protocolSource, write } from './project.js';

const TABS = fileURLToPath(new URL('../../../../host-extension/src/tabs.protocol.ts', import.meta.url));

const compiled = async (source: string, options?: CompileOptions) => {
  const folder = project({ 'notes.protocol.ts': source });
  return { folder, ...(await compileProtocol(join(folder, 'notes.protocol.ts'), options)) };
};

const SEVERAL = `import { defineProtocol, event, gated, method } from 'portico';
const Note = { type: 'object', required: ['id'], properties: { id: { type: 'integer' }, text: gated('texts', { type: 'string' }) } };
export const notes = defineProtocol({
  name: 'org.example.notes', version: '1.0.0',
  errors: { gone: { type: 'object', properties: {} }, full: { type: 'object', properties: {} } },
  capabilities: {
    read: { title: 'See', description: 'All of them', members: {
      list: method({ title: 'All', result: { type: 'array', items: Note }, errors: ['gone'] }),
    } },
    texts: { title: 'See texts', members: { search: method() } },
    write: { title: 'Change', members: {
      add: method({ errors: ['full'], deadline: '2s' }),
      added: event(Note, { coalesceBy: 'id' }),
    } },
  },
});
`;

describe('the module for clients', () => {
  it('is data that imports the kinds it names, with plans in place of schemas', async () => {
    const { client, names } = await compiled(SEVERAL);
    expect(names).toEqual(['notes']);
    const [imports, ...data] = client.code.split('\n');
    expect(imports).toBe("import { declared, integer, list, object, string } from 'portico/kinds';");
    expect(data.join()).not.toMatch(/import|require|=>|function/);
    expect((await importCode(client.code))['notes']).toEqual({
      name: 'org.example.notes',
      version: '1.0.0',
      errors: { gone: [object, []], full: [object, []] },
      '~declared': declared,
      capabilities: {
        read: {
          title: 'See',
          description: 'All of them',
          members: {
            list: {
              kind: 'method',
              title: 'All',
              errors: ['gone'],
              result: [
                list,
                [
                  object,
                  [
                    ['id', [integer], 1],
                    ['text', [string], 0, 'texts'],
                  ],
                ],
              ],
            },
          },
        },
        texts: { title: 'See texts', members: { search: { kind: 'method' } } },
        write: {
          title: 'Change',
          members: {
            add: { kind: 'method', deadline: 2000, errors: ['full'] },
            added: {
              kind: 'event',
              coalesceBy: 'id',
              payload: [
                object,
                [
                  ['id', [integer], 1],
                  ['text', [string], 0, 'texts'],
                ],
              ],
            },
          },
        },
      },
    });
  });

  it.each(['integer', 'pattern'])('exports a protocol under the name of a kind: %s', async (name) => {
    const source = SEVERAL.replace('const notes', `const ${name}`).replace(
      "text: gated('texts', { type: 'string' })",
      "text: { type: 'string', pattern: '^a', format: 'email' }, any: {}",
    );
    const { client, host } = await compiled(source);
    for (const { code } of [client, host]) {
      const made = (await importCode(code))[name] as AnyProtocol;
      const payload = (made.capabilities['write']?.members?.['added'] as Event | undefined)?.payload;
      expect(payload).toEqual([
        object,
        [
          ['id', [integer], 1],
          [
            'text',
            [
              string,
              [
                [pattern, '^a'],
                [pattern, expect.any(String), 'format email'],
              ],
            ],
            0,
          ],
          ['any', [any], 0],
        ],
      ]);
    }
  });

  it('leaves out what a person reads, but for titles of capabilities', async () => {
    const { client, host } = await compiled(SEVERAL, { descriptions: false });
    expect(client.code).not.toMatch(/All/);
    expect(client.code).toMatch(/"See texts"/);
    expect(host.code).toMatch(/All of them/);
  });

  it('leaves out all that only hosts need, so that none can publish it', async () => {
    const { client, host } = await compiled(SEVERAL, { descriptions: false, titles: false });
    expect(client.code).not.toMatch(/See|texts: \{|'texts'|"texts",|coalesceBy/);
    const { notes } = (await importCode(client.code)) as { notes: AnyProtocol };
    const rule = { read: { admit: [], provide: () => ({}) } };
    expect(() => createHost().publish(notes, rule as never)).toThrow(/INVALID_DEFINITION: .*title/);
    expect(host.code).toMatch(/See texts.*coalesceBy/);
  });

  it('brings what reads declared errors and later members where there are some', async () => {
    const plain = SEVERAL.replace("errors: ['full'], ", '')
      .replace(", errors: ['gone']", '')
      .replace(/^ {2}errors: .*$/m, '');
    expect((await compiled(plain)).client.code).not.toMatch(/declared|newer/);
    const later = SEVERAL.replace("version: '1.0.0'", "version: '1.2.0'").replace(
      'search: method()',
      "search: method({ since: '1.1.0' })",
    );
    for (const side of ['client', 'host'] as const) {
      const { notes } = (await importCode((await compiled(later))[side].code)) as { notes: AnyProtocol };
      expect([notes['~declared'], notes['~newer']]).toEqual([declared, newer]);
    }
  });

  it('carries the named capabilities, what opens their gates, and the errors they declare', async () => {
    const { client, host, declarations } = await compiled(SEVERAL, { capabilities: ['read'] });
    const { notes } = (await importCode(client.code)) as Record<string, object>;
    expect(notes).toMatchObject({ errors: { gone: [object, []] }, capabilities: { read: { title: 'See' } } });
    expect(client.code).not.toMatch(/full|write|search/);
    expect((notes as { capabilities: object }).capabilities).toHaveProperty('texts', { title: 'See texts' });
    expect(client.declarations).not.toMatch(/write/);
    expect(declarations).toMatch(/write/);
    expect(host.code).toMatch(/write/);
  });

  it('carries the named members alone, and what they need', async () => {
    const { client, declarations } = await compiled(SEVERAL, { capabilities: ['write.added', 'texts'] });
    const { notes } = (await importCode(client.code)) as { notes: AnyProtocol };
    const members = Object.entries(notes.capabilities).map(([name, each]) => [
      name,
      Object.keys(each.members ?? {}),
    ]);
    expect([members, notes.errors]).toEqual([
      [
        ['texts', ['search']],
        ['write', ['added']],
      ],
      undefined,
    ]);
    expect([client.declarations, declarations].map((text) => /\badd\b/.test(text))).toEqual([false, true]);
  });

  it('takes capabilities by the names of protocols', async () => {
    const { client } = await compiled(SEVERAL, { capabilities: { 'org.example.notes': ['write'] } });
    expect(client.code).not.toMatch(/list/);
    const other = await compiled(SEVERAL, { capabilities: { 'org.example.other': ['write'] } });
    expect(other.client.code).toMatch(/list/);
  });

  it.each([
    [['reed'], 'notes.protocol.ts: has no capability "reed", only "read", "texts", "write"'],
    [['reed.list'], 'notes.protocol.ts: has no capability "reed", only "read", "texts", "write"'],
    [['read.lost'], 'notes.protocol.ts: has no member "read.lost", only "read.'],
    [{ 'org.example.notes': ['reed'] }, 'org.example.notes has no capability "reed", only'],
    [{ 'org.example.notes': ['read.lost'] }, 'org.example.notes has no member "read.lost", only "read.'],
    [{ 'org.example.notes': [] }, 'org.example.notes has none of the named capabilities, only "read"'],
  ])('refuses capabilities that are not there: %j', async (capabilities, message) => {
    const folder = project({ 'notes.protocol.ts': SEVERAL });
    const compiling = compileProtocol(join(folder, 'notes.protocol.ts'), { capabilities });
    expect(await failureOf(folder, compiling)).toContain(message);
  });

  it('has at most 1.5 kB of gzip for Portico Tabs', async () => {
    const { client } = await compileProtocol(TABS, { descriptions: false });
    expect(gzipSync(client.code).length).toBeLessThanOrEqual(1_500);
    const { client: reader } = await compileProtocol(TABS, { descriptions: false, capabilities: ['read'] });
    expect(gzipSync(reader.code).length).toBeLessThan(gzipSync(client.code).length);
  });
});

describe('the module for hosts', () => {
  it('imports nothing but kinds, and exports the same names', async () => {
    const { host } = await compiled(SEVERAL);
    const [imports, ...rest] = host.code.split('\n');
    expect(imports).toMatch(/^import .* from 'portico\/kinds';$/);
    expect(rest.join()).not.toMatch(/\bimport\b|\brequire\(/);
    expect((await importCode(host.code))['notes']).toMatchObject({
      name: 'org.example.notes',
      version: '1.0.0',
    });
  });
});

describe('source maps', () => {
  it('lead from exports, capabilities and members to where they are written', async () => {
    const folder = project({
      'notes.protocol.ts': `import { members } from './members.js';\n\nexport * from './second.js';\n${protocolSource('...members,\nown: method(),')}`,
      'members.ts': "import { method } from 'portico';\nexport const members = {\n\n  list: method(),\n};",
      'second.ts': protocolSource('other: method()').replace('const notes', '\nconst second'),
    });
    const { client, host } = await compileProtocol(join(folder, 'notes.protocol.ts'));
    const map = new SourceMap(client.map as unknown as SourceMapPayload);
    const origin = (text: string) => {
      const line = client.code.split('\n').findIndex((each) => each.includes(text));
      const column = client.code.split('\n')[line]?.indexOf(text) ?? -1;
      const { originalSource = '', originalLine = -1 } = map.findEntry(line, column) as never;
      return `${(originalSource as string).replace(`${folder}/`, '')}:${(originalLine as number) + 1}`;
    };
    expect(origin('export const notes')).toBe('notes.protocol.ts:5');
    expect(origin('"own"')).toBe('notes.protocol.ts:7');
    expect(origin('"list"')).toBe('members.ts:4');
    expect(origin('export const second')).toMatch(/^second\.ts:/);
    expect(origin('"other"')).toMatch(/^second\.ts:/);
    expect(client.map.sourcesContent[0]).toContain('defineProtocol');
    const line = host.code.split('\n').findIndex((each) => each.startsWith('export const notes'));
    const entry = new SourceMap(host.map as unknown as SourceMapPayload).findEntry(line, 3);
    expect(entry).toMatchObject({ originalSource: join(folder, 'notes.protocol.ts'), originalLine: 4 });
  });
});

describe('compiling', () => {
  it('refuses what was compiled before', async () => {
    const { client } = await compiled(SEVERAL);
    const folder = project();
    write(folder, 'notes.js', client.code);
    expect(await failureOf(folder, compileProtocol(join(folder, 'notes.js')))).toBe(
      'BuildFailure: notes.js: is compiled already: name the module that it was made of',
    );
  });

  it('gives the warnings of the bundler', async () => {
    const { warnings } = await compiled(
      `${protocolSource('list: method()')}if (typeof notes === 'nothing') throw 0;`,
    );
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/notes\.protocol\.ts:5:\d+: /);
  });

  it('refuses a schema that is itself an attack', async () => {
    const folder = project({
      'notes.protocol.ts': protocolSource(
        "list: method({ params: { type: 'object', properties: {\n name: { type: 'string', pattern: '^(a+)+$' } } } }),",
      ),
    });
    expect(await failureOf(folder, compileProtocol(join(folder, 'notes.protocol.ts')))).toMatch(
      /^BuildFailure: notes\.protocol\.ts:4:\d+: capabilities\/read\/members\/list\/params/,
    );
  });
});
