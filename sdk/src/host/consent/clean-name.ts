/**
 * Text that somebody calls themselves, made fit to be shown: what is left is visible, reads in one
 * direction, and is short. Letters that look like others stay: no list of them is ever complete, and the
 * verified id stands above the name.
 */

/** Characters that a claimed name may have, as people count them. */
export const NAME_LENGTH = 64;

/** Breaks, separators and spaces of every width. */
const SPACE = /[\s\p{Z}]+/gu;

/**
 * Control and format characters (bidirectional ones, zero widths, tags), private ones, halves of pairs,
 * what no character is, what fonts draw as nothing, and the empty Braille pattern.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Accents piled up until they cover the lines above. */
const PILED = /(\p{M}{3})\p{M}+/gu;

/** Nothing of what is shown comes from beyond; bounds the work. */
const LONGEST = 4096;

/** Text without what deceives, at most so many code points; `undefined` where nothing is left. */
export const cleanText = (text: string, most: number): string | undefined => {
  const clean = text
    .slice(0, LONGEST)
    .replace(SPACE, ' ')
    .replace(UNSEEN, '')
    .replace(PILED, '$1')
    .replace(/ +/g, ' ')
    .trim();
  return [...clean].slice(0, most).join('').trim() || undefined;
};

/** A self-declared name as it may be shown. */
export const cleanName = (name: string | undefined): string | undefined =>
  name === undefined ? undefined : cleanText(name, NAME_LENGTH);
