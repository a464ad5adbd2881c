import type { Principal } from './admission/principal.js';

/** Something the host's author may want to know. Never contains parameters or results. */
export interface LogEntry {
  readonly level: 'info' | 'warn' | 'error';
  /** What happened, for filters; `message` says it in words. */
  readonly event:
    | 'admitted'
    | 'refused'
    | 'asked'
    | 'evidence'
    | 'grants'
    | 'storage'
    | 'policy'
    | 'ended'
    | 'violation'
    | 'handler-failed'
    | 'configuration';
  /** With `evidence`: why a proof or a token was not taken. */
  readonly code?: string;
  readonly message: string;
  /** Absent where there was none to derive: somebody without an identity was refused. */
  readonly principal?: Principal | undefined;
  readonly session?: string;
  /** With `handler-failed`: what the handler threw. Stays here. */
  readonly error?: unknown;
}

/** Where a host's log goes. What it throws is ignored. */
export type Log = (entry: LogEntry) => void;
