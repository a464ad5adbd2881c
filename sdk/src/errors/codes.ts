/**
 * The closed table of error codes. Two families, told apart by {@link PorticoError.origin}:
 * what happened here (`local`), and what the other side said (`remote`).
 * The other side can only ever cause a code of {@link RemoteCode}; anything else it names
 * arrives as `INTERNAL`.
 */
export type ErrorCode = LocalCode | RemoteCode;

/** What happened on this side. */
export type LocalCode =
  /** The host is not installed, disabled, or not listening: the browser does not tell which. Nothing was executed. */
  | 'UNREACHABLE'
  /** The two extensions' manifests ask for different `message_serialization`; they can never talk. */
  | 'SERIALIZATION_MISMATCH'
  /** This browser (Safari) does not let extensions talk to each other. */
  | 'UNSUPPORTED_BROWSER'
  /**
   * The extension of this content script was updated, disabled or removed, and left it behind: nothing reaches any
   * extension from it again. A page that is loaded anew gets the new script.
   */
  | 'CONTEXT_INVALIDATED'
  /** Something listens at the other end, but no answer to the hello came in time. A slow host may yet run what was sent. */
  | 'HANDSHAKE_TIMEOUT'
  /** The session ended, with or without a goodbye. The call never left, or is declared idempotent: it is safe to repeat. */
  | 'DISCONNECTED'
  /** The session ended after a call that is not declared idempotent was sent: it may or may not have run. `cause` says how. */
  | 'OUTCOME_UNKNOWN'
  /** `close()` was called on this side. */
  | 'CLOSED'
  /** The member is newer than the version that was negotiated. Nothing was sent. */
  | 'MEMBER_TOO_NEW'
  /** The other side's answer does not fit the protocol's schema. */
  | 'INVALID_RESULT'
  /** Events were lost between two that arrived; read the state afresh. */
  | 'EVENTS_MISSED'
  /** A wrong argument from this side's own author: options, ids, names, definitions. */
  | 'INVALID_ARGUMENT'
  /** A protocol definition breaks a rule; the message names the path. */
  | 'INVALID_DEFINITION';

/** What the other side said, or what either side may say. */
export type RemoteCode =
  /** The host does not admit this caller. The same answer whatever was asked for. */
  | 'REFUSED'
  /** The host admits the caller, but publishes no version that it offered; `data.versions` lists the host's. */
  | 'NO_COMMON_VERSION'
  /** The host admits the caller, but not to this capability. */
  | 'CAPABILITY_REFUSED'
  /** The person said no, closed the question or did not answer; `data.retryAfter` says in how many milliseconds asking again may help. */
  | 'CONSENT_DENIED'
  /** The person is being asked already. */
  | 'CONSENT_PENDING'
  /** The capability was taken back while this was under way. A call may or may not have run. */
  | 'GRANT_REVOKED'
  /** The host knows no such capability or member. */
  | 'UNKNOWN_MEMBER'
  /** Parameters that do not fit the schema; `data.path` and `data.expected` say where and what. */
  | 'INVALID_PARAMS'
  /** A bound was exceeded; `data.limit` names it, `data.retryAfter` in how many milliseconds it may fit again. */
  | 'LIMIT_EXCEEDED'
  /** The call's deadline passed. It may or may not have run. */
  | 'DEADLINE_EXCEEDED'
  /** The call was aborted by its caller, or by the end of the session. */
  | 'ABORTED'
  /** A frame broke the rules of the wire; the session is over. */
  | 'PROTOCOL_VIOLATION'
  /** An error that the protocol declares; `declared` names it and `data` is typed. Test with `isError`. */
  | 'DECLARED'
  /** The handler failed; the details stay in the host's own log. */
  | 'INTERNAL';

/** The codes that may cross the wire; a peer that names another is read as `INTERNAL`. */
export const REMOTE_CODES: ReadonlySet<unknown> = /* @__PURE__ */ new Set<RemoteCode>([
  'REFUSED',
  'NO_COMMON_VERSION',
  'CAPABILITY_REFUSED',
  'CONSENT_DENIED',
  'CONSENT_PENDING',
  'GRANT_REVOKED',
  'UNKNOWN_MEMBER',
  'INVALID_PARAMS',
  'LIMIT_EXCEEDED',
  'DEADLINE_EXCEEDED',
  'ABORTED',
  'PROTOCOL_VIOLATION',
  'DECLARED',
  'INTERNAL',
]);
