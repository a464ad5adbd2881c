import { type Codec, FAIL, fail, failAt, isObject, isPlain, step, weighed } from '../conversion.js';
import { type Building, build, type Field, type LinkedField, type LinkedPlan } from './kind.js';

export const object = (
  at: Building,
  listed: readonly LinkedField[],
  patterns: readonly (readonly [pattern: string, plan: LinkedPlan])[] = [],
): Codec => {
  const { strict, plain } = at.mode;
  const fields = open(at, listed);
  const names = new Set(listed.map(([key]) => key));
  const others = patterns.map(([pattern, plan]) => [new RegExp(pattern, 'u'), build(plan, at)] as const);
  const closed = strict || others.length > 0;
  return (value) => {
    if (!isObject(value) || (plain && !isPlain(value))) return fail('an object');
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
        if (!codec && !strict && key !== '__proto__') continue;
        if (!codec) return fail(`no property ${JSON.stringify(key.slice(0, 64))}`);
        const result = weighed(key.length, 0) === FAIL ? FAIL : codec(value[key]);
        if (result === FAIL) return failAt(key);
        copy[key] = result;
      }
    }
    return copy;
  };
};

/** The properties that may cross in this mode. */
export const open = (at: Building, fields: readonly LinkedField[]): Field[] => {
  const { grants } = at.mode;
  return fields
    .filter(([, , , gate]) => gate === undefined || !grants || grants.has(gate))
    .map(([key, plan, required]) => ({
      key,
      codec: build(plan, at),
      required: required === 1,
      shadowed: key in Object.prototype,
    }));
};

/** Reads a property, but none of Object.prototype. */
export const read = (
  value: Record<string, unknown>,
  { key, shadowed }: Pick<Field, 'key' | 'shadowed'>,
): unknown => (shadowed && !Object.hasOwn(value, key) ? undefined : value[key]);
