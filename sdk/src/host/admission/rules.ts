import { PorticoError } from '../../errors/portico-error.js';
import { type Matcher, matches } from './matchers.js';
import type { Principal } from './principal.js';

/** A rule: what it says of the principals it is about. Rules are ordered; the first that decides wins. */
export interface Rule {
  readonly verdict: 'allow' | 'refuse';
  readonly matcher: Matcher;
}

/** Lets these principals have the capability. */
export const allow = (matcher: Matcher): Rule => rule('allow', matcher);

/** Keeps these principals out, whatever later rules say. */
export const refuse = (matcher: Matcher): Rule => rule('refuse', matcher);

const rule = (verdict: Rule['verdict'], matcher: Matcher): Rule => {
  if (!matcher.kinds || matcher.kinds.size === 0) {
    throw new PorticoError(
      'INVALID_ARGUMENT',
      `${verdict}(${matcher.text}) names no kind of caller: combine it with extensions(), contentScripts(), pages() or self() in all()`,
    );
  }
  return { verdict, matcher };
};

/** What came out of the rules, and why. */
export interface Decision {
  readonly verdict: 'allow' | 'refuse';
  /** Place of the rule that decided; -1 when none did. */
  readonly rule: number;
  /** For the host's log and for `explain`; never told to the caller. */
  readonly reason: string;
}

/** Decides by the rules; stays synchronous as long as they do. Whatever goes wrong in a rule refuses. */
export const decide = (
  rules: readonly Rule[],
  principal: Principal,
  from = 0,
): Decision | Promise<Decision> => {
  for (let index = from; index < rules.length; index++) {
    const { verdict, matcher } = rules[index] as Rule;
    const decision: Decision = { verdict, rule: index, reason: `${verdict}(${matcher.text})` };
    try {
      const matched = matches(matcher, principal);
      if (matched instanceof Promise) {
        return matched.then(
          (settled) => (settled ? decision : decide(rules, principal, index + 1)),
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
