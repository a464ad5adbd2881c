import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lineOf, readSources, repository, type SourceFile, walk } from './source-tree.js';

/** What a test says it proves, and where it says so. */
export interface Citation {
  readonly cited: string;
  readonly place: string;
}

/** `[W1.2]` in a string; a comment cites nothing, since it does not run. */
export function citationsOf(file: SourceFile, pattern: RegExp): Citation[] {
  const found: Citation[] = [];
  walk(file, (node) => {
    const isString = node.type === 'Literal' || node.type === 'TemplateElement';
    if (!isString) return;
    const literal = file.text.slice(node.start, node.end);
    for (const { 1: cited = '' } of literal.matchAll(pattern)) {
      found.push({ cited, place: `${file.path}:${lineOf(file.text, node.start)}` });
    }
  });
  return found;
}

/** All citations in the tests; suites that run in several browsers are tests, too. */
export const citationsIn = (pattern: RegExp): Citation[] =>
  ['sdk/test', 'host-extension/test', 'client-extension/test']
    .filter((folder) => existsSync(join(repository, folder)))
    .flatMap(readSources)
    .filter(
      ({ path }) => /\.test\.ts$|\/suites\/|-suite\.ts$/.test(path) && !path.startsWith('sdk/test/gate/'),
    )
    .flatMap((file) => citationsOf(file, pattern));
