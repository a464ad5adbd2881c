import { describe, expect, test } from 'vitest';
import { lineOf, readSources, type SourceFile } from './source-tree.js';

const HELPER = 'sdk/test/support/patience.ts';
const FOLDERS = ['sdk/test', 'host-extension/test', 'client-extension/test', 'tools/test'];

/** Limits of time that a test sets for itself: on a busy machine they decide. */
const LIMITS = [
  // Of vitest and puppeteer.
  /\btimeout: ?[\d_]+/g,
  // Of vitest's own, a second.
  /\bvi\.wait(?:For|Until)\(/g,
  /\bexpect\.poll\(/g,
  // At the end of a test or a hook.
  /^ *\}, ?\d+_\d+\);$/gm,
];

const limitsIn = ({ path, text }: SourceFile): string[] =>
  LIMITS.flatMap((limit) => [...text.matchAll(limit)]).map(
    ({ 0: found, index }) => `${path}:${lineOf(text, index)} ${found}`,
  );

describe('no test is about the speed of the machine', () => {
  test.each(FOLDERS)('so none in %s sets a limit of time, but by patience.ts', (folder) => {
    const sources = readSources(folder).filter(
      ({ path }) => path !== HELPER && !path.endsWith('.test-d.ts') && !path.includes('/gate/'),
    );
    expect(sources).not.toEqual([]);
    expect(sources.flatMap(limitsIn)).toEqual([]);
  });

  test.each([
    'test(name, { timeout: 20_000 }, body);',
    'page.waitForFunction(is, { timeout: 500 });',
    'await vi.waitFor(() => expect(told).toBe(1));',
    'await expect.poll(ask).toBe(1);',
    '  }, 120_000);',
  ])('%s is noticed', (text) => {
    expect(limitsIn({ path: 'x.test.ts', text })).toHaveLength(1);
  });
});
