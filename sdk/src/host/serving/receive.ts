import { PorticoError, toWire } from '../../errors/portico-error.js';
import type { Lasting } from '../../session/departure.js';
import type { Admitted, Answer, Interview } from '../../session/interview.js';
import type { Hello } from '../../wire/handshake.js';
import {
  askerOf,
  type Caller,
  type Judged,
  judge,
  judgeAgain,
  maySee,
  neededBy,
  whileJudged,
} from '../admission/judge.js';
import { admit } from './admit.js';
import { answerHello, type Candidate, notGranted, place, type Settled } from './answer-hello.js';
import { askForProof } from './ask-for-proof.js';
import type { Reception } from './reception.js';

/** Answers a caller's hello: by the rules at once where they can, else after they, a proof or a person have spoken. */
export const receive =
  (reception: Reception) =>
  (hello: Hello, interview: Interview): Answer | Promise<Answer> => {
    const { authorities, others, principal } = reception;
    const caller: Caller = {
      principal,
      evidence: { token: hello.token },
      gathered: 'hello',
      name: hello.name,
    };
    const mine = reception.mine.map((each) =>
      isForOnce(each)
        ? { ...each, verdicts: judge(authorities, each.publication, caller, interview.lasting) }
        : each,
    );
    return mine.every(isSettled) && others.every(isSettled)
      ? conclude(reception, hello, interview, caller, mine as readonly Candidate[])
      : listen({ ...reception, mine }, hello, interview, caller);
  };

const isSettled = ({ verdicts }: Judged): boolean =>
  !(verdicts instanceof Promise) && neededBy([verdicts]) === undefined;

/** Something was allowed for one session alone, and another one may have taken it since the port was opened. */
const isForOnce = ({ verdicts }: Judged): boolean => {
  if (!(verdicts instanceof Promise))
    for (const each of verdicts.values()) if ('once' in each && each.once) return true;
  return false;
};

/** Waits for slow rules, and for what the caller has to show. */
const listen = async (
  reception: Reception,
  hello: Hello,
  interview: Interview,
  first: Caller,
): Promise<Answer> => {
  const { principal, platform } = reception;
  let caller = first;
  let judged = await judgeTogether(reception, caller, interview.lasting);
  const needed = maySeeAny(judged.mine) ? judged.mine : [...judged.mine, ...judged.others];
  if (neededBy(needed.map(({ verdicts }) => verdicts)) === 'proof') {
    const outcome = await askForProof(
      hello,
      { host: platform.own.id, client: 'id' in principal ? principal.id : '', port: reception.port },
      interview,
      platform,
    );
    if (outcome?.reason !== undefined) {
      reception.logRefusal(principal, outcome.reason);
      return { refused: reception.refusal() };
    }
    caller = { ...caller, evidence: { token: hello.token, key: outcome?.key }, gathered: 'proof' };
    judged = await judgeTogether({ ...reception, ...judged }, caller, interview.lasting);
  }
  return conclude(reception, hello, interview, caller, judged.mine);
};

/** What was decided by protocols that the port names, and by those that it does not. */
interface Settlement {
  readonly mine: readonly Candidate[];
  /** Empty where `mine` let the caller in: then nobody waits for them. */
  readonly others: readonly Candidate[];
}

const maySeeAny = (candidates: readonly Candidate[]): boolean =>
  candidates.some(({ verdicts }) => maySee(verdicts));

/**
 * Has all rules of the host go on at the same time, whichever protocol was named. Who is let in by its own need
 * not wait for the others. Who is not, waits for all of them, on one way: one after the other, or only some, would
 * take another time for a name that is published than for one that is not.
 */
const judgeTogether = (
  { authorities, mine, others }: Pick<Reception, 'authorities' | 'mine' | 'others'>,
  caller: Caller,
  lasting: Lasting,
): Promise<Settlement> => {
  const again = (judged: readonly Judged[]): Promise<Candidate[]> =>
    judgeAgain(authorities, judged, caller, lasting);
  return new Promise((resolve, reject) => {
    const own = again(mine);
    own.then((mine) => maySeeAny(mine) && resolve({ mine, others: [] }), reject);
    Promise.all([own, again(others)]).then(([mine, others]) => resolve({ mine, others }), reject);
  });
};

const conclude = (
  reception: Reception,
  hello: Hello,
  interview: Interview,
  caller: Caller,
  candidates: readonly Candidate[],
): Answer | Promise<Answer> => {
  const settled = answerHello(hello, candidates, reception.refusal(), reception.hint());
  if ('refusal' in settled) {
    reception.logRefusal(reception.principal, settled.refusal.message ?? settled.refusal.code);
    return { refused: settled.refusal };
  }
  const { granted, asked } = settled.standing;
  // A client that has something to begin with is not kept waiting for what it can do without.
  const holds = asked.length > 0 && (granted.size === 0 || hello.needs.some((each) => asked.includes(each)));
  return holds
    ? askFirst(reception, hello, interview, caller, settled)
    : admitted(reception, hello, interview.lasting, caller, settled);
};

/** Has the person decide before anything else. */
const askFirst = async (
  reception: Reception,
  hello: Hello,
  interview: Interview,
  first: Caller,
  settled: Settled,
): Promise<Answer> => {
  const { authorities, principal, limits } = reception;
  const { consent } = authorities;
  const { publication, standing } = settled;
  if (!consent) return { refused: reception.refusal() };
  const session = reception.newSession();
  // What is allowed once is kept for the one that asked.
  const caller = { ...first, session };
  const capabilities = standing.asked.map((name) => ({ name, needed: hello.needs.includes(name) }));
  const asking = consent
    .ask({
      asker: askerOf(consent, caller),
      protocol: publication.protocol,
      capabilities,
      session,
      lasting: interview.lasting,
    })
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  authorities.log?.({
    level: 'info',
    event: 'asked',
    message: `a person is asked for ${standing.asked.join(', ')} of ${publication.protocol.name}`,
    principal,
  });
  const known = interview.pending(
    Math.max(0, Math.ceil(consent.pending(principal)?.expiresIn ?? limits.pending)),
  );
  const error = await asking;
  await known;
  if (error !== undefined) {
    reception.logRefusal(principal, 'a person could not be asked');
    return {
      refused: toWire(
        PorticoError.is(error) ? error : new PorticoError('INTERNAL', 'a person could not be asked'),
      ),
    };
  }
  const verdicts = await whileJudged(
    judge(authorities, publication, caller, interview.lasting),
    interview.lasting,
  );
  const after = place(verdicts, [...hello.needs, ...hello.wants]);
  const missing = hello.needs.filter((each) => !after.granted.has(each));
  if (missing.length > 0) {
    reception.logRefusal(principal, `not granted: ${missing.join(', ')}`);
    return { refused: notGranted(missing, after, reception.hint()) };
  }
  return admitted(reception, hello, interview.lasting, caller, { ...settled, standing: after, isOver: true });
};

const admitted = (
  reception: Reception,
  hello: Hello,
  lasting: Lasting,
  caller: Caller,
  settled: Settled,
): { readonly admitted: Admitted } => ({ admitted: admit(reception, hello, lasting, caller, settled) });
