import type { Place } from './build-failure.js';

/** A place in generated code, and where it comes from. */
export interface Mapping {
  /** From 0. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
  readonly source: Place;
}

/** A source map, version 3. */
export interface CodeMap {
  readonly version: 3;
  file?: string;
  /** Absolute paths, until the code is written somewhere. */
  sources: string[];
  sourcesContent: string[];
  readonly names: string[];
  readonly mappings: string;
}

/** Makes a source map of places. They must be in the order in which they stand in the code. */
export const sourceMap = (mappings: readonly Mapping[], texts: ReadonlyMap<string, string>): CodeMap => {
  const sources = [...new Set(mappings.map(({ source }) => source.file))];
  let text = '';
  let before = { line: 0, column: 0, source: 0, sourceLine: 0, sourceColumn: 0 };
  for (const { line, column, source } of mappings) {
    const at = {
      line,
      column,
      source: sources.indexOf(source.file),
      sourceLine: source.line - 1,
      sourceColumn: source.column,
    };
    if (line > before.line) {
      text += ';'.repeat(line - before.line);
      before = { ...before, column: 0 };
    } else if (text !== '' && !text.endsWith(';')) text += ',';
    text += [
      at.column - before.column,
      at.source - before.source,
      at.sourceLine - before.sourceLine,
      at.sourceColumn - before.sourceColumn,
    ]
      .map(variableLength)
      .join('');
    before = at;
  }
  return {
    version: 3,
    sources,
    sourcesContent: sources.map((source) => texts.get(source) ?? ''),
    names: [],
    mappings: text,
  };
};

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A number as source maps write it: the sign last, five bits in each digit, the sixth for more to come. */
const variableLength = (value: number): string => {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let digits = '';
  do {
    const digit = rest & 31;
    rest >>>= 5;
    digits += DIGITS[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return digits;
};
