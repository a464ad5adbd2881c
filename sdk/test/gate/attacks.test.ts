import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { citationsIn } from './citations.js';
import { repository } from './source-tree.js';

const document = 'docs/security.md';

/** Attacks that only a real browser can show to fail: what senders carry, and what a person sees. */
const ABOUT_BROWSERS = ['A1', 'A2', 'A5', 'A9', 'A11', 'A14', 'A15', 'A18'];

describe('the table of attacks', () => {
  const text = readFileSync(join(repository, document), 'utf8');
  const attacks = [...text.matchAll(/^\| (A\d+) \|/gm)].map(([, attack = '']) => attack);
  const citations = citationsIn(/\[(A\d+)\]/g);

  test('has each of the nineteen, once', () => {
    expect(attacks).toEqual(Array.from({ length: 19 }, (_, index) => `A${index + 1}`));
  });

  test('each has a test that says so, and no test speaks of another', () => {
    const cited = new Set(citations.map(({ cited }) => cited));
    expect(attacks.filter((attack) => !cited.has(attack))).toEqual([]);
    expect([...cited].filter((attack) => !attacks.includes(attack))).toEqual([]);
  });

  test('those that are about browsers are tried in real ones', () => {
    const real = new Set(
      citations.filter(({ place }) => /\/(browser|conformance)\//.test(place)).map(({ cited }) => cited),
    );
    expect(ABOUT_BROWSERS.filter((attack) => !real.has(attack))).toEqual([]);
  });
});
