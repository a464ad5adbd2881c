import { idleBytes, warmUpIdle } from './memory.mjs';
import { METRICS, SIDES } from './metrics.mjs';
import { isSlower, spreadOf } from './quantiles.mjs';

/** @typedef {import('../browser/types.mjs').Session} Session */
/** @typedef {import('./pair.mjs').Pair} Pair */
/** @typedef {import('./quantiles.mjs').Spread} Spread */
/**
 * @typedef {object} Compared One row.
 * @property {string} metric
 * @property {string} unit of what the spreads are about
 * @property {boolean} lowIsGood
 * @property {Spread} now
 * @property {Spread} before
 * @property {boolean} slower Whether the median is worse now than the worse quartile was.
 */

/** Rounds of idle connections, and how many there are in each. */
const IDLE_ROUNDS = 9;
const IDLE_COUNT = 100;

/** @param {string} metric @param {string} unit @param {boolean} lowIsGood @param {readonly number[]} now @param {readonly number[]} before @returns {Compared} */
export const rowOf = (metric, unit, lowIsGood, now, before) => {
  const spreads = { now: spreadOf(now), before: spreadOf(before) };
  return { metric, unit, lowIsGood, ...spreads, slower: isSlower(spreads.now, spreads.before, lowIsGood) };
};

/** @param {Compared} row */
export const textOf = ({ metric, unit, now, before, slower }) => {
  const digits = now.median < 100 ? 2 : 0;
  const shown = (/** @type {Spread} */ { median, quartiles: [low, high] }) =>
    `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
  return `${metric.padEnd(11)} now ${shown(now)}, before ${shown(before)} ${unit}: ${slower ? 'SLOWER' : 'not slower'}`;
};

/**
 * Measures two builds in one browser, block by block in turns, each beside a raw port of its own.
 * @param {{ session: Session, now: Pair, before: Pair }} subjects
 * @param {{ blocks: number, milliseconds: number, warmUp: number, only?: string | undefined }} options
 * @param {(text: string) => void} say @param {(text: string) => void} tell progress
 * @returns {Promise<Compared[]>}
 */
export async function compare({ session, now, before }, { blocks, milliseconds, warmUp, only }, say, tell) {
  /** @type {Compared[]} */
  const rows = [];
  const add = (/** @type {Compared} */ row) => {
    rows.push(row);
    say(textOf(row));
  };
  // Who begins changes from block to block: whatever slows the machine down for a while meets all of them.
  const turns = (/** @type {number} */ i) => (i % 2 ? [now, before] : [before, now]);
  for (const { metric, perOperation } of METRICS) {
    if (only && only !== metric) continue;
    const ratioOf = async (/** @type {Pair} */ pair, /** @type {number} */ i) => {
      /** @type {Record<string, number>} */
      const rates = {};
      for (const side of (i >> 1) % 2 ? SIDES : [...SIDES].reverse())
        rates[side] = await pair.run(metric, side, milliseconds);
      const { raw = Number.NaN, portico = Number.NaN } = rates;
      return perOperation ? raw / portico : portico / raw;
    };
    const ratios = new Map([now, before].map((pair) => [pair, /** @type {number[]} */ ([])]));
    for (let i = -warmUp; i < blocks; i++) {
      if (i % 5 === 0) tell(`${metric}: ${i < 0 ? 'warming up' : `block ${i} of ${blocks}`}`);
      for (const pair of turns(i)) {
        const ratio = await ratioOf(pair, i);
        if (i >= 0) ratios.get(pair)?.push(ratio);
      }
    }
    add(rowOf(metric, 'of a raw port', perOperation, ratios.get(now) ?? [], ratios.get(before) ?? []));
  }
  if (!only || only === 'idle') {
    const bytes = new Map([now, before].map((pair) => [pair, /** @type {number[]} */ ([])]));
    for (const pair of [now, before]) await warmUpIdle(pair);
    for (let i = 0; i < IDLE_ROUNDS; i++) {
      tell(`idle: round ${i} of ${IDLE_ROUNDS}`);
      for (const pair of turns(i))
        bytes.get(pair)?.push((await idleBytes(session, pair, IDLE_COUNT)).portico);
    }
    add(rowOf('idle', 'bytes a session', true, bytes.get(now) ?? [], bytes.get(before) ?? []));
  }
  return rows;
}
