/** `portico/proof`: a key by which hosts recognise a client. An entry of its own: who needs no key carries none. */
export type { ProofBody } from '../../wire/proof-transcript.js';
export type { Proof, ProofQuestion } from '../proof-types.js';
export { type KeyProofOptions, keyProof } from './key-proof.js';
