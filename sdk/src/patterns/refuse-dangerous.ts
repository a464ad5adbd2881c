import { PorticoError } from '../errors/portico-error.js';
import { DEFAULT_LIMITS } from '../limits/limits.js';
import { childrenOf } from '../protocol/check-schema.js';
import { isLinked } from '../protocol/plan.js';
import type { AnyProtocol, Event, Method, Schema } from '../protocol/protocol.js';
import type { Node } from '../protocol/schema-node.js';
import { judgePattern, type Verdict } from './judge-pattern.js';

/** Steps of matching that are worth a tenth of a second, roughly. */
const MOST_STEPS = 10_000_000;
/** Steps for each character that still count as in proportion, however long the text. */
const MOST_A_CHARACTER = 16;

/**
 * Refuses a protocol whose patterns would let a stranger keep the host busy: those that can take exponential
 * time, and those that take more than a tenth of a second on the longest text that `maxLength`, or else the
 * limit valueSize, lets through. What else is dangerous, `defineProtocol` has refused: `uniqueItems`,
 * references to other documents, and recursion without an end. Protocols that are compiled already pass:
 * they were judged when they were compiled.
 * @throws {PorticoError} INVALID_DEFINITION with the path of the pattern, and what to do
 */
export const refuseDangerous = (protocol: AnyProtocol): void => {
  // A worker that has just started judges each pattern once, wherever it stands.
  const verdicts = new Map<string, Verdict>();
  for (const { at, pattern, length, remedy } of patternsOf(protocol)) {
    const verdict = verdicts.get(pattern) ?? judgePattern(pattern);
    verdicts.set(pattern, verdict);
    const trouble = troubleOf(verdict, length, remedy);
    if (trouble !== undefined) throw refusal(at, trouble);
  }
};

/**
 * Refuses a protocol that has a pattern and was not compiled: for bundles that leave the judge out, since the
 * patterns of compiled protocols were judged when they were compiled.
 * @throws {PorticoError} INVALID_DEFINITION with the path of the pattern, and what to do
 */
export const refuseUnjudged = (protocol: AnyProtocol): void => {
  for (const { at } of patternsOf(protocol)) {
    throw refusal(
      at,
      'nobody has judged how long the pattern may take, and this build carries no judge: compile the protocol, by a module named *.protocol.ts',
    );
  }
};

const refusal = (at: string, trouble: string): PorticoError =>
  new PorticoError('INVALID_DEFINITION', `${at}: ${trouble}`);

/** A pattern of texts, or of the names of properties. */
interface Found {
  readonly at: string;
  readonly pattern: string;
  /** Of the longest text that it is matched against. */
  readonly length: number;
  /** How to make it shorter, in words that a number may follow. */
  readonly remedy: string;
}

function* patternsOf(protocol: AnyProtocol): Iterable<Found> {
  for (const [at, schema] of schemasOf(protocol))
    if (!isLinked(schema)) yield* patternsIn(schema as Node, at);
}

const schemasOf = ({ errors = {}, capabilities }: AnyProtocol): [string, Schema][] => [
  ...Object.entries(errors).map(([name, schema]): [string, Schema] => [`errors/${name}`, schema]),
  ...Object.entries(capabilities).flatMap(([capability, { scope }]): [string, Schema][] =>
    scope ? [[`capabilities/${capability}/scope`, scope]] : [],
  ),
  ...Object.entries(capabilities).flatMap(([capability, { members = {} }]) =>
    Object.entries(members).flatMap(([name, member]) => {
      const { params, result } = member as Method;
      const { payload } = member as Event;
      return Object.entries({ params, result, payload }).flatMap(([part, schema]): [string, Schema][] =>
        schema ? [[`capabilities/${capability}/members/${name}/${part}`, schema]] : [],
      );
    }),
  ),
];

function* patternsIn(node: Node, at: string): Iterable<Found> {
  const { valueSize } = DEFAULT_LIMITS;
  const { pattern, maxLength = valueSize } = node as { pattern?: string; maxLength?: number };
  if (pattern !== undefined)
    yield { at: `${at}/pattern`, pattern, length: maxLength, remedy: 'give the text a "maxLength"' };
  for (const name of Object.keys((node['patternProperties'] ?? {}) as object))
    yield {
      at: `${at}/patternProperties/${name}`,
      pattern: name,
      length: valueSize,
      remedy: 'use "additionalProperties"',
    };
  for (const [keyword, child] of childrenOf(node)) yield* patternsIn(child, `${at}/${keyword}`);
}

const troubleOf = (verdict: Verdict, length: number, remedy: string): string | undefined => {
  if (verdict === 'exponential') {
    return 'the pattern can take exponential time on a text that a stranger sends; let no repetition repeat what can be split in several ways, as in (a+)+';
  }
  if (verdict === 'unknown')
    return 'how long the pattern may take could not be found out; write a simpler one, without references back and without repetitions in a lookbehind';
  const { degree, steps } = verdict;
  const isHarmless = (each: number): boolean => steps(each) <= Math.max(MOST_STEPS, MOST_A_CHARACTER * each);
  if (isHarmless(length)) return undefined;
  const growth =
    degree > 1
      ? `time that grows with the ${POWERS[degree] ?? `${degree}th power`} of a text's length`
      : `${Math.round(steps(length) / length)} steps for each character of a text`;
  const most = remedy.includes('maxLength') ? ` of at most ${longestThat(isHarmless, length)}` : '';
  return `the pattern can take ${growth}; anchor it with ^, let no two repetitions in a row match the same, or ${remedy}${most}`;
};

const POWERS: Readonly<Record<number, string>> = { 2: 'square', 3: 'cube' };

/** The longest harmless length below one that is not. */
const longestThat = (isHarmless: (length: number) => boolean, length: number): number => {
  let [most, least] = [0, length];
  while (least - most > 1) {
    const middle = Math.floor((most + least) / 2);
    if (isHarmless(middle)) most = middle;
    else least = middle;
  }
  return most;
};
