import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** What a block of code says of itself behind its language, and so what is done with it. */
export const MARKS = {
  /** Runs as it is printed: in README in real browsers, elsewhere in a test of that document. */
  run: ['ts', 'js', 'json', 'sh'],
  /** The text of a fixture, which is built and run: `from=src/host.ts`. */
  from: ['ts', 'js', 'json', 'text'],
  /** A whole module, or a whole file of data: compiles as it is printed. */
  compiled: ['ts', 'js', 'json', 'html'],
  /** Compiles in the place that a fixture leaves for it: `fragment=known-key`. */
  fragment: ['ts', 'js'],
  /** Its commands and their options exist. */
  command: ['sh'],
  /** No code: what is written out, or a drawing. The language `text` says it alone. */
  text: ['text'],
} as const;
export type Mark = keyof typeof MARKS;

/** A block of code in a document. */
export interface Block {
  /** From the root of the repository. */
  readonly document: string;
  /** `README.md:45`. */
  readonly place: string;
  readonly language: string;
  /** `undefined` where it has none that is known and fits its language. */
  readonly mark: Mark | undefined;
  /** What stands behind the mark's `=`. */
  readonly of: string;
  readonly code: string;
}

/** Whose blocks are held to what they say. `docs/wire.md` is held by tests of its own. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'docs/connect.md',
  'docs/schemas.md',
  ...readdirSync(join(repository, 'docs/guides'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/guides/${file}`),
];

const FENCE = /^(`{3,})(.*)\n([\s\S]*?)^\1$/gm;

const markOf = (language: string, words: string): [Mark | undefined, string] => {
  const [name = '', of = '', ...more] = words === '' && language === 'text' ? ['text'] : words.split('=');
  const known = Object.hasOwn(MARKS, name) ? (name as Mark) : undefined;
  const fits = known && more.length === 0 && (MARKS[known] as readonly string[]).includes(language);
  const isNamed = known === 'run' || (known === 'from' || known === 'fragment') === (of !== '');
  return [fits && isNamed ? known : undefined, of];
};

export const blocksIn = (text: string, document = ''): Block[] =>
  [...text.matchAll(FENCE)].map(({ 2: info = '', 3: code = '', index }) => {
    const [language = '', ...words] = info.split(' ');
    const [mark, of] = markOf(language, words.join(' '));
    const place = `${document}:${text.slice(0, index).split('\n').length}`;
    return { document, place, language, mark, of, code };
  });

export const blocksOf = (document: string): Block[] =>
  blocksIn(readFileSync(join(repository, document), 'utf8'), document);
