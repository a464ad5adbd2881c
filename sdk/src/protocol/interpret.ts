/**
 * The interpreter: turns a plan into a function that validates a value and copies what is declared of it,
 * without generating code (extensions forbid that). It trusts the plan, never the value.
 */
import {
  type Codec,
  deeper,
  FAIL,
  fail,
  failAt,
  firstOf,
  isObject,
  isPlain,
  step,
  weighed,
} from './conversion.js';
import type { BytesForm, Constraints, Plan, PlanField } from './plan.js';

/** What a codec is for. */
export interface Mode {
  /** Whether undeclared properties fail (parameters) or are left out (results, events). */
  readonly strict: boolean;
  /** Writes or reads bytes; `undefined` for what is none. */
  readonly bytes: BytesForm;
  /**
   * Whether objects must be such as JSON brings: a structured clone can bring a Map or a million bytes. An
   * author's own class instances may be sent.
   */
  readonly plain?: boolean;
  /** The grants that open gated properties; without it all are open. */
  readonly grants?: ReadonlySet<string>;
  /** How lists of objects travel, where not as they are. */
  readonly table?: (fields: readonly Field[], plain: Codec, count: Codec) => Codec;
}

/** A declared property. */
export interface Field {
  readonly key: string;
  readonly codec: Codec;
  readonly required: boolean;
  /** Also a name of Object.prototype: a plain read would find what nobody has sent. */
  readonly shadowed: boolean;
}

type Scalar = readonly [name: string, is: (value: unknown) => boolean];

const SCALARS: Readonly<Record<string, Scalar>> = {
  b: ['a boolean', (value) => typeof value === 'boolean'],
  z: ['null', (value) => value === null],
  s: ['a string', (value) => typeof value === 'string'],
  n: ['a finite number', Number.isFinite],
  i: ['an integer', Number.isInteger],
};

type Check = (value: never, bound: never) => boolean;

/** Lengths are in code points: never more than the units, and at least half as many. */
const points = (text: string, bound: number): number =>
  text.length > 2 * bound + 1 ? text.length : [...text].length;

const CHECKS: Readonly<Record<string, Check>> = {
  minLength: (value: string, bound: number) => points(value, bound) >= bound,
  // Mostly told by the units: counting points takes a list of them.
  maxLength: (value: string, bound: number) => value.length <= bound || points(value, bound) <= bound,
  pattern: (value: string, bound: RegExp) => bound.test(value),
  minimum: (value: number, bound: number) => value >= bound,
  maximum: (value: number, bound: number) => value <= bound,
  exclusiveMinimum: (value: number, bound: number) => value > bound,
  exclusiveMaximum: (value: number, bound: number) => value < bound,
  multipleOf: (value: number, bound: number) => Number.isInteger(value / bound),
  minItems: (value: number, bound: number) => value >= bound,
  maxItems: (value: number, bound: number) => value <= bound,
};

/** The first bound that a value breaks makes it fail. */
const bounded = (constraints: Constraints = {}): Codec => {
  const checks = Object.entries(constraints).map(
    ([name, bound]) =>
      // What is no bound of this table is a format: an expression, and its name says enough.
      [
        CHECKS[name] ?? (CHECKS['pattern'] as Check),
        typeof bound === 'string' ? new RegExp(bound, 'u') : bound,
        CHECKS[name] ? `${name} ${bound}` : name,
      ] as const,
  );
  return (value) => {
    for (const [check, bound, text] of checks) {
      if (!check(value as never, bound as never)) return fail(text);
    }
    return value;
  };
};

