import type { ProfileName } from 'portico/testing';
import { KIND } from '../../support/kinds.js';
import { welcomeIn } from '../../support/tabs.js';
import { written } from './copies.js';
import type { Plan } from './generate.js';
import { complaintAbout } from './judge.js';
import { METHODS, mayBeGiven } from './members.js';
import type { Stage } from './stage.js';
import { type Conversation, Talk } from './talk.js';

/** Something that must not happen, and who made it happen, if that is known. */
export class Complaint extends Error {
  constructor(
    message: string,
    readonly by?: Conversation,
  ) {
    super(message);
  }
}

export interface Tally {
  batches: number;
  sessions: number;
  admitted: number;
  answers: number;
  endings: number;
}

export const noTally = (): Tally => ({ batches: 0, sessions: 0, admitted: 0, answers: 0, endings: 0 });

const SHARED = [Object, Array, Function, Map, Error, Promise, String, Number].map(
  (each) => each.prototype as object,
);
const propertiesOf = (): unknown[] =>
  SHARED.flatMap((prototype) =>
    Reflect.ownKeys(prototype).flatMap((key) => {
      const { value, get } = Object.getOwnPropertyDescriptor(prototype, key) ?? {};
      return [key, value, get];
    }),
  );
const untouched = propertiesOf();

/** The rules about the slow one come to an end every so many steps. */
const DECIDED_EVERY = 3;
const TABS = 3;

/** Numbers that are given out once in the whole stage. */
const counters = new WeakMap<Stage, { calls: number; emitted: number[] }>();

/** Has hostile clients act as planned, all at once, while honest ones go on. @throws {Complaint} */
export const runPlans = async (
  stage: Stage,
  plans: readonly Plan[],
  profile: ProfileName,
  tally: Tally,
): Promise<readonly Conversation[]> => {
  const { browser, host, honest } = stage;
  await stage.wake();
  const counter = counters.get(stage) ?? { calls: 0, emitted: [] };
  counters.set(stage, counter);
  const talks = plans.map((plan) => new Talk(plan, profile, stage.open(plan.role)));
  const conversations = (): Conversation[] => talks.flatMap((talk) => talk.conversations);
  const waits = honest.map((client) => client.wait());

  const decide = async (): Promise<void> => {
    host.decide();
    for (const { referee } of conversations()) referee?.decide();
    await browser.settle();
  };
  const emit = (event: 'changed' | 'moved', id: number, index: number): void => {
    host.emit(event, id, index);
    if (event === 'changed') counter.emitted.push(id);
    const payload = event === 'moved' ? { id, index } : { id };
    for (const { referee } of conversations()) referee?.emit(`read.${event}`, payload);
  };

  for (let step = 0; talks.some((talk) => !talk.isOver); step++) {
    for (const talk of talks) if (!talk.isOver) tally.batches += talk.step();
    const uses = honest.map((client) => client.use(++counter.calls));
    await browser.settle();
    for (const wrong of await browser.run(Promise.all(uses))) if (wrong) throw new Complaint(wrong);
    if (step % DECIDED_EVERY === DECIDED_EVERY - 1) await decide();
    for (let i = 0; i < 2 * (step % 6); i++) {
      emit('changed', counter.emitted.length, 0);
      emit('moved', (step + i) % TABS, i);
    }
    await browser.settle();
  }
  await decide();
  // Deadlines of a few milliseconds pass.
  await browser.advance(200);
  // Half of them leave with all that is under way, the others hear how it ends.
  const leaving = talks.filter((_, i) => i % 2 === 0);
  for (const talk of leaving) talk.close();
  await browser.settle();
  expectAborted(stage, conversations());
  host.release();
  await browser.settle();
  for (const wrong of await browser.run(Promise.all(waits))) if (wrong) throw new Complaint(wrong);
  for (const talk of talks) {
    for (const each of talk.conversations) {
      const isOpen = each === talk.current && !each.closedByUs;
      const wrong = complaintAbout(each, profile, isOpen || each.closedByHost);
      if (wrong) throw new Complaint(wrong, each);
    }
    talk.close();
  }
  await browser.settle();
  expectRuns(stage, conversations());
  expectSameRefusals(conversations());
  expectAllInOrder(stage, counter.emitted);
  for (const { referee, received } of conversations()) {
    tally.sessions++;
    if (referee?.admitted) tally.admitted++;
    if (referee?.ending) tally.endings++;
    tally.answers += received.length;
  }
  return conversations();
};

