import { type CallableMethod, type CallOptions, startCall } from '../call/call.js';
import { outputDecoder, paramsEncoder } from '../call/member-codecs.js';
import { type SubscribableEvent, type SubscribeOptions, subscribe } from '../call/subscription.js';
import type { AnyProtocol, Capability, Method } from '../protocol/protocol.js';
import { NOTHING } from '../wire/frames.js';
import type { ConnectionMachine } from './connection.js';

/** A member's function in one connection. */
type Bind = (machine: ConnectionMachine) => unknown;

/** What connections to one protocol have in common: codecs above all, which cost more to build than a call. */
const known = new WeakMap<Capability, [string, Bind][]>();

/** A capability's members as plain functions. No Proxy: what is not declared is not there. */
export const capabilityClient = (protocol: AnyProtocol, name: string, machine: ConnectionMachine): object => {
  const capability = protocol.capabilities[name] ?? ({} as Capability);
  let members = known.get(capability);
  if (!members) {
    members = membersOf(capability, name, protocol);
    known.set(capability, members);
  }
  const client: Record<string, unknown> = {};
  for (const [key, bind] of members) client[key] = bind(machine);
  return client;
};

const membersOf = (
  { members = {}, since }: Capability,
  name: string,
  protocol: AnyProtocol,
): [string, Bind][] =>
  Object.entries(members).map(([key, member]) => {
    const named = { path: `${name}.${key}`, since: member.since ?? since };
    return [
      key,
      member.kind === 'method'
        ? methodClient({ ...named, ...callable(member, protocol) }, member.params ? {} : NOTHING)
        : eventClient({ ...named, decode: outputDecoder(member.payload) }),
    ];
  });

const callable = (member: Method, { errors = {} }: AnyProtocol): Omit<CallableMethod, 'path' | 'since'> => ({
  encode: [paramsEncoder(member.params, false), paramsEncoder(member.params, true)],
  decode: outputDecoder(member.result),
  // `defineProtocol` and the compiler have made a number of it.
  deadline: member.deadline as number | undefined,
  idempotent: member.idempotent,
  errors: new Map(member.errors?.map((name) => [name, outputDecoder(errors[name])])),
});

const methodClient =
  (method: CallableMethod, none: unknown): Bind =>
  (machine) =>
  (params: unknown = none, options: CallOptions = {}): Promise<unknown> => {
    const error = machine.unusable(method);
    if (error) return Promise.reject(error);
    const result = startCall(method, params, options, machine.requests);
    // After the call is in the books: if there is no connecting at all, it fails with the rest.
    machine.wake();
    return result;
  };

const eventClient =
  (event: SubscribableEvent): Bind =>
  (machine) =>
  (options: SubscribeOptions = {}): unknown => {
    const error = machine.unusable(event);
    const subscription = subscribe(event, options, machine.requests, error);
    if (!error) machine.wake();
    return subscription;
  };
