/** `portico`: defining protocols, and the errors that both sides see. */
export type { ErrorCode, LocalCode, RemoteCode } from './errors/codes.js';
export { PorticoError } from './errors/portico-error.js';
export { DEFAULT_LIMITS, type Limits } from './limits/limits.js';
export { SUPPORTED_KEYWORDS } from './protocol/check-schema.js';
export { type DeclaredError, isError } from './protocol/declared-errors.js';
export { defineProtocol } from './protocol/define-protocol.js';
export type { Infer } from './protocol/infer.js';
export { type BytesSchema, bytes, event, gated, method, typed } from './protocol/members.js';
export type {
  AnyProtocol,
  Capabilities,
  Capability,
  Duration,
  Event,
  HostIds,
  Member,
  Members,
  Method,
  Protocol,
  Schema,
} from './protocol/protocol.js';
