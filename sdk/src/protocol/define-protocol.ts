import { PorticoError } from '../errors/portico-error.js';
import { checkSchema } from './check-schema.js';
import { milliseconds } from './durations.js';
import { gatesIn } from './gates.js';
import type { Infer } from './infer.js';
import { link, parts } from './link.js';
import { lower } from './lower.js';
import { isLinked } from './plan.js';
import type {
  AnyProtocol,
  Capabilities,
  Capability,
  Duration,
  Event,
  HostIds,
  Member,
  Method,
  Protocol,
  Schema,
} from './protocol.js';
import { isNode } from './schema-node.js';
import { isNewer, isVersion, lineOf } from './versions.js';

/** Names that clients' objects need for themselves. */
export type ReservedName = 'session' | 'has' | 'then' | keyof typeof Object.prototype | `__${string}`;

const RESERVED = new Set(['session', 'has', 'then', ...Object.getOwnPropertyNames(Object.prototype)]);
const NAME = /^[a-z][A-Za-z0-9]{0,63}$/;
const PROTOCOL_NAME = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/;
const CHROMIUM_ID = /^[a-p]{32}$/;

interface Definition<V extends string, C, E> {
  readonly name: string;
  readonly version: V;
  readonly hosts?: HostIds;
  readonly errors?: E;
  readonly capabilities: C;
}

/** What the types can tell before anything runs: reserved names, and errors that are not declared. */
type Checked<C, E> = {
  readonly [K in keyof C]: K extends ReservedName
    ? never
    : C[K] extends { readonly members: infer M }
      ? Omit<C[K], 'members'> & {
          readonly members: {
            readonly [N in keyof M]: N extends ReservedName ? never : CheckedMember<M[N], E>;
          };
        }
      : C[K];
};
type CheckedNames<E> = { readonly [N in keyof E]: N extends ReservedName ? never : E[N] };
type CheckedMember<M, E> =
  M extends Method<infer _P, infer _R, infer N> ? ([N] extends [keyof E] ? M : never) : M;

/**
 * Defines a protocol: checks every rule that a definition must keep, and gives it back as plain data
 * with the types of all its members. One module that both sides import; not for secrets, since
 * clients carry it. Members take and give JSON values and bytes; see `docs/schemas.md`.
 *
 * @throws {PorticoError} INVALID_DEFINITION with the path of what breaks a rule
 */
export const defineProtocol = <
  const V extends string,
  const C extends Capabilities,
  const E extends Readonly<Record<string, Schema>> = Record<never, never>,
>(
  definition: Definition<V, C & Checked<NoInfer<C>, NoInfer<E>>, E & CheckedNames<NoInfer<E>>>,
): Protocol<C, { readonly [K in keyof E]: Infer<E[K]> }, V> => {
  checkProtocol(definition as never);
  return withPlans(definition as never) as never;
};

/** A copy of a checked protocol whose schemas carry their plans. */
export const withPlans = (protocol: AnyProtocol): AnyProtocol => ({
  ...protocol,
  ...(protocol.errors && { errors: mapValues(protocol.errors, planned) }),
  ...parts(protocol),
  capabilities: mapValues(protocol.capabilities, (capability) => ({
    ...capability,
    ...(capability.scope === undefined ? {} : { scope: planned(capability.scope) }),
    ...(capability.members === undefined ? {} : { members: mapValues(capability.members, withPlan) }),
  })),
});

const withPlan = (member: Member): Member =>
  member.kind === 'event'
    ? { ...member, payload: planned(member.payload) }
    : {
        ...member,
        ...(member.deadline === undefined ? {} : { deadline: milliseconds(member.deadline) }),
        ...(member.params === undefined ? {} : { params: planned(member.params) }),
        ...(member.result === undefined ? {} : { result: planned(member.result) }),
      };

// Not enumerable: a protocol that is printed or compiled shows its schemas.
const planned = (schema: Schema): Schema => {
  if (isLinked(schema) || '~plan' in schema) return schema;
  const plan = lower(schema);
  return Object.defineProperties(
    { ...schema },
    { '~plan': { value: plan }, '~linked': { value: link(plan) } },
  );
};

const mapValues = <T extends object, R>(source: T, change: (value: T[keyof T]) => R): Record<keyof T, R> =>
  Object.fromEntries(Object.entries(source).map(([key, value]) => [key, change(value)])) as Record<
    keyof T,
    R
  >;

/**
 * Checks a definition however it was made: hosts publish nothing that does not pass.
 * @param mayBeCompiled whether schemas may be linked plans: of a compiled protocol, never of an author's
 * @throws {PorticoError} INVALID_DEFINITION with the path of what breaks a rule
 */
