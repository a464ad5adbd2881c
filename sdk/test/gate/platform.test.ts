import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ALL } from '../conformance/support/asked.js';
import { repository } from './source-tree.js';

const document = 'docs/platform.md';

/** The last cell of each row of a table whose last column is headed `test`. */
const testsNamedIn = (text: string): string[] => {
  const named: string[] = [];
  let isTable = false;
  for (const line of text.split('\n')) {
    const last = /^\|.*\|\s*([^|]*?)\s*\|$/.exec(line)?.[1];
    if (last === undefined) isTable = false;
    else if (last === 'test') isTable = true;
    else if (isTable && !/^-+$/.test(last)) named.push(last);
  }
  return named;
};

describe('the facts of the platform', () => {
  const named = testsNamedIn(readFileSync(join(repository, document), 'utf8'));

  test('each names a test that there is', () => {
    const known = new Set(ALL);
    expect(named).not.toEqual([]);
    expect(named.filter((name) => !known.has(name)).map((name) => `${document}: no test ${name}`)).toEqual(
      [],
    );
  });

  test('each test of the suite pins one', () => {
    const known = new Set(named);
    expect(ALL.filter((name) => !known.has(name)).map((name) => `${document} lacks ${name}`)).toEqual([]);
  });

  test('each test has a name of its own', () => {
    expect(ALL.filter((name, index) => ALL.indexOf(name) !== index)).toEqual([]);
  });
});

test('only rows under a column for tests name any', () => {
  const text = '| fact | test |\n|---|---|\n| a | ports: b |\n\n| fact | x |\n|---|---|\n| c | d |\n';
  expect(testsNamedIn(text)).toEqual(['ports: b']);
});
