/**
 * What travels in PROOF, and what it signs. Both sides use this file, so that they can't differ. CHALLENGE
 * carries `{ nonce }`, {@link NONCE_BYTES} random bytes in Base64url.
 */

export type ProofAlgorithm = 'Ed25519' | 'ES256';

/** What the client answers in PROOF. All bytes are Base64url without padding. */
export interface ProofBody {
  readonly algorithm: ProofAlgorithm;
  /** The raw public key: 32 bytes (Ed25519), or the 65 of an uncompressed point (P-256). */
  readonly key: string;
  /** The client's own {@link NONCE_BYTES} random bytes. */
  readonly nonce: string;
  /** 64 bytes over {@link proofTranscript}. */
  readonly signature: string;
}

/** What a proof is bound to: both ends, this handshake, and everything that the hello asked for. */
export interface ProofFacts {
  /** The host's id, as the client reached it. */
  readonly host: string;
  readonly client: string;
  readonly hostNonce: string;
  readonly clientNonce: string;
  readonly algorithm: ProofAlgorithm;
  readonly key: string;
  /** The port's name. */
  readonly port: string;
  /** As in the hello, in its order, and so the next two. */
  readonly versions: readonly string[];
  readonly needs: readonly string[];
  readonly wants: readonly string[];
}

export const NONCE_BYTES = 32;

/**
 * The bytes that are signed. Whatever is not in here could be changed on the way; the first item keeps a
 * signature from ever meaning anything else.
 */
export const proofTranscript = (facts: ProofFacts): Uint8Array<ArrayBuffer> => {
  const { host, client, hostNonce, clientNonce, algorithm, key, port, versions, needs, wants } = facts;
  return new TextEncoder().encode(
    JSON.stringify([
      'portico-proof-1',
      host,
      client,
      hostNonce,
      clientNonce,
      algorithm,
      key,
      port,
      versions,
      needs,
      wants,
    ]),
  );
};

/** WebCrypto's names. Each has what generating, importing, signing or verifying asks for. */
export const PROOF_PARAMETERS = {
  Ed25519: { name: 'Ed25519' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const;

/** Few bytes as Base64url without padding. */
export const toBase64url = (bytes: Uint8Array | ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** The JWK thumbprint (RFC 7638, SHA-256) of an extractable public key. */
export const thumbprintOf = async (publicKey: CryptoKey): Promise<string> => {
  const { crv, kty, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  // The RFC prescribes these members, in this order, without spaces; an Ed25519 key has no y, and JSON leaves it out.
  const members = new TextEncoder().encode(JSON.stringify({ crv, kty, x, y }));
  return toBase64url(await crypto.subtle.digest('SHA-256', members));
};
