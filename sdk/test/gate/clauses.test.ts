import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { citationsIn, citationsOf } from './citations.js';
import { lineOf, repository } from './source-tree.js';

const document = 'docs/wire.md';

interface Clause {
  readonly clause: string;
  readonly place: string;
}

function clausesOf(text: string): Clause[] {
  return [...text.matchAll(/^\*\*(W\d+\.\d+)\*\*/gm)].map((match) => ({
    clause: match[1] ?? '',
    place: `${document}:${lineOf(text, match.index)}`,
  }));
}

describe('the clauses of the wire', () => {
  const clauses = clausesOf(readFileSync(join(repository, document), 'utf8'));
  const citations = citationsIn(/\[(W\d+\.\d+)\]/g);

  test('there are some, each with a number of its own', () => {
    const numbers = clauses.map(({ clause }) => clause);
    expect(numbers).not.toEqual([]);
    expect(numbers.filter((clause, index) => numbers.indexOf(clause) !== index)).toEqual([]);
  });

  test('each is cited by a test', () => {
    const cited = new Set(citations.map(({ cited }) => cited));
    const missing = clauses.filter(({ clause }) => !cited.has(clause));
    expect(missing.map(({ clause, place }) => `${place} no test cites [${clause}]`)).toEqual([]);
  });

  test('each citation names one that exists', () => {
    const known = new Set(clauses.map(({ clause }) => clause));
    const wrong = citations.filter(({ cited }) => !known.has(cited));
    expect(wrong.map(({ cited, place }) => `${place} cites [${cited}], which ${document} lacks`)).toEqual([]);
  });
});

test('a citation is a string, not a comment', () => {
  const text = "// [W1.1]\ntest('[W1.2] frames', f);\ntest(`[W2.10] $" + '{x} [W1.3]`, f);';
  expect(citationsOf({ path: 'a.test.ts', text }, /\[(W\d+\.\d+)\]/g)).toEqual([
    { cited: 'W1.2', place: 'a.test.ts:2' },
    { cited: 'W2.10', place: 'a.test.ts:3' },
    { cited: 'W1.3', place: 'a.test.ts:3' },
  ]);
});
