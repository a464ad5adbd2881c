import { type CallableMethod, type CallOptions, startCall } from '../call/call.js';
import { paramsEncoder } from '../call/member-codecs.js';
import type { Requests } from '../call/requests.js';
import { type SubscribableEvent, type SubscribeOptions, subscribe } from '../call/subscription.js';
import { outputDecoder } from '../protocol/lazy-codec.js';
import type { AnyProtocol, Capability, Method } from '../protocol/protocol.js';
import { NOTHING } from '../wire/frames.js';

/** A member's function in one connection. */
type Bind = (requests: Requests) => unknown;

/** What connections to one protocol have in common: codecs above all, which cost more to build than a call. */
const known = new WeakMap<Capability, [string, Bind][]>();

/** A capability's members as plain functions. No Proxy: what is not declared is not there. */
export const capabilityClient = (protocol: AnyProtocol, name: string, requests: Requests): object => {
  const capability = protocol.capabilities[name] ?? ({} as Capability);
  let members = known.get(capability);
  if (!members) {
    members = membersOf(capability, name, protocol);
    known.set(capability, members);
  }
  const client: Record<string, unknown> = {};
  for (const [key, bind] of members) client[key] = bind(requests);
  return client;
};

const membersOf = (capability: Capability, name: string, protocol: AnyProtocol): [string, Bind][] =>
  Object.entries(capability.members ?? {}).map(([key, member]) => {
    const path = `${name}.${key}`;
    const since = member.since ?? capability.since;
    const named = { path, newer: since === undefined ? since : protocol['~newer']?.(path, since) };
    return [
      key,
      member.kind === 'method'
        ? methodClient({ ...named, ...callable(member, protocol) }, member.params ? {} : NOTHING)
        : eventClient({ ...named, decode: outputDecoder(member.payload) }),
    ];
  });

const callable = (
  { params, result, deadline, idempotent, errors }: Method,
  protocol: AnyProtocol,
): Omit<CallableMethod, 'path' | 'newer'> => ({
  encode: [paramsEncoder(params, false), paramsEncoder(params, true)],
  decode: outputDecoder(result),
  // `defineProtocol` and the compiler have made a number of it.
  deadline: deadline as number | undefined,
  idempotent,
  declared: protocol['~declared']?.(protocol.errors ?? {}, errors),
});

const methodClient =
  (method: CallableMethod, none: unknown): Bind =>
  (requests) =>
  (params: unknown = none, options: CallOptions = {}) =>
    startCall(method, params, options, requests);

const eventClient =
  (event: SubscribableEvent): Bind =>
  (requests) =>
  (options: SubscribeOptions = {}) =>
    subscribe(event, options, requests);
