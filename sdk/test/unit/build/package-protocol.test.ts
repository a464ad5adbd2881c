import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageProtocol } from '../../../src/build/package/package-protocol.js';
import { failureOf, project, protocolSource } from './project.js';

const HOSTS = "hosts: { chromium: 'abcdefghijklmnopabcdefghijklmnop', firefox: 'notes@example.org' },";
const MEMBERS = `  add: method({ title: 'Adds | one', params: { type: 'object', required: ['text'], properties: { text: { type: 'string' }, pinned: { type: 'boolean' } } }, errors: ['full'] }),
  list: method({ description: 'Not <b>sorted</b>', result: { type: 'array', items: { type: 'string' } }, idempotent: true }),
  changed: event({ type: 'object', properties: { id: { type: 'integer' } } }, { since: '1.1.0' }),`;
const SOURCE = protocolSource(MEMBERS, `${HOSTS} errors: { full: { type: 'object', properties: {} } },`);

const packaged = (
  files: Readonly<Record<string, string>>,
  options: { name?: string; version?: string } = {},
) => {
  const folder = project(files);
  const made = packageProtocol(join(folder, 'src/notes.protocol.ts'), {
    name: '@acme/notes-protocol',
    folder: join(folder, 'out'),
    ...options,
  });
  return { folder, made };
};

describe('a package of a protocol', () => {
  it('has a client and a host entry with types, and depends on Portico as a peer', async () => {
    const { made } = packaged({
      'src/notes.protocol.ts': SOURCE,
      'package.json': '{ "name": "notes", "license": "MIT" }',
    });
    const { files, version } = await made;
    expect(version).toBe('1.2.0');
    const manifest = JSON.parse(files.get('package.json') ?? '');
    expect(manifest).toMatchObject({
      name: '@acme/notes-protocol',
      version: '1.2.0',
      license: 'MIT',
      type: 'module',
      sideEffects: false,
      exports: {
        '.': { types: './client.d.ts', default: './client.js' },
        './host': { types: './host.d.ts', default: './host.js' },
        './package.json': './package.json',
      },
      peerDependencies: { portico: expect.stringMatching(/^\^\d+\.\d+\.\d+$/) },
    });
    expect([...files.keys()].sort()).toEqual([...manifest.files, 'README.md', 'package.json'].sort());
    expect(files.get('client.d.ts')).toMatch(/export declare const notes:/);
    expect(files.get('client.d.ts')).not.toMatch(/typebox/i);
    expect(files.get('client.js')).not.toMatch(/sorted/);
    expect(JSON.parse(files.get('client.js.map') ?? '')).toMatchObject({
      file: 'client.js',
      sources: ['../src/notes.protocol.ts'],
    });
  });

  it('has a README with an example that calls real members', async () => {
    const { made } = packaged({ 'src/notes.protocol.ts': SOURCE });
    const text = (await made).files.get('README.md') ?? '';
    expect(text).toContain('npm install @acme/notes-protocol portico');
    expect(text).toContain(
      [
        "import { notes } from '@acme/notes-protocol';",
        "import { connect } from 'portico/client';",
        '',
        "const { read } = connect(notes, { needs: ['read'] });",
        'const use = async () => {',
        '  console.log(await read.list());',
        '  for await (const each of read.changed()) console.log(each);',
        '};',
        'use().catch((error) => console.error(error.message));',
      ].join('\n'),
    );
    expect(text).toContain('### `read`: See your notes');
    expect(text).toContain(
      '| `read.add` | method | Adds \\| one. Takes `text`, `pinned?`. May fail with `full`. |  |',
    );
    expect(text).toContain('| `read.list` | method | Not &lt;b>sorted&lt;/b>. Safe to repeat. |  |');
    expect(text).toContain('| `read.changed` | event | Brings `id?`. | 1.1.0 |');
    expect(text).toContain('| Chromium, Chrome, Edge | `abcdefghijklmnopabcdefghijklmnop` |');
    expect(text).toContain('| Firefox | `notes@example.org` |');
    expect(text).not.toMatch(/undefined/);
  });

  it('has a version of its own, and no license that nobody named', async () => {
    const { made } = packaged(
      { 'src/notes.protocol.ts': SOURCE, 'package.json': '{}' },
      { version: '3.0.0-rc.1' },
    );
    const { files, version } = await made;
    expect(version).toBe('3.0.0-rc.1');
    expect(JSON.parse(files.get('package.json') ?? '')).not.toHaveProperty('license');
  });

  it('is refused without ids of hosts, with the remedy', async () => {
    const { folder, made } = packaged({ 'src/notes.protocol.ts': protocolSource('list: method()') });
    expect(await failureOf(folder, made)).toMatch(
      /^BuildFailure: src\/notes\.protocol\.ts:2:22: "notes" names no host, .*: give the ids .*hosts: \{/,
    );
  });

  it.each([
    [{ name: 'Acme/Tabs' }, '"Acme/Tabs" is no name of a package: use --name @scope/name, in lower case'],
    [{ name: 'portico' }, '"portico" is taken: name the package after the protocol'],
    [{ version: '1.0' }, '"1.0" is no version: use --package-version 1.0.0'],
  ])('is refused with %j', async (options, message) => {
    const { folder, made } = packaged({ 'src/notes.protocol.ts': SOURCE }, options);
    expect(await failureOf(folder, made)).toBe(`BuildFailure: ${message}`);
  });
});
