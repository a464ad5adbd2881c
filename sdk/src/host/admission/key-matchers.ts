import { PorticoError } from '../../errors/portico-error.js';
import type { Matcher } from './matchers.js';

interface ProvenKeyMatcher {
  (): Matcher;
  // A spread list could be empty, and would then match any key: the first one must be written out.
  (thumbprint: string, ...others: readonly string[]): Matcher;
}

/**
 * Callers that have proven to hold one of these keys, by `keyProof().thumbprint()`; any key at all where none
 * is given. Names no kind of caller, so combine it: `all(extensions(IDS), provenKey('…'))`. The challenge costs
 * a round trip; callers without `keyProof` don't match. Any key is no identity: everybody can make one.
 * @throws {PorticoError} INVALID_ARGUMENT for what is no thumbprint
 */
export const provenKey: ProvenKeyMatcher = (...thumbprints: readonly string[]): Matcher => {
  for (const thumbprint of thumbprints) {
    if (!/^[\w-]{42}[AEIMQUYcgkosw048]$/.test(thumbprint)) {
      throw new PorticoError(
        'INVALID_ARGUMENT',
        `${JSON.stringify(thumbprint)} is no JWK thumbprint (43 characters of Base64url)`,
      );
    }
  }
  const known = new Set(thumbprints);
  return {
    kinds: undefined,
    needs: 'proof',
    test: (_, { evidence }) =>
      evidence?.key !== undefined && (known.size === 0 || known.has(evidence.key.thumbprint)),
    text: known.size === 0 ? 'a proven key' : `proven key ${thumbprints.join(', ')}`,
  };
};

/**
 * Callers that prove the key with which they came first: trust on first use. A caller whose key has changed,
 * or that no longer has one, becomes `ask`, and the person is told so. Names no kind of caller, so combine it,
 * and put it last: `all(extensions(IDS), rememberedKey())`. Says nothing about who came first; where you can
 * learn the key beforehand, pin it with {@link provenKey}.
 */
export const rememberedKey = (): Matcher => ({
  kinds: undefined,
  needs: 'proof',
  test: (_, question) => {
    if (!question.evidence?.key) return false;
    question.remember();
    return true;
  },
  text: 'the key it came with first',
});
