import type { HostPlatform } from '../../platform/platform.js';
import type { Principal } from '../admission/principal.js';
import type { Subject } from '../consent/types.js';
import type { Log } from '../log.js';

/** What stands above the person's choice and the host's rules. The core's view of it: it decides from memory, at once. */
export interface Policy {
  /** In the first turn of the background: registers the browser's listeners, and starts to read. `changed` runs whenever decisions may come out otherwise. */
  start(platform: HostPlatform, log: Log | undefined, changed: () => void): void;
  /** There until it is known. Never rejects. */
  readonly loading: Promise<void> | undefined;
  /** `undefined` where it says nothing: then consent and rules decide. */
  decide(principal: Principal, subject: Subject): 'allow' | 'refuse' | undefined;
  /** A policy is required, and none has come yet: nobody from outside is let in. */
  readonly admitsNobody: boolean;
}
