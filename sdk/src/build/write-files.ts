import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BuildFailure, shown, systemWords } from './build-failure.js';

/**
 * Writes files into a folder, which is made if it isn't there: all of them to a temporary folder in it, and
 * only then each to its place, in one step. Other files in the folder stay as they are.
 * @throws {BuildFailure} when it can't be done; then nothing has been written
 */
export const writeFiles = async (folder: string, files: ReadonlyMap<string, string>): Promise<void> => {
  const target = resolve(folder);
  let made: string | undefined;
  let temporary: string | undefined;
  try {
    made = await makeFolder(target);
    temporary = await mkdtemp(join(target, '.portico-'));
    for (const [name, text] of files) await writeFile(join(temporary, name), text);
    for (const name of files.keys()) await demandNoFolder(join(target, name));
    for (const name of files.keys()) await rename(join(temporary, name), join(target, name));
  } catch (error) {
    if (made !== undefined) await rm(made, { recursive: true, force: true });
    throw new BuildFailure(
      `${shown(target)}: can't be written (${systemWords(error)}): correct it, or name another folder with --out`,
    );
  } finally {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  }
};

/** The one thing that would stop a rename half way. */
const demandNoFolder = async (file: string): Promise<void> => {
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) throw new Error(`${shown(file)} is a folder`);
};

/**
 * Makes a folder and those around it, and gives the outermost that it made. Node's own way never comes back
 * from places where nothing can be made, such as /proc.
 */
const makeFolder = async (folder: string): Promise<string | undefined> => {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return undefined;
  const made = dirname(folder) === folder ? undefined : await makeFolder(dirname(folder));
  await mkdir(folder);
  return made ?? folder;
};
