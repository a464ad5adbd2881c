import { PorticoError } from '../../errors/portico-error.js';
import type { Lasting } from '../../session/departure.js';
import { keyOf } from '../admission/principal.js';
import type { Outcome } from './ledger.js';
import type { Shown } from './prompt-windows.js';
import type { Choice, Confirmation } from './questions.js';
import type { Asker, Request, Subject } from './types.js';

/** A capability on a prompt. */
export interface Asked {
  readonly name: string;
  /** Without it the client can't go on. */
  needed: boolean;
  /** From which to choose its scope; absent where it has none. */
  choices?: readonly Choice[] | undefined;
  /** A page has read it: what nobody saw, nobody has said no to. */
  seen: boolean;
}

/** What a prompt's page has told of the person; see `attend` in `consent-protocol.ts`. */
export interface Presence {
  readonly state: 'here' | 'leaving' | 'away';
  readonly place?: number | undefined;
}

interface Base {
  readonly id: string;
  readonly asker: Asker;
  readonly key: string;
  /** Who answers for the asker: has one prompt at a time, whatever it comes as. */
  readonly party: string;
  readonly protocol: string;
  readonly line: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
  shown?: Shown | undefined;
  /** A page has read it, in the window that is open now. */
  read?: boolean;
  /** What that page has told last. */
  hand?: Presence['state'] | undefined;
  /** The person has had it in front at some time. */
  met?: boolean;
  /** Its window is the last one: somebody else has ended the first. */
  again?: boolean;
  cancel(): void;
}

/**
 * Whether a window that is gone may have been closed by the person. Any extension may close it: without an act that
 * somebody has seen, it was none of theirs. Pages that tell nothing leave it at that they have read the question.
 */
export const mayBeClosedByPerson = ({ hand, read }: OpenPrompt): boolean =>
  hand === undefined ? read === true : hand === 'leaving';

/** Whether a question that has lapsed was there for the person to see. */
export const wasMet = ({ met, hand, read }: OpenPrompt): boolean =>
  met === true || (hand === undefined && read === true);

/** A prompt for capabilities. */
export interface GrantPrompt extends Base {
  readonly kind: 'grant';
  readonly capabilities: Map<string, Asked>;
  /** Until the choices of all of them are there. */
  ready: Promise<unknown>;
  /** Sessions that wait for the answer, the one that asked first before the others. Who goes is taken out. */
  readonly waiting: Map<string, Lasting>;
  /** Gives the capabilities that nothing was said of. */
  readonly over: Promise<ReadonlySet<string>>;
  /** Settles `over`. */
  readonly end: (unsaid: ReadonlySet<string>) => void;
}

/** A prompt for one call. */
export interface ConfirmPrompt extends Base {
  readonly kind: 'confirm';
  readonly subject: Subject;
  readonly confirmation: Confirmation;
  readonly end: (yes: boolean) => void;
}

/** A prompt with nothing on it. */
export const grantPrompt = (base: Base): GrantPrompt => {
  let settle: GrantPrompt['end'] = () => {};
  const over = new Promise<ReadonlySet<string>>((resolve) => {
    settle = resolve;
  });
  return {
    ...base,
    kind: 'grant',
    capabilities: new Map(),
    ready: Promise.resolve(),
    waiting: new Map(),
    over,
    end: settle,
  };
};

/** Puts capabilities on a prompt that are not there yet, and gathers their choices. Whether it is another now. */
export const put = (
  prompt: GrantPrompt,
  wanted: Request['capabilities'],
  choices: (subject: Subject, asker: Asker) => Promise<readonly Choice[]> | undefined,
): boolean => {
  const { asker, protocol, line, capabilities } = prompt;
  let isOther = false;
  for (const { name, needed } of wanted) {
    const there = capabilities.get(name);
    if (there?.needed || (there && !needed)) continue;
    isOther = true;
    if (there) {
      there.needed = true;
      continue;
    }
    const asked: Asked = { name, needed, seen: false };
    capabilities.set(name, asked);
    const gathered = choices({ protocol, line, capability: name }, asker)?.then((each) => {
      asked.choices = each;
    });
    if (gathered) prompt.ready = Promise.all([prompt.ready, gathered]);
  }
  return isOther;
};

export type OpenPrompt = GrantPrompt | ConfirmPrompt;

/** One capability's answer, as the page sends it. */
export interface Answer {
  readonly capability: string;
  readonly verdict: 'always' | 'once' | 'deny';
  /** Places in the choices. */
  readonly choices?: readonly number[] | undefined;
}

/**
 * Whether an asker may share a prompt: what is allowed on it is given to one key and one major alone, and
 * the person is told of one only.
 */
export const isSameQuestion = (
  { key, protocol, line, asker }: OpenPrompt,
  other: Asker,
  subject: Pick<Subject, 'protocol' | 'line'>,
): boolean =>
  key === keyOf(other.principal) &&
  protocol === subject.protocol &&
  line === subject.line &&
  asker.keyChanged === other.keyChanged &&
  asker.key?.thumbprint === other.key?.thumbprint;

/**
 * What an answer says of each capability. What is not named is denied, but for what no page has seen.
 * @throws {PorticoError} INVALID_ARGUMENT where it names what is not on the prompt; then nothing counts
 */
export const readAnswers = (prompt: GrantPrompt, answers: readonly Answer[]): readonly Outcome[] => {
  const named = new Map(answers.map((answer) => [answer.capability, answer]));
  if (named.size !== answers.length) throw invalid('a capability is answered twice');
  for (const name of named.keys()) {
    if (!prompt.capabilities.has(name)) throw invalid('a capability is not on this prompt');
  }
  return [...prompt.capabilities.values()].flatMap((asked): Outcome[] => {
    const subject = { protocol: prompt.protocol, line: prompt.line, capability: asked.name };
    const answer = named.get(asked.name);
    if (!answer) return asked.seen ? [{ subject, verdict: 'denied' }] : [];
    const scope = chosen(asked, answer.choices);
    // With nothing chosen, nothing is allowed.
    if (answer.verdict === 'deny' || scope?.length === 0) return [{ subject, verdict: 'denied' }];
    return [{ subject, verdict: answer.verdict, scope }];
  });
};

const chosen = ({ choices }: Asked, places: readonly number[] = []): readonly Choice[] | undefined => {
  if (!choices) {
    if (places.length > 0) throw invalid('this capability has no choices');
    return undefined;
  }
  return [...new Set(places)].map((place) => {
    const choice = choices[place];
    if (!choice) throw invalid('there is no such choice');
    return choice;
  });
};

const invalid = (message: string): PorticoError => new PorticoError('INVALID_ARGUMENT', message);

/** Notes what its page tells of the person. Whether it says that the window may not show it any more. */
export const attended = (prompt: OpenPrompt, { state, place }: Presence): boolean => {
  const window = prompt.shown?.window;
  // The same page in another window is not the one that the person was asked in.
  const isThere = place === undefined || window === undefined || place === window;
  if (isThere) {
    prompt.hand = state;
    prompt.met ||= state !== 'away';
  }
  return !isThere || state === 'away';
};

/**
 * The outcome of a prompt that nobody has answered. `failed`: the person has not seen it, or somebody else has ended
 * it; that is held against nobody for longer.
 */
export const unanswered = (
  { protocol, line, capabilities }: GrantPrompt,
  verdict: 'closed' | 'failed',
): readonly Outcome[] =>
  [...capabilities.keys()].map((capability) => ({ subject: { protocol, line, capability }, verdict }));
