import type { PorticoError } from '../../errors/portico-error.js';
import type {
  AnyProtocol,
  CapabilityName,
  ErrorsOf,
  Event,
  MembersOf,
  Method,
  MethodErrorsOf,
  ParamsOf,
  PayloadOf,
  ResultOf,
  ScopeOf,
} from '../../protocol/protocol.js';
import type { Principal } from '../admission/principal.js';
import type { Rule } from '../admission/rules.js';
import type { Confirmation } from '../consent/questions.js';
import type { Session } from './session.js';

/** What a handler knows of the call it answers. */
export interface CallOf<P extends AnyProtocol, M, S = never> {
  /** Aborted when the caller aborts, the deadline passes, or the session ends. */
  readonly signal: AbortSignal;
  /** Milliseconds left until the deadline. */
  readonly remaining: number;
  /**
   * The values of the capability's scope that the person chose for this caller; `undefined` where it is not
   * narrowed: a rule or the administrator allowed it, or it has no scope. Read it at each use: it can change.
   */
  readonly scope: readonly S[] | undefined;
  /**
   * Asks the person about this one call, in a window of its own; false for no, closed, too late, and when
   * the call is aborted. Takes as long as a person does: give the method a deadline of minutes. Nothing of it
   * survives the end of the host's background: the call's outcome is then unknown to its caller.
   * @throws {PorticoError} CONSENT_PENDING while a prompt of this caller's extension is open, LIMIT_EXCEEDED while
   * too many are, or after three in a row without a yes (`data.retryAfter`), INVALID_ARGUMENT on a host without
   * `consent`
   */
  confirm(confirmation: Confirmation): Promise<boolean>;
  /**
   * Makes an error that this method declares, to be thrown: `throw call.fail('tabGone', { id })`.
   * Whatever else a handler throws reaches the caller as INTERNAL, without its text.
   */
  fail<N extends MethodErrorsOf<M> & keyof ErrorsOf<P>>(name: N, data: ErrorsOf<P>[N]): PorticoError;
}

type MethodNames<M> = { [N in keyof M]: M[N] extends Method ? N : never }[keyof M];
type EventNames<M> = { [N in keyof M]: M[N] extends Event ? N : never }[keyof M];

/** What answers the methods of a capability in one session. An object or a class instance. */
export type Implementation<P extends AnyProtocol, C extends CapabilityName<P>> = {
  readonly [N in MethodNames<MembersOf<P, C>>]: (
    params: ParamsOf<MembersOf<P, C>[N]>,
    call: CallOf<P, MembersOf<P, C>[N], ScopeOf<P, C>>,
  ) => ResultOf<MembersOf<P, C>[N]> | Promise<ResultOf<MembersOf<P, C>[N]>>;
};

/** Makes a session's implementation at its first call. Runs once for each session; what it throws answers every call with INTERNAL. */
export type Provider<P extends AnyProtocol, C extends CapabilityName<P>> = (
  session: Session,
) => Implementation<P, C>;

/** How a capability is served: whom to admit, and what answers. Without a rule it does not compile, and nobody is let in. */
export type CapabilityServing<P extends AnyProtocol, C extends CapabilityName<P>> = {
  readonly admit: readonly [Rule, ...Rule[]];
} & ([MethodNames<MembersOf<P, C>>] extends [never] ? unknown : { readonly provide: Provider<P, C> }) &
  ([ScopeOf<P, C>] extends [never]
    ? unknown
    : {
        /** The values from which a person chooses the scope, at most 64. Needed where a rule asks. */
        readonly choices?: (principal: Principal) => ScopeChoices<P, C> | Promise<ScopeChoices<P, C>>;
      });

type ScopeChoices<P extends AnyProtocol, C extends CapabilityName<P>> = readonly {
  readonly label: string;
  readonly value: ScopeOf<P, C>;
}[];

/** A protocol's serving, capability by capability. */
export type Serving<P extends AnyProtocol> = { readonly [C in CapabilityName<P>]: CapabilityServing<P, C> };

/** The handle to a published protocol: its events. */
export type Served<P extends AnyProtocol> = {
  readonly [C in CapabilityName<P>]: {
    readonly [N in EventNames<MembersOf<P, C>>]: {
      /**
       * Tells every subscriber; the payload is copied, once for each distinct set of grants.
       * Where a reader is slow, it waits within bounds of number and bytes, and is dropped beyond them.
       * @throws {PorticoError} INVALID_ARGUMENT when it doesn't fit the schema, or throws when it is read;
       * LIMIT_EXCEEDED when it is too large
       */
      emit(payload: PayloadOf<MembersOf<P, C>[N]>): void;
      /** How many listen now: nobody need gather what nobody hears. */
      readonly subscribers: number;
    };
  };
};

/** What takes protocols: a host, until it listens. */
export interface Publisher {
  /**
   * Publishes a protocol: for each capability whom to admit, and what answers. Publish several majors
   * of one name by calling it for each. Before `listen`, in the same turn.
   * @throws {PorticoError} INVALID_DEFINITION, INVALID_ARGUMENT (a capability without a rule, a major twice, after `listen`)
   */
  publish<P extends AnyProtocol>(protocol: P, serving: Serving<P>): Served<P>;
}
