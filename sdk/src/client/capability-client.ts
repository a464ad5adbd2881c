import { type CallableMethod, type CallOptions, startCall } from '../call/call.js';
import { outputDecoder, paramsEncoder } from '../call/member-codecs.js';
import { type SubscribableEvent, type SubscribeOptions, subscribe } from '../call/subscription.js';
import type { Limits } from '../limits/limits.js';
import type { Clock } from '../platform/platform.js';
import type { AnyProtocol, Method } from '../protocol/protocol.js';
import { NOTHING } from '../wire/frames.js';
import type { ConnectionMachine } from './connection.js';

/** A capability's members as plain functions. No Proxy: what is not declared is not there. */
export const capabilityClient = (
  protocol: AnyProtocol,
  name: string,
  machine: ConnectionMachine,
  limits: Limits,
  clock: Clock,
): object => {
  const { members = {}, since } = protocol.capabilities[name] ?? {};
  return Object.fromEntries(
    Object.entries(members).map(([key, member]) => {
      const named = { path: `${name}.${key}`, since: member.since ?? since };
      return [
        key,
        member.kind === 'method'
          ? methodClient(
              { ...named, ...callable(member, protocol) },
              member.params ? {} : NOTHING,
              machine,
              limits,
              clock,
            )
          : eventClient({ ...named, decode: outputDecoder(member.payload) }, machine, limits),
      ];
    }),
  );
};

const callable = (member: Method, { errors = {} }: AnyProtocol): Omit<CallableMethod, 'path' | 'since'> => ({
  encode: [paramsEncoder(member.params, false), paramsEncoder(member.params, true)],
  decode: outputDecoder(member.result),
  // `defineProtocol` and the compiler have made a number of it.
  deadline: member.deadline as number | undefined,
  idempotent: member.idempotent,
  errors: new Map(member.errors?.map((name) => [name, outputDecoder(errors[name])])),
});

const methodClient =
  (
    method: CallableMethod,
    none: unknown,
    { requests, unusable, wake }: ConnectionMachine,
    limits: Limits,
    clock: Clock,
  ) =>
  (params: unknown = none, options: CallOptions = {}): Promise<unknown> => {
    const error = unusable(method);
    if (error) return Promise.reject(error);
    const result = startCall(method, params, options, requests, limits, clock.now());
    // After the call is in the books: if there is no connecting at all, it fails with the rest.
    wake();
    return result;
  };

const eventClient =
  (event: SubscribableEvent, { requests, unusable, wake }: ConnectionMachine, limits: Limits) =>
  (options: SubscribeOptions = {}): unknown => {
    const error = unusable(event);
    const subscription = subscribe(event, options, requests, limits, error);
    if (!error) wake();
    return subscription;
  };
