import type { Account } from '../accounting/account.js';
import type { Surplus } from '../accounting/kinds.js';
import type { PorticoError } from '../errors/portico-error.js';
import type { Limits } from '../limits/limits.js';
import type { Alarm, Clock } from '../platform/platform.js';
import type { Codec } from '../protocol/conversion.js';
import type { BatchWriter } from '../wire/batch-writer.js';

/** What a handler knows of the call it answers. */
export interface Call {
  /** Aborted when the caller aborts, the deadline passes, or the session ends. */
  readonly signal: AbortSignal;
  /** Milliseconds that are left. */
  readonly remaining: number;
  /** Makes a declared error: `throw call.fail('tabGone', { id })`. */
  fail(name: string, data?: unknown): PorticoError;
  readonly scope: readonly unknown[] | undefined;
  confirm(confirmation: object): Promise<boolean>;
}

/** A method as the answering side needs it. */
export interface ServedMethod {
  readonly path: string;
  readonly capability: string;
  readonly decode: Codec;
  /** By what is granted now: results of calls under way are copied by it, too. */
  encode: Codec;
  readonly deadline: number;
  /** Data encoders of the errors that this method declares. */
  readonly errors: ReadonlyMap<string, Codec>;
  /** Runs the handler. May throw, or give a promise. */
  readonly run: (params: unknown, call: Call) => unknown;
}

/** What one principal may use in a time, over all its sessions. */
export interface Allowance {
  /** One more call, or what costs as much: counts it, or says what is used up. Before anything of it is read. */
  call(now: number): Surplus | undefined;
  /** What was read is paid for, whatever becomes of it; who can't pay is told so at the next call. */
  bytes(amount: number, now: number): void;
  /**
   * Whether bytes are bounded, and anything is left: then what is refused unread is weighed, too. Who has nothing left
   * pays by silence already, and must not have one list weighed again and again.
   */
  weighs(now: number): boolean;
}

export interface CalleeContext {
  readonly clock: Clock;
  readonly alarm: Pick<Alarm, 'at'>;
  readonly limits: Limits;
  readonly writer: BatchWriter;
  /** Looks a method up by the name a peer sent; the error says what to answer when there is none. */
  find(path: string): ServedMethod | PorticoError;
  /** Told of handlers that fail in ways the protocol doesn't declare, and of results that don't fit. */
  report(path: string, error: unknown): void;
  /** Takes an id of the client's: false when it is not higher than every one before. */
  claim(first: number, count: number): boolean;
  readonly allowance: Allowance;
  /** What the session holds. */
  readonly account: Account;
  /** The values to which a person has narrowed a capability; absent for all. */
  scopeOf(capability: string): readonly unknown[] | undefined;
  /** Asks the person about one call. */
  confirm(capability: string, confirmation: object, signal: AbortSignal): Promise<boolean>;
  /** What this session has used: calls, and characters and bytes of parameters. Absent where nobody counts. */
  readonly usage?: ((calls: number, bytes: number) => void) | undefined;
}
