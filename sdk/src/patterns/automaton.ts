import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';
import { alphabetOf, type Cells, type Reader } from './alphabet.js';

/**
 * The ways that a backtracking engine can go through a text: from place to place of a pattern, each of which
 * reads one character. The first place is the beginning, where nothing has been read yet.
 */
export interface Automaton {
  readonly reads: readonly Cells[];
  /** Where it may go on from each place, and in how many ways: one, or two for more. */
  readonly next: readonly ReadonlyMap<number, number>[];
  /** How many characters the outermost repetition around a place can read, at most. */
  readonly reach: readonly number[];
  /** How many characters of a text are read at most, however long it is. */
  readonly longest: number;
}

/** Places, and in how many ways each may come first or last. */
type Ways = ReadonlyMap<number, number>;

/** What a part of a pattern adds to the places around it. */
interface Part {
  readonly first: Ways;
  readonly last: Ways;
  /** In how many ways it reads nothing. */
  readonly empty: number;
  /** The first two at the beginning of the text, where `^` lets through. */
  readonly firstAtStart: Ways;
  readonly emptyAtStart: number;
}

/** Thrown for a pattern that can't be laid out: with references back, or too large. */
export const NOT_LAID_OUT = Symbol('not laid out');

const notLaidOut = (): never => {
  throw NOT_LAID_OUT;
};

/** Copies of one character that are places of their own: a fixed number of them leaves no choice. */
const MOST_COPIES = 128;
/** Copies of anything else; more are taken for a loop. */
const MOST_PART_COPIES = 4;
const MOST_PLACES = 4_000;
const MOST_EDGES = 200_000;

const NONE: Ways = new Map();
const EMPTY: Part = { first: NONE, last: NONE, empty: 1, firstAtStart: NONE, emptyAtStart: 1 };
const NEVER: Part = { ...EMPTY, empty: 0, emptyAtStart: 0 };
const AT_START: Part = { ...NEVER, emptyAtStart: 1 };

/** One way, or more. */
const saturated = (ways: number): number => Math.min(ways, 2);

const added = (a: Ways, b: Ways, times: number): Ways => {
  if (times === 0 || b.size === 0) return a;
  const sum = new Map(a);
  for (const [place, ways] of b) sum.set(place, saturated((sum.get(place) ?? 0) + ways * times));
  return sum;
};

/** An engine may be newer than the parser, and know more syntax, or another script's name. */
const parsed = (source: string): AST.Pattern => {
  try {
    return new RegExpParser().parsePattern(source, 0, source.length, { unicode: true });
  } catch {
    return notLaidOut();
  }
};

