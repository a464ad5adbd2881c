/** Puts kinds into a plan in place of letters: what a definition needs at once, and the compiler writes down. */
import * as kinds from './kinds/index.js';
import type { LinkedPlan } from './kinds/kind.js';
import type { Parts } from './parts.js';
import type { Constraints, Plan, PlanField } from './plan.js';
import type { AnyProtocol, Capability } from './protocol.js';

/** The names that `portico/kinds` exports. */
export type KindName = keyof typeof kinds;

const NAMES: Readonly<Record<string, KindName>> = {
  '*': 'any',
  b: 'boolean',
  z: 'empty',
  s: 'string',
  n: 'number',
  i: 'integer',
  y: 'bytes',
  e: 'oneOf',
  u: 'either',
  a: 'list',
  o: 'object',
  d: 'defined',
  r: 'reference',
};

/** A plan as the kinds read it, with whatever `of` gives for the name of a kind or a check. Only hosts need `gates`. */
export const linked = (root: Plan, of: (name: KindName) => unknown, gates = true): unknown[] => {
  const link = (plan: Plan): unknown[] => {
    // A letter alone is a list of one.
    const [kind, first, second, third] = plan as readonly [string, never, never, never];
    const all = (plans: readonly Plan[]): unknown[] => plans.map(link);
    const rest = (): unknown[] => {
      switch (kind) {
        case 'd':
          return [all(first), link(second)];
        case 'a':
          return [link(first), second && bounds(second), third && all(third)];
        case 'o':
          return [
            (first as readonly PlanField[]).map(([key, field, required, gate]) =>
              gate && gates ? [key, link(field), required, gate] : [key, link(field), required],
            ),
            second && (second as [string, Plan][]).map(([pattern, other]) => [pattern, link(other)]),
          ];
        case 'u':
          return [all(first), second, third];
        case 's':
        case 'n':
        case 'i':
          return [first && bounds(first)];
        default:
          return [first];
      }
    };
    // Of some letters the rarer forms are kinds of their own, so that a bundle may do without.
    const rarer = { u: second !== undefined && 'tagged', a: third && 'tuple', o: second && 'openObject' };
    const name = (rarer[kind as 'u'] || NAMES[kind]) as KindName;
    const written = [of(name), ...rest()];
    while (written.at(-1) === undefined) written.pop();
    return written;
  };

  const bounds = (constraints: Constraints): unknown[] =>
    // What is no name of a check is a format: an expression under that name.
    Object.entries(constraints).map(([name, bound]) =>
      Object.hasOwn(kinds, name) ? [of(name as KindName), bound] : [of('pattern'), bound, name],
    );

  return link(root);
};

/** A plan that codecs can be built of. */
export const link = (plan: Plan): LinkedPlan =>
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: a definition may name any of them
  linked(plan, (name) => kinds[name]) as never;

/** What a protocol brings along, with whatever `of` gives for the names of parts. */
export const partsOf = <T>(
  { errors, capabilities }: Pick<AnyProtocol, 'errors' | 'capabilities'>,
  of: (name: KindName) => T,
): Record<string, T> => ({
  ...(errors && { '~declared': of('declared') }),
  ...(Object.values(capabilities).some(isNewer) && { '~newer': of('newer') }),
});

/** Whether it or a member of it came with a later version. */
const isNewer = ({ since, members = {} }: Capability): boolean =>
  [since, ...Object.values(members).map((member) => member.since)].some((each) => each !== undefined);

/** The parts themselves. */
export const parts = (protocol: Pick<AnyProtocol, 'errors' | 'capabilities'>): Parts =>
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: as above
  partsOf(protocol, (name) => kinds[name]) as never;
