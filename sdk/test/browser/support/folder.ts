import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from '../../../../tools/browser/at-end.mjs';

/** A temporary folder of unpacked extensions. */
export interface Folder {
  directoryOf(name: string): string;
  /** Writes an extension: texts as they are, all else as JSON. */
  write(name: string, files: Readonly<Record<string, unknown>>): Promise<void>;
  /** The same, for some files of one that is there. */
  rewrite(name: string, files: Readonly<Record<string, unknown>>): Promise<void>;
  remove(): Promise<void>;
}

export const makeFolder = async (): Promise<Folder> => {
  const root = await mkdtemp(join(tmpdir(), 'portico-fixtures-'));
  const release = atEnd(() => rmSync(root, { recursive: true, force: true }));
  const directoryOf = (name: string): string => join(root, name);
  const rewrite: Folder['rewrite'] = async (name, files) => {
    for (const [file, content] of Object.entries(files)) {
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      await writeFile(join(directoryOf(name), file), text);
    }
  };
  return {
    directoryOf,
    async write(name, files) {
      await mkdir(directoryOf(name));
      await rewrite(name, files);
    },
    rewrite,
    async remove() {
      release();
      await rm(root, { recursive: true, force: true, maxRetries: 10 });
    },
  };
};
