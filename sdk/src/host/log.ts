import type { Principal } from './admission/principal.js';

/**
 * Something the host's author may want to know. Never contains parameters or results, unless what a handler throws
 * does.
 */
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
  /** One line. Where there is an `error`, it ends with the first line of that. */
  readonly message: string;
  /** Absent where there was none to derive: somebody without an identity was refused. */
  readonly principal?: Principal | undefined;
  readonly session?: string;
  /** With `handler-failed`: what the handler threw. Stays here. */
  readonly error?: unknown;
}

/** Where a host's log goes: {@link consoleLog}, or the author's own. What it throws is ignored. */
export type Log = (entry: LogEntry) => void;

const LONGEST_REASON = 256;

/** What was thrown, in a line. It is the author's own object: to read it may throw again. */
const reasonIn = (error: unknown): string => {
  try {
    return `${error}`.split('\n', 1).join().slice(0, LONGEST_REASON);
  } catch {
    return 'what was thrown can’t be read';
  }
};

/** A log whose messages say why, and that can't take the host with it. */
export const explaining =
  (write: Log): Log =>
  (entry) => {
    const { event, message, error } = entry;
    // A handler may throw nothing at all.
    const told =
      error === undefined && event !== 'handler-failed'
        ? entry
        : { ...entry, message: `${message}: ${reasonIn(error)}` };
    // Whether it throws or gives a promise: nobody is left to be told.
    new Promise((resolve) => resolve(write(told))).catch(() => {});
  };
