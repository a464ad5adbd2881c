import { Command, CommanderError } from 'commander';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BuildFailure } from '../../../src/build/build-failure.js';
import { lintCommand } from '../../../src/cli/lint-command.js';
import { chromium, firefox, folderWith } from './folders.js';

let exitCode: typeof process.exitCode;
beforeEach(() => {
  exitCode = process.exitCode;
  process.exitCode = undefined;
});
afterEach(() => {
  process.exitCode = exitCode;
});

/** What `portico lint …` writes, and how it ends. */
const run = async (...args: readonly string[]) => {
  let out = '';
  let err = '';
  const program = new Command('portico').exitOverride().configureOutput({
    writeOut: (text) => {
      out += text;
    },
    writeErr: (text) => {
      err += text;
    },
  });
  lintCommand(program);
  process.exitCode = undefined;
  const code = await program.parseAsync(['lint', ...args], { from: 'user' }).then(
    () => Number(process.exitCode ?? 0),
    (error: unknown) => {
      // As the command line does.
      if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
      if (!(error instanceof BuildFailure)) throw error;
      err += `${error.message}\n`;
      return 2;
    },
  );
  return { out, err, code };
};

const clean = () => folderWith({ 'manifest.json': chromium, 'background.js': '' });
const warned = () => folderWith({ 'manifest.json': { ...chromium, key: undefined }, 'background.js': '' });
const wrong = () =>
  folderWith({
    'manifest.json': { ...chromium, externally_connectable: { matches: [] } },
    'background.js': 'load().then(() => chrome.runtime.onConnect.addListener(f));',
  });

test('a clean folder', async () => {
  const dir = clean();
  expect(await run(dir)).toEqual({ out: `${dir}: nothing to say\n`, err: '', code: 0 });
});

test('errors: severity, code, file and place, what happens, what to do', async () => {
  const dir = wrong();
  const { out, err, code } = await run(dir);
  expect({ err, code }).toEqual({ err: '', code: 1 });
  expect(out).toMatch(
    /^error connectable-without-ids manifest\.json \/externally_connectable\n {2}.*Chromium cuts off.*\n {2}→ Add .*\n\n/,
  );
  expect(out).toMatch(/\nerror listener-late background\.js 1:19\n {2}.+\n {2}→ .+\n/);
  expect(out.endsWith(`${dir}: 2 errors, 0 warnings\n`)).toBe(true);
});

test('warnings fail only with --strict', async () => {
  const dir = warned();
  expect(await run(dir)).toMatchObject({ code: 0, out: expect.stringContaining('warning id-unstable') });
  expect(await run(dir, '--strict')).toMatchObject({ code: 1, out: expect.stringContaining('1 warning\n') });
});

test('--json', async () => {
  const { out, code } = await run(wrong(), '--json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    errors: 2,
    warnings: 0,
    findings: [{ code: 'connectable-without-ids' }, { code: 'listener-late' }],
  });
  expect(JSON.parse((await run(clean(), '--json')).out)).toEqual({ errors: 0, warnings: 0, findings: [] });
});

test('--browser, --host and --id', async () => {
  const dir = folderWith({ 'manifest.json': { ...firefox, background: undefined } });
  expect(await run(dir)).toMatchObject({ code: 0 });
  expect(await run(dir, '--host')).toMatchObject({
    code: 1,
    out: expect.stringContaining('background-missing'),
  });
  const { out } = await run(clean(), '--id', 'a'.repeat(32), '--id', 'host@example.org');
  expect(out).toContain(`but the protocol's hosts name ${'a'.repeat(32)}`);
  expect(await run(clean(), '--id', 'nonsense')).toMatchObject({
    code: 2,
    err: expect.stringContaining('32 letters'),
  });
  expect((await run(clean(), '--browser', 'firefox')).out).toContain('background-worker-only');
  expect(await run(clean(), '--browser', 'safari')).toMatchObject({
    code: 2,
    err: expect.stringContaining('chromium, firefox'),
  });
});

test('--peer takes ids and folders', async () => {
  const closed = { ...chromium, externally_connectable: { ids: ['a'.repeat(32)] } };
  const dir = folderWith({ 'manifest.json': closed, 'background.js': '' });
  expect(await run(dir, '--peer', 'a'.repeat(32), '--peer', 'board@example.org')).toMatchObject({ code: 0 });
  expect((await run(dir, '--peer', 'b'.repeat(32))).out).toContain(`does not list ${'b'.repeat(32)}`);
  const peer = folderWith({ 'manifest.json': { ...chromium, message_serialization: 'structured_clone' } });
  const { out } = await run(dir, '--peer', peer);
  expect(out).toContain('connectable-peer-missing');
  expect(out).toContain('serialization-mismatch');
});

test.each([
  ['no such folder', () => '/no/such/folder', '/no/such/folder: there is no such folder'],
  ['a file', () => `${clean()}/manifest.json`, 'this is a file: name the folder'],
  ['no manifest', () => folderWith({ 'background.js': '' }), 'there is no manifest.json in it'],
  ['not JSON', () => folderWith({ 'manifest.json': '{\n  "name": x\n}' }), 'manifest.json:2:11: not JSON'],
  ['a list', () => folderWith({ 'manifest.json': '[]' }), 'manifest.json:1:1: a manifest is a JSON object'],
])('%s: one line and exit code 2', async (_name, folder, line) => {
  const { out, err, code } = await run(folder());
  expect({ out, code }).toEqual({ out: '', code: 2 });
  expect(err).toMatch(/^[^\n]+\n$/);
  expect(err).toContain(line);
});

test('a peer that is no extension', async () => {
  expect(await run(clean(), '--peer', '/no/such/folder')).toMatchObject({
    code: 2,
    err: expect.stringContaining('/no/such/folder: there is no such folder'),
  });
});

test('--help has examples and exit codes', async () => {
  const { out, code } = await run('--help');
  expect(code).toBe(0);
  expect(out).toContain('Examples:');
  expect(out).toContain('$ portico lint dist/chromium');
  expect(out).toContain('Exit codes: 0');
});
