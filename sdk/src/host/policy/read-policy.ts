import type { Principal } from '../admission/principal.js';
import type { Subject } from '../consent/types.js';

/** One rule of an administrator, as it is written. */
export interface PolicyRule {
  /**
   * Ids of extensions, origins of web pages (`https://app.example.org`), or `*` for every extension. An id that is
   * refused is refused with its content scripts, an origin with the content scripts in its pages, and `*` refuses
   * everybody from outside, pages too. What is allowed are extensions and pages, never content scripts, which a
   * page may forge.
   */
  readonly ids: readonly string[];
  /** The name of a protocol; without it, every protocol. */
  readonly protocol?: string;
  /** Names of capabilities; without it, all. */
  readonly capabilities?: readonly string[];
  readonly verdict: 'allow' | 'refuse';
}

export type PolicyVerdict = PolicyRule['verdict'];

/** A policy that fits, ready to decide. */
export interface ReadPolicy {
  /** What was read, with nothing else in it: to be kept. */
  readonly rules: readonly PolicyRule[];
  decide(principal: Principal, subject: Subject): PolicyVerdict | undefined;
}

/** Bounds of a policy: rules; ids and capabilities in one rule; characters of a name. */
export const POLICY_BOUNDS = { rules: 1000, ids: 1000, capabilities: 256, name: 256 } as const;

/** What is wrong with a policy, and where. */
class Misfit extends Error {}

const misfit = (where: string, words: string): never => {
  throw new Misfit(`${where} ${words}`);
};

/** @returns the policy, or what is wrong with it */
export const readPolicy = (value: unknown): ReadPolicy | string => {
  try {
    const { rules } = readObject(value, 'portico', ['rules']);
    const read = readList(rules, 'portico.rules', POLICY_BOUNDS.rules, readRule);
    return { rules: read, decide: decideBy(read) };
  } catch (error) {
    if (error instanceof Misfit) return error.message;
    throw error;
  }
};

const readRule = (value: unknown, where: string): PolicyRule => {
  const { ids, protocol, capabilities, verdict } = readObject(value, where, [
    'ids',
    'protocol',
    'capabilities',
    'verdict',
  ]);
  return {
    ids: readNames(ids, `${where}.ids`, POLICY_BOUNDS.ids, readId),
    ...(protocol === undefined ? {} : { protocol: readName(protocol, `${where}.protocol`) }),
    ...(capabilities === undefined
      ? {}
      : {
          capabilities: readNames(
            capabilities,
            `${where}.capabilities`,
            POLICY_BOUNDS.capabilities,
            readName,
          ),
        }),
    verdict:
      verdict === 'allow' || verdict === 'refuse'
        ? verdict
        : misfit(`${where}.verdict`, "is neither 'allow' nor 'refuse'"),
  };
};

/** Own properties of these names; one of another name may be a rule that this version does not know. */
const readObject = (
  value: unknown,
  where: string,
  names: readonly string[],
): Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return misfit(where, 'is no object');
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) return misfit(where, `has an unknown ${JSON.stringify(unknown.slice(0, 40))}`);
  return Object.fromEntries(
    names.flatMap((name) =>
      Object.hasOwn(value, name) ? [[name, (value as Readonly<Record<string, unknown>>)[name]]] : [],
    ),
  );
};

const readList = <T>(
  value: unknown,
  where: string,
  most: number,
  read: (item: unknown, where: string) => T,
): readonly T[] => {
  if (!Array.isArray(value)) return misfit(where, 'is no list');
  if (value.length > most) return misfit(where, `has more than ${most} entries`);
  return Array.from(value, (item, index) => read(item, `${where}[${index}]`));
};

/** An empty list would be about nobody, or nothing: hardly what was meant. */
const readNames = (
  value: unknown,
  where: string,
  most: number,
  read: (item: unknown, where: string) => string,
): readonly string[] => {
  const names = readList(value, where, most, read);
  return names.length > 0 ? names : misfit(where, 'is empty');
};

const readName = (value: unknown, where: string): string => {
  if (typeof value !== 'string' || value === '') return misfit(where, 'is no text');
  if (value.length > POLICY_BOUNDS.name) return misfit(where, `is longer than ${POLICY_BOUNDS.name}`);
  // No id, name or origin has a space: with one it would be about nobody.
  return /\s/.test(value) ? misfit(where, 'has a space in it') : value;
};

const readId = (value: unknown, where: string): string => {
  const id = readName(value, where);
  if (!/[:/]/.test(id)) return id;
  const origin = URL.canParse(id) ? new URL(id).origin : undefined;
  return origin === id && /^https?:[^*]+$/.test(id)
    ? id
    : misfit(where, 'is neither an id nor an origin such as https://app.example.org');
};

interface Ready {
  readonly about: ReadonlySet<string>;
  readonly all: boolean;
  readonly protocol: string | undefined;
  readonly capabilities: ReadonlySet<string> | undefined;
  readonly verdict: PolicyVerdict;
}

/** First the cheap question whom a rule is about: most rules are about others. */
const decideBy = (rules: readonly PolicyRule[]): ReadPolicy['decide'] => {
  const ready = rules.map(
    ({ ids, protocol, capabilities, verdict }): Ready => ({
      about: new Set(ids),
      all: ids.includes('*'),
      protocol,
      capabilities: capabilities && new Set(capabilities),
      verdict,
    }),
  );
  return (principal, { protocol, capability }) => {
    if (!isFromOutside(principal)) return undefined;
    return ready.find(
      (rule) =>
        isAbout(rule, principal) &&
        (rule.protocol === undefined || rule.protocol === protocol) &&
        (rule.capabilities?.has(capability) ?? true),
    )?.verdict;
  };
};

const isAbout = ({ about, all, verdict }: Ready, principal: Principal): boolean => {
  const { kind, origin } = principal;
  if (verdict === 'refuse') return all || about.has(origin) || (kind !== 'page' && about.has(principal.id));
  if (kind === 'page') return about.has(origin);
  return kind === 'extension' && (all || about.has(principal.id));
};

/** Whether a caller is none of this extension's own contexts: a policy is about no others. */
export const isFromOutside = (principal: Principal): boolean =>
  principal.kind !== 'self' && !(principal.kind === 'content-script' && principal.own);
