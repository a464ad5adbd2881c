import { PorticoError } from '../../errors/portico-error.js';
import {
  NONCE_BYTES,
  PROOF_PARAMETERS,
  proofTranscript,
  thumbprintOf,
  toBase64url,
} from '../../wire/proof-transcript.js';
import type { Proof } from '../proof-types.js';
import { keyPair } from './key-store.js';

export interface KeyProofOptions {
  /** Which key, where an extension has several. @defaultValue 'default' */
  readonly name?: string;
}

/**
 * A key of this extension in this profile, with which hosts can tell it from an impostor: from whoever signs
 * with its id but without its storage. The key pair is made at its first use, kept in IndexedDB, and can't be
 * exported; it is another one in each profile, and after the extension's data was cleared or it was removed.
 *
 * For an extension's background, pages and popups. **Not for content scripts**: their IndexedDB is the web
 * page's. It proves nothing about who owns the extension today: the key is sold with it.
 * @throws {PorticoError} INVALID_ARGUMENT outside of an extension's own pages and workers
 */
export const keyProof = ({ name = 'default' }: KeyProofOptions = {}): Proof => {
  const scheme = globalThis.location?.protocol;
  // Node has no location. A content script has that of the page, which need not be http.
  if (scheme !== undefined && !scheme.endsWith('-extension:')) {
    throw new PorticoError(
      'INVALID_ARGUMENT',
      `no keyProof() in ${scheme} pages: IndexedDB, and the key with it, is the page's here. Connect from the background`,
    );
  }
  let kept: Promise<CryptoKeyPair> | undefined;
  const held = (): Promise<CryptoKeyPair> => {
    kept ??= keyPair(name).catch((cause) => {
      // What failed may work next time: there may be room on the disk by then.
      kept = undefined;
      return fail(cause);
    });
    return kept;
  };
  return {
    prove: async ({ nonce: hostNonce, ...asked }) => {
      if (typeof hostNonce !== 'string' || !/^[\w-]{43}$/.test(hostNonce))
        throw new PorticoError('PROTOCOL_VIOLATION', 'the challenge has no nonce');
      const { privateKey, publicKey } = await held();
      const algorithm = privateKey.algorithm.name === 'Ed25519' ? 'Ed25519' : 'ES256';
      const clientNonce = toBase64url(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));
      try {
        const key = toBase64url(await crypto.subtle.exportKey('raw', publicKey));
        const facts = { ...asked, hostNonce, clientNonce, algorithm, key } as const;
        const signature = await crypto.subtle.sign(
          PROOF_PARAMETERS[algorithm],
          privateKey,
          proofTranscript(facts),
        );
        return { algorithm, key, nonce: clientNonce, signature: toBase64url(signature) };
      } catch (cause) {
        return fail(cause);
      }
    },
    thumbprint: async () => thumbprintOf((await held()).publicKey),
  };
};

const fail = (cause: unknown): never => {
  throw new PorticoError('INTERNAL', "this browser can't make, keep or use the key: see `cause`", { cause });
};
