import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from '../../../src/cli/run.js';
import { project, protocolSource, write } from '../build/project.js';
import { builtCli, type Ran, runCli, startCli } from './built-cli.js';

let folder: string;
let cli: string;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'portico-cli-')));
  cli = await builtCli(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same in this process: starting another takes its time. */
const runHere = async (...args: string[]): Promise<Ran> => {
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += text;
      return true;
    });
  }
  const code = await run(args);
  return { code, ...written };
};
afterEach(() => vi.restoreAllMocks());

describe('portico', () => {
  it('is a script that its shell can start', async () => {
    expect(readFileSync(cli, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(await runCli(cli, ['--version'], folder)).toEqual({ code: 0, stdout: '9.8.7\n', stderr: '' });
  });

  it.each([
    [['--help'], /Examples:\n {2}\$ portico compile/],
    [['--help'], /Exit codes: 0/],
    [['compile', '--help'], /Examples:\n {2}\$ portico compile/],
    [['package', '--help'], /Examples:\n {2}\$ portico package/],
    [['lint', '--help'], /Examples:\n {2}\$ portico lint/],
  ])('%j tells, and exits with 0', async (args, output) => {
    const { code, stdout, stderr } = await runHere(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(output);
  });

  it.each([
    [['compile'], "error: missing required argument 'protocol'"],
    [['compile', 'a.ts', '--speed'], "error: unknown option '--speed'"],
    [['package', 'a.ts'], "error: required option '-n, --name <name>' not specified"],
    [['compile', 'a.ts'], 'a.ts: there is no such file'],
    [['compile', 'a.ts', '--watch'], 'a.ts: there is no such file'],
    [['lint', 'nowhere'], 'nowhere'],
    [['bogus'], "error: unknown command 'bogus'"],
  ])('%j is a mistake, with exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await runHere(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('exits with 1 where the lint finds something', async () => {
    const work = project({ 'manifest.json': '{ "manifest_version": 2, "name": "x", "version": "1" }' });
    const { code } = await runCli(cli, ['lint', work], folder);
    expect(code).toBe(1);
  });
});

describe('portico compile', () => {
  it('writes modules, declarations and maps, and says so in a line', async () => {
    const work = project({ 'src/notes.protocol.ts': protocolSource('list: method()') });
    const args = ['compile', 'src/notes.protocol.ts', '--out', 'made'];
    const { code, stdout, stderr } = await runCli(cli, args, work);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^src\/notes\.protocol\.ts → notes\.client\.js .* in made, [\d.]+ s\n$/);
    const names = ['client', 'host'].flatMap((side) =>
      ['d.ts', 'js', 'js.map'].map((ending) => `notes.${side}.${ending}`),
    );
    expect(readdirSync(join(work, 'made')).sort()).toEqual(names);
    expect(readFileSync(join(work, 'made/notes.client.js'), 'utf8')).toMatch(
      /\n\/\/# sourceMappingURL=notes\.client\.js\.map\n$/,
    );
    const map = JSON.parse(readFileSync(join(work, 'made/notes.client.js.map'), 'utf8'));
    expect(map).toMatchObject({ file: 'notes.client.js', sources: ['../src/notes.protocol.ts'] });
  });

  it('leaves what was there as it was when the protocol is wrong', async () => {
    const work = project({
      'notes.protocol.ts': protocolSource('list: method(),\nlist: method()'),
      'notes.client.js': 'as it was',
    });
    const { code, stdout, stderr } = await runCli(cli, ['compile', 'notes.protocol.ts'], work);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^notes\.protocol\.ts:4:1: the name "list" stands twice .*\n$/);
    expect(readdirSync(work).sort()).toEqual(['notes.client.js', 'notes.protocol.ts']);
    expect(readFileSync(join(work, 'notes.client.js'), 'utf8')).toBe('as it was');
  });

  it('watches: a line for each compile, also after mistakes and missing files', async () => {
    const work = project({
      'notes.protocol.ts': `import { list } from './list.js';\n${protocolSource('list')}`,
      'list.ts': "import { method } from 'portico';\nexport const list = method({ title: 'first' });",
    });
    const watch = startCli(cli, ['compile', 'notes.protocol.ts', '--watch'], work);
    const client = () => readFileSync(join(work, 'notes.client.js'), 'utf8');
    try {
      expect(await watch.next()).toMatch(/^notes\.protocol\.ts → /);
      expect(client()).toContain('first');
      write(work, 'list.ts', 'export const list = ;');
      expect(await watch.next()).toBe('list.ts:1:21: Unexpected ";"');
      expect(client()).toContain('first');
      write(work, 'list.ts', "export { list } from './lists/all.js';");
      expect(await watch.next()).toMatch(/^list\.ts:1:22: Could not resolve ".\/lists\/all.js"/);
      const all = "import { method } from 'portico';\nexport const list = method({ title: 'second' });";
      write(work, 'lists/all.ts', all);
      expect(await watch.next()).toMatch(/^notes\.protocol\.ts → /);
      expect(client()).toContain('second');
    } finally {
      watch.stop();
    }
    expect(await watch.ended).toBe(0);
  });
});

describe('portico package', () => {
  it('writes a folder named after the package', async () => {
    const hosts = "hosts: { firefox: 'notes@example.org' },";
    const work = project({ 'notes.protocol.ts': protocolSource('list: method()', hosts) });
    const args = ['package', 'notes.protocol.ts', '--name', '@acme/notes', '--package-version', '2.0.0'];
    const { code, stdout, stderr } = await runCli(cli, args, work);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('@acme/notes 2.0.0 → notes: publish it with npm publish\n');
    expect(readdirSync(join(work, 'notes'))).toContain('package.json');
  });

  it('replaces an earlier version of the package, and nothing else', async () => {
    const hosts = "hosts: { firefox: 'notes@example.org' },";
    const work = project({
      'notes.protocol.ts': protocolSource('list: method()', hosts),
      'package.json': '{ "name": "mine" }',
    });
    const file = join(work, 'notes.protocol.ts');
    const made = (name: string, out: string) =>
      runHere('package', file, '--name', name, '--out', join(work, out));
    expect(await made('notes', 'out')).toMatchObject({ code: 0 });
    expect(await made('notes', 'out')).toMatchObject({ code: 0 });
    expect(await made('others', 'out')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('holds something'),
    });
    expect(await made('notes', '.')).toMatchObject({ code: 2 });
    expect(readFileSync(join(work, 'package.json'), 'utf8')).toBe('{ "name": "mine" }');
  });

  it('writes nothing of a protocol without hosts', async () => {
    const work = project({ 'notes.protocol.ts': protocolSource('list: method()') });
    const { code, stderr } = await runCli(cli, ['package', 'notes.protocol.ts', '--name', 'notes'], work);
    expect(code).toBe(2);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(readdirSync(work)).toEqual(['notes.protocol.ts']);
  });
});
