import type { Plan, PlanField } from '../../protocol/plan.js';

/** A plan taken apart: what its references mean, and where it begins. */
export interface Program {
  readonly definitions: readonly Plan[];
  readonly root: Plan;
}

/** The parts of a plan; a letter alone is a list of one. */
export const partsOf = (plan: Plan): readonly [kind: string, never, never, never] => plan as never;

export const programOf = (plan: Plan): Program => {
  const [kind, definitions, root] = partsOf(plan);
  return kind === 'd' ? { definitions, root } : { definitions: [], root: plan };
};

/** What a value is at first sight. */
export type Kind = 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object' | 'bytes';

const ALL: readonly Kind[] = ['string', 'number', 'boolean', 'null', 'array', 'object', 'bytes'];
const OF_LETTER: Readonly<Record<string, readonly Kind[]>> = {
  s: ['string'],
  n: ['number'],
  i: ['number'],
  b: ['boolean'],
  z: ['null'],
  a: ['array'],
  // Bytes can be Base64, and where an author's own classes are sent, bytes are an object.
  y: ['string', 'bytes'],
  o: ['object', 'bytes'],
};

/** The kinds of values that may fit a plan. */
export const kindsOf = (
  plan: Plan,
  { definitions }: Program,
  around: readonly Plan[] = [],
): ReadonlySet<Kind> => {
  const [kind, first, second] = partsOf(plan);
  const program = { definitions, root: plan };
  if (kind === 'r') {
    const target = definitions[first] as Plan;
    return around.includes(target) ? new Set(ALL) : kindsOf(target, program, [...around, target]);
  }
  if (kind === 'e')
    return new Set((first as unknown[]).map((each) => (each === null ? 'null' : (typeof each as Kind))));
  if (kind === 'u' && second === undefined)
    return new Set((first as Plan[]).flatMap((each) => [...kindsOf(each, program, around)]));
  return new Set(kind === 'u' ? OF_LETTER['o'] : (OF_LETTER[kind] ?? ALL));
};

/** How deep the interpreter goes to see that an alternative is not of a value's kind. */
export const depthInVain = (plan: Plan, program: Program): number => {
  const [kind, first, second] = partsOf(plan);
  if (kind === 'r') return 1 + depthInVain(program.definitions[first] as Plan, program);
  if (kind !== 'u' || second !== undefined) return 0;
  return Math.max(...(first as Plan[]).map((branch) => depthInVain(branch, program)));
};

/**
 * Whether code can be generated that agrees with the interpreter. Where alternatives can only be told apart by
 * trying them, or two patterns may claim one property, the interpreter does the work.
 */
export const isGenerable = (program: Program): boolean => {
  const fits = (plan: Plan): boolean => {
    const [kind, first, second, third] = partsOf(plan);
    switch (kind) {
      case 'a':
        return [first, ...((third ?? []) as Plan[])].every(fits);
      case 'o':
        return (
          (first as PlanField[]).every(([, field]) => fits(field)) &&
          ((second ?? []) as [string, Plan][]).every(([, other]) => fits(other)) &&
          isUnclaimed(second)
        );
      case 'u':
        return (first as Plan[]).every(fits) && (second !== undefined || isToldApart(first, program));
      default:
        return true;
    }
  };
  return [...program.definitions, program.root].every(fits);
};

const isToldApart = (plans: readonly Plan[], program: Program): boolean => {
  const kinds = plans.flatMap((plan) => [...kindsOf(plan, program)]);
  return new Set(kinds).size === kinds.length;
};

const isUnclaimed = (others: readonly (readonly [string, Plan])[] = []): boolean => {
  const patterns = others.map(([pattern]) => pattern);
  const [pattern, ...more] = patterns.at(-1) === '' ? patterns.slice(0, -1) : patterns;
  return more.length === 0 && pattern !== '';
};

/** Whether a plan lets null through. */
export const isNullable = (plan: Plan, program: Program): boolean => kindsOf(plan, program).has('null');
