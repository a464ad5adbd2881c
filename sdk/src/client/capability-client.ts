import type { CallableMethod, CallOptions } from '../call/caller.js';
import { outputDecoder, paramsEncoder } from '../call/member-codecs.js';
import type { SubscribableEvent, SubscribeOptions } from '../call/subscriptions.js';
import type { Limits } from '../limits/limits.js';
import { milliseconds } from '../protocol/durations.js';
import type { AnyProtocol, Method } from '../protocol/protocol.js';
import type { ConnectionMachine } from './connection.js';

/** A capability's members as plain functions. No Proxy: what is not declared is not there. */
export const capabilityClient = (
  protocol: AnyProtocol,
  name: string,
  machine: ConnectionMachine,
  limits: Limits,
): object => {
  const capability = protocol.capabilities[name];
  const client: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(capability?.members ?? {})) {
    const named = { path: `${name}.${key}`, since: member.since ?? capability?.since };
    client[key] =
      member.kind === 'method'
        ? methodClient(
            { ...named, ...callable(member, protocol, limits) },
            member.params !== undefined,
            machine,
          )
        : eventClient({ ...named, decode: outputDecoder(member.payload) }, machine);
  }
  return client;
};

const callable = (
  member: Method,
  { errors = {} }: AnyProtocol,
  limits: Limits,
): Omit<CallableMethod, 'path'> => ({
  encode: { native: paramsEncoder(member.params, true), base64: paramsEncoder(member.params, false) },
  decode: outputDecoder(member.result),
  deadline: member.deadline === undefined ? limits.deadline : milliseconds(member.deadline),
  idempotent: member.idempotent ?? false,
  errors: new Map((member.errors ?? []).map((name) => [name, outputDecoder(errors[name])])),
});

const methodClient =
  (method: CallableMethod, takesParams: boolean, { caller, unusable, wake }: ConnectionMachine) =>
  (params?: unknown, options?: CallOptions): Promise<unknown> => {
    const error = unusable(method);
    if (error) return Promise.reject(error);
    const result = caller.call(method, params === undefined && takesParams ? {} : params, options);
    // After the call is in the books: if there is no connecting at all, it is rejected with the rest.
    wake();
    return result;
  };

const eventClient =
  (event: SubscribableEvent, { subscriptions, unusable, wake }: ConnectionMachine) =>
  (options?: SubscribeOptions): unknown => {
    const error = unusable(event);
    const subscription = subscriptions.subscribe(event, options, error);
    if (!error) wake();
    return subscription;
  };
