/** `portico/host`: publishing protocols. */
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
export { allow, type Rule, refuse } from './admission/rules.js';
export { createHost, type Explanation, type Host, type HostOptions } from './create-host.js';
export type { Log, LogEntry } from './log.js';
export type { Session } from './serving/session.js';
export type {
  CallOf,
  CapabilityServing,
  Implementation,
  Provider,
  Served,
  Serving,
} from './serving/types.js';
