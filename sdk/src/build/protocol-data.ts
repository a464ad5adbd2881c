import { gatesIn } from '../protocol/gates.js';
import { type Plan, planOf } from '../protocol/plan.js';
import type { AnyProtocol, Capability, Event, Member, Method, Schema } from '../protocol/protocol.js';

/** What a compiled module keeps of what calls don't need. */
export interface Kept {
  /** Titles and descriptions of members, and descriptions of capabilities. */
  readonly descriptions?: boolean;
  /** Titles of capabilities, gates of properties and how events are coalesced: what no host can do without. */
  readonly titles?: boolean;
}

/**
 * A protocol as compiled modules carry it: JSON data, with plans in place of schemas. What grants are about
 * is for hosts alone. Without `titles` no host can publish it by mistake, and so with its gates gone.
 */
export const protocolData = (
  protocol: AnyProtocol,
  { descriptions = true, titles = true }: Kept,
  side: 'client' | 'host',
  written: (plan: Plan) => unknown = (plan) => plan,
): object => {
  const plan = (schema: Schema | undefined) => schema && written(planOf(schema));
  const member = ({ title, description, ...rest }: Member): object => {
    const { payload, coalesceBy } = rest as Event;
    const { params, result } = rest as Method;
    return {
      ...(descriptions ? { title, description } : {}),
      ...rest,
      payload: plan(payload),
      params: plan(params),
      result: plan(result),
      coalesceBy: titles ? coalesceBy : undefined,
    };
  };
  const capability = ({ members, revision, scope, description, title, ...rest }: Capability): object => ({
    ...(descriptions ? { description } : {}),
    ...(titles ? { title } : {}),
    ...rest,
    ...(side === 'host' ? { revision, scope: plan(scope) } : {}),
    members: members && mapped(members, member),
  });
  const capabilities = Object.entries(protocol.capabilities).filter(([, { members }]) => titles || members);
  const { '~declared': _declared, '~newer': _newer, ...own } = protocol;
  return {
    ...own,
    errors: protocol.errors && mapped(protocol.errors, plan),
    capabilities: mapped(Object.fromEntries(capabilities), capability),
  };
};

/**
 * A protocol with some of its capabilities or members alone, for a client that uses no others: the errors they
 * declare stay, and so do the capabilities that open their gated properties, without their members.
 */
export const narrowed = (protocol: AnyProtocol, names: ReadonlySet<string>): AnyProtocol => {
  const kept = new Map(
    Object.entries(protocol.capabilities).map(([name, { members = {} }]) => [
      name,
      Object.entries(members).filter(([key]) => names.has(name) || names.has(`${name}.${key}`)),
    ]),
  );
  const members = [...kept.values()].flat().map(([, member]) => member);
  const declared = new Set(
    members.flatMap((member) => (member.kind === 'method' ? (member.errors ?? []) : [])),
  );
  const gates = new Set(
    members.flatMap((member) => [
      ...gatesIn((member.kind === 'event' ? member.payload : member.result) ?? {}),
    ]),
  );
  const capabilities = Object.entries(protocol.capabilities).flatMap(([name, { members: _all, ...rest }]) => {
    const own = kept.get(name) ?? [];
    if (own.length > 0) return [[name, { ...rest, members: Object.fromEntries(own) }]];
    return names.has(name) || gates.has(name) ? [[name, rest]] : [];
  });
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
