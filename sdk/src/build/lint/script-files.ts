import { readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { JsonObject } from './json.js';
import { textAt, textsAt, valueAt } from './json.js';
import { type Node, parseScript, type SyntaxProblem } from './syntax-tree.js';

export type SourceType = 'module' | 'script';

export interface Script {
  /** Relative to the extension's folder. */
  readonly file: string;
  readonly text: string;
  readonly program: Node;
}

export type Loaded =
  | { readonly script: Script }
  | { readonly missing: true }
  | { readonly tooLarge: true }
  | { readonly problem: SyntaxProblem; readonly isModule: boolean };

const MAXIMUM_BYTES = 16 * 1024 * 1024;

/** Reads and parses scripts of a folder, each once. What lies outside the folder is missing. */
export const createLoader = (dir: string): ((file: string, type: SourceType) => Loaded) => {
  const loaded = new Map<string, Loaded>();
  const load = (file: string, type: SourceType): Loaded => {
    let text: string;
    try {
      const stats = statSync(join(dir, file));
      if (!stats.isFile()) return { missing: true };
      if (stats.size > MAXIMUM_BYTES) return { tooLarge: true };
      text = readFileSync(join(dir, file), 'utf8');
    } catch {
      return { missing: true };
    }
    const parsed = parseScript(text, type);
    if ('tree' in parsed) return { script: { file, text, program: parsed.tree } };
    const isModule = type === 'script' && 'tree' in parseScript(text, 'module');
    return { problem: parsed.problem, isModule };
  };
  return (file, type) => {
    if (file.startsWith('../')) return { missing: true };
    const key = `${type} ${file}`;
    const known = loaded.get(key) ?? load(file, type);
    loaded.set(key, known);
    return known;
  };
};

/** The file that a path or specifier names, seen from a file of the extension; `undefined` for a bare name. */
export const resolveFile = (specifier: string, from?: string): string | undefined => {
  if (from !== undefined && !/^\.{0,2}\//.test(specifier)) return undefined;
  const [path = ''] = specifier.split(/[?#]/);
  const base = from === undefined || path.startsWith('/') ? '.' : posix.dirname(from);
  return posix.normalize(posix.join(base, path));
};

export interface Entry {
  readonly file: string;
  readonly type: SourceType;
  /** Where the manifest names it. */
  readonly path: string;
  readonly worker: boolean;
}

/** The scripts that the browsers start as a background. */
export const backgroundEntries = (dir: string, manifest: JsonObject): readonly Entry[] => {
  const type = valueAt(manifest, 'background', 'type') === 'module' ? 'module' : 'script';
  const entry = (name: string, path: string, worker = false): Entry => ({
    file: resolveFile(name) ?? name,
    type,
    path: `/background/${path}`,
    worker,
  });
  const worker = textAt(manifest, 'background', 'service_worker');
  const page = textAt(manifest, 'background', 'page');
  return [
    ...(worker === undefined ? [] : [entry(worker, 'service_worker', true)]),
    ...(textsAt(manifest, 'background', 'scripts') ?? []).map(({ text, index }) =>
      entry(text, `scripts/${index}`),
    ),
    ...(page === undefined ? [] : scriptsOfPage(dir, resolveFile(page) ?? page)),
  ];
};

const SCRIPT_TAG = /<script\b([^>]*)>/gi;

const scriptsOfPage = (dir: string, page: string): readonly Entry[] => {
  let html: string;
  try {
    html = page.startsWith('../') ? '' : readFileSync(join(dir, page), 'utf8');
  } catch {
    return [{ file: page, type: 'script', path: '/background/page', worker: false }];
  }
  return [...html.matchAll(SCRIPT_TAG)].flatMap(([, attributes = '']) => {
    const [, source] = /\bsrc\s*=\s*["']?([^"'\s>]+)/i.exec(attributes) ?? [];
    if (source === undefined || /^[a-z]+:/i.test(source)) return [];
    const type = /\btype\s*=\s*["']?module\b/i.test(attributes) ? 'module' : 'script';
    const file = resolveFile(source.startsWith('/') ? source : `./${source}`, page) ?? source;
    return [{ file, type, path: '/background/page', worker: false }];
  });
};
