import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/limits/limits.js';
import { KIND } from '../../support/kinds.js';
import { admitted } from '../../support/sessions.js';
import { tabsHost } from '../../support/tabs.js';

const document = readFileSync(new URL('../../../../docs/wire.md', import.meta.url), 'utf8');

test('[W11.1] the table of limits is that of the code', () => {
  const rows = [...document.matchAll(/^\| `(\w+)` \| ([\d,]+) \| (.+?) \| (.+?) \|$/gm)];
  const table = rows.map(([, name, value = '']) => [name, Number(value.replaceAll(',', ''))]);
  expect(Object.fromEntries(table)).toEqual(DEFAULT_LIMITS);
  expect(table).toHaveLength(Object.keys(DEFAULT_LIMITS).length);
});

test('[W11.1] the one that the other side is told is the number of calls', async () => {
  const peer = await admitted(tabsHost({ limits: { calls: 77, depth: 3 } }));
  const [welcome] = peer.of(KIND.WELCOME);
  expect(welcome).toEqual([
    KIND.WELCOME,
    ['read', 'titles', 'control'],
    [],
    [],
    [],
    1,
    '1.2.0',
    expect.any(String),
    expect.any(String),
    77,
    0,
  ]);
});
