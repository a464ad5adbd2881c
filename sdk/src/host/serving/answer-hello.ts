import { chooseVersion } from '../../protocol/choose-version.js';
import { isVersion } from '../../protocol/versions.js';
import type { Hello, Refusal } from '../../wire/handshake.js';
import { admits, type Decisions, type Publication } from './publication.js';

/** A publication with what its rules say of one principal. */
export interface Candidate {
  readonly publication: Publication;
  readonly decisions: Decisions;
}

/** What was settled with an admitted client. */
export interface Settled {
  readonly publication: Publication;
  readonly version: string;
  readonly granted: readonly string[];
  readonly refused: Readonly<Record<string, string>>;
}

/**
 * Answers a hello by what the rules decided. Whoever no rule admits gets `refusal`, whatever the hello asks;
 * only then is anything looked up by a name that the client sent.
 */
export const answerHello = (
  hello: Hello,
  candidates: readonly Candidate[],
  refusal: Refusal,
  hint: string,
): Settled | { refusal: Refusal } => {
  const open = candidates.filter(({ decisions }) => admits(decisions));
  if (open.length === 0) return { refusal };
  const versions = open.map(({ publication }) => publication.protocol.version);
  const agreement = chooseVersion(hello.versions.filter(isVersion), versions);
  const chosen = open.find(({ publication }) => publication.protocol.version === agreement?.published);
  if (!agreement || !chosen) {
    const message = `this host speaks ${versions.join(', ')}; the client offers ${hello.versions.join(', ') || 'nothing'}`;
    return { refusal: { code: 'NO_COMMON_VERSION', message, data: { versions } } };
  }
  const granted: string[] = [];
  const refused: Record<string, string> = {};
  for (const capability of new Set([...hello.needs, ...hello.wants])) {
    const decision = chosen.decisions.get(capability);
    if (decision?.verdict === 'allow') granted.push(capability);
    // The names come from the client: only well-behaved ones become keys.
    else if (capability !== '__proto__')
      refused[capability] = decision ? 'CAPABILITY_REFUSED' : 'UNKNOWN_MEMBER';
  }
  const missing = hello.needs.filter((capability) => !granted.includes(capability));
  if (missing.length > 0) {
    const message = `not granted: ${missing.join(', ')}${hint}`;
    return { refusal: { code: 'CAPABILITY_REFUSED', message, data: { capabilities: missing, granted } } };
  }
  return { publication: chosen.publication, version: agreement.version, granted, refused };
};
