/** Reads manifests, which may hold anything anywhere: only own properties of objects, only of the type that is asked for. */

export type JsonObject = { readonly [key: string]: unknown };

export const objectOf = (value: unknown): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;

/** What stands at the end of the path; `undefined` where anything on the way is no object or lacks the key. */
export const valueAt = (value: unknown, ...keys: readonly string[]): unknown => {
  let found = value;
  for (const key of keys) {
    const object = objectOf(found);
    found = object && Object.hasOwn(object, key) ? object[key] : undefined;
  }
  return found;
};

export const textAt = (value: unknown, ...keys: readonly string[]): string | undefined => {
  const found = valueAt(value, ...keys);
  return typeof found === 'string' ? found : undefined;
};

/** The strings of a list with their places in it; `undefined` if there is no list. */
export const textsAt = (
  value: unknown,
  ...keys: readonly string[]
): readonly { readonly text: string; readonly index: number }[] | undefined => {
  const found = valueAt(value, ...keys);
  if (!Array.isArray(found)) return undefined;
  return found.flatMap((text, index) => (typeof text === 'string' ? [{ text, index }] : []));
};
