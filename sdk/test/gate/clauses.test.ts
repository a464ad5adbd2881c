import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lineOf, readSources, repository, type SourceFile, walk } from './source-tree.js';

const document = 'docs/wire.md';

interface Place {
  readonly clause: string;
  readonly place: string;
}

function clausesOf(text: string): Place[] {
  return [...text.matchAll(/^\*\*(W\d+\.\d+)\*\*/gm)].map((match) => ({
    clause: match[1] ?? '',
    place: `${document}:${lineOf(text, match.index)}`,
  }));
}

/** `[W1.2]` in a string; a comment cites nothing, since it does not run. */
function citationsOf(file: SourceFile): Place[] {
  const found: Place[] = [];
  walk(file, (node) => {
    const isString = node.type === 'Literal' || node.type === 'TemplateElement';
    if (!isString) return;
    const literal = file.text.slice(node.start, node.end);
    for (const { 1: clause = '' } of literal.matchAll(/\[(W\d+\.\d+)\]/g)) {
      found.push({ clause, place: `${file.path}:${lineOf(file.text, node.start)}` });
    }
  });
  return found;
}

describe('the clauses of the wire', () => {
  const clauses = clausesOf(readFileSync(join(repository, document), 'utf8'));
  const tests = ['sdk/test', 'host-extension/test', 'client-extension/test']
    .filter((folder) => existsSync(join(repository, folder)))
    .flatMap(readSources)
    .filter(({ path }) => path.endsWith('.test.ts') && !path.startsWith('sdk/test/gate/'));
  const citations = tests.flatMap(citationsOf);

  test('there are some, each with a number of its own', () => {
    const numbers = clauses.map(({ clause }) => clause);
    expect(numbers).not.toEqual([]);
    expect(numbers.filter((clause, index) => numbers.indexOf(clause) !== index)).toEqual([]);
  });

  test('each is cited by a test', () => {
    const cited = new Set(citations.map(({ clause }) => clause));
    const missing = clauses.filter(({ clause }) => !cited.has(clause));
    expect(missing.map(({ clause, place }) => `${place} no test cites [${clause}]`)).toEqual([]);
  });

  test('each citation names one that exists', () => {
    const known = new Set(clauses.map(({ clause }) => clause));
    const wrong = citations.filter(({ clause }) => !known.has(clause));
    expect(wrong.map(({ clause, place }) => `${place} cites [${clause}], which ${document} lacks`)).toEqual(
      [],
    );
  });
});

test('a citation is a string, not a comment', () => {
  const text = "// [W1.1]\ntest('[W1.2] frames', f);\ntest(`[W2.10] $" + '{x} [W1.3]`, f);';
  expect(citationsOf({ path: 'a.test.ts', text })).toEqual([
    { clause: 'W1.2', place: 'a.test.ts:2' },
    { clause: 'W2.10', place: 'a.test.ts:3' },
    { clause: 'W1.3', place: 'a.test.ts:3' },
  ]);
});
