import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

test('the guide says of every code, once, what another attempt can change', () => {
  const codes = [...read('sdk/src/errors/codes.ts').matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(
    ([, code]) => code,
  );
  const rows = [...read('docs/guides/errors.md').matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell = '']) => cell);
  const told = rows.flatMap((cell) => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code));
  expect(codes.length).toBeGreaterThan(20);
  expect([...told].sort()).toEqual([...codes].sort());
});