/** Builds the codec of a plan for one mode. Build once, run often. */
export const interpret = (root: Plan, mode: Mode): Codec => {
  let definitions: readonly Plan[] = [];
  const built: Codec[] = [];

  const build = (plan: Plan): Codec => {
    // A letter alone is a list of one.
    const [kind, first, second, third] = plan as [string, never, never, never];
    switch (kind) {
      case '*':
        return any;
      case 'd':
        definitions = first;
        return build(second);
      case 'r':
        return reference(first);
      case 'e':
        return oneOf(first);
      case 'y':
        return bytes(first);
      case 'a':
        return list(first, second, third);
      case 'o':
        return object(first, second);
      case 'u':
        return second === undefined ? either(first) : tagged(first, second, third);
      default:
        return scalar(SCALARS[kind] as Scalar, first);
    }
  };

  /** Built at first use: a plan may refer to itself. */
  const reference =
    (index: number): Codec =>
    (value) => {
      built[index] ??= build(definitions[index] as Plan);
      return deeper(built[index], value);
    };

  const scalar = ([name, is]: Scalar, constraints: Constraints | undefined): Codec => {
    const check = constraints && bounded(constraints);
    return (value) => {
      if (!is(value)) return fail(name);
      if (typeof value === 'string' && weighed(value.length, value) === FAIL) return FAIL;
      return check ? check(value) : value;
    };
  };

  const oneOf = (values: readonly unknown[]): Codec => {
    const allowed = new Set(values);
    return (value) => (allowed.has(value) ? value : fail(`one of ${JSON.stringify(values)}`));
  };

  const bytes =
    (most = Number.POSITIVE_INFINITY): Codec =>
    (value) => {
      const converted = mode.bytes(value);
      if (!converted) return fail('bytes');
      return converted.length > most ? fail(`maxLength ${most}`) : weighed(converted.length, converted.value);
    };

  const list = (item: Plan, constraints: Constraints | undefined, prefix: readonly Plan[] = []): Codec => {
    const first = prefix.map(build);
    const rest = build(item);
    const within = bounded(constraints);
    const count: Codec = (length) => (within(length) === FAIL ? FAIL : weighed(length as number, 0));
    const plain: Codec = (value) => {
      if (!Array.isArray(value)) return fail('an array');
      if (count(value.length) === FAIL || step() === FAIL) return FAIL;
      // Not made of that length at once: there may be nothing in it.
      const copy: unknown[] = [];
      for (let i = 0; i < value.length; i++) {
        const result = (i < first.length ? (first[i] as Codec) : rest)(value[i]);
        if (result === FAIL) return failAt(i);
        copy.push(result);
      }
      return copy;
    };
    const [kind, fields, others] = item as [string, readonly PlanField[], unknown];
    return mode.table && kind === 'o' && !others && first.length === 0
      ? mode.table(open(fields), plain, count)
      : plain;
  };

  /** The properties that may cross in this mode. */
  const open = (fields: readonly PlanField[]): Field[] =>
    fields
      .filter(([, , , gate]) => gate === undefined || !mode.grants || mode.grants.has(gate))
      .map(([key, plan, required]) => ({
        key,
        codec: build(plan),
        required: required === 1,
        shadowed: key in Object.prototype,
      }));

  const object = (
    listed: readonly PlanField[],
    patterns: readonly (readonly [string, Plan])[] = [],
  ): Codec => {
    const fields = open(listed);
    const names = new Set(listed.map(([key]) => key));
    const others = patterns.map(([pattern, plan]) => [new RegExp(pattern, 'u'), build(plan)] as const);
    const closed = mode.strict || others.length > 0;
    return (value) => {
      if (!isObject(value) || (mode.plain && !isPlain(value))) return fail('an object');
      if (step() === FAIL) return FAIL;
      const copy: Record<string, unknown> = {};
      let known = 0;
      for (let i = 0; i < fields.length; i++) {
        const field = fields[i] as Field;
        const { key, codec, required } = field;
        const property = read(value, field);
        if (property === undefined) {
          if (!required) continue;
          fail('a value');
          return failAt(key);
        }
        known++;
        const result = codec(property);
        if (result === FAIL) return failAt(key);
        copy[key] = result;
      }
      const keys = closed ? Object.keys(value) : [];
      // The common case ends here: as many as were found.
      if (closed && keys.length !== known) {
        for (const key of keys) {
          if (names.has(key) || value[key] === undefined) continue;
          // Assigning __proto__ would set a prototype, here or in the handler's own copies.
          const codec = key !== '__proto__' && others.find(([pattern]) => pattern.test(key))?.[1];
          if (!codec && !mode.strict && key !== '__proto__') continue;
          if (!codec) return fail(`no property ${JSON.stringify(key.slice(0, 64))}`);
          const result = weighed(key.length, 0) === FAIL ? FAIL : codec(value[key]);
          if (result === FAIL) return failAt(key);
          copy[key] = result;
        }
      }
      return copy;
    };
  };

  const either = (plans: readonly Plan[]): Codec => {
    const codecs = plans.map(build);
    return (value) => firstOf(codecs, value);
  };

  const tagged = (plans: readonly Plan[], tag: string, tags: readonly unknown[]): Codec => {
    const byTag = new Map(plans.map((plan, i) => [tags[i], build(plan)]));
    const field = { key: tag, shadowed: tag in Object.prototype };
    return (value) => {
      const codec = isObject(value) && byTag.get(read(value, field));
      if (codec) return codec(value);
      fail(`one of ${JSON.stringify(tags)}`);
      return failAt(tag);
    };
  };

  return build(root);
};

/** Reads a property, but none of Object.prototype. */
export const read = (
  value: Record<string, unknown>,
  { key, shadowed }: Pick<Field, 'key' | 'shadowed'>,
): unknown => (shadowed && !Object.hasOwn(value, key) ? undefined : value[key]);

/** A value of no declared type: plain JSON data, bounded. */
const any: Codec = (value) => {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return weighed(value.length, value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : fail('a finite number');
  return typeof value === 'object' ? deeper(anyObject, value) : fail('plain data');
};

const anyObject: Codec = (value) => {
  if (step() === FAIL) return FAIL;
  if (Array.isArray(value)) return anyList(value);
  if (!isPlain(value as object)) return fail('plain data');
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value as object)) {
    const each = (value as Record<string, unknown>)[key];
    if (each === undefined) continue;
    if (key === '__proto__') return fail('no property of the name __proto__');
    if (weighed(key.length, 0) === FAIL) return FAIL;
    const result = any(each);
    if (result === FAIL) return failAt(key);
    copy[key] = result;
  }
  return copy;
};

const anyList = (list: readonly unknown[]): unknown => {
  // First the length: a structured clone of a few bytes can be an array of four thousand million holes.
  if (weighed(list.length, 0) === FAIL) return FAIL;
  const copy: unknown[] = [];
  for (let i = 0; i < list.length; i++) {
    const result = any(list[i]);
    if (result === FAIL) return failAt(i);
    copy.push(result);
  }
  return copy;
};
