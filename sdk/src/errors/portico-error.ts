import { type ErrorCode, REMOTE_CODES, type RemoteCode } from './codes.js';

/** Brand shared by every bundled copy of this class: host and client each carry their own. */
const BRAND = Symbol.for('portico.error');

/** Everything but the code that a {@link PorticoError} can carry. */
export interface ErrorDetails {
  /**
   * Machine-readable facts; which ones is said at each code. Never a stack. Of what the other side said, these alone,
   * each of its type: `retryAfter` can be given to `setTimeout` as it is.
   */
  readonly data?: unknown;
  /** With code `DECLARED`: the name under which the protocol declares it. */
  readonly declared?: string | undefined;
  /** What led to it on this side. Never crosses the wire. */
  readonly cause?: unknown;
}

/**
 * The one error class. Look at `code`, never at the message or the prototype: use
 * {@link PorticoError.is} to recognise one from another bundled copy, and `isError` for
 * errors a protocol declares. Not for throwing from handlers: use `call.fail`.
 */
export class PorticoError extends Error {
  // Declared, not defined: a definition in the class would only be assigned to again.
  declare readonly code: ErrorCode;
  /** `remote` when the other side said so, `local` otherwise. Set by the receiver, never read off the wire. */
  declare readonly origin: 'local' | 'remote';
  declare readonly data: unknown;
  declare readonly declared: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
    origin: 'local' | 'remote' = 'local',
  ) {
    // Developer tools show the message alone, so it leads with the code.
    super(message ? `${code}: ${message}` : code, details);
    this.code = code;
    this.origin = origin;
    this.data = details.data;
    this.declared = details.declared;
  }

  // On the prototype, where nothing enumerates them.
  override get name(): string {
    return 'PorticoError';
  }
  get [BRAND](): true {
    return true;
  }

  /** Whether a value is a `PorticoError` of this or another bundled copy. */
  static is(value: unknown): value is PorticoError {
    try {
      return BRAND in Object(value);
    } catch {
      // Anything can be thrown: a proxy that was revoked, too.
      return false;
    }
  }
}

/** An error as it crosses the wire. */
export interface WireError {
  code: string;
  message?: string;
  declared?: string;
  data?: unknown;
}

const MESSAGE_LIMIT = 1024;
const LIST_LIMIT = 256;
const LONGEST_DELAY = 2 ** 31 - 1;

const textOf = (value: unknown): string | undefined =>
  typeof value !== 'string'
    ? undefined
    : value.length > MESSAGE_LIMIT
      ? // Written and read anew: V8 keeps all of a text for a part of it.
        (JSON.parse(JSON.stringify(value.slice(0, MESSAGE_LIMIT))) as string)
      : value;
const textsOf = (value: unknown): string[] | undefined =>
  Array.isArray(value) ? value.slice(0, LIST_LIMIT).flatMap((each) => textOf(each) ?? []) : undefined;

/**
 * The facts that may stand in `data`, and how each is read. Authors do with them what the code means, such as waiting
 * for `retryAfter`: a timer that is set for a negative, a text or beyond 31 bits fires at once, again and again.
 */
const FACTS: Readonly<Record<string, (value: unknown) => unknown>> = {
  retryAfter: (value) =>
    typeof value === 'number' && value >= 0 ? Math.min(value, LONGEST_DELAY) : undefined,
  limit: textOf,
  path: textOf,
  expected: textOf,
  capabilities: textsOf,
  granted: textsOf,
  versions: textsOf,
};

/** Of a peer's `data` what is known, copied: nobody's error keeps a message of many megabytes. */
const factsOf = (data: unknown): object | undefined => {
  if (data === undefined) return undefined;
  const source = Object(data) as Readonly<Record<string, unknown>>;
  const read = Object.entries(FACTS).map(([name, of]) => [name, of(source[name])] as const);
  return Object.fromEntries(read.filter(([, fact]) => fact !== undefined));
};

/**
 * Reads an error off the wire. Total: whatever a peer sends becomes an error with a code of ours.
 * DECLARED only `mayDeclare`, where the reader goes on to hold the data against the schema; elsewhere
 * nothing is declared, and `isError` would vouch for data that nobody has looked at.
 */
export const fromWire = (value: unknown, mayDeclare = false): PorticoError => {
  const { code, message, declared, data } = Object(value) as Readonly<Record<keyof WireError, unknown>>;
  const isDeclared = mayDeclare && code === 'DECLARED';
  const known = isDeclared || (REMOTE_CODES.has(code) && code !== 'DECLARED');
  return new PorticoError(
    known ? (code as RemoteCode) : 'INTERNAL',
    textOf(message) ?? 'no message',
    { data: isDeclared ? data : factsOf(data), declared: textOf(declared) },
    'remote',
  );
};

/** Writes an error for the wire: code, message, declared name and data; never the stack or the cause. */
export const toWire = (error: PorticoError): WireError => {
  // The code stands first in the message for developer tools; on the wire once is enough.
  const wire: WireError = { code: error.code, message: error.message.slice(error.code.length + 2) };
  if (error.declared !== undefined) wire.declared = error.declared;
  if (error.data !== undefined) wire.data = error.data;
  return wire;
};
