/**
 * Says in words what a value is, so that it can be told to a test by any way: JSON would lose what is in question.
 * It goes by tags and not by classes, since the value may be of another realm.
 */
export const describe = (value: unknown, around: readonly object[] = []): string => {
  if (typeof value === 'string')
    return value.length > 100 ? `a text of ${value.length}` : JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null)
    return typeof value === 'function' ? 'a function' : String(value);
  if (around.includes(value)) return 'itself';
  const within = [...around, value];
  if (Array.isArray(value)) return `[${Array.from(value, (each) => describe(each, within)).join(', ')}]`;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return tag === 'Object' ? describeProperties(value, within) : `${tag} ${describeTagged(tag, value)}`;
};

const describeProperties = (value: object, within: readonly object[] = []): string => {
  const entries = Object.entries(value).map(([key, each]) => `${key}: ${describe(each, within)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
};

const describeTagged = (tag: string, value: object): string => {
  switch (tag) {
    case 'Date':
      return (value as Date).toISOString();
    case 'Map':
      return describe([...(value as Map<unknown, unknown>)]);
    case 'Set':
    case 'Uint8Array':
      return describe([...(value as Iterable<unknown>)]);
    case 'ArrayBuffer':
      return describe([...new Uint8Array(value as ArrayBuffer)]);
    case 'Error':
      return `${(value as Error).name}: ${(value as Error).message}`;
    case 'RegExp':
      return String(value);
    default:
      return describeProperties(value);
  }
};

/** What was thrown, in words. */
export const describeThrown = (error: unknown): string => {
  const { name, message } = Object(error) as Error;
  return `${name}: ${message}`;
};
