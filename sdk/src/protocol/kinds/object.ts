import {
  type Codec,
  type Conversion,
  FAIL,
  isObject,
  isOpaque,
  isPlain,
  named,
  readText,
} from '../conversion.js';
import { type Building, build, type Field, type LinkedField, type LinkedPlan } from './kind.js';

/** What is done about a property that is not listed: {@link FAIL}, or it is copied, or left out. */
type Others = (
  copy: Record<string, unknown>,
  key: string,
  property: unknown,
  conversion: Conversion,
) => unknown;

const refused: Others = (_copy, key, _property, conversion) =>
  conversion.fail(`no property ${JSON.stringify(key.slice(0, 64))}`);

/** An object of listed properties. */
export const object = (
  at: Building,
  listed: readonly LinkedField[],
  others: Others | undefined = at.mode.strict ? refused : undefined,
): Codec => {
  const { plain } = at.mode;
  const fields = open(at, listed);
  const names = new Set(listed.map(([key]) => key));
  return (value, conversion) => {
    if (!isObject(value) || (plain && !isPlain(value))) return conversion.fail('an object');
    if (conversion.stepped(1 + fields.length) === FAIL) return FAIL;
    const copy: Record<string, unknown> = {};
    let known = 0;
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as Field;
      const { key, codec, required } = field;
      const property = read(value, field);
      if (property === undefined) {
        if (!required) continue;
        conversion.fail('a value');
        return conversion.failAt(key);
      }
      known++;
      const result = codec(property, conversion);
      if (result === FAIL) return conversion.failAt(key);
      copy[key] = result;
    }
    // Else nothing would be left of it, and nobody told.
    if (known === 0 && isOpaque(value)) return conversion.fail('an object');
    if (!others) return conversion.choosing && lose(value, names, conversion) === FAIL ? FAIL : copy;
    const keys = Object.keys(value);
    // The common case ends here: as many as were found. An author's getters may stand on a prototype.
    if (plain && others === refused && keys.length === known) return copy;
    if (named(keys, conversion) === FAIL) return FAIL;
    for (const key of keys) {
      if (names.has(key)) continue;
      const property = value[key];
      if (property !== undefined && others(copy, key, property, conversion) === FAIL) return FAIL;
    }
    return copy;
  };
};

/** Counts the properties that are left out. They are not read: nobody has declared them. */
export const lose = (
  value: Record<string, unknown>,
  names: ReadonlySet<string>,
  conversion: Conversion,
): unknown => {
  const keys = Object.keys(value);
  for (const key of keys) if (!names.has(key)) conversion.lost++;
  return named(keys, conversion);
};

/** An object with others beside the listed properties, told by what their names match. */
export const openObject = (
  at: Building,
  listed: readonly LinkedField[],
  patterns: readonly (readonly [pattern: string, plan: LinkedPlan])[],
): Codec => {
  const { strict } = at.mode;
  const others = patterns.map(([pattern, plan]) => [new RegExp(pattern, 'u'), build(plan, at)] as const);
  const codec = object(at, listed, (copy, key, property, conversion) => {
    if (readText(key, conversion) === FAIL) return FAIL;
    // Assigning __proto__ would set a prototype, here or in the handler's own copies.
    const own = key === '__proto__';
    const other = !own && others.find(([pattern]) => pattern.test(key))?.[1];
    if (!other) {
      conversion.lost++;
      return (strict || own) && refused(copy, key, property, conversion);
    }
    const result = conversion.weighed(key.length, 0) === FAIL ? FAIL : other(property, conversion);
    if (result === FAIL) return conversion.failAt(key);
    copy[key] = result;
    return result;
  });
  // Its properties are all that an open object has: those of a Map, or of an array of bytes, are not what is meant.
  return (value, conversion) =>
    isObject(value) && isOpaque(value) ? conversion.fail('an object') : codec(value, conversion);
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
