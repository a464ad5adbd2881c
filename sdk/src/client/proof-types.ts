import type { ProofBody, ProofFacts } from '../wire/proof-transcript.js';

/** What a host wants proven. */
export interface ProofQuestion
  extends Pick<ProofFacts, 'host' | 'client' | 'port' | 'versions' | 'needs' | 'wants'> {
  /** The challenge's, as it came off the wire. */
  readonly nonce: unknown;
}

/**
 * A key that this client can prove to hold: `connect(protocol, { proof: keyProof() })`. Made by `keyProof`
 * of `portico/proof`.
 */
export interface Proof {
  /**
   * Answers a host's challenge. Called by the connection; not for signing anything else.
   * @throws {PorticoError} PROTOCOL_VIOLATION for a challenge that is none; INTERNAL where the browser can't
   * make, keep or use a key
   */
  prove(question: ProofQuestion): Promise<ProofBody>;
  /**
   * The key's JWK thumbprint (RFC 7638, SHA-256, Base64url), for a host's author who pins it. Makes the key
   * where there is none. It differs in each installation and profile.
   * @throws {PorticoError} INTERNAL where the browser can't make or keep a key
   */
  thumbprint(): Promise<string>;
}
