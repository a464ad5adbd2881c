import type { Role } from './generate.js';

/** What each may have, whatever it asks for. */
export const GRANTS: Readonly<Record<Role, readonly string[]>> = {
  friend: ['read', 'titles', 'control'],
  slow: ['read', 'titles', 'control'],
  guest: ['read'],
  stranger: [],
};

const CAPABILITIES = ['read', 'titles', 'control', 'admin'];
const VERSION = /^(?:0|[1-9]\d{0,5})\.(?:0|[1-9]\d{0,5})\.(?:0|[1-9]\d{0,5})$/;

/** A hello as the table in 6.1 of the wire has it. */
export interface ReadHello {
  readonly versions: readonly string[];
  readonly needs: readonly string[];
  readonly wants: readonly string[];
  readonly nativeBytes: boolean;
}

const listOf =
  (most: number, fits: (item: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.length <= most && Array.from(value).every(fits);
/** Characters are counted as code units. */
const text =
  (most: number) =>
  (value: unknown): boolean =>
    typeof value === 'string' && value.length <= most;
const integer = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 2 ** 53 - 1;
const optional =
  (fits: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || fits(value);
const names = listOf(256, text(64));
const SHAPE: Readonly<Record<string, (value: unknown) => boolean>> = {
  wire: listOf(16, integer),
  versions: listOf(16, text(32)),
  needs: names,
  wants: names,
  name: optional(text(128)),
  proof: optional(integer),
  token: optional(text(4096)),
};

/** Reads a hello's body; gives what is wrong with it as text. */
export const readBody = (body: unknown): ReadHello | string => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'no object';
  const prototype: unknown = Object.getPrototypeOf(body);
  if (prototype !== null && prototype !== Object.prototype) return 'no plain object';
  const at = (key: string): unknown =>
    Object.hasOwn(body, key) ? (body as Record<string, unknown>)[key] : undefined;
  for (const [key, fits] of Object.entries(SHAPE)) if (!fits(at(key))) return `${key} does not fit`;
  if (!(at('wire') as number[]).includes(1)) return 'another wire version';
  return {
    versions: at('versions') as string[],
    needs: at('needs') as string[],
    wants: at('wants') as string[],
    nativeBytes: at('probe') instanceof Uint8Array,
  };
};

export type Admission =
  | { readonly refused: string }
  | {
      readonly version: string;
      readonly granted: readonly string[];
      readonly refusedCapabilities: Readonly<Record<string, string>>;
    };

/** What a host of `tabs` 1.2.0 answers somebody of this role. */
export const admission = (role: Role, { versions, needs, wants }: ReadHello): Admission => {
  const minors = versions
    .filter((version) => VERSION.test(version) && version.startsWith('1.'))
    .map((version) => version.split('.').map(Number) as [number, number, number]);
  if (minors.length === 0) return { refused: 'NO_COMMON_VERSION' };
  const older = minors.filter(([, minor, patch]) => minor < 2 || (minor === 2 && patch === 0));
  const [newest] = older.sort((a, b) => b[1] - a[1] || b[2] - a[2]);
  const spoken = minors.length > older.length || !newest ? '1.2.0' : newest.join('.');
  const asked = [...new Set([...needs, ...wants])];
  const granted = asked.filter((name) => GRANTS[role].includes(name));
  if (needs.some((name) => !granted.includes(name))) return { refused: 'CAPABILITY_REFUSED' };
  const refused = asked.filter((name) => !granted.includes(name) && name !== '__proto__');
  return {
    version: spoken,
    granted,
    refusedCapabilities: Object.fromEntries(
      refused.map((name) => [name, CAPABILITIES.includes(name) ? 'CAPABILITY_REFUSED' : 'UNKNOWN_MEMBER']),
    ),
  };
};
