import type { ExtensionList } from '../../platform/platform.js';
import type { Lasting } from '../../session/departure.js';
import { whileOpen } from '../../session/while-open.js';
import type { Asker, Consent, DecidedBy, Subject } from '../consent/types.js';
import type { Log } from '../log.js';
import type { Policy } from '../policy/types.js';
import type { LooseServing, Publication } from '../serving/publication.js';
import { describePrincipal, type Principal } from './principal.js';
import type { Evidence, Need } from './question.js';
import { type Decision, decide, type Waiting } from './rules.js';

/** A caller, as far as it is known at this stage of the handshake. */
export interface Caller {
  readonly principal: Principal;
  readonly evidence?: Evidence | undefined;
  /** What of the evidence has been gathered: a matcher that needs more has to wait. */
  readonly gathered?: Need | undefined;
  readonly name?: string | undefined;
  /** The session that is judged afresh, or the one that there will be, where it has been asked for. */
  readonly session?: string | undefined;
}

/** What came out for one capability, all authorities heard. */
export interface Verdict extends Decision {
  readonly by: DecidedBy;
  /** Milliseconds since 1970. */
  readonly until?: number | undefined;
  /** The values that the person chose; absent for no restriction. */
  readonly scope?: readonly unknown[] | undefined;
  /** With `refuse`: the person said no, and may be asked again in so many milliseconds. */
  readonly retryAfter?: number | undefined;
  /** With `allow`: for one session, which takes it when it is admitted. */
  readonly once?: boolean | undefined;
  /** With `allow`: the proven key is to be remembered. */
  readonly remembers?: boolean | undefined;
}

/** Verdicts by capability. */
export type Verdicts = ReadonlyMap<string, Verdict | Waiting>;

/** Who decides, in the order of their word: the administrator, the rules, the person. */
export interface Authorities {
  readonly policy: Policy | undefined;
  readonly consent: Consent | undefined;
  readonly log: Log | undefined;
  readonly host: () => string;
  readonly time: () => number;
  readonly extensions: () => ExtensionList | undefined;
}

/**
 * Runs every capability's rules, whichever were asked for: the answer must not depend on the question. Before what
 * is remembered has been read nobody can be judged: callers wait for that behind their hello, as long as they last.
 */
export const judge = (
  authorities: Authorities,
  publication: Publication,
  caller: Caller,
  lasting?: Lasting,
): Verdicts | Promise<Verdicts> => {
  const loading = authorities.policy?.loading ?? authorities.consent?.loading;
  if (!loading) return judgeNow(authorities, publication, caller);
  if (!caller.gathered)
    return new Map(
      [...publication.servings.keys()].map((name) => [name, { verdict: 'wait', needs: 'hello' }]),
    );
  const loaded = lasting ? whileOpen(loading, lasting) : loading;
  return loaded.then(() => judge(authorities, publication, caller, lasting));
};

/** Apart, so that slow rules, which may never end, have nothing of the conversation in hand. */
const judgeNow = (
  authorities: Authorities,
  publication: Publication,
  caller: Caller,
): Verdicts | Promise<Verdicts> => {
  const verdicts = new Map<string, Verdict | Waiting>();
  const slow: Promise<unknown>[] = [];
  for (const name of publication.servings.keys()) {
    const verdict = verdictOn(authorities, publication, name, caller);
    if (verdict instanceof Promise) slow.push(verdict.then((settled) => verdicts.set(name, settled)));
    else verdicts.set(name, verdict);
  }
  if (slow.length === 0) return verdicts;
  // In the order of the protocol, whichever rule was slower.
  const names = [...publication.servings.keys()];
  return Promise.all(slow).then(
    () => new Map(names.map((name) => [name, verdicts.get(name) as Verdict | Waiting])),
  );
};

/** The subject of a decision about one capability. */
export const subjectOf = ({ protocol, line }: Publication, capability: string): Subject => ({
  protocol: protocol.name,
  line,
  capability,
});

/** Whoever asks, as consent sees it. */
export const askerOf = (consent: Consent, { principal, evidence, gathered, name }: Caller): Asker => {
  const key = evidence?.key;
  const known = gathered === 'proof' ? consent.keyOf(principal) : undefined;
  // One who comes without any key is no better than one who comes with another.
  return { principal, name, key, keyChanged: known !== undefined && known !== key?.thumbprint };
};

const isOwn = (principal: Principal): boolean =>
  principal.kind === 'self' || (principal.kind === 'content-script' && principal.own);

const refused = (by: DecidedBy, reason: string): Verdict => ({ verdict: 'refuse', rule: -1, by, reason });

/** For whom a rule lets in: whom the person blocks can't be read, and it may be this one. Nobody blocks our own pages. */
const withoutBlocks = (
  consent: Consent | undefined,
  { kind }: Principal,
): Pick<Verdict, 'reason' | 'retryAfter'> | undefined =>
  kind === 'self' || consent?.unreadable === undefined
    ? undefined
    : { reason: 'whom the person blocks can not be read', retryAfter: consent.unreadable };

