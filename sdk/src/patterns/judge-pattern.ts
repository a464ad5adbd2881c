import { automatonOf, NOT_LAID_OUT } from './automaton.js';
import { pairsOf } from './pairs.js';
import { mostWaysOf, waysOf } from './ways.js';

/** How the steps grow that a pattern takes on the worst of texts. */
export interface Growth {
  /** The power of the text's length that they grow with: 1 is in proportion. */
  readonly degree: number;
  /** How many there are for a text of so many characters, roughly. */
  readonly steps: (length: number) => number;
}

/** `unknown`: more than was looked into, such as references back. */
export type Verdict = 'exponential' | 'unknown' | Growth;

/** Steps of the judgement: a quarter of a second, roughly. The largest of the formats takes two sevenths of them, most patterns a few hundred. */
const PATIENCE = 200_000;
const LINEAR: Growth = { degree: 1, steps: (length) => length };
/** So few ways to each place that what is read on them need not be looked into. */
const FEW_WAYS = 16;
/** More ways than these, though the text's length doesn't multiply them, are more than anybody waits for. */
const MOST_WAYS = 2 ** 20;

/**
 * How long a pattern with the flag `u` may take on the worst of texts, in an engine that tries one way after the
 * other. It counts ways: where a text leads from a place of the pattern to itself on two ways, each repetition of
 * that text doubles them, and where it leads from one repetition to itself and to the next, and from the next to
 * itself, each place of the text is one where the ways may part; what is bounded multiplies what is not. What a text must end with for all of them to
 * fail is not asked, so that some harmless patterns are taken for harmful, and none the other way round. Counts
 * its own steps, not time: the verdict is the same on every machine.
 */
export const judgePattern = (pattern: string): Verdict => {
  let left = PATIENCE;
  const spend = (steps: number): void => {
    left -= steps;
    if (left < 0) throw NOT_LAID_OUT;
  };
  try {
    const automaton = automatonOf(pattern);
    if (mostWaysOf(automaton) <= FEW_WAYS) return LINEAR;
    const pairs = pairsOf(automaton, spend);
    if (pairs.isExponential) return 'exponential';
    const ways = waysOf(automaton, pairs, spend);
    const [vast, vaster] = [ways(2 ** 24), ways(2 ** 28)];
    if (ways(1) > MOST_WAYS || !Number.isFinite(vaster)) return 'exponential';
    return {
      degree: 1 + Math.round(Math.log2(vaster / vast) / 4),
      steps: (length) => {
        const read = Math.min(length, automaton.longest);
        return read * ways(read);
      },
    };
  } catch (error) {
    if (error === NOT_LAID_OUT) return 'unknown';
    throw error;
  }
};