/** @throws {typeof NOT_LAID_OUT} */
export const automatonOf = (source: string): Automaton => {
  const pattern = parsed(source);
  const cellsOf = alphabetOf(pattern);
  const reads: Cells[] = [0n];
  const next: Map<number, number>[] = [new Map()];
  const reach: number[] = [0];
  let edges = 0;
  /** How far the outermost repetition reaches that is being laid out; 0 outside of any. */
  let around = 0;
  /** Whether a match ends where the last place is, whatever follows. */
  let endsAnywhere = true;
  /** How many characters lookaheads read beyond what they stand before. */
  let ahead = 0;

  const place = (cells: Cells): number => {
    if (reads.length >= MOST_PLACES) notLaidOut();
    reads.push(cells);
    next.push(new Map());
    reach.push(around);
    return reads.length - 1;
  };

  const follow = (from: Ways, to: Ways, times = 1): void => {
    edges += from.size * to.size;
    if (edges > MOST_EDGES) notLaidOut();
    for (const [before, ways] of from) {
      const following = next[before] as Map<number, number>;
      for (const [after, more] of to)
        following.set(after, saturated((following.get(after) ?? 0) + ways * more * times));
    }
  };

  const character = (reader: Reader): Part => {
    const only: Ways = new Map([[place(cellsOf(reader)), 1]]);
    return { first: only, last: only, empty: 0, firstAtStart: only, emptyAtStart: 0 };
  };

  const inTurn = (a: Part, b: Part): Part => {
    follow(a.last, b.first);
    return {
      first: added(a.first, b.first, a.empty),
      last: added(b.last, a.last, b.empty),
      empty: saturated(a.empty * b.empty),
      firstAtStart: added(a.firstAtStart, b.firstAtStart, a.emptyAtStart),
      emptyAtStart: saturated(a.emptyAtStart * b.emptyAtStart),
    };
  };

  const eitherOf = (a: Part, b: Part): Part => ({
    first: added(a.first, b.first, 1),
    last: added(a.last, b.last, 1),
    empty: saturated(a.empty + b.empty),
    firstAtStart: added(a.firstAtStart, b.firstAtStart, 1),
    emptyAtStart: saturated(a.emptyAtStart + b.emptyAtStart),
  });

  /** What is optional, and reads nothing, counts once: an engine goes on from there at once. */
  const optional = (part: Part): Part => ({ ...part, empty: 1, emptyAtStart: 1 });

  const sequence = ({ elements }: AST.Alternative): Part =>
    elements.reduce((before, element) => inTurn(before, part(element)), EMPTY);

  const alternatives = (all: readonly AST.Alternative[]): Part => all.map(sequence).reduce(eitherOf, NEVER);

  /** Any number of times, as far as ways are concerned: how many there are at most is in `reach`. */
  const loop = (element: AST.QuantifiableElement, min: number): Part => {
    const body = part(element);
    // Where several must be there and may be empty, any of them may be the empty ones.
    follow(body.last, body.first, min > 1 && body.empty > 0 ? 2 : 1);
    if (min === 0) return optional(body);
    const { first, firstAtStart, empty, emptyAtStart } = body;
    return {
      ...body,
      first: added(first, first, empty),
      firstAtStart: added(firstAtStart, firstAtStart, emptyAtStart),
    };
  };

  const repeated = (quantifier: AST.Quantifier): Part => {
    const { element, min, max } = quantifier;
    if (max <= (min === max && isReader(element) ? MOST_COPIES : MOST_PART_COPIES)) {
      let copies = EMPTY;
      for (let each = max; each > 0; each--) {
        copies = inTurn(part(element), copies);
        if (each > min) copies = optional(copies);
      }
      return copies;
    }
    const before = around;
    around ||= longest(quantifier);
    const laidOut = loop(element, min);
    around = before;
    return laidOut;
  };

  const assertion = (node: AST.Assertion): Part => {
    if (node.kind === 'start') return AT_START;
    endsAnywhere = false;
    if (node.kind !== 'lookahead' && node.kind !== 'lookbehind') return EMPTY;
    if (node.kind === 'lookbehind') {
      // It reads backwards, from wherever the engine is: harmless where it repeats nothing.
      visitRegExpAST(node, { onQuantifierEnter: notLaidOut, onBackreferenceEnter: notLaidOut });
      return EMPTY;
    }
    // The engine goes through it and comes back: a way that ends there.
    ahead += Math.max(...node.alternatives.map(longest));
    const { first, firstAtStart } = alternatives(node.alternatives);
    return { ...EMPTY, first, firstAtStart };
  };

  const part = (node: AST.Element): Part => {
    switch (node.type) {
      case 'Group':
        // Modifiers change what the characters inside read.
        if (node.modifiers) notLaidOut();
        return alternatives(node.alternatives);
      case 'CapturingGroup':
        return alternatives(node.alternatives);
      case 'Quantifier':
        return repeated(node);
      case 'Assertion':
        return assertion(node);
      case 'Backreference':
        return notLaidOut();
      default:
        return character(node);
    }
  };

  const whole = alternatives(pattern.alternatives);
  if (endsAnywhere) endAtMatch(next, whole.last);
  follow(new Map([[0, 1]]), whole.firstAtStart);
  if (whole.first.size > 0) {
    // The engine tries again from each character on.
    around = Number.POSITIVE_INFINITY;
    const skipped: Ways = new Map([[place(~0n), 1]]);
    follow(new Map([[0, 1]]), skipped);
    follow(skipped, skipped);
    follow(skipped, whole.first);
  }
  const most = whole.first.size > 0 ? around : Math.max(...pattern.alternatives.map(longest)) + ahead;
  return { reads, next, reach, longest: most };
};

/**
 * Ends the ways at places from which nothing can fail: a match may end there, and wherever it may go on. The
 * engine never comes back from them.
 */
const endAtMatch = (next: readonly Map<number, number>[], last: Ways): void => {
  const sure = new Set(last.keys());
  for (let before = -1; before !== sure.size; ) {
    before = sure.size;
    for (const place of sure)
      if ([...(next[place]?.keys() ?? [])].some((after) => !sure.has(after))) sure.delete(place);
  }
  for (const place of sure) next[place]?.clear();
};

const READERS = new Set(['Character', 'CharacterSet', 'CharacterClass', 'ExpressionCharacterClass']);

const isReader = (node: AST.Element): node is Reader => READERS.has(node.type);

/** How many characters a part can read. */
const longest = (node: AST.Element | AST.Alternative): number => {
  switch (node.type) {
    case 'Alternative':
      return node.elements.reduce((sum, each) => sum + longest(each), 0);
    case 'Group':
    case 'CapturingGroup':
      return Math.max(...node.alternatives.map(longest));
    case 'Quantifier':
      return node.max === 0 ? 0 : node.max * (longest(node.element) || 1);
    case 'Assertion':
      return 0;
    default:
      return 1;
  }
};
