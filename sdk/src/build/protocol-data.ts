import { gatesIn } from '../protocol/check-schema.js';
import { type Plan, planOf } from '../protocol/plan.js';
import type { AnyProtocol, Capability, Event, Member, Method, Schema } from '../protocol/protocol.js';

/**
 * A protocol as compiled modules carry it: JSON data, with plans in place of schemas. What grants are about
 * is for hosts alone.
 */
export const protocolData = (
  protocol: AnyProtocol,
  descriptions: boolean,
  side: 'client' | 'host',
  written: (plan: Plan) => unknown = (plan) => plan,
): object => {
  const words = <T extends { title?: string; description?: string }>({
    title,
    description,
    ...rest
  }: T): object => (descriptions ? { title, description, ...rest } : rest);
  const plan = (schema: Schema | undefined) => schema && written(planOf(schema));
  const member = (each: Member): object => {
    const { payload } = each as Event;
    const { params, result } = each as Method;
    return { ...words(each), payload: plan(payload), params: plan(params), result: plan(result) };
  };
  const capability = ({ members, revision, scope, ...rest }: Capability): object => ({
    ...words(rest),
    title: rest.title,
    ...(side === 'host' ? { revision, scope: plan(scope) } : {}),
    members: members && mapped(members, member),
  });
  return {
    ...protocol,
    errors: protocol.errors && mapped(protocol.errors, plan),
    capabilities: mapped(protocol.capabilities, capability),
  };
};

/**
 * A protocol with some of its capabilities alone, for a client that asks for no others: the errors they
 * declare stay, and so do the capabilities that open their gated properties, without their members.
 */
export const narrowed = (protocol: AnyProtocol, names: ReadonlySet<string>): AnyProtocol => {
  const kept = Object.entries(protocol.capabilities).filter(([name]) => names.has(name));
  const members = kept.flatMap(([, capability]) => Object.values(capability.members ?? {}));
  const declared = new Set(
    members.flatMap((member) => (member.kind === 'method' ? (member.errors ?? []) : [])),
  );
  const gates = new Set(
    members.flatMap((member) => [
      ...gatesIn((member.kind === 'event' ? member.payload : member.result) ?? {}),
    ]),
  );
  const capabilities = Object.entries(protocol.capabilities)
    .filter(([name]) => names.has(name) || gates.has(name))
    .map(([name, { members, ...rest }]) => [
      name,
      names.has(name) && members !== undefined ? { ...rest, members } : rest,
    ]);
  const errors = Object.entries(protocol.errors ?? {}).filter(([name]) => declared.has(name));
  const { errors: _all, ...rest } = protocol;
  return {
    ...rest,
    ...(errors.length > 0 ? { errors: Object.fromEntries(errors) } : {}),
    capabilities: Object.fromEntries(capabilities),
  };
};

const mapped = <T, R>(source: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(source).map(([key, value]) => [key, change(value)]));
