import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadProtocol } from '../../../src/build/load-protocol.js';
import { failureOf, project, protocolSource, write } from './project.js';

const failure = (files: Readonly<Record<string, string>>, file = 'notes.protocol.ts'): Promise<string> => {
  const folder = project(files);
  return failureOf(folder, loadProtocol(join(folder, file)));
};
const ofSource = (source: string): Promise<string> => failure({ 'notes.protocol.ts': source });

describe('loading a protocol', () => {
  it('strips types, follows imports, and needs no package beside the file', async () => {
    const folder = project({
      'notes.protocol.ts': `import { id, type Id } from './parts/id.js';\nimport { word } from './word.mjs';\n${protocolSource('list: method({ result: id satisfies Id, title: word }),')}`,
      'parts/id.ts': "export interface Id { type: 'integer' }\nexport const id: Id = { type: 'integer' };",
      'word.mjs': "export const word = 'List';",
    });
    const loaded = await loadProtocol(join(folder, 'notes.protocol.ts'));
    expect(loaded.protocols.get('notes')?.capabilities['read']?.members?.['list']).toMatchObject({
      kind: 'method',
      title: 'List',
    });
    const files = ['notes.protocol.ts', 'parts/id.ts', 'word.mjs'].map((name) => join(folder, name));
    expect([...loaded.inputs].sort()).toEqual(files);
    expect([...loaded.sources.keys()].sort()).toEqual(files);
    expect(loaded.sources.get(join(folder, 'word.mjs'))).toBe("export const word = 'List';");
  });

  it('uses one copy of Portico, even where the project has another', async () => {
    const folder = project({
      'notes.protocol.js': protocolSource('list: method()'),
      'node_modules/portico/package.json': '{ "name": "portico", "main": "index.js" }',
      'node_modules/portico/index.js': 'throw new Error("another copy")',
    });
    const { protocols } = await loadProtocol(join(folder, 'notes.protocol.js'));
    expect([...protocols.keys()]).toEqual(['notes']);
  });

  it.each(['js', 'mjs', 'mts'])('loads .%s', async (ending) => {
    const folder = project({ [`notes.protocol.${ending}`]: protocolSource('list: method()') });
    const { protocols } = await loadProtocol(join(folder, `notes.protocol.${ending}`));
    expect([...protocols.keys()]).toEqual(['notes']);
  });

  it('sees a change when it loads a second time', async () => {
    const folder = project({ 'notes.protocol.ts': protocolSource('list: method()') });
    const file = join(folder, 'notes.protocol.ts');
    await loadProtocol(file);
    write(folder, 'notes.protocol.ts', protocolSource('other: method()'));
    const { protocols } = await loadProtocol(file);
    expect(Object.keys(protocols.get('notes')?.capabilities['read']?.members ?? {})).toEqual(['other']);
  });

  it('knows what was compiled before', async () => {
    const folder = project({
      'notes.protocol.js':
        "import { list, string } from 'portico/kinds';\nexport const notes = { name: 'org.example.notes', version: '1.0.0', capabilities: { read: { title: 'x', members: { list: { kind: 'method', result: [list, [string]] } } } } };",
    });
    expect((await loadProtocol(join(folder, 'notes.protocol.js'))).isCompiled).toBe(true);
  });
});

