import type { CallableMethod, CallOptions } from '../call/caller.js';
import { outputDecoder, paramsEncoder } from '../call/member-codecs.js';
import type { SubscribableEvent, SubscribeOptions } from '../call/subscriptions.js';
import { milliseconds } from '../protocol/durations.js';
import type { AnyProtocol, Member, Method } from '../protocol/protocol.js';
import type { ConnectionMachine } from './connection.js';

/** What a member needs to be called, whatever the connection. */
type Plan =
  | { readonly method: CallableMethod; readonly takesParams: boolean }
  | { readonly event: SubscribableEvent };

/** Codecs are the same for every connection; protocols are few, and live as long as their module. */
const plans = new WeakMap<AnyProtocol, Map<string, ReadonlyMap<string, Plan>>>();

const plansOf = (protocol: AnyProtocol, name: string): ReadonlyMap<string, Plan> => {
  const known = plans.get(protocol) ?? new Map<string, ReadonlyMap<string, Plan>>();
  plans.set(protocol, known);
  let made = known.get(name);
  if (!made) {
    const capability = protocol.capabilities[name];
    made = new Map(
      Object.entries(capability?.members ?? {}).map(([key, member]) => [
        key,
        planOf(member, { path: `${name}.${key}`, since: member.since ?? capability?.since }, protocol),
      ]),
    );
    known.set(name, made);
  }
  return made;
};

const planOf = (
  member: Member,
  named: { path: string; since: string | undefined },
  protocol: AnyProtocol,
): Plan =>
  member.kind === 'method'
    ? { method: { ...named, ...callable(member, protocol) }, takesParams: member.params !== undefined }
    : { event: { ...named, decode: outputDecoder(member.payload) } };

const callable = (member: Method, { errors = {} }: AnyProtocol): Omit<CallableMethod, 'path'> => ({
  encode: { native: paramsEncoder(member.params, true), base64: paramsEncoder(member.params, false) },
  decode: outputDecoder(member.result),
  deadline: member.deadline === undefined ? undefined : milliseconds(member.deadline),
  idempotent: member.idempotent ?? false,
  errors: new Map((member.errors ?? []).map((name) => [name, outputDecoder(errors[name])])),
});

/** A capability's members as plain functions. No Proxy: what is not declared is not there. */
export const capabilityClient = (protocol: AnyProtocol, name: string, machine: ConnectionMachine): object => {
  const client: Record<string, unknown> = {};
  for (const [key, plan] of plansOf(protocol, name)) {
    client[key] =
      'method' in plan
        ? methodClient(plan.method, plan.takesParams, machine)
        : eventClient(plan.event, machine);
  }
  return client;
};

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
