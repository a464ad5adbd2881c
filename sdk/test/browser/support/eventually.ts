import { PATIENCE } from '../../support/patience.js';

/** Asks until there is an answer. For what tells nobody when it has come about. */
export const eventually = async <T>(
  ask: () => T | undefined | Promise<T | undefined>,
  what: string,
): Promise<T> => {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`It did not come about that ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};
