/** @param {readonly number[]} values @param {number} q */
export const quantile = (values, q) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  return low + ((sorted[Math.ceil(at)] ?? low) - low) * (at % 1);
};

/** @typedef {{ median: number, quartiles: [number, number] }} Spread */

/** @param {readonly number[]} values @returns {Spread} */
export const spreadOf = (values) => ({
  median: quantile(values, 0.5),
  quartiles: [quantile(values, 0.25), quantile(values, 0.75)],
});

/**
 * Whether a middle value is worse than three quarters of what was seen before: single runs vary more than that.
 * @param {Spread} now @param {Spread} before @param {boolean} lowIsGood
 */
export const isSlower = (now, before, lowIsGood) =>
  lowIsGood ? now.median > before.quartiles[1] : now.median < before.quartiles[0];
