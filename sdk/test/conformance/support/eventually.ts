import { PATIENCE } from '../../support/patience.js';
import type { Runtime } from './runtime.js';

const STEP = 20;

/** Asks until there is an answer, by the runtime's own time. */
export const eventually = async <T>(
  runtime: Pick<Runtime, 'pass' | 'now'>,
  ask: () => T | undefined | Promise<T | undefined>,
  what: string,
): Promise<T> => {
  const end = runtime.now() + PATIENCE;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (runtime.now() > end) throw new Error(`It did not come about that ${what}.`);
    await runtime.pass(STEP);
  }
};
