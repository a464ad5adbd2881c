import fc from 'fast-check';

const HALVES = 0xd800;
const HOW_MANY_HALVES = 0x800;

/**
 * Any code point, but for halves of pairs: the same texts as of fast-check's unit `binary`, which makes a table of
 * all the million first, and keeps it.
 */
export const codePoint = fc.nat(0x10ffff - HOW_MANY_HALVES).map(
  (n) => String.fromCodePoint(n < HALVES ? n : n + HOW_MANY_HALVES),
  (text) => {
    const [only, ...others] = typeof text === 'string' ? text : '';
    const code = only?.codePointAt(0) ?? HALVES;
    const isHalf = code >= HALVES && code < HALVES + HOW_MANY_HALVES;
    if (others.length > 0 || isHalf) throw new Error('no code point');
    return code < HALVES ? code : code - HOW_MANY_HALVES;
  },
);
