import type { Account } from '../../accounting/account.js';
import type { Allowance } from '../../call/served-method.js';
import type { Limits } from '../../limits/limits.js';
import type { Alarm, HostPlatform } from '../../platform/platform.js';
import type { Refusal } from '../../wire/handshake.js';
import type { Authorities, Judged } from '../admission/judge.js';
import type { Principal } from '../admission/principal.js';
import type { LiveSession } from '../consent/types.js';
import type { Meter } from './meter.js';

/** An admitted session, as the doorkeeper sees it. */
export interface Live {
  readonly session: LiveSession;
  /** Judges it afresh: at once, where the rules decide at once. */
  refresh(): void;
}

/** All that the reception of one caller needs. */
export interface Reception {
  readonly authorities: Authorities;
  readonly limits: Limits;
  readonly platform: HostPlatform;
  readonly alarm: Alarm;
  readonly allowance: Allowance;
  /** What the session holds, for as long as its port is open. */
  readonly account: Account;
  /** Where traffic is added up; absent where nobody looks. */
  readonly meter: Meter | undefined;
  readonly principal: Principal;
  /** The principal's, by which it is counted. */
  readonly key: string;
  /** The name of the port. */
  readonly port: string;
  /** What was decided before the hello: of the protocol that the port names, and of all others. */
  readonly mine: readonly Judged[];
  readonly others: readonly Judged[];
  readonly instance: string;
  newSession(): string;
  /** What whoever is not admitted is told. */
  refusal(): Refusal;
  hint(): string;
  logRefusal(principal: Principal, why: string): void;
  began(live: Live): void;
}
