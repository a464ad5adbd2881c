import { type Codec, FAIL, fail, failAt, isObject, isPlain, step, weighed } from '../conversion.js';
import { type Building, build, type Field, type LinkedField, type LinkedPlan } from './kind.js';

/** What is done about a property that is not listed: {@link FAIL}, or it is copied, or left out. */
type Others = (copy: Record<string, unknown>, key: string, property: unknown) => unknown;

const refused: Others = (_copy, key) => fail(`no property ${JSON.stringify(key.slice(0, 64))}`);

/** An object of listed properties. */
export const object = (
  at: Building,
  listed: readonly LinkedField[],
  others: Others | undefined = at.mode.strict ? refused : undefined,
): Codec => {
  const { plain } = at.mode;
  const fields = open(at, listed);
  const names = new Set(listed.map(([key]) => key));
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
    const keys = others ? Object.keys(value) : [];
    // The common case ends here: as many as were found.
    if (others && keys.length !== known) {
      for (const key of keys) {
        if (names.has(key) || value[key] === undefined) continue;
        if (others(copy, key, value[key]) === FAIL) return FAIL;
      }
    }
    return copy;
  };
};

/** An object with others beside the listed properties, told by what their names match. */
export const openObject = (
  at: Building,
  listed: readonly LinkedField[],
  patterns: readonly (readonly [pattern: string, plan: LinkedPlan])[],
): Codec => {
  const { strict } = at.mode;
  const others = patterns.map(([pattern, plan]) => [new RegExp(pattern, 'u'), build(plan, at)] as const);
  return object(at, listed, (copy, key, property) => {
    // Assigning __proto__ would set a prototype, here or in the handler's own copies.
    const own = key === '__proto__';
    const codec = !own && others.find(([pattern]) => pattern.test(key))?.[1];
    if (!codec) return (strict || own) && refused(copy, key, property);
    const result = weighed(key.length, 0) === FAIL ? FAIL : codec(property);
    if (result === FAIL) return failAt(key);
    copy[key] = result;
    return result;
  });
};

/** The properties that may cross in this mode. */
export const open = (at: Building, fields: readonly LinkedField[]): Field[] => {
  const { opened } = at.mode;
  return (opened?.(fields) ?? fields).map(([key, plan, required]) => ({
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
