/**
 * The frames of wire version 1. A message is a batch: a list of frames; a frame is a list that begins
 * with its kind. `docs/wire.md` is the specification; kinds marked "later" are settled there, but not
 * sent by this version. Plain constants, so that bundles carry numbers and no table.
 */

/** The wire versions this code speaks. */
export const WIRE_VERSION = 1;

// Handshake
export const HELLO = 0; /** client: [HELLO, hello] */
export const WELCOME = 1; /** host: [WELCOME, welcome] */
export const REFUSE = 2; /** host: [REFUSE, refusal] */
export const PENDING = 3; /** host: [PENDING, pending], a person is being asked; client: [PENDING], read */
export const CHALLENGE = 4; /** host: [CHALLENGE, challenge], prove that you hold the key */
export const PROOF = 5; /** client: [PROOF, proof] */
export const GOODBYE = 6; /** either: [GOODBYE, error] */

// Calls. They are folded: calls of one member with consecutive ids share a frame.
export const CALL = 7; /** [CALL, firstId, member, options or 0, params, params, …]; options: { d: milliseconds } */
export const RESULT = 8; /** [RESULT, firstId, value, value, …] */
export const ERROR = 9; /** [ERROR, id, error] */
export const CANCEL = 10; /** [CANCEL, id] */

// Events
export const SUBSCRIBE = 11; /** client: [SUBSCRIBE, id, member, credit] */
export const UNSUBSCRIBE = 12; /** client: [UNSUBSCRIBE, id] */
export const EVENT = 13; /** host: [EVENT, id, firstNumber, payload, payload, …] */
export const END = 14; /** host: [END, id, error] */
export const CREDIT = 15; /** [CREDIT, id, amount] */

// Grants
export const GRANTS = 20; /** host: [GRANTS, standing], the session's capabilities have changed */
export const REQUEST = 21; /** client: [REQUEST, id, { ask, drop }], answered by RESULT or ERROR */

// Later kinds, settled now so that today's peers know their names
export const DATA = 16; /** a stream's next values */
export const PART = 17; /** a part of a frame too large for one message */
export const LEASE = 18; /** client: a slot's entry */
export const RELEASE = 19; /** either: the end of a lease or a reference */
export const ACK = 22; /** client: results seen, so that the journal can forget */
export const RESUME = 23; /** client: registrations to take up again */

/** Kinds from here on are a later version's to define: a receiver skips those it doesn't know. */
export const FIRST_IGNORABLE = 64;

export type Frame = readonly [kind: number, ...rest: unknown[]];
export type Batch = readonly Frame[];

/** What stands in a frame where there is no value: JSON has no undefined. */
export const NOTHING = null;
