import type { ProofBody } from '../wire/proof-transcript.js';

/** What a host wants proven. */
export interface ProofQuestion {
  /** The host's id, as this client reached it. */
  readonly host: string;
  readonly client: string;
  /** The challenge's, as it came off the wire. */
  readonly nonce: unknown;
  /** The port's name. */
  readonly port: string;
  readonly versions: readonly string[];
  readonly needs: readonly string[];
  readonly wants: readonly string[];
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
