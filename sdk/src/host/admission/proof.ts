import {
  NONCE_BYTES,
  PROOF_PARAMETERS,
  type ProofAlgorithm,
  type ProofBody,
  type ProofFacts,
  proofTranscript,
  thumbprintOf,
  toBase64url,
} from '../../wire/proof-transcript.js';
import type { ProvenKey } from './question.js';

/** What the host knows of the handshake in which it asks for a proof. */
export type AskedProof = Pick<
  ProofFacts,
  'host' | 'client' | 'hostNonce' | 'port' | 'versions' | 'needs' | 'wants'
>;

/** The key, or for the host's log why there is none. */
export type ProofOutcome =
  | { readonly key: ProvenKey; readonly reason?: undefined }
  | { readonly key?: undefined; readonly reason: string };

const KEY_BYTES = { Ed25519: 32, ES256: 65 } as const;
const SIGNATURE_BYTES = 64;

/**
 * The Ed25519 points whose order divides 8, in every spelling, less the sign: anybody can sign for them, and so
 * a proof with one proves nothing. Not every WebCrypto refuses them (decision 15).
 */
const SMALL_ORDER =
  /^(?:A[AQ]A{39}|7[Pfv]_{39}|JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_|xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA)/;

/** Verifies what a client answered to a challenge. Never rejects; whatever is not as it should be proves nothing. */
export const verifyProof = async (body: unknown, asked: AskedProof): Promise<ProofOutcome> => {
  try {
    const proof = readProof(body);
    if (!proof) return { reason: 'the proof is malformed' };
    const { algorithm, key, nonce, keyBytes, signature } = proof;
    const signed = proofTranscript({ ...asked, clientNonce: nonce, algorithm, key });
    const parameters = PROOF_PARAMETERS[algorithm];
    // Rejects what is no point of the curve, and every form of one but the uncompressed.
    const publicKey = await crypto.subtle.importKey('raw', keyBytes, parameters, true, ['verify']);
    return (await crypto.subtle.verify(parameters, publicKey, signature, signed))
      ? { key: { thumbprint: await thumbprintOf(publicKey), algorithm } }
      : { reason: 'the signature does not fit' };
  } catch (error) {
    return { reason: `the key can't be used: ${error instanceof Error ? error.message : String(error)}` };
  }
};

interface ReadProof extends Omit<ProofBody, 'signature'> {
  readonly keyBytes: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** Reads each member once: a second look could see another value. Members it doesn't know are dropped. */
const readProof = (body: unknown): ReadProof | undefined => {
  if (typeof body !== 'object' || body === null) return undefined;
  const { algorithm, key, nonce, signature } = body as Partial<Record<keyof ProofBody, unknown>>;
  if (!isAlgorithm(algorithm) || !bytesOf(nonce, NONCE_BYTES)) return undefined;
  const keyBytes = bytesOf(key, KEY_BYTES[algorithm]);
  const signatureBytes = bytesOf(signature, SIGNATURE_BYTES);
  if (!keyBytes || !signatureBytes) return undefined;
  if (algorithm === 'Ed25519' && SMALL_ORDER.test(key as string)) return undefined;
  return { algorithm, key: key as string, nonce: nonce as string, keyBytes, signature: signatureBytes };
};

const isAlgorithm = (value: unknown): value is ProofAlgorithm => value === 'Ed25519' || value === 'ES256';

/** So many bytes of Base64url, in the one way to write them: another spelling would be another transcript of one key. */
const bytesOf = (text: unknown, length: number): Uint8Array<ArrayBuffer> | undefined => {
  if (typeof text !== 'string' || text.length !== Math.ceil((length * 8) / 6) || !/^[\w-]+$/.test(text))
    return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return bytes.length === length && toBase64url(bytes) === text ? bytes : undefined;
};
