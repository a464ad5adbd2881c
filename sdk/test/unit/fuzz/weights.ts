/** What the host reckons a value of an open schema to weigh: its characters, names, and lengths of lists. */
export const sizeOf = (value: unknown, level = 0): number => {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || level > MOST_LEVELS) return 0;
  if (value instanceof Uint8Array) return value.length;
  if (Array.isArray(value))
    return value.reduce<number>((sum, item) => sum + sizeOf(item, level + 1), value.length);
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + sizeOf(item, level + 1), 0);
};

/** No less than the steps that reading a value may take: an object has no more than eight listed properties. */
export const stepsOf = (value: unknown, level = 0): number => {
  if (typeof value === 'string') return 1 + value.length / 64;
  if (typeof value !== 'object' || value === null || level > MOST_LEVELS) return 0;
  if (value instanceof Uint8Array) return 1;
  const own = Array.isArray(value) ? value.length : 4 * Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, item) => sum + stepsOf(item, level + 1), own + 10);
};

/** Levels of lists and objects. */
export const levelsOf = (value: unknown, level = 0): number => {
  if (typeof value !== 'object' || value === null || level > MOST_LEVELS) return 0;
  return (
    1 + Object.values(value).reduce<number>((most, item) => Math.max(most, levelsOf(item, level + 1)), 0)
  );
};

/** Whether a structured clone brought what nobody has a reason to send. */
export const isOutlandish = (value: unknown, level = 0): boolean => {
  if (typeof value === 'bigint') return true;
  if (typeof value !== 'object' || value === null || level > MOST_LEVELS) return false;
  if (value instanceof Uint8Array) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== null && prototype !== Object.prototype) return true;
  return Object.values(value).some((item) => isOutlandish(item, level + 1));
};

const MOST_LEVELS = 100;
