import { isDeepStrictEqual } from 'node:util';
import type { ProfileName } from 'portico/testing';
import { KIND } from '../../support/kinds.js';
import { arrived, written } from './copies.js';
import { TITLE } from './fuzz-host.js';
import { LIMITS } from './limits.js';
import type { Referee } from './referee.js';
import type { Conversation } from './talk.js';

type Frame = readonly unknown[];

/** An answer of the host's, to one call. */
type Answer = { readonly value: unknown } | { readonly code: string };

const codeIn = (error: unknown): string => String((error as { code?: unknown } | null | undefined)?.code);

/** What came back, sorted. */
interface Heard {
  readonly answers: Map<number, Answer>;
  readonly ends: Map<number, string>;
  readonly events: Map<number, { number: number; payload: unknown }[]>;
  readonly welcome: Frame | undefined;
  readonly ending: { readonly kind: number; readonly code: string } | undefined;
}

/** Sorts the frames; gives a text for what no host may send. */
const sorted = (frames: readonly Frame[]): Heard | string => {
  const answers = new Map<number, Answer>();
  const ends = new Map<number, string>();
  const events: Heard['events'] = new Map();
  let welcome: Heard['welcome'];
  let ending: Heard['ending'];
  for (const [i, frame] of frames.entries()) {
    const [kind, id] = frame as [number, number];
    if (ending) return `a frame of kind ${kind} after the end`;
    const answer = (to: number, given: Answer): string | undefined => {
      if (answers.has(to)) return `call ${to} was answered twice`;
      answers.set(to, given);
      return undefined;
    };
    let wrong: string | undefined;
    if (kind === KIND.WELCOME && i === 0) welcome = frame;
    else if (kind === KIND.REFUSE || kind === KIND.GOODBYE) ending = { kind, code: codeIn(id) };
    else if (kind === KIND.RESULT)
      for (const [n, value] of frame.slice(2).entries()) wrong ??= answer(id + n, { value });
    else if (kind === KIND.ERROR) wrong = answer(id, { code: codeIn(frame[2]) });
    else if (kind === KIND.END) {
      if (ends.has(id)) return `subscription ${id} ended twice`;
      ends.set(id, codeIn(frame[2]));
    } else if (kind === KIND.EVENT) {
      const list = events.get(id) ?? [];
      events.set(id, list);
      for (const [n, payload] of frame.slice(3).entries())
        list.push({ number: Number(frame[2]) + n, payload });
    } else return `a frame of kind ${kind} where none is expected`;
    if (wrong) return wrong;
  }
  return { answers, ends, events, welcome, ending };
};

const wrongWelcome = ({ admitted, terms }: Referee, { welcome }: Heard): string | undefined => {
  if (!admitted) return welcome && 'a welcome for nobody';
  if (!welcome) return 'no welcome came';
  const [kind, granted, refused, reasons, pending, wire, version, session, instance, ...rest] = welcome;
  if (![session, instance].every((each) => typeof each === 'string' && each.length <= 64))
    return 'a welcome without session or instance';
  if (!Array.isArray(refused) || !Array.isArray(reasons) || refused.length !== reasons.length)
    return `not a reason for each refused: ${written(refused)}, ${written(reasons)}`;
  if (new Set(refused).size !== refused.length) return `refused twice: ${written(refused)}`;
  const refusedCapabilities = Object.fromEntries(refused.map((name, i) => [name, reasons[i]]));
  const got = [kind, granted, refusedCapabilities, pending, wire, version, ...rest];
  const expected = [
    KIND.WELCOME,
    admitted.granted,
    admitted.refusedCapabilities,
    [],
    1,
    admitted.version,
    LIMITS.calls,
    terms.nativeBytes ? 1 : 0,
  ];
  return isDeepStrictEqual(got, expected)
    ? undefined
    : `the welcome is ${written(got)}, not ${written(expected)}`;
};

const wrongAnswer = (
  { calls }: Referee,
  { answers }: Heard,
  profile: ProfileName,
  isComplete: boolean,
): string | undefined => {
  for (const [id, answer] of answers) {
    const expected = calls.get(id);
    if (!expected) return `an answer to call ${id}, which nobody made`;
    if ('code' in answer) {
      if (!expected.codes.has(answer.code))
        return `call ${id} was answered with ${answer.code}, not ${expectation(expected)}`;
    } else if (!expected.value) {
      return `call ${id} was answered with ${written(answer.value)}, not ${expectation(expected)}`;
    } else if (!isDeepStrictEqual(answer.value, arrived(expected.value.of, profile))) {
      return `the result of call ${id} is ${written(answer.value)}, not ${written(expected.value.of)}`;
    }
  }
  if (!isComplete) return undefined;
  const missing = [...calls].find(([id, { must }]) => must && !answers.has(id));
  return missing && `call ${missing[0]} was not answered; expected ${expectation(missing[1])}`;
};

const expectation = ({ codes, value }: { codes: ReadonlySet<string>; value?: unknown }): string =>
  [...codes, ...(value ? ['its result'] : [])].join(' or ') || 'nothing';

const wrongEvent = ({ subscriptions, terms, state }: Referee, { events }: Heard): string | undefined => {
  for (const id of events.keys())
    if (!subscriptions.has(id)) return `an event for ${id}, which is no subscription`;
  for (const [id, { sent }] of subscriptions) {
    const expected = sent.map(({ number, payload }) => ({
      number,
      payload: 'index' in payload || !terms.grants.has('titles') ? payload : { ...payload, title: TITLE },
    }));
    const got = events.get(id) ?? [];
    const due = state === 'left' ? expected.slice(0, got.length) : expected;
    if (!isDeepStrictEqual(got, due)) return `the events of ${id} are ${written(got)}, not ${written(due)}`;
  }
  return undefined;
};

const wrongEnd = (
  { ends, ending, state }: Referee,
  heard: Heard,
  { closedByHost, closedByUs }: Conversation,
): string | undefined => {
  const due = state === 'left' ? [...heard.ends] : [...ends];
  if (
    due.some(([id, code]) => heard.ends.get(id) !== code || ends.get(id) !== code) ||
    heard.ends.size !== due.length
  )
    return `the ends are ${written([...heard.ends])}, not ${written([...ends])}`;
  if (ending && !isDeepStrictEqual(heard.ending, ending))
    return `it ended with ${written(heard.ending ?? null)}, not ${written(ending)}`;
  if (!ending && heard.ending) return `it ended with ${written(heard.ending)}, though no rule was broken`;
  if (closedByUs) return undefined;
  return closedByHost === (ending !== undefined)
    ? undefined
    : `closed: ${closedByHost}, though ${written(ending ?? null)}`;
};

/**
 * What is wrong with what came back in a conversation; nothing if all is right. `isComplete`: all that was to be
 * answered has been.
 */
export const complaintAbout = (
  conversation: Conversation,
  profile: ProfileName,
  isComplete: boolean,
): string | undefined => {
  const { referee, received, closedByHost } = conversation;
  if (!referee)
    return received.length > 0 || closedByHost ? 'a port of another name was not left alone' : undefined;
  if (!received.every((batch) => Array.isArray(batch) && batch.every(Array.isArray)))
    return `no batch: ${written(received)}`;
  const heard = sorted(received.flat() as Frame[]);
  if (typeof heard === 'string') return heard;
  return (
    wrongWelcome(referee, heard) ??
    wrongAnswer(referee, heard, profile, isComplete) ??
    wrongEvent(referee, heard) ??
    wrongEnd(referee, heard, conversation)
  );
};
