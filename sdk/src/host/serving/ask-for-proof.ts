import type { HostPlatform } from '../../platform/platform.js';
import type { Interview } from '../../session/interview.js';
import type { Hello } from '../../wire/handshake.js';
import { toBase64url } from '../../wire/proof-transcript.js';
import { type ProofOutcome, verifyProof } from '../admission/proof.js';

/**
 * Asks a client for its key; nothing where it has not offered any. What is signed binds both ids, both nonces
 * and the whole hello, so that a proof is good for this handshake alone.
 */
export const askForProof = async (
  { proof, versions, needs, wants }: Hello,
  ends: { readonly host: string; readonly client: string; readonly port: string },
  interview: Interview,
  { randomId }: HostPlatform,
): Promise<ProofOutcome | undefined> => {
  if (proof !== 1) return undefined;
  const hostNonce = nonceFrom(randomId() + randomId());
  const body = await interview.challenge({ nonce: hostNonce });
  return verifyProof(body, { ...ends, hostNonce, versions, needs, wants });
};

const nonceFrom = (hex: string): string =>
  toBase64url(Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16)));
