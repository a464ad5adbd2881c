import { matches as matchesQuestion } from '../../src/host/admission/matchers.js';
import type { Question } from '../../src/host/admission/question.js';
import { type Decision, decide as decideQuestion } from '../../src/host/admission/rules.js';
import type { Matcher, Principal, Rule } from '../../src/host/index.js';

/** A question like any other. */
export const question = (changes: Partial<Question> = {}): Question => ({
  protocol: 'org.example.tabs',
  capability: 'read',
  evidence: undefined,
  host: 'host',
  time: 0,
  until() {},
  remember() {},
  report() {},
  ...changes,
});

export const matches = (matcher: Matcher, principal: Principal): boolean | Promise<boolean> =>
  matchesQuestion(matcher, principal, question());

export const decide = (rules: readonly Rule[], principal: Principal): Decision | Promise<Decision> =>
  decideQuestion(rules, principal, question()) as Decision | Promise<Decision>;
