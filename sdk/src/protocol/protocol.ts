/**
 * The shape of a protocol. At run time it is plain data, whether written by hand, made by
 * {@link defineProtocol} or compiled; the types of parameters and results ride along in
 * phantom properties (`~types`) that no value has.
 */

import type { Infer } from './infer.js';
import type { Parts } from './parts.js';

/** A JSON Schema of the subset in `docs/schemas.md`. */
export type Schema = object;

/** Milliseconds, or `'200ms'`, `'10s'`, `'5m'`. */
export type Duration = number | `${number}ms` | `${number}s` | `${number}m`;

/** What every member says of itself. */
interface MemberBase {
  /** What a person reads. */
  readonly title?: string;
  readonly description?: string;
  /** The protocol version that brought this member. @defaultValue the first version of its major */
  readonly since?: string;
}

/** A member that the client calls and the host answers. Make it with {@link method}. */
export interface Method<P = unknown, R = unknown, E extends string = string> extends MemberBase {
  readonly kind: 'method';
  readonly params?: Schema;
  readonly result?: Schema;
  /** Names of the protocol's errors that this method may answer with. */
  readonly errors?: readonly string[];
  /** Running it twice does no more than once: the caller may repeat it after a lost connection. */
  readonly idempotent?: boolean;
  /** How long a call may take where the caller doesn't say. */
  readonly deadline?: Duration;
  readonly '~types'?: { readonly params: P; readonly result: R; readonly errors: E };
}

/** A member by which the host tells the client something. Make it with {@link event}. */
export interface Event<T = unknown> extends MemberBase {
  readonly kind: 'event';
  readonly payload: Schema;
  /** A property of the payload: of events a slow reader has not taken, only the latest of each value is kept. */
  readonly coalesceBy?: string;
  readonly '~types'?: { readonly payload: T };
}

// biome-ignore lint/suspicious/noExplicitAny: variance; a member of any types is a member
export type Member = Method<any, any, any> | Event<any>;
export type Members = Readonly<Record<string, Member>>;

/** A named group of members, granted or refused as a whole. */
export interface Capability<M extends Members = Members> {
  /** What a person reads on the consent screen. */
  readonly title: string;
  readonly description?: string;
  /** Leave out for a grant that only opens gated fields of other capabilities. */
  readonly members?: M;
  /** The protocol version that brought this capability. */
  readonly since?: string;
  /**
   * Raise it when the capability comes to mean more than people have agreed to: what was allowed under a
   * lower revision is asked for again. @defaultValue 1
   */
  readonly revision?: number;
  /** What a person may narrow it to ("these accounts"): the schema of one value; handlers read `call.scope`. */
  readonly scope?: Schema;
}
export type Capabilities = Readonly<Record<string, Capability>>;

/** The host's ids by browser. */
export interface HostIds {
  /** 32 letters a–p. */
  readonly chromium?: string;
  /** The `browser_specific_settings.gecko.id`. */
  readonly firefox?: string;
}

/** A named, versioned set of capabilities. Make it with {@link defineProtocol}. */
export interface Protocol<
  C extends Capabilities = Capabilities,
  E extends Readonly<Record<string, unknown>> = Readonly<Record<string, unknown>>,
  V extends string = string,
> extends Parts {
  /** Reverse-DNS, lower case: `org.example.tabs`. */
  readonly name: string;
  /** `major.minor.patch`, digits only. */
  readonly version: V;
  readonly hosts?: HostIds;
  /** Declared errors: a schema for the data of each. */
  readonly errors?: Readonly<Record<string, Schema>>;
  readonly capabilities: C;
  readonly '~errors'?: E;
}

// biome-ignore lint/suspicious/noExplicitAny: variance; a protocol of any errors is a protocol
export type AnyProtocol = Protocol<Capabilities, any, string>;

/** The keys of a protocol's capabilities. */
export type CapabilityName<P extends AnyProtocol> = P extends AnyProtocol
  ? keyof P['capabilities'] & string
  : never;
/** The members of one capability. */
export type MembersOf<P extends AnyProtocol, C extends CapabilityName<P>> = P['capabilities'][C] extends {
  readonly members: infer M extends Members;
}
  ? M
  : Record<never, never>;
/** The declared errors of a protocol, by name. */
export type ErrorsOf<P> = P extends Protocol<Capabilities, infer E, string> ? E : never;

export type ParamsOf<M> = M extends Method<infer P, infer _R, infer _E> ? P : never;
export type ResultOf<M> = M extends Method<infer _P, infer R, infer _E> ? R : never;
export type MethodErrorsOf<M> = M extends Method<infer _P, infer _R, infer E> ? E : never;
export type PayloadOf<M> = M extends Event<infer T> ? T : never;
/** One value of a capability's scope; `never` where it has none. */
export type ScopeOf<P extends AnyProtocol, C extends CapabilityName<P>> = P['capabilities'][C] extends {
  readonly scope: infer S extends Schema;
}
  ? Infer<S>
  : never;
