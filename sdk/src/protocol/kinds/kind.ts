/**
 * What turns plans into functions that validate a value and copy what is declared of it, without generating
 * code (extensions forbid that). Kinds trust the plan, never the value. Each is an export of its own, so that
 * a bundle carries those alone that its protocols name.
 */
import type { Codec, Conversion } from '../conversion.js';

/** What a codec is for. */
export interface Mode {
  /** Whether undeclared properties fail (parameters) or are left out (results, events). */
  readonly strict: boolean;
  /** How bytes are written, or that they are read. */
  readonly bytes: BytesMode;
  /**
   * Whether objects must be such as JSON brings: a structured clone can bring a Map or a million bytes. An
   * author's own class instances may be sent.
   */
  readonly plain?: boolean;
  /** Leaves out the properties whose gates are not open; without it all are. */
  readonly opened?: (fields: readonly LinkedField[]) => readonly LinkedField[];
  /** How lists of objects travel, where not as they are. */
  readonly table?: Tables | undefined;
}

/**
 * Makes the codec of a list of objects. `plain` is the one for lists as they are, and `count` minds the bounds of
 * their number.
 */
export type Tables = (
  at: Building,
  fields: readonly LinkedField[],
  plain: Codec,
  copied: Copied,
  count: Codec,
) => Codec;

/** Copies so many items of a list, each given by its place. */
export type Copied = (length: number, item: (i: number) => unknown, conversion: Conversion) => unknown;

export type BytesMode = 'native' | 'base64' | 'read';

/** A declared property. */
export interface Field {
  readonly key: string;
  readonly codec: Codec;
  readonly required: boolean;
  /** Also a name of Object.prototype: a plain read would find what nobody has sent. */
  readonly shadowed: boolean;
}

/** What the kinds of one plan share while its codec is built. */
export interface Building {
  readonly mode: Mode;
  readonly definitions?: readonly LinkedPlan[];
  /** The codecs of the definitions that were needed so far. */
  readonly built?: Codec[];
}

/** Builds the codec of a plan that begins with it; the rest is what the plan says besides. */
export type Kind = (at: Building, first: never, second: never, third: never) => Codec;

/** A plan with kinds in place of letters, and checks in place of the names of bounds. */
export type LinkedPlan = readonly [kind: Kind, ...rest: unknown[]];

/** A bound, or an expression and how failures name it. */
export type Bound = readonly [check: (bound: never, name?: string) => Codec, bound: unknown, name?: string];

export type LinkedField = readonly [key: string, plan: LinkedPlan, required: 0 | 1, gate?: string];

/** Builds the codec of a plan within another. */
export const build = ([kind, first, second, third]: LinkedPlan, at: Building): Codec =>
  kind(at, first as never, second as never, third as never);

/** Builds the codec of a plan for one mode. Build once, run often. */
export const codecOf = (plan: LinkedPlan, mode: Mode): Codec => build(plan, { mode });