export const checkProtocol = (protocol: AnyProtocol, mayBeCompiled = false): void => {
  const check = (schema: unknown, at: string): void => {
    // A plan was checked before it was compiled.
    if (!mayBeCompiled || !isLinked(schema)) checkSchema(schema, at);
  };
  demandObject(protocol, 'definition');
  const { name, version, hosts = {}, errors = {}, capabilities } = protocol;
  demandObject(hosts, 'hosts');
  demandObject(errors, 'errors');
  demandObject(capabilities, 'capabilities');
  demand(
    typeof name === 'string' && PROTOCOL_NAME.test(name) && name.length <= 128,
    'name',
    'use reverse-DNS in lower case, like org.example.tabs',
  );
  demand(isVersion(version), 'version', 'use major.minor.patch, digits only, like 1.2.0');
  if (hosts.chromium !== undefined) {
    demand(CHROMIUM_ID.test(hosts.chromium), 'hosts/chromium', 'an id has 32 letters a–p');
  }
  if (hosts.firefox !== undefined) {
    demand(
      /^\S{1,255}$/.test(hosts.firefox),
      'hosts/firefox',
      'use the id in browser_specific_settings.gecko',
    );
  }
  for (const [key, schema] of Object.entries(errors)) {
    checkName(key, `errors/${key}`);
    check(schema, `errors/${key}`);
    demand(gatesIn(schema).size === 0, `errors/${key}`, 'only results and events have gated properties');
  }
  demand(Object.keys(capabilities).length > 0, 'capabilities', 'a protocol needs at least one');
  for (const [key, capability] of Object.entries(capabilities)) {
    const at = `capabilities/${key}`;
    checkName(key, at);
    demandObject(capability, at);
    demand(
      typeof capability.title === 'string' && capability.title !== '',
      `${at}/title`,
      'say what a person grants, in their words',
    );
    checkSince(capability.since, version, at);
    const { revision = 1, scope } = capability;
    demand(Number.isSafeInteger(revision) && revision > 0, `${at}/revision`, 'count from 1');
    if (scope !== undefined) {
      check(scope, `${at}/scope`);
      demand(gatesIn(scope).size === 0, `${at}/scope`, 'only results and events have gated properties');
    }
    const { members = {} } = capability;
    demandObject(members, `${at}/members`);
    for (const [memberKey, member] of Object.entries(members)) {
      checkName(memberKey, `${at}/members/${memberKey}`);
      demandObject(member, `${at}/members/${memberKey}`);
      checkMember(member, `${at}/members/${memberKey}`, protocol, check);
    }
  }
};

/** Checks one schema, unless it has been. */
type Check = (schema: unknown, at: string) => void;

const checkMember = (member: Member, at: string, protocol: AnyProtocol, check: Check): void => {
  checkSince(member.since, protocol.version, at);
  if (member.kind === 'method') checkMethod(member, at, protocol, check);
  else {
    demand(member.kind === 'event', `${at}/kind`, 'make members with method() and event()');
    checkEvent(member, at, check);
    checkGates(member.payload, `${at}/payload`, protocol.capabilities);
  }
};

const checkMethod = (member: Method, at: string, protocol: AnyProtocol, check: Check): void => {
  if (member.params !== undefined) {
    check(member.params, `${at}/params`);
    demand(
      isLinked(member.params) || (member.params as { type?: unknown }).type === 'object',
      `${at}/params`,
      'parameters are one object, so that later versions can add to it',
    );
    demand(
      gatesIn(member.params).size === 0,
      `${at}/params`,
      'only results and events have gated properties',
    );
  }
  if (member.result !== undefined) {
    check(member.result, `${at}/result`);
    checkGates(member.result, `${at}/result`, protocol.capabilities);
  }
  if (member.deadline !== undefined) checkDeadline(member.deadline, `${at}/deadline`);
  const { errors = [] } = member;
  demand(Array.isArray(errors), `${at}/errors`, 'list the names of declared errors');
  for (const error of errors) {
    demand(
      Object.hasOwn(protocol.errors ?? {}, error),
      `${at}/errors`,
      `the protocol declares no error "${error}"`,
    );
  }
};

const checkDeadline = (deadline: Duration, at: string): void => {
  try {
    milliseconds(deadline);
  } catch {
    demand(false, at, "use milliseconds, or '200ms', '10s', '5m'");
  }
};

const checkEvent = (member: Event, at: string, check: Check): void => {
  check(member.payload, `${at}/payload`);
  const { required = [] } = member.payload as { required?: readonly string[] };
  if (member.coalesceBy !== undefined) {
    // Events without it would all count as the same one.
    demand(
      isLinked(member.payload) || required.includes(member.coalesceBy),
      `${at}/coalesceBy`,
      'name a required property of the payload',
    );
  }
};

const checkGates = (schema: Schema, at: string, capabilities: Readonly<Record<string, Capability>>): void => {
  for (const gate of gatesIn(schema)) {
    demand(
      Object.hasOwn(capabilities, gate),
      at,
      `gated by "${gate}", which is no capability of this protocol`,
    );
  }
};

const checkName = (name: string, at: string): void => {
  demand(!RESERVED.has(name), at, `the name "${name}" is reserved`);
  demand(NAME.test(name), at, 'use letters and digits, beginning with a small letter');
};

const checkSince = (since: string | undefined, version: string, at: string): void => {
  if (since === undefined) return;
  demand(isVersion(since) && !isNewer(since, version), `${at}/since`, `must be a version up to ${version}`);
  demand(
    lineOf(since) === lineOf(version),
    `${at}/since`,
    'leave it out for what every version of this major has',
  );
};

const demandObject = (value: unknown, at: string): void => demand(isNode(value), at, 'must be an object');

const demand: (holds: boolean, at: string, message: string) => asserts holds = (holds, at, message) => {
  if (!holds) throw new PorticoError('INVALID_DEFINITION', `${at}: ${message}`);
};
