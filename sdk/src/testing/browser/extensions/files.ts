import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, normalize, sep } from 'node:path';

/** The files of an extension. */
export interface ExtensionFiles {
  text(path: string): string | undefined;
  bytes(path: string): Uint8Array | undefined;
}

interface Kept {
  readonly modified: number;
  readonly size: number;
  readonly text: string;
}
/** Texts by file, as long as the file stays as it was: a bundle is read for each start of each worker. */
const kept = new Map<string, Kept>();
const MOST_KEPT = 100;

const textOf = (file: string): string => {
  const { mtimeMs: modified, size } = statSync(file);
  const known = kept.get(file);
  if (known?.modified === modified && known.size === size) return known.text;
  const text = readFileSync(file, 'utf8');
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(file, { modified, size, text });
  return text;
};

/** Files in a folder, read when they are asked for and never from outside of it. */
export const filesIn = (dir: string): ExtensionFiles => {
  const find = (path: string): string | undefined => {
    const file = normalize(join(dir, decodeURIComponent(path)));
    if (!file.startsWith(normalize(dir + sep))) return undefined;
    return existsSync(file) && statSync(file).isFile() ? file : undefined;
  };
  const found = <T>(path: string, read: (file: string) => T): T | undefined => {
    const file = find(path);
    return file === undefined ? undefined : read(file);
  };
  return {
    text: (path) => found(path, textOf),
    bytes: (path) => found(path, (file) => readFileSync(file)),
  };
};

/** Files that a test writes into its own code. */
export const filesOf = (files: Readonly<Record<string, string>>): ExtensionFiles => {
  const text = (path: string): string | undefined => (Object.hasOwn(files, path) ? files[path] : undefined);
  return {
    text,
    bytes: (path) => {
      const found = text(path);
      return found === undefined ? undefined : Buffer.from(found);
    },
  };
};
