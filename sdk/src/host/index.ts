/** `portico/host`: publishing protocols. */
export { consentProtocol } from '../consent/consent-protocol.js';

export { holdsPermission } from './admission/holds-permission.js';
export { provenKey, rememberedKey } from './admission/key-matchers.js';
export {
  all,
  any,
  anyExtension,
  contentScripts,
  extensions,
  type IdsByBrowser,
  type Matcher,
  not,
  pages,
  self,
  tlsChannel,
  where,
} from './admission/matchers.js';
export type { Principal, PrincipalKind } from './admission/principal.js';
export type { Evidence, Need, ProvenKey, Question, Test } from './admission/question.js';
export type { Quotas } from './admission/quotas.js';
export { allow, ask, type Rule, refuse, type Verdict } from './admission/rules.js';
export { type ConsentOptions, consent, type HostConsent } from './consent/consent.js';
export type { ConsentControl } from './consent/control.js';
export type { Choice, Confirmation } from './consent/questions.js';
export type { Consent, DecidedBy } from './consent/types.js';
export type { AuditView, ConnectionView, PromptView, TrafficView } from './consent/views.js';
export { consoleLog } from './console-log.js';
export { createHost, type Explanation, type Host, type HostOptions } from './create-host.js';
export type { Log, LogEntry } from './log.js';
export { managedPolicy } from './policy/managed-policy.js';
export type { Policy } from './policy/types.js';
export type { Session } from './serving/session.js';
export type {
  CallOf,
  CapabilityServing,
  Implementation,
  Provider,
  Served,
  Serving,
} from './serving/types.js';
