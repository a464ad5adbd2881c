/** Longer ones say nothing more, and push what matters out of sight. */
const MOST_CHARACTERS = 200;
export const LONGEST_NAME = 80;
/** The host's own words: longer than a name, and yet no essay. */
export const LONGEST_DESCRIPTION = 1_000;

/** What turns the direction of a line, or takes no room: a name that holds it reads as another one. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must go
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Marks that are piled up reach over the lines above and below. Three are more than any script needs. */
const PILED_MARKS = /(\p{M}{3})(\p{M}+)/gu;

/**
 * A text of somebody else's choosing, fit to stand between ours. Joiners stay: emoji and Persian need them.
 * Not for what somebody agrees to word by word: that is {@link wholeText}.
 */
export const plainText = (text: string, most = MOST_CHARACTERS): string => {
  const clean = text
    // Before anything that costs by the length.
    .slice(0, most * 8)
    .replace(UNSEEN, ' ')
    .replace(PILED_MARKS, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...clean];
  if (clean === '') return '–';
  return characters.length > most ? `${characters.slice(0, most).join('')}…` : clean;
};

const codeOf = (character: string): string =>
  `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;

/** A text with nothing left out: what could not be seen in it is written as its code. Lines stay. */
export const wholeText = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(UNSEEN, (unseen) => (unseen === '\n' || unseen === '\t' ? unseen : codeOf(unseen)))
    .replace(PILED_MARKS, (_, few: string, more: string) => few + [...more].map(codeOf).join(''));
