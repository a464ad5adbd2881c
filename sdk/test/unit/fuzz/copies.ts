import { deserialize, serialize } from 'node:v8';
import type { ProfileName } from 'portico/testing';

/** A message as it arrives in a browser of this profile. @throws what posting it throws */
export const arrived = (message: unknown, profile: ProfileName): unknown =>
  profile === 'chromium'
    ? JSON.parse(JSON.stringify(message === undefined ? null : message))
    : deserialize(serialize(message));

/** A message as text: what JSON has no place for is written as `{ "$": … }`. */
export const written = (message: unknown): string =>
  JSON.stringify(message, function (key, value: unknown) {
    const own = (this as Record<string, unknown>)[key];
    if (typeof value === 'bigint') return { $: `${value}n` };
    if (value === undefined) return { $: 'undefined' };
    if (typeof value === 'number' && !Number.isFinite(value)) return { $: `${value}` };
    if (Object.is(value, -0)) return { $: '-0' };
    if (own instanceof Date) return { $: 'Date', of: +own };
    if (ArrayBuffer.isView(own)) return { $: own.constructor.name, of: [...(own as Uint8Array)].map(String) };
    if (own instanceof Map || own instanceof Set) return { $: own.constructor.name, of: [...own] };
    if (own instanceof RegExp || own instanceof Error) return { $: own.constructor.name, of: String(own) };
    return value;
  });
