import { PorticoError } from '../../errors/portico-error.js';
import type { Matcher } from '../admission/matchers.js';
import type { Principal } from '../admission/principal.js';
import type { Question } from '../admission/question.js';
import { type PartnerKey, readKeys } from './partner-keys.js';
import {
  type Claims,
  isRefused,
  MAX_LENGTH,
  type Refused,
  type TokenRefusal,
  verifyToken,
} from './verify-token.js';

export interface PartnerTokenOptions {
  /** The public keys of those who may sign, each with a `kid`. Taking one out ends all that it has signed. */
  readonly keys: readonly PartnerKey[];
  /**
   * For which hosts tokens may be made. For a development build, whose id is another one than the store's.
   * @defaultValue this host's own id
   */
  readonly audience?: string | readonly string[];
  /**
   * Whether tokens may be made for a key, too (`key:<thumbprint>`): then callers are asked to prove theirs,
   * which costs a round trip. @defaultValue false
   */
  readonly keyed?: boolean;
  /** Tokens that are not good any more, by their `jti`. */
  readonly revoked?: readonly string[];
}

/** What the clocks of signers may be ahead, in seconds. */
const LEEWAY = 60;
/** Tokens whose verification is remembered: a hello is judged once for each capability. */
const REMEMBERED = 16;

/**
 * Extensions that bring a token of yours: "this one may use these capabilities until then", signed offline by
 * `portico token sign`. New partners need no release of the host. It is good for the capabilities and the
 * protocol that it names, no longer than it says, and only from the extension or key for which it was made: a
 * stolen one is worth nothing. Not for keeping anything secret: whoever has the token can read it.
 *
 * Why a token was refused stands in the host's log, as a {@link TokenRefusal}; callers are not told.
 * @throws {PorticoError} INVALID_ARGUMENT for keys that are missing, private, unnamed or of another kind
 */
export const partnerToken = ({
  keys,
  audience,
  keyed = false,
  revoked = [],
}: PartnerTokenOptions): Matcher => {
  const known = readKeys(keys);
  const audiences = typeof audience === 'string' ? [audience] : audience && [...audience];
  if (audiences?.length === 0)
    throw new PorticoError('INVALID_ARGUMENT', 'partnerToken: an empty audience would match no token');
  const gone = new Set(revoked);
  const verify = remembering((token) => verifyToken(token, known));

  const test = async (principal: Principal, question: Question): Promise<boolean> => {
    const token = question.evidence?.token;
    if (token === undefined) return refuse(question, 'TOKEN_ABSENT', 'it brought none');
    // Before it is remembered.
    if (token.length > MAX_LENGTH) return refuse(question, 'TOKEN_TOO_LARGE', `${token.length} characters`);
    const verified = await verify(token);
    const wrong = isRefused(verified)
      ? verified
      : fault(verified, principal, question, { audiences: audiences ?? [question.host], keyed, gone });
    if (wrong) return refuse(question, wrong.code, wrong.text);
    question.until((verified as Claims).expires * 1000);
    return true;
  };
  return {
    kinds: new Set(['extension']),
    needs: keyed ? 'proof' : 'hello',
    test,
    text: `a partner token signed with ${[...known.keys()].join(', ')}`,
  };
};

const refuse = (question: Question, code: TokenRefusal, text: string): false => {
  question.report(code, text);
  return false;
};

interface Terms {
  readonly audiences: readonly string[];
  readonly keyed: boolean;
  readonly gone: ReadonlySet<string>;
}

/** What is wrong with a verified token in this question. */
const fault = (
  { subject, audience, protocol, capabilities, expires, begins, id }: Claims,
  principal: Principal,
  question: Question,
  { audiences, keyed, gone }: Terms,
): Refused | undefined => {
  const seconds = question.time / 1000;
  // No leeway here: what a match is good for would be over already.
  if (!(seconds < expires)) return { code: 'TOKEN_EXPIRED', text: `since ${day(expires)}` };
  if (!(seconds >= begins - LEEWAY)) return { code: 'TOKEN_NOT_YET', text: `not before ${day(begins)}` };
  if (id !== undefined && gone.has(id)) return { code: 'TOKEN_REVOKED', text: `jti ${id}` };
  if (!audience.some((each) => audiences.includes(each)))
    return { code: 'TOKEN_AUDIENCE', text: `made for ${audience.join(', ')}` };
  if (subject !== subjectOf(principal) && !(keyed && subject === keySubjectOf(question)))
    return { code: 'TOKEN_SUBJECT', text: `made for ${subject}${keyed ? '' : keyedHint(subject)}` };
  if (protocol !== question.protocol || !capabilities.includes(question.capability))
    return { code: 'TOKEN_CAPABILITY', text: `made for ${protocol}: ${capabilities.join(', ')}` };
  return undefined;
};

const subjectOf = (principal: Principal): string | undefined =>
  principal.kind === 'extension' ? `${principal.browser}:${principal.id}` : undefined;

const keySubjectOf = ({ evidence }: Question): string | undefined =>
  evidence?.key && `key:${evidence.key.thumbprint}`;

const keyedHint = (subject: string): string =>
  subject.startsWith('key:') ? '; tokens for keys need partnerToken({ keyed: true })' : '';

const day = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** Keeps the latest answers; questions that come while one is looked for share it. */
const remembering = <T>(find: (token: string) => Promise<T>): ((token: string) => Promise<T>) => {
  const answers = new Map<string, Promise<T>>();
  return (token) => {
    const answer = answers.get(token) ?? find(token);
    answers.delete(token);
    answers.set(token, answer);
    if (answers.size > REMEMBERED) answers.delete(answers.keys().next().value as string);
    return answer;
  };
};
