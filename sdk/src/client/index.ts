/** `portico/client`: reaching hosts. Carries no foreign code. */
export type { CallOptions } from '../call/call.js';
export type { SubscribeOptions, Subscription } from '../call/subscription.js';
export type { ProofAlgorithm, ProofBody } from '../wire/proof-transcript.js';
export { type AnyConnection, connect, connectAny, connectTab } from './connect.js';
export { requestGrants, returnGrants } from './grants.js';
export type { Proof, ProofQuestion } from './proof-types.js';
export type {
  CapabilityClient,
  Connection,
  ConnectionState,
  ConnectOptions,
  SessionControl,
  SessionInfo,
} from './types.js';