const verdictOn = (
  authorities: Authorities,
  publication: Publication,
  capability: string,
  caller: Caller,
): Verdict | Waiting | Promise<Verdict | Waiting> => {
  const { policy, consent, log } = authorities;
  const { principal } = caller;
  const subject = subjectOf(publication, capability);
  // An administrator rules over others' extensions, not over this one's own pages.
  const ordered = isOwn(principal)
    ? undefined
    : policy?.admitsNobody
      ? 'refuse'
      : policy?.decide(principal, subject);
  if (ordered !== undefined)
    return { verdict: ordered, rule: -1, by: 'policy', reason: `${ordered} by the administrator's policy` };
  if (consent?.blocks(principal)) return refused('person', 'the person blocks it');

  let until: number | undefined;
  let remembers = false;
  const { admit } = publication.servings.get(capability) as LooseServing;
  const decision = decide(
    admit,
    principal,
    {
      protocol: subject.protocol,
      capability,
      evidence: caller.evidence,
      host: authorities.host(),
      time: authorities.time(),
      extensions: authorities.extensions(),
      reset() {
        until = undefined;
        remembers = false;
      },
      until(time) {
        until = Math.min(until ?? time, time);
      },
      remember() {
        remembers = true;
      },
      report(code, text) {
        log?.({
          level: 'warn',
          event: 'evidence',
          code,
          message: `${describePrincipal(principal)}: ${text}`,
          principal,
        });
      },
    },
    caller.gathered,
  );
  const conclude = (decided: Decision | Waiting): Verdict | Waiting => {
    if (decided.verdict === 'wait') return decided;
    if (decided.verdict === 'refuse') return { ...decided, by: 'rule' };
    const { rule, reason } = decided;
    if (remembers && !consent) return { ...refused('rule', 'nothing remembers keys here'), rule };
    const asker = consent && askerOf(consent, caller);
    // A key that has changed is the person's business, whatever the rule would do for the old one.
    const unread = withoutBlocks(consent, principal);
    if (unread) return { verdict: 'refuse', rule, by: 'person', ...unread };
    if (decided.verdict === 'allow' && !(remembers && asker?.keyChanged))
      return { verdict: 'allow', rule, reason, by: 'rule', until, remembers };
    if (!consent || !asker) return { ...refused('rule', 'nobody can be asked'), rule };
    const recalled = consent.recall(
      asker,
      subject,
      publication.protocol.capabilities[capability]?.revision ?? 1,
      caller.session,
    );
    const words = `${reason}; the person: ${recalled.verdict}`;
    return { rule, by: 'person', reason: words, remembers, ...recalled };
  };
  return decision instanceof Promise ? decision.then(conclude) : conclude(decision);
};

/** Whether a caller may know that there is something: it has been let in to a capability, or may be. */
export const maySee = (verdicts: Verdicts): boolean => {
  for (const each of verdicts.values()) {
    const { verdict } = each;
    if (verdict === 'allow' || verdict === 'ask' || (verdict === 'refuse' && each.retryAfter !== undefined))
      return true;
  }
  return false;
};

/** What some rule still has to wait for. */
export const neededBy = (all: Iterable<Verdicts>): Need | undefined => {
  let needs: Need | undefined;
  for (const verdicts of all) {
    for (const each of verdicts.values())
      if (each.verdict === 'wait') needs = needs === 'proof' ? needs : each.needs;
  }
  return needs;
};

/** A publication with what was decided of a caller; slow rules may still be at it. */
export interface Judged {
  readonly publication: Publication;
  readonly verdicts: Verdicts | Promise<Verdicts>;
}

export const judgeAll = (
  authorities: Authorities,
  publications: readonly Publication[],
  caller: Caller,
  except: readonly Publication[] = [],
): Judged[] =>
  publications
    .filter((publication) => !except.includes(publication))
    .map((publication) => ({ publication, verdicts: judge(authorities, publication, caller) }));

/** Waits for slow rules, and judges again where one had to wait for what is there now. */
export const judgeAgain = (
  authorities: Authorities,
  judged: readonly Judged[],
  caller: Caller,
  lasting: Lasting,
): Promise<{ readonly publication: Publication; readonly verdicts: Verdicts }[]> =>
  Promise.all(
    judged.map(async ({ publication, verdicts }) => {
      const settled = await whileJudged(verdicts, lasting);
      const again = neededBy([settled]) !== undefined;
      return {
        publication,
        verdicts: again
          ? await whileJudged(judge(authorities, publication, caller, lasting), lasting)
          : settled,
      };
    }),
  );

/** Waits for slow rules as long as the caller does. */
export const whileJudged = (
  verdicts: Verdicts | Promise<Verdicts>,
  lasting: Lasting,
): Verdicts | Promise<Verdicts> => (verdicts instanceof Promise ? whileOpen(verdicts, lasting) : verdicts);
