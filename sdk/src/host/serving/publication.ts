import { createEventSource, type EventSource } from '../../call/event-source.js';
import { outputEncoder, paramsDecoder } from '../../call/member-codecs.js';
import type { ServedMethod } from '../../call/served-method.js';
import { PorticoError } from '../../errors/portico-error.js';
import type { Limits } from '../../limits/limits.js';
import { refuseDangerous, refuseUnjudged } from '../../patterns/refuse-dangerous.js';
import type { Codec } from '../../protocol/conversion.js';
import { checkProtocol, withPlans } from '../../protocol/define-protocol.js';
import { milliseconds } from '../../protocol/durations.js';
import { gatesIn } from '../../protocol/gates.js';
import type { AnyProtocol, Event, Member, Method, Schema } from '../../protocol/protocol.js';
import { lineOf } from '../../protocol/versions.js';
import type { Principal } from '../admission/principal.js';
import type { Rule } from '../admission/rules.js';
import type { Choice } from '../consent/questions.js';
import { JUDGED } from '../judged.js';
import type { Session } from './session.js';

/** What `publish` is given for a capability, its types forgotten. */
export interface LooseServing {
  readonly admit: readonly Rule[];
  readonly choices?: (principal: Principal) => readonly Choice[] | Promise<readonly Choice[]>;
  readonly provide?: (session: Session) => Readonly<Record<string, unknown>>;
}

/** A method without the session that will run it. */
export type MethodPlan = Omit<ServedMethod, 'run' | 'encode' | 'capability'>;

export interface PublishedMember {
  readonly capability: string;
  readonly name: string;
  /** The output encoder for these grants: the same function for the same open gates. */
  readonly encoder: (grants: ReadonlySet<string>, nativeBytes: boolean) => Codec;
  readonly method?: MethodPlan;
  readonly source?: EventSource;
}

/** One published major: its members by path, and its rules. */
export interface Publication {
  readonly protocol: AnyProtocol;
  /** The line of its version. */
  readonly line: string;
  readonly members: ReadonlyMap<string, PublishedMember>;
  readonly servings: ReadonlyMap<string, LooseServing>;
}

/** Checks a protocol and its serving, and lays out what sessions need. @throws {PorticoError} INVALID_DEFINITION, INVALID_ARGUMENT */
export const createPublication = (
  definition: AnyProtocol,
  serving: Readonly<Record<string, LooseServing>>,
  limits: Limits,
): Publication => {
  checkProtocol(definition, true);
  if (JUDGED) refuseUnjudged(definition);
  else refuseDangerous(definition);
  const protocol = withPlans(definition);
  const members = new Map<string, PublishedMember>();
  const servings = new Map<string, LooseServing>();
  for (const [capability, { members: declared = {}, scope }] of Object.entries(protocol.capabilities)) {
    const each = Object.hasOwn(serving, capability) ? serving[capability] : undefined;
    if (!each?.admit?.length) {
      throw new PorticoError(
        'INVALID_ARGUMENT',
        `capability "${capability}" of ${protocol.name} has no rule: say whom to admit`,
      );
    }
    if (scope && !each.choices && each.admit.some(({ verdict }) => verdict === 'ask')) {
      throw new PorticoError(
        'INVALID_ARGUMENT',
        `capability "${capability}" of ${protocol.name} has a scope, but no choices to ask a person for`,
      );
    }
    servings.set(capability, each);
    for (const [name, member] of Object.entries(declared)) {
      if (member.kind === 'method' && !each.provide) {
        throw new PorticoError(
          'INVALID_ARGUMENT',
          `capability "${capability}" of ${protocol.name} has methods, but no provider`,
        );
      }
      const path = `${capability}.${name}`;
      members.set(path, publishMember(path, capability, name, member, protocol, limits));
    }
  }
  return { protocol, line: lineOf(protocol.version), members, servings };
};

const publishMember = (
  path: string,
  capability: string,
  name: string,
  member: Member,
  protocol: AnyProtocol,
  limits: Limits,
): PublishedMember => {
  const shared = { capability, name };
  if (member.kind === 'event') {
    const { payload, coalesceBy } = member as Event;
    return { ...shared, encoder: encoders(payload), source: createEventSource(path, coalesceBy, limits) };
  }
  return {
    ...shared,
    encoder: encoders((member as Method).result),
    method: methodPlan(path, member as Method, protocol, limits),
  };
};

/** Of grants. */
const NONE: ReadonlySet<string> = new Set();
/** As the data of errors goes out, whoever reads it. */
const PLAIN = { nativeBytes: false, tables: false };

const methodPlan = (path: string, member: Method, protocol: AnyProtocol, limits: Limits): MethodPlan => ({
  path,
  decode: paramsDecoder(member.params),
  deadline: member.deadline === undefined ? limits.deadline : milliseconds(member.deadline),
  errors: new Map(
    (member.errors ?? []).map((each) => [each, outputEncoder(protocol.errors?.[each], NONE, PLAIN)]),
  ),
});

const encoders = (schema: Schema | undefined): PublishedMember['encoder'] => {
  const gates = schema ? [...gatesIn(schema)] : [];
  const built = new Map<string, Codec>();
  return (grants, nativeBytes) => {
    const open = gates.filter((gate) => grants.has(gate));
    const key = [nativeBytes, ...open].join();
    let codec = built.get(key);
    if (!codec) {
      codec = outputEncoder(schema, new Set(open), { nativeBytes, tables: true });
      built.set(key, codec);
    }
    return codec;
  };
};

/** The rules that let in only who brings a TLS channel ID: in today's browsers, nobody. */
export const rulesForTlsChannels = ({ servings }: Publication): { capability: string; rule: Rule }[] =>
  [...servings].flatMap(([capability, { admit }]) =>
    admit
      .filter(({ verdict, matcher }) => verdict !== 'refuse' && matcher.needsTlsChannelId)
      .map((rule) => ({ capability, rule })),
  );
