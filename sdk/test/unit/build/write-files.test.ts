import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeFiles } from '../../../src/build/write-files.js';
import { failureOf, project } from './project.js';

const files = new Map([
  ['a.js', 'new a'],
  ['b.js', 'new b'],
]);

describe('writing what was made', () => {
  it('makes the folder, and leaves nothing else in it', async () => {
    const folder = project();
    await writeFiles(join(folder, 'deep/er'), files);
    expect(readdirSync(join(folder, 'deep/er')).sort()).toEqual(['a.js', 'b.js']);
    expect(readFileSync(join(folder, 'deep/er/b.js'), 'utf8')).toBe('new b');
  });

  it('replaces its own files and keeps others', async () => {
    const folder = project({ 'a.js': 'old', 'mine.txt': 'mine' });
    await writeFiles(folder, files);
    expect(readdirSync(folder).sort()).toEqual(['a.js', 'b.js', 'mine.txt']);
    expect(readFileSync(join(folder, 'a.js'), 'utf8')).toBe('new a');
  });

  it.each(['taken', 'taken/inside/it'])('says in one line that %s is no folder', async (path) => {
    const folder = project({ taken: 'a file' });
    expect(await failureOf(folder, writeFiles(join(folder, path), files))).toBe(
      `BuildFailure: ${path}: can't be written (there is a file in its place): correct it, or name another folder with --out`,
    );
    expect(readFileSync(join(folder, 'taken'), 'utf8')).toBe('a file');
  });

  it('writes nothing at all where one file can not be written', async () => {
    const folder = project({ 'a.js': 'old a' });
    mkdirSync(join(folder, 'b.js'));
    expect(await failureOf(folder, writeFiles(folder, files))).toMatch(/b\.js is a folder/);
    expect(readFileSync(join(folder, 'a.js'), 'utf8')).toBe('old a');
    expect(readdirSync(folder).sort()).toEqual(['a.js', 'b.js']);
  });

  it('takes back the folders that it made for nothing', async () => {
    const folder = project();
    const unwritable = new Map([...files, ['no/such/folder.js', '']]);
    expect(await failureOf(folder, writeFiles(join(folder, 'new/er'), unwritable))).toMatch(/no such file/);
    expect(readdirSync(folder)).toEqual([]);
  });
});
