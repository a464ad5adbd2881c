import { PorticoError } from '../../errors/portico-error.js';
import { DEFAULT_LIMITS } from '../../limits/limits.js';
import { childrenOf, type Node } from '../../protocol/check-schema.js';
import { isLinked } from '../../protocol/plan.js';
import type { AnyProtocol, Event, Method, Schema } from '../../protocol/protocol.js';
import { judgePattern, type Verdict } from './judge-pattern.js';

/** Steps of matching that are worth a tenth of a second, roughly. */
const MOST_STEPS = 10_000_000;

/**
 * Refuses a protocol whose patterns would let a stranger keep the host busy: those that can take exponential
 * time, and those that take more than a tenth of a second on the longest text that `maxLength`, or else the
 * limit valueSize, lets through. What else is dangerous, `defineProtocol` has refused: `uniqueItems`,
 * references to other documents, and recursion without an end. Protocols that are compiled already pass:
 * they were judged when they were compiled.
 * @throws {PorticoError} INVALID_DEFINITION with the path of the pattern, and what to do
 */
export const refuseDangerous = (protocol: AnyProtocol): void => {
  for (const [at, schema] of schemasOf(protocol)) {
    if (!isLinked(schema)) refuseIn(schema as Node, at);
  }
};

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

const refuseIn = (node: Node, at: string): void => {
  const pattern = node['pattern'] as string | undefined;
  if (pattern !== undefined)
    refuse(pattern, `${at}/pattern`, node['maxLength'] as number | undefined, 'give the text a "maxLength"');
  for (const name of Object.keys((node['patternProperties'] ?? {}) as object))
    refuse(name, `${at}/patternProperties/${name}`, undefined, 'use "additionalProperties"');
  for (const [keyword, child] of childrenOf(node)) refuseIn(child, `${at}/${keyword}`);
};

const refuse = (pattern: string, at: string, length = DEFAULT_LIMITS.valueSize, or: string): void => {
  const trouble = troubleOf(judgePattern(pattern), length, or);
  if (trouble !== undefined) throw new PorticoError('INVALID_DEFINITION', `${at}: ${trouble}`);
};

const troubleOf = (verdict: Verdict, length: number, or: string): string | undefined => {
  if (verdict === 'exponential') {
    return 'the pattern can take exponential time on a text that a stranger sends; let no repetition repeat what can be split in several ways, as in (a+)+';
  }
  if (verdict === 'unknown')
    return 'whether the pattern takes exponential time could not be found out; write a simpler one';
  if (verdict.degree === 1 || length ** verdict.degree <= MOST_STEPS) return undefined;
  const most = Math.floor(MOST_STEPS ** (1 / verdict.degree));
  return `the pattern can take time that grows with the ${POWERS[verdict.degree] ?? `${verdict.degree}th power`} of a text's length; anchor it with ^, let no two repetitions in a row match the same, or ${or}${or.includes('maxLength') ? ` of at most ${most}` : ''}`;
};

const POWERS: Readonly<Record<number, string>> = { 2: 'square', 3: 'cube' };
