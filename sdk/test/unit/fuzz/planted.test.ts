import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { bundleFuzz } from '../../mutation/bundle.mjs';
import { PLANTED } from '../../mutation/planted.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'portico-planted-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the fuzz says of a copy of the SDK with these changes. */
const look = async (
  name: string,
  changes: Parameters<typeof bundleFuzz>[1],
  batches: number,
): Promise<string> => {
  const script = join(folder, `${name}.mjs`);
  await bundleFuzz(script, changes);
  const { stdout } = await run(process.execPath, [
    join(root, 'tools', 'fuzz', 'look.mjs'),
    script,
    String(batches),
    '7',
    'chromium',
  ]);
  return stdout;
};

// `node tools/fuzz.mjs --planted` looks for all of them.
const QUICK = [
  'grants are not checked',
  'results with a gap between their ids are folded',
  "a cancel ends another session's call",
  'a wire version may be any integer',
];

describe('mistakes planted in the SDK', () => {
  test.each(PLANTED)('$name: can still be planted', ({ file, from, to }) => {
    const source = readFileSync(join(root, 'sdk', 'src', file), 'utf8');
    expect(source.split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
  });

  test('have names of their own', () => {
    expect(new Set(PLANTED.map(({ name }) => name)).size).toBe(PLANTED.length);
    expect(PLANTED.filter(({ name }) => QUICK.includes(name))).toHaveLength(QUICK.length);
  });

  test.each(PLANTED.filter(({ name }) => QUICK.includes(name)))('$name: is found', async (planted) => {
    expect(await look(planted.name.replaceAll(/\W/g, '-'), [planted], 20_000)).toMatch(
      /^found after \d+ batches/,
    );
  });

  test('without any, nothing is found', async () => {
    expect(await look('none', [], 1000)).toMatch(/^MISSED/);
  });
});
