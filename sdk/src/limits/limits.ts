/**
 * Every bound in one table: what it bounds, its unit, and the attack or accident behind it.
 * A host overrides them with `createHost({ limits })`, a client with `connect(…, { limits })`.
 * The prose table stands in `docs/wire.md`; a test holds the two together.
 */
export interface Limits {
  /** Milliseconds from connect to hello (host) and from hello to welcome (client). A peer that opens ports and says nothing. */
  readonly handshake: number;
  /** Milliseconds a call may take where neither member nor caller says otherwise. A handler that never settles. */
  readonly deadline: number;
  /** Calls in flight in one session. A caller that floods a slow handler; more wait on the client's side. */
  readonly calls: number;
  /** Calls whose handlers run, of all principals. Callers that flood slow handlers, in league. */
  readonly callsPerHost: number;
  /** Bytes, roughly, of the parameters that the running calls of one session keep; below a kibibyte their number bounds them. Few calls can be large: a whole message fits. */
  readonly callSize: number;
  /** The same for all sessions of one principal. */
  readonly callSizePerPrincipal: number;
  /** The same for the whole host. As with `earlySizePerHost`. */
  readonly callSizePerHost: number;
  /** Calls that may travel ahead of the welcome; more wait for it. Strangers that make the host hold what it may refuse. */
  readonly earlyCalls: number;
  /** Messages held while rules decide. As above; twice as many as calls, since each may come alone and be cancelled. */
  readonly earlyMessages: number;
  /** Bytes, roughly, of the hello and the messages held while rules decide. As above: few messages can be large. */
  readonly earlySize: number;
  /** The same for all sessions of one principal. As above, from many ports. */
  readonly earlySizePerPrincipal: number;
  /** The same for the whole host. As above, from many principals: several times one's, so that one shuts nobody out. */
  readonly earlySizePerHost: number;
  /** Items (calls, results, events) in one message received. One message that blocks this end for long. */
  readonly messageItems: number;
  /** Items after which a batch is sent without waiting for more: both ends and the browser then work side by side. */
  readonly batchItems: number;
  /** Characters and bytes in one value (parameters, a result, an event). Browsers stop at 64 MiB a message; Firefox may crash. */
  readonly valueSize: number;
  /** Characters and bytes of all values of one message received together. A small message that names one large text many times, as structured clones can. */
  readonly messageSize: number;
  /**
   * Values and names looked at to read the values of one message, in vain or not, and each 64 characters that are
   * looked at one by one. A structured clone of 300 bytes that names one list a million times, or is a list of
   * nothing, and kept a host busy for seconds.
   */
  readonly messageSteps: number;
  /** Characters, bytes and steps after which a batch is sent without waiting for more. A small call behind a large batch. */
  readonly batchSize: number;
  /** Nesting of a value. Deep values overflow stacks. */
  readonly depth: number;
  /** Milliseconds that a person has to answer, and that a client waits for them. Prompts that nobody closes. */
  readonly pending: number;
  /** Prompts open at a time, of all principals; an extension has one, with all its content scripts. Windows that pop up without end. */
  readonly prompts: number;
  /** Open sessions of one host, and half-open ones with them; its own pages don't count. A fork bomb of ports. */
  readonly sessions: number;
  /** Open sessions of one principal; of the host's own pages, the first yields to the newest. One client starving the others. */
  readonly sessionsPerPrincipal: number;
  /** Subscriptions in one session. Each costs the host work at every event. */
  readonly subscriptions: number;
  /** Open subscriptions of all principals. As above, from many sessions. */
  readonly subscriptionsPerHost: number;
  /** Events the host holds for one subscription whose reader is slow; beyond it events are dropped and the gap is told. */
  readonly eventQueue: number;
  /**
   * Bytes, roughly, of the events held for the slow readers of one session (host), and for one of them (client);
   * beyond it as above. Few events can be large.
   */
  readonly eventSize: number;
  /** The same for all sessions of one principal, an event that several get alike counted once. As above, from many sessions. */
  readonly eventSizePerPrincipal: number;
  /** The same for the whole host. As with `earlySizePerHost`. */
  readonly eventSizePerHost: number;
  /** Events that may be under way to a reader that has not taken them yet. */
  readonly eventCredit: number;
}

/** What bounds hosts alone. */
type HostLimit =
  | 'earlyMessages'
  | 'earlySize'
  | 'earlySizePerPrincipal'
  | 'earlySizePerHost'
  | 'callsPerHost'
  | 'callSize'
  | 'callSizePerPrincipal'
  | 'callSizePerHost'
  | 'prompts'
  | 'sessions'
  | 'sessionsPerPrincipal'
  | 'subscriptions'
  | 'subscriptionsPerHost'
  | 'eventQueue'
  | 'eventSizePerPrincipal'
  | 'eventSizePerHost';
export type ClientLimits = Omit<Limits, HostLimit>;

/** Apart, so that clients carry no more. */
export const CLIENT_LIMITS: ClientLimits = {
  handshake: 10_000,
  deadline: 30_000,
  calls: 10_000,
  earlyCalls: 256,
  messageItems: 20_000,
  batchItems: 500,
  valueSize: 33_554_432,
  messageSize: 67_108_864,
  messageSteps: 1_048_576,
  batchSize: 1_048_576,
  depth: 64,
  pending: 300_000,
  eventCredit: 256,
  eventSize: 8_388_608,
};

export const DEFAULT_LIMITS: Limits = {
  ...CLIENT_LIMITS,
  earlyMessages: 512,
  earlySize: 33_554_432,
  earlySizePerPrincipal: 33_554_432,
  earlySizePerHost: 134_217_728,
  callsPerHost: 160_000,
  callSize: 67_108_864,
  callSizePerPrincipal: 67_108_864,
  callSizePerHost: 268_435_456,
  prompts: 4,
  sessions: 4096,
  sessionsPerPrincipal: 64,
  subscriptions: 256,
  subscriptionsPerHost: 16_384,
  eventQueue: 1024,
  eventSizePerPrincipal: 33_554_432,
  eventSizePerHost: 134_217_728,
};