/** The session's name in the welcome, if one came. */
const sessionOf = ({ received: [batch] }: Conversation): string | undefined => {
  const [frame] = (batch ?? []) as readonly (readonly unknown[])[];
  const { kind, session } = welcomeIn(frame);
  return kind === KIND.WELCOME ? (session as string) : undefined;
};

/** Whatever still runs for a session that is over was told so. */
const expectAborted = ({ host }: Stage, conversations: readonly Conversation[]): void => {
  const over = new Map(
    conversations
      .filter(({ closedByHost, closedByUs, received }) => (closedByHost || closedByUs) && received.length > 0)
      .map((each) => [sessionOf(each), each] as const),
  );
  for (const { session, signal } of host.waiting)
    if (over.has(session) && !signal.aborted)
      throw new Complaint('a handler of a session that is over was not told', over.get(session));
};

/** Handlers got what fits, in sessions that were granted it, and no more often than they were called. */
const expectRuns = ({ host }: Stage, conversations: readonly Conversation[]): void => {
  const bySession = new Map(
    conversations
      .filter(({ received }) => received.length > 0)
      .map((each) => [sessionOf(each), each] as const),
  );
  const counts = new Map<string, number>();
  for (const { session, grants, path, params } of host.takeRuns()) {
    const by = bySession.get(session);
    if (!mayBeGiven(path, params))
      throw new Complaint(`the handler of ${path} was given ${written(params)}`, by);
    if (!grants.has(METHODS.get(path)?.capability ?? ''))
      throw new Complaint(`the handler of ${path} ran without a grant`, by);
    counts.set(session, (counts.get(session) ?? 0) + 1);
  }
  for (const [session, count] of counts) {
    const by = bySession.get(session);
    const asked = [...(by?.referee?.calls.values() ?? [])].filter(
      ({ value, codes, running, must }) =>
        // A cancelled one has no result any more.
        value !== undefined || running !== undefined || codes.size === 0 || !must,
    ).length;
    if (by && count > asked) throw new Complaint(`${count} handlers ran for ${asked} calls`, by);
  }
};

/** Who is not admitted is told the same, whoever it is and whatever it asked for. */
const expectSameRefusals = (conversations: readonly Conversation[]): void => {
  const refused = conversations.filter(({ referee }) => referee?.ending?.code === 'REFUSED');
  const [first] = refused;
  for (const each of refused)
    if (written(each.received) !== written(first?.received))
      throw new Complaint(
        `refused with ${written(each.received)}, others with ${written(first?.received)}`,
        each,
      );
};

/** Nothing is left of the hostile clients, and nothing was kept from the honest ones. */
const expectAllInOrder = ({ browser, host, honest }: Stage, emitted: readonly number[]): void => {
  for (const { told } of honest)
    if (told.length !== emitted.length || told.some((id, i) => id !== emitted[i]))
      throw new Complaint(
        `an honest client was told of ${told.length} events of ${emitted.length}, or of others`,
      );
  const [error] = browser.errors;
  if (error) throw new Complaint(`${error.context}: ${error.message}\n${error.stack ?? ''}`);
  if (host.failures.length > 0) throw new Complaint(`a handler failed: ${host.failures[0]}`);
  const { sessions } = host.host;
  if (sessions !== honest.length)
    throw new Complaint(`the host has ${sessions} sessions, not ${honest.length}`);
  if (host.subscribers !== honest.length)
    throw new Complaint(`the host has ${host.subscribers} subscribers, not ${honest.length}`);
  if (host.waiting.length > 0) throw new Complaint(`${host.waiting.length} calls wait on`);
  const now = propertiesOf();
  if (now.length !== untouched.length || now.some((each, i) => !Object.is(each, untouched[i])))
    throw new Complaint('what all objects share was changed');
};
