import type { PorticoError } from '../../errors/portico-error.js';
import type { Limits } from '../../limits/limits.js';
import type { HostPlatform } from '../../platform/platform.js';
import type { AnyProtocol } from '../../protocol/protocol.js';
import type { Lasting } from '../../session/departure.js';
import type { Principal } from '../admission/principal.js';
import type { ProvenKey } from '../admission/question.js';
import type { Log } from '../log.js';
import type { Publisher } from '../serving/types.js';
import type { Choice, Confirmation } from './questions.js';

/** By whose word a decision stands. */
export type DecidedBy = 'person' | 'policy' | 'rule';

/** A capability of one published major. `protocol` is its name, `line` the major (below 1.0.0: `0.minor`). */
export interface Subject {
  readonly protocol: string;
  readonly line: string;
  readonly capability: string;
}

/** What is remembered of a principal and one capability. */
export type Recalled =
  | {
      readonly verdict: 'allow';
      /** Milliseconds since 1970. */
      readonly until?: number | undefined;
      /** The chosen values of the scope; absent where the capability has none. */
      readonly scope?: readonly unknown[] | undefined;
      /** For one session, which takes it when it is admitted. */
      readonly once?: boolean | undefined;
    }
  /** Denied not long ago: milliseconds until asking again may help. */
  | { readonly verdict: 'refuse'; readonly retryAfter: number }
  /** Nobody has decided, or not for this revision or key. */
  | { readonly verdict: 'ask' };

/** What of a caller a decision is about. */
export interface Asker {
  readonly principal: Principal;
  /** The self-declared name, as it came: not cleaned, not verified. */
  readonly name?: string | undefined;
  /** The key proven in this handshake. */
  readonly key?: ProvenKey | undefined;
  /** A rule remembers this caller's key, and it came with another one, or with none. */
  readonly keyChanged: boolean;
}

/** A question for the person. */
export interface Request {
  readonly asker: Asker;
  readonly protocol: AnyProtocol;
  readonly capabilities: readonly { readonly name: string; readonly needed: boolean }[];
  /** The session that asks, or the one that there will be: what is allowed once is kept for it. */
  readonly session: string;
  /** As long as this lasts, somebody waits for the answer. */
  readonly lasting: Lasting;
}

/** A session as consent sees it. */
export interface LiveSession {
  readonly id: string;
  readonly principal: Principal;
  readonly protocol: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** What it may do now without the person's word. */
  readonly held: readonly {
    readonly subject: Subject;
    readonly by: 'policy' | 'rule';
    readonly until?: number | undefined;
  }[];
}

/** What the host's core offers to consent. */
export interface ConsentContext {
  readonly platform: HostPlatform;
  readonly limits: Limits;
  readonly log: Log | undefined;
  /** Every published protocol. */
  readonly protocols: readonly AnyProtocol[];
  /** The values from which a person chooses a capability's scope; none where it has no scope. */
  choices(subject: Subject, principal: Principal): Promise<readonly Choice[]>;
  /** Open sessions, admitted ones only. */
  readonly sessions: readonly LiveSession[];
  /** What was remembered of these principals has changed: their open sessions are judged afresh, at once. Everybody's without a key. */
  changed(key?: string): void;
  /** Ends every session of a principal, and of an extension's content scripts with it; half-open ones too. */
  end(key: string, reason: PorticoError): void;
}

/**
 * Asks people, and remembers what they said. The core's view of it: everything that decides is answered
 * from memory, at once. Keys of principals are {@link keyOf}'s.
 */
export interface Consent {
  /** Publishes what the host's own screens use. Before `listen`. */
  attach(host: Publisher): void;
  /** In the first turn of the background: registers the browser's listeners, and starts to read the storage. */
  start(context: ConsentContext): void;
  /**
   * There until everything stored is in memory. Never rejects: what can't be read refuses. To look at it has what
   * the browser did not give tried again, at most each ten seconds.
   */
  readonly loading: Promise<void> | undefined;
  /** Whether the person has blocked this principal, or the extension whose content script it is. */
  blocks(principal: Principal): boolean;
  /**
   * There where what the person said can't be read, and so nobody knows whom they block: milliseconds until
   * trying again may help.
   */
  readonly unreadable: number | undefined;
  /** `session`: where the answer is for one that is open, or has asked, so that what it was allowed once counts. */
  recall(asker: Asker, subject: Subject, revision: number, session?: string): Recalled;
  /** The thumbprint of the key that is remembered for a principal. */
  keyOf(principal: Principal): string | undefined;
  /** Remembers the key that a rule trusts on first use. */
  rememberKey(principal: Principal, key: ProvenKey): void;
  /**
   * Asks the person, and resolves when that is over: answered, closed, timed out. What came out is in `recall`.
   * Joins the prompt of this principal that is open; waits for its turn where one of the same extension's is, or
   * one about something else. Rejects with LIMIT_EXCEEDED where too many prompts are. Whoever goes leaves the prompt
   * open, and nothing else behind; its promise never settles then.
   */
  ask(request: Request): Promise<void>;
  /** What this principal's open prompt asks for, and milliseconds until it is given up. */
  pending(
    principal: Principal,
  ):
    | { readonly protocol: string; readonly capabilities: readonly string[]; readonly expiresIn: number }
    | undefined;
  /** A session was admitted: what was allowed once becomes this session's. */
  admitted(session: LiveSession, asker: Asker, granted: readonly Subject[]): void;
  /** Whether a session has taken what was allowed once. */
  holds(session: string, subject: Subject): boolean;
  /** A session is over: what was allowed once goes with it. */
  ended(session: string): void;
  /** The client gives capabilities back. */
  giveBack(principal: Principal, subjects: readonly Subject[]): void;
  /**
   * Asks the person about one call; false for no, closed and too late. Rejects with CONSENT_PENDING while a prompt of
   * the same extension is open, with LIMIT_EXCEEDED where too many are, or were in vain.
   */
  confirm(asker: Asker, subject: Subject, confirmation: Confirmation, signal: AbortSignal): Promise<boolean>;
  /** For the audit log: `decision` is what came out, for a capability or for the caller as a whole. */
  record(principal: Principal, decision: AuditDecision, subject?: Subject): void;
  /** For the plot: what a principal has used. */
  traffic(principal: Principal, calls: number, bytes: number): void;
}

/** What an audit entry is about. */
export type AuditDecision =
  | 'admitted'
  | 'refused'
  | 'allowed'
  | 'allowed-once'
  | 'denied'
  | 'revoked'
  | 'given-back'
  | 'expired'
  | 'confirmed'
  | 'declined'
  | 'blocked'
  | 'unblocked'
  | 'banned'
  | 'quota'
  | 'key-changed'
  | 'uninstalled';
