/** `portico/partners`: admission by tokens that the host's publisher signs offline. Carries jose. */
export type { PartnerKey } from './partner-keys.js';
export { type PartnerTokenOptions, partnerToken } from './partner-token.js';
export type { TokenRefusal } from './verify-token.js';
