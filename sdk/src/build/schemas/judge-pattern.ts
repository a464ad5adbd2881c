import { createRequire } from 'node:module';
import type { checkSync } from 'recheck';

/** How the time that a pattern takes may grow with the text: `degree` 1 is in proportion. */
export type Verdict = 'exponential' | 'unknown' | { readonly degree: number };

const verdicts = new Map<string, Verdict>();

/** Milliseconds: enough on slow machines, and for longer patterns than people write. */
const PATIENCE = 10_000;

/**
 * How long a pattern may take, on the worst of texts, judged by recheck. It takes milliseconds for most, and
 * up to three seconds; each pattern is judged once.
 */
export const judgePattern = (pattern: string): Verdict => {
  const known = verdicts.get(pattern);
  if (known) return known;
  // What repeats nothing tries no more than its own length at each place.
  const verdict = /[*+{]/.test(pattern) ? judged(pattern) : { degree: 1 };
  verdicts.set(pattern, verdict);
  return verdict;
};

/** Loaded for the first pattern to judge: it is large, and most protocols have none. */
const recheck = (): { checkSync: typeof checkSync } => createRequire(import.meta.url)('recheck');

const judged = (pattern: string): Verdict => {
  // In this process: its other ways start programs, and answer differently where there is none.
  const before = process.env['RECHECK_SYNC_BACKEND'];
  process.env['RECHECK_SYNC_BACKEND'] = 'pure';
  try {
    const diagnostics = recheck().checkSync(pattern, 'u', { timeout: PATIENCE, randomSeed: 1 });
    if (diagnostics.status === 'unknown') return 'unknown';
    const { complexity } = diagnostics;
    if (complexity.type === 'exponential') return 'exponential';
    return { degree: complexity.type === 'polynomial' ? complexity.degree : 1 };
  } finally {
    if (before === undefined) delete process.env['RECHECK_SYNC_BACKEND'];
    else process.env['RECHECK_SYNC_BACKEND'] = before;
  }
};
