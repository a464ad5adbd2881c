import type { CallOptions } from '../call/call.js';
import type { SubscribeOptions, Subscription } from '../call/subscription.js';
import type { PorticoError } from '../errors/portico-error.js';
import type { Limits } from '../limits/limits.js';
import type { Platform } from '../platform/platform.js';
import type {
  AnyProtocol,
  CapabilityName,
  Event,
  MembersOf,
  Method,
  ParamsOf,
  PayloadOf,
  ResultOf,
} from '../protocol/protocol.js';
import type { Proof } from './proof-types.js';

/** Parameters may be left out where there are none, or where all are optional. */
type CallArguments<P> = [P] extends [void]
  ? [params?: undefined, options?: CallOptions]
  : Record<never, never> extends P
    ? [params?: P, options?: CallOptions]
    : [params: P, options?: CallOptions];

type MemberClient<M> = M extends Method
  ? (...args: CallArguments<ParamsOf<M>>) => Promise<ResultOf<M>>
  : M extends Event
    ? (options?: SubscribeOptions) => Subscription<PayloadOf<M>>
    : never;

/** The client's side of one capability: methods return promises, events return async iterators. */
export type CapabilityClient<P extends AnyProtocol, C extends CapabilityName<P>> = {
  readonly [N in keyof MembersOf<P, C>]: MemberClient<MembersOf<P, C>[N]>;
};

/** Where a connection stands. */
export type ConnectionState =
  /** No session, and none under way; the next use starts one. */
  | 'dormant'
  /** Greeting, or waiting to try again. */
  | 'connecting'
  /** The person is being asked: calls wait, and their deadlines stand still. */
  | 'pending'
  /** Admitted. */
  | 'open'
  /**
   * For good: `close` was called, or no attempt from here can ever succeed (INVALID_ARGUMENT, UNSUPPORTED_BROWSER,
   * CONTEXT_INVALIDATED). Every use rejects with that.
   */
  | 'closed';

/** What host and client settled in the handshake. */
export interface SessionInfo<C extends string = string> {
  readonly id: string;
  /** The run of the host's background: another one means that the host restarted. */
  readonly instance: string;
  /** The version both speak. */
  readonly version: string;
  readonly granted: readonly C[];
  /** Capabilities that were asked for and not granted, with the code of the reason. */
  readonly refused: Readonly<Record<string, string>>;
  /** Capabilities that the person is being asked for now. */
  readonly pending: readonly C[];
}

/** The conversation behind a connection. */
export interface SessionControl<C extends string = string> {
  readonly state: ConnectionState;
  /** What was settled, and what is granted now; only while `open`. A new object whenever that changes. */
  readonly info: SessionInfo<C> | undefined;
  /**
   * Starts a session unless there is one, and waits for it.
   * @throws {PorticoError} UNREACHABLE, SERIALIZATION_MISMATCH, REFUSED, NO_COMMON_VERSION, CAPABILITY_REFUSED,
   * CONSENT_DENIED, HANDSHAKE_TIMEOUT, DISCONNECTED, PROTOCOL_VIOLATION, LIMIT_EXCEEDED: another attempt may succeed.
   * CLOSED, INVALID_ARGUMENT, UNSUPPORTED_BROWSER, CONTEXT_INVALIDATED: none will
   */
  ready(): Promise<SessionInfo<C>>;
  /**
   * Hears every change of state, with the error that caused it; while `open` also every change of what is
   * granted, refused or pending, which stands in `info`. Gives a function that stops it.
   */
  onChange(listener: (state: ConnectionState, error?: PorticoError) => void): () => void;
  /** Says goodbye and ends it for good: calls reject with CLOSED, events end with it. Does nothing once it is closed. */
  close(): void;
}

/** What `connect` returns: it outlives ports, sessions and restarts of the host. */
export type Connection<
  P extends AnyProtocol,
  N extends CapabilityName<P> = never,
  W extends CapabilityName<P> = never,
> = {
  readonly [C in N]: CapabilityClient<P, C>;
} & {
  /**
   * The client of a capability if it was granted and the host has it, else `false`. Waits for the handshake.
   * @throws {PorticoError} as {@link SessionControl.ready}
   */
  has<C extends N | W>(capability: C): Promise<CapabilityClient<P, C> | false>;
  readonly session: SessionControl<N | W>;
};

export interface ConnectOptions<N extends string = string, W extends string = string> {
  /** Capabilities without which there is no point: if one is refused, so is the connection (CAPABILITY_REFUSED). */
  readonly needs?: readonly N[];
  /** Capabilities to ask for, and do without: reach them through `has`. */
  readonly wants?: readonly W[];
  /** The host's id, or `'self'` for this extension's own background. @defaultValue the protocol's `hosts` for this browser */
  readonly host?: string;
  /** `'fail'`: reject with UNREACHABLE. `'wait'`: try again, backing off up to 30 s, as long as calls wait. @defaultValue 'fail' */
  readonly whenUnreachable?: 'fail' | 'wait';
  /** Passed to the browser. Today's browsers ignore it: see `docs/security.md`. */
  readonly includeTlsChannelId?: boolean;
  /** What this client calls itself, up to 128 characters. Nobody vouches for it, and hosts show it as unverified. */
  readonly name?: string;
  /** A partner token, as the host's publisher has given it to this client's author. Not a secret: it is good for this client alone. */
  readonly token?: string;
  /** Proves to hold a key, where the host's rules want it: `keyProof()` of `portico/proof`. */
  readonly proof?: Proof;
  readonly limits?: Partial<Limits>;
  /** For tests: another platform than the browser's. */
  readonly platform?: Platform;
}

/** For the code that fills in what others may only read. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
