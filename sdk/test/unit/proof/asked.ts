import { vi } from 'vitest';
import type { Proof, ProofBody } from '../../../src/client/proof/index.js';
import { type AskedProof, type ProofOutcome, verifyProof } from '../../../src/host/admission/proof.js';
import { toBase64url } from '../../../src/wire/proof-transcript.js';

export const NONCE = toBase64url(new Uint8Array(32).fill(7));

/** What a host asks in some handshake. */
export const ASKED: AskedProof = {
  host: 'h'.repeat(32),
  client: 'c'.repeat(32),
  hostNonce: NONCE,
  port: 'portico:org.example.tabs',
  versions: ['1.2.0', '1.0.0'],
  needs: ['read'],
  wants: ['capture', 'titles'],
};

/** Has the client answer. */
export const answer = (proof: Proof, { hostNonce, ...asked }: AskedProof = ASKED): Promise<ProofBody> =>
  proof.prove({ ...asked, nonce: hostNonce });

export const verify = (body: unknown, changes: Partial<AskedProof> = {}): Promise<ProofOutcome> =>
  verifyProof(body, { ...ASKED, ...changes });

const generate = crypto.subtle.generateKey.bind(crypto.subtle) as (
  ...args: readonly unknown[]
) => Promise<unknown>;

/** This process is a browser without Ed25519 until the mock is restored. */
export const withoutEd25519 = () =>
  vi
    .spyOn(crypto.subtle, 'generateKey')
    .mockImplementation(
      ((algorithm: unknown, ...rest: readonly unknown[]): Promise<unknown> =>
        algorithm === 'Ed25519'
          ? Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'))
          : generate(algorithm, ...rest)) as never,
    );