describe('says in one line, with the place, what is wrong with', () => {
  it('a file that is not there', async () => {
    expect(await failure({})).toBe('BuildFailure: notes.protocol.ts: there is no such file');
  });

  it('a folder', async () => {
    expect(await failure({ 'a/b.ts': '' }, 'a')).toBe(
      'BuildFailure: a: is a folder; name the protocol module in it',
    );
  });

  it('a module that does not parse', async () => {
    expect(await ofSource('export const notes = {\n  name: ;\n')).toBe(
      'BuildFailure: notes.protocol.ts:2:9: Unexpected ";"',
    );
  });

  it('imports that lead nowhere, each on its line', async () => {
    expect(await ofSource("import './gone.js';\nimport 'no-such-package';\nexport const a = 1;")).toBe(
      [
        'BuildFailure: notes.protocol.ts:1:8: Could not resolve "./gone.js": correct the path of the import',
        'notes.protocol.ts:2:8: Could not resolve "no-such-package": install the package',
      ].join('\n'),
    );
  });

  it('imports in a circle, naming it', async () => {
    const files = {
      'notes.protocol.ts': "// the first\nimport { a } from './a.js';\nexport const notes = a;",
      'a.ts': "import { b } from './b.js';\nexport const a = b;",
      'b.ts': "import { notes } from './notes.protocol.js';\nexport const b = () => notes;",
    };
    expect(await failure(files)).toMatch(
      /^BuildFailure: \S+\.ts:\d:1: imports in a circle, (\S+) → \S+\.ts → \S+\.ts → \1: move what they share/,
    );
  });

  it('but not with a circle of types alone, or in a package', async () => {
    const folder = project({
      'notes.protocol.ts': `import { list } from './list.js';\nimport 'circular';\nexport type Name = string;\n${protocolSource('list')}`,
      'list.ts':
        "import { method } from 'portico';\nimport type { Name } from './notes.protocol.js';\nexport const list = method({ title: 'x' satisfies Name });",
      'node_modules/circular/index.js': "import './other.js'; globalThis.aCircle = 1;",
      'node_modules/circular/other.js': "import './index.js'; globalThis.aCircle = 2;",
    });
    const { inputs, sources } = await loadProtocol(join(folder, 'notes.protocol.ts'));
    expect(inputs).toContain(join(folder, 'node_modules/circular/other.js'));
    expect(sources.size).toBe(2);
  });

  it('a module that throws, in an imported file', async () => {
    const files = {
      'notes.protocol.ts': `import './helper.js';\n${protocolSource('list: method()')}`,
      'helper.ts':
        'const type: string = "x";\n\n(() => { throw new TypeError("two\\n  lines " + type); })();',
    };
    expect(await failure(files)).toBe(
      'BuildFailure: helper.ts:3:16: the module throws when it is run: TypeError: two lines x',
    );
  });

  it('a module that throws something else than an error', async () => {
    expect(await ofSource("throw 'a word';\nexport const a = 1")).toBe(
      'BuildFailure: notes.protocol.ts: the module throws when it is run: a word',
    );
  });

  it('an export that is no protocol', async () => {
    expect(await ofSource(`${protocolSource('list: method()')}export const LIMIT = 3;`)).toBe(
      'BuildFailure: notes.protocol.ts:5:22: the export "LIMIT" is no protocol, and compiling would drop it: move it to a module of its own',
    );
  });

  it.each([
    ['null', 'null'],
    ['a function', '() => {}'],
    ['a capability', "{ title: 'x', members: {} }"],
  ])('an export that is %s', async (_what, value) => {
    expect(await ofSource(`export const notes = ${value};`)).toContain('the export "notes" is no protocol');
  });

  it('a module without exports', async () => {
    expect(await ofSource('export {};')).toBe(
      'BuildFailure: notes.protocol.ts: exports no protocol: export what defineProtocol() gives back',
    );
  });

  it('a protocol without a name', async () => {
    expect(await ofSource(protocolSource('list: method()').replace('const notes =', 'default'))).toContain(
      'notes.protocol.ts:2:16: a protocol needs a name to be imported by: write "export const tabs = …"',
    );
    const reserved = protocolSource('list: method()').replace('export const', 'const');
    expect(await ofSource(`${reserved}export { notes as class };`)).toContain('needs a name');
  });

  it('the same name twice in an object', async () => {
    expect(await ofSource(protocolSource('list: method(),\n  "list": method(),'))).toBe(
      'BuildFailure: notes.protocol.ts:4:3: the name "list" stands twice in one object, and only the last would count: remove or rename one',
    );
  });

  it('a reserved name', async () => {
    expect(await ofSource(protocolSource('list: method(),\n  then: method(),'))).toBe(
      'BuildFailure: notes.protocol.ts:4:3: capabilities/read/members/then: the name "then" is reserved',
    );
  });

  it('the name that JavaScript takes for a prototype', async () => {
    expect(await ofSource(protocolSource('list: method(),\n  __proto__: method(),'))).toBe(
      'BuildFailure: notes.protocol.ts:4:3: the name "__proto__" is reserved',
    );
  });

  it('a keyword that is not supported, where the schema is written', async () => {
    const files = {
      'notes.protocol.ts': `import { Note } from './note.js';\n${protocolSource('list: method({ result: Note }),')}`,
      'note.ts':
        "export const Note = {\n  type: 'object',\n  properties: {\n    mail: { type: 'string', not: {} } } };",
    };
    expect(await failure(files)).toMatch(
      /^BuildFailure: note\.ts:4:(5|29): capabilities\/read\/members\/list\/result\/properties\/mail: keyword "not"/,
    );
  });

  it('a definition that never met defineProtocol', async () => {
    expect(
      await ofSource(
        "export const notes = { name: 'org.example.notes', version: '1.0.0', capabilities: { read: {\n title: 'x', members: {\n  list: { kind: 'method', params: { type: 'string' } } } } } };",
      ),
    ).toMatch(
      /^BuildFailure: notes\.protocol\.ts:3:27: capabilities\/read\/members\/list\/params: parameters are/,
    );
  });

  it('top-level await', async () => {
    expect(await ofSource(`await null;\n${protocolSource('list: method()')}`)).toBe(
      'BuildFailure: notes.protocol.ts:1:1: a protocol is known at once: compile it without top-level await',
    );
  });
});
