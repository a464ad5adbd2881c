/** @typedef {{ batches: number, sessions: number }} Tally */
/**
 * @typedef {{
 *   message: string, profile: string, batches: number, again?: { seed: number, count: number },
 *   role?: string, port?: string, posted?: readonly unknown[], received?: readonly unknown[],
 * }} Failure
 */

const SHOWN_EVERY = 1000;
/** Characters of what came back; what was posted is shown in full. */
const MOST_SHOWN = 1000;

/**
 * Shows how far it is: now and then, or one line that changes where somebody looks on.
 * @param {number} count @param {number} seed
 * @returns {(tally: Tally, last?: boolean) => void}
 */
export function progress(count, seed) {
  const started = performance.now();
  const isLive = process.stdout.isTTY === true;
  let shown = started;
  return ({ batches, sessions }, last = false) => {
    const now = performance.now();
    if (!last && now - shown < (isLive ? SHOWN_EVERY : 10 * SHOWN_EVERY)) return;
    shown = now;
    const seconds = (now - started) / 1000;
    const line = `Fuzz: ${batches} of ${count} batches, ${Math.round(batches / seconds)} a second, ${sessions} sessions, ${seconds.toFixed(0)} s, seed ${seed}`;
    process.stdout.write(isLive ? `\r${line}${last ? '\n' : ''}` : `${line}\n`);
  };
}

/**
 * All that somebody needs to see it again.
 * @param {Failure} failure @param {number} seed @param {(value: unknown) => string} written
 */
export function failureText(failure, seed, written) {
  const { message, profile, batches, again, role, port, posted, received } = failure;
  const command = again
    ? `npm run fuzz -- --seed ${again.seed} --count ${again.count} --profile ${profile} --shrink`
    : `npm run fuzz -- --seed ${seed} --count ${batches}   (it takes all that came before)`;
  return [
    `Fuzz: after ${batches} batches, in ${profile}: ${message.slice(0, MOST_SHOWN)}`,
    ...(posted
      ? [`A ${role} posted on ${port}:`, ...posted.map((each) => `  ${written(each)}`), 'and got:']
      : []),
    ...(received ?? []).map((each) => `  ${written(each).slice(0, MOST_SHOWN)}`),
    `Again: ${command}`,
  ].join('\n');
}
