import { ApiError } from '../realm/realm.js';

export type AreaName = 'local' | 'session' | 'sync' | 'managed';

type Values = Record<string, unknown>;

/** The values of one storage area, and what goes wrong there on demand. */
export class StorageArea {
  private readonly values = new Map<string, unknown>();
  private failures: string[] = [];
  /** How long each answer takes, in milliseconds. */
  delay = 0;
  isSet = false;

  constructor(
    readonly name: AreaName,
    private readonly asJson: boolean,
    private readonly changed: (changes: object) => void,
    private readonly quota: () => number,
    private readonly quotaWords: string,
  ) {}

  get(keys: unknown): Values {
    this.failIfAsked();
    return valuesIn(Object.fromEntries(this.values), keys);
  }

  set(items: Values): void {
    this.failIfAsked();
    const copy = this.asJson ? (JSON.parse(JSON.stringify(items)) as Values) : structuredClone(items);
    const next = new Map([...this.values, ...Object.entries(copy)]);
    if (sizeOf(next) > this.quota()) throw new ApiError(this.quotaWords);
    this.replace(copy);
  }

  /** Without the quota, and without failures: what a test or a policy puts there. */
  replace(items: Values): void {
    this.isSet = true;
    const changes: Record<string, object> = {};
    for (const [key, newValue] of Object.entries(items)) {
      const oldValue = this.values.get(key);
      if (JSON.stringify(oldValue) !== JSON.stringify(newValue) || !this.asJson)
        changes[key] = { ...(this.values.has(key) ? { oldValue } : {}), newValue };
      this.values.set(key, newValue);
    }
    if (Object.keys(changes).length > 0) this.changed(changes);
  }

  remove(keys: unknown): void {
    this.failIfAsked();
    const changes: Record<string, object> = {};
    for (const key of keysIn(keys) ?? []) {
      if (!this.values.has(key)) continue;
      changes[key] = { oldValue: this.values.get(key) };
      this.values.delete(key);
    }
    if (Object.keys(changes).length > 0) this.changed(changes);
  }

  clear(): void {
    this.remove([...this.values.keys()]);
  }

  /** Takes everything out, for good: what a test or an administrator does. */
  discard(): void {
    this.isSet = false;
    const changes = Object.fromEntries([...this.values].map(([key, oldValue]) => [key, { oldValue }]));
    this.values.clear();
    if (Object.keys(changes).length > 0) this.changed(changes);
  }

  /** Forgets all without a word, as when the extension is updated. */
  empty(): void {
    this.values.clear();
  }

  bytesInUse(keys: unknown): number {
    const wanted = keysIn(keys);
    return sizeOf(new Map([...this.values].filter(([key]) => wanted?.includes(key) ?? true)));
  }

  /** All there is, for tests. */
  get all(): Values {
    return structuredClone(Object.fromEntries(this.values));
  }

  /** The next uses fail with these words. */
  fail(words: string, times: number): void {
    this.failures.push(...Array.from({ length: times }, () => words));
  }

  private failIfAsked(): void {
    const words = this.failures.shift();
    if (words !== undefined) throw new ApiError(words);
  }
}

/** Those of these values that are asked for: by one key, several, or with defaults; all without. */
export const valuesIn = (values: Readonly<Values>, keys: unknown): Values => {
  const defaults = typeof keys === 'object' && keys !== null && !Array.isArray(keys) ? (keys as Values) : {};
  const found: Values = {};
  for (const key of keysIn(keys) ?? Object.keys(values)) {
    if (Object.hasOwn(values, key)) found[key] = values[key];
    else if (Object.hasOwn(defaults, key)) found[key] = defaults[key];
  }
  return structuredClone(found);
};

const keysIn = (keys: unknown): string[] | undefined => {
  if (keys === undefined || keys === null) return undefined;
  if (typeof keys === 'string') return [keys];
  return Array.isArray(keys) ? keys.map(String) : Object.keys(keys as object);
};

const sizeOf = (values: ReadonlyMap<string, unknown>): number => {
  let size = 0;
  for (const [key, value] of values) size += key.length + Buffer.byteLength(JSON.stringify(value) ?? '');
  return size;
};
