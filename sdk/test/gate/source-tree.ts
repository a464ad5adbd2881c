import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

export const repository = fileURLToPath(new URL('../../../', import.meta.url));

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export type Visit = (node: Node, parent: Node | undefined, key: string) => void;

/** The TypeScript files in a folder of the repository. */
export function readSources(folder: string): SourceFile[] {
  const entries = readdirSync(join(repository, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes(`${sep}node_modules${sep}`))
    .map((file) => ({
      path: relative(repository, file).split(sep).join('/'),
      text: readFileSync(file, 'utf8'),
    }));
}

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** Calls `visit` with every node of the file's syntax tree. */
export function walk({ path, text }: SourceFile, visit: Visit): void {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors.map(({ message }) => message).join('; ')}`);

  const descend = (node: Node, parent: Node | undefined, from: string) => {
    visit(node, parent, from);
    for (const [key, value] of Object.entries(node)) {
      for (const child of Array.isArray(value) ? value : [value])
        if (isNode(child)) descend(child, node, key);
    }
  };
  if (isNode(program)) descend(program, undefined, '');
}

export interface Import {
  readonly specifier: string;
  readonly line: number;
}

/** Whatever the file imports or re-exports, types included. */
export function importsOf(file: SourceFile): Import[] {
  const found: Import[] = [];
  walk(file, (node, parent, key) => {
    if (key !== 'source' || node.type !== 'Literal' || typeof node['value'] !== 'string') return;
    if (/Import|Export/.test(parent?.type ?? '')) {
      found.push({ specifier: node['value'], line: lineOf(file.text, node.start) });
    }
  });
  return found;
}
