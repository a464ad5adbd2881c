import type { Converted } from './base64.js';
import type { Codec } from './conversion.js';
import type { LinkedPlan } from './kinds/kind.js';

/**
 * A schema made ready to become a codec: references resolved, intersections joined, alternatives told
 * apart. Plain JSON data, made by `lower`. `link` puts kinds in place of the letters, and so does the
 * compiler, in what it writes. Not a format of the wire, and free to change between versions of Portico.
 *
 * A letter alone, or a list that begins with one:
 *
 * | plan | value |
 * |---|---|
 * | `*` | any JSON value |
 * | `b`, `z` | a boolean, null |
 * | `s`, `n`, `i`, or `[…, constraints]` | a string, a number, an integer |
 * | `y`, or `['y', maxLength]` | bytes |
 * | `['e', values]` | one of these primitives |
 * | `['a', item, constraints, prefix]` | an array: the plan of its items, and the plans of its first ones where they differ |
 * | `['o', fields, others]` | an object: `[key, plan, required, gate]` for each listed property, `[pattern, plan]` for others |
 * | `['u', plans, tag, tags]` | an alternative; with a tag, the property whose constants tell which |
 * | `['d', definitions, plan]`, `['r', index]` | a plan with definitions; a reference to one |
 */
export type Plan = string | readonly [kind: string, ...rest: unknown[]];

export type PlanField = readonly [key: string, plan: Plan, required: 0 | 1, gate?: string];

/** Bounds by the names they have in JSON Schema; expressions of formats by `format` and their names. */
export type Constraints = Readonly<Record<string, number | string>>;

/**
 * What a protocol compiled for hosts carries beside a plan, as its property `~generated`: code for values
 * that come in as parameters, and for those that go out as results, events and data of errors. It gives
 * `undefined` for what it leaves to the interpreter.
 */
export interface GeneratedCode {
  readonly read?: (bytes: BytesForm) => Codec;
  readonly write?: (bytes: BytesForm, grants: ReadonlySet<string>, tables: boolean) => Codec;
}

/** Writes or reads bytes; `undefined` for what is none. */
export type BytesForm = (value: unknown) => Converted | undefined;

/** The code that was generated for a plan, if any was. */
export const generatedFor = (schema: object | undefined): GeneratedCode =>
  (schema as { '~generated'?: GeneratedCode } | undefined)?.['~generated'] ?? {};

/** The plan of a schema that `defineProtocol` has seen. */
export const planOf = (schema: object): Plan => (schema as { '~plan'?: Plan })['~plan'] as Plan;

/** What codecs are built of, for a schema that `defineProtocol` has seen, or that was compiled. */
export const linkedPlanOf = (schema: object): LinkedPlan | undefined => {
  const plan = (schema as { '~linked'?: LinkedPlan })['~linked'] ?? schema;
  return isLinked(plan) ? plan : undefined;
};

/** Whether it was compiled, and is no schema. */
export const isLinked = (schema: unknown): schema is LinkedPlan =>
  Array.isArray(schema) && typeof schema[0] === 'function';
