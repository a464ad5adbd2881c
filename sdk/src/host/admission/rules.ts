import { PorticoError } from '../../errors/portico-error.js';
import { type Matcher, matches, mayMatch } from './matchers.js';
import type { Principal } from './principal.js';
import type { Need, Question } from './question.js';

export type Verdict = 'allow' | 'ask' | 'refuse';

/** A rule: what it says of the principals it is about. Rules are ordered; the first that decides wins. */
export interface Rule {
  readonly verdict: Verdict;
  readonly matcher: Matcher;
  /** In words. */
  readonly text: string;
}

/** Lets these principals have the capability. */
export const allow = (matcher: Matcher): Rule => rule('allow', matcher);

/**
 * Has the person decide about these principals, and remembers the answer. Only for hosts with
 * `createHost({ consent })`.
 */
export const ask = (matcher: Matcher): Rule => rule('ask', matcher);

/** Keeps these principals out, whatever later rules say. */
export const refuse = (matcher: Matcher): Rule => rule('refuse', matcher);

const rule = (verdict: Rule['verdict'], matcher: Matcher): Rule => {
  const text = `${verdict}(${matcher.text})`;
  if (!matcher.kinds || matcher.kinds.size === 0) {
    throw new PorticoError(
      'INVALID_ARGUMENT',
      `${text} names no kind of caller: combine it with extensions(), contentScripts(), pages() or self() in all()`,
    );
  }
  return { verdict, matcher, text };
};

/** What came out of the rules, and why. */
export interface Decision {
  readonly verdict: Verdict;
  /** Place of the rule that decided; -1 when none did. */
  readonly rule: number;
  /** For the host's log and for `explain`; never told to the caller. */
  readonly reason: string;
}

/** A rule can't be asked yet. */
export interface Waiting {
  readonly verdict: 'wait';
  readonly needs: Need;
}

/** Whether what a matcher needs is there. */
const isThere = (needs: Need | undefined, gathered: Need | undefined): boolean =>
  needs === undefined || needs === gathered || gathered === 'proof';

/**
 * Decides by the rules; stays synchronous as long as they do. Whatever goes wrong in a rule refuses.
 * @param gathered what evidence the question has
 */
export const decide = (
  rules: readonly Rule[],
  principal: Principal,
  question: Question,
  gathered?: Need,
  from = 0,
): Decision | Waiting | Promise<Decision | Waiting> => {
  for (let index = from; index < rules.length; index++) {
    const { verdict, matcher, text } = rules[index] as Rule;
    const decision: Decision = { verdict, rule: index, reason: text };
    question.reset?.();
    try {
      if (!isThere(matcher.needs, gathered)) {
        if (!mayMatch(matcher, principal, question)) continue;
        // Later rules must wait, too: the first that decides wins, and this may be it.
        return { verdict: 'wait', needs: matcher.needs as Need };
      }
      const matched = matches(matcher, principal, question);
      if (matched instanceof Promise) {
        return matched.then(
          (settled) => (settled ? decision : decide(rules, principal, question, gathered, index + 1)),
          (error) => failedRule(index, error),
        );
      }
      if (matched) return decision;
    } catch (error) {
      return failedRule(index, error);
    }
  }
  return { verdict: 'refuse', rule: -1, reason: 'no rule is about this caller' };
};

// Going on to the next rule could skip a refusal, so a rule that fails is the end.
const failedRule = (rule: number, error: unknown): Decision => ({
  verdict: 'refuse',
  rule,
  reason: `rule ${rule} failed: ${error instanceof Error ? error.message : String(error)}`,
});
