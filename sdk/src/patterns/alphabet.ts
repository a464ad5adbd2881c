import { type AST, visitRegExpAST } from '@eslint-community/regexpp';

/** What reads one character. */
export type Reader = AST.Character | AST.CharacterSet | AST.CharacterClass | AST.ExpressionCharacterClass;

/** The characters that a reader reads: the bits of an alphabet. */
export type Cells = bigint;

/** First and last of what `.`, `\d`, `\s` and `\w` tell apart from its neighbours. */
const NAMED: readonly (readonly [number, number])[] = [
  [0x09, 0x0d],
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x20, 0x20],
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];

const ASCII = 0x80;

/**
 * Divides all characters into cells that the pattern can't tell apart, and gives a function that says which of
 * them a reader reads. The engine itself is asked about one character of each, so that there is no second
 * meaning of `\s` or a class; but what `\p{…}` reads beyond ASCII grows with each edition of Unicode, and is
 * taken to be everything there: the verdict must not depend on the engine.
 */
export const alphabetOf = (pattern: AST.Pattern): ((reader: Reader) => Cells) => {
  const edges = new Set<number>([0, ASCII, ...NAMED.flatMap(([first, last]) => [first, last + 1])]);
  let hasProperty = false;
  visitRegExpAST(pattern, {
    onCharacterEnter: ({ value }) => edges.add(value).add(value + 1),
    onCharacterSetEnter: ({ kind }) => {
      hasProperty ||= kind === 'property';
    },
  });
  if (hasProperty) for (let each = 0; each < ASCII; each++) edges.add(each);
  edges.delete(0x110000);
  const cells = [...edges].sort((a, b) => a - b);
  const texts = cells.map((each) => String.fromCodePoint(each));
  const known = new Map<string, Cells>();
  return ({ raw }) => {
    let found = known.get(raw);
    if (found === undefined) {
      const one = new RegExp(`^(?:${raw})$`, 'u');
      const property = /\\p\{/i.test(raw);
      found = texts.reduce(
        (bits, text, index) =>
          (property && (cells[index] as number) >= ASCII) || one.test(text)
            ? bits | (1n << BigInt(index))
            : bits,
        0n,
      );
      known.set(raw, found);
    }
    return found;
  };
};
