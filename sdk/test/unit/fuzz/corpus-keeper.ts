import { KIND } from '../../support/kinds.js';
import { rawClient, settled } from '../../support/raw-peer.js';
import { tabsHost } from '../../support/tabs.js';
import { written } from './copies.js';
import { shrink } from './shrink.js';
import type { Conversation } from './talk.js';

type Frame = readonly unknown[];

/** A file of the corpus. */
export interface Example {
  readonly title: string;
  readonly clauses: readonly string[];
  readonly to: 'host';
  readonly messages: readonly unknown[];
  readonly answers: readonly Frame[];
  readonly closed: boolean;
}

interface WireError {
  readonly code?: string;
  readonly message?: string;
  readonly data?: { readonly expected?: string; readonly limit?: string };
}

interface Played {
  readonly frames: readonly Frame[];
  readonly closed: boolean;
}

/** Plays messages to the host of the corpus, one after the other. */
const play = async (messages: readonly unknown[]): Promise<Played> => {
  const peer = rawClient(tabsHost().host);
  for (const message of messages) {
    if (!peer.closed) peer.post(message);
    await settled();
  }
  const frames = peer.frames.flatMap((frame) =>
    frame[0] === KIND.RESULT
      ? frame.slice(2).map((value, i): Frame => [KIND.RESULT, (frame[1] as number) + i, value])
      : [frame],
  );
  return { frames, closed: peer.closed };
};

/** The member that the call of an id names, in messages that were posted. */
const memberOf = (id: number, posted: readonly unknown[]): unknown =>
  (posted.filter(Array.isArray).flat().filter(Array.isArray) as Frame[]).find(
    ([kind, first, , , ...values]) =>
      kind === KIND.CALL && id >= (first as number) && id < (first as number) + values.length,
  )?.[2];

/** What an answer says, without the names and numbers in it; of a result, whose it is. */
const answerIn = (frame: Frame, posted: readonly unknown[]): string | undefined => {
  const [kind, id] = frame;
  if (kind === KIND.RESULT) return `${kind} the result of ${memberOf(id as number, posted)}`;
  if (kind === KIND.WELCOME || kind === KIND.EVENT) return undefined;
  const { code = '', message = '', data } = (frame.at(-1) ?? {}) as WireError;
  const rule = data?.expected ?? data?.limit ?? message;
  return `${kind} ${code}: ${rule.replaceAll(/"[^"]*"|\d+(?:\.\d+)*|;.*$/g, '…').replace(/^\S+\.\S+/, '…')}`;
};

/** The clauses of the wire that speak of an answer. */
const CLAUSES: readonly (readonly [RegExp, string])[] = [
  [/the result of/, 'W7.2'],
  [/a message must be/, 'W4.2'],
  [/a frame must be/, 'W4.3'],
  [/more items/, 'W4.9'],
  [/first frame must be a hello/, 'W5.1'],
  [/wire version/, 'W5.21'],
  [/malformed CALL/, 'W6.5'],
  [/not higher/, 'W7.1'],
  [/malformed CANCEL/, 'W4.4'],
  [/malformed SUBSCRIBE/, 'W6.9'],
  [/malformed UNSUBSCRIBE/, 'W6.10'],
  [/malformed CREDIT/, 'W6.13'],
  [/no frame of kind/, 'W6.1'],
  [/NO_COMMON_VERSION/, 'W5.17'],
  [/^2 CAPABILITY_REFUSED/, 'W5.18'],
  [/^14 /, 'W8.1'],
  [/LIMIT_EXCEEDED/, 'W9.9'],
  [/no property/, 'W9.4'],
  [/INVALID_PARAMS/, 'W7.5'],
  [/UNKNOWN_MEMBER|CAPABILITY_REFUSED/, 'W7.4'],
];

const isPlainJson = (messages: readonly unknown[]): boolean => !written(messages).includes('"$"');

export interface Keeper {
  /** Tells it of what the corpus has already. */
  knows(messages: readonly unknown[]): Promise<void>;
  /** Looks for answers that the corpus does not have yet; gives an example for each. */
  examplesIn(conversations: readonly Conversation[]): Promise<Example[]>;
}

/** Keeps the shortest examples of answers that nobody has kept before. */
export const createKeeper = (): Keeper => {
  const known = new Set<string>();
  const answersTo = async (messages: readonly unknown[]): Promise<string[]> =>
    (await play(messages)).frames
      .map((frame) => answerIn(frame, messages))
      .filter((each) => each !== undefined);

  const example = async (messages: readonly unknown[], answer: string): Promise<Example | undefined> => {
    const holds = async (candidate: readonly unknown[]): Promise<boolean> =>
      (await answersTo(candidate)).includes(answer);
    // The host of the corpus has wider limits, and may see nothing wrong.
    if (!(await holds(messages))) return undefined;
    const shortest = await shrink(messages, holds);
    const { frames, closed } = await play(shortest);
    return {
      title: `found by the fuzz: ${answer.replace(/^\d+ /, '')}`,
      clauses: [CLAUSES.find(([words]) => words.test(answer))?.[1] ?? 'W4.13'],
      to: 'host',
      messages: shortest,
      answers: frames.map(withoutWords),
      closed,
    };
  };

  return {
    async knows(messages) {
      for (const answer of await answersTo(messages)) known.add(answer);
    },
    async examplesIn(conversations) {
      const examples: Example[] = [];
      for (const { referee, received, posted } of conversations) {
        if (!referee?.admitted && referee?.ending?.code === 'REFUSED') continue;
        const frames = received.flat() as Frame[];
        for (const answer of frames.map((frame) => answerIn(frame, posted))) {
          if (answer === undefined || known.has(answer)) continue;
          known.add(answer);
          const found = isPlainJson(posted) ? await example(posted, answer) : undefined;
          if (found) examples.push(found);
        }
      }
      return examples;
    },
  };
};

/** What every host must answer: codes and data, not the words. */
const withoutWords = (frame: Frame): Frame => {
  const [kind] = frame;
  if (kind === KIND.WELCOME) return [KIND.WELCOME];
  if (kind === KIND.RESULT || kind === KIND.EVENT) return frame;
  const { message: _, ...rest } = frame.at(-1) as WireError;
  return [...frame.slice(0, -1), rest];
};
