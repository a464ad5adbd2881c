/** Base64 both ways; natively where the browser has it (2025 and later), else in slices that fit the stack. */

/** Bytes as they travel, with how many they are. */
export interface Converted {
  readonly value: unknown;
  readonly length: number;
}

const SLICE = 0x8000;

/** Bytes as Base64, standard and padded. */
export const toBase64 = (value: unknown): Converted | undefined => {
  if (!(value instanceof Uint8Array)) return undefined;
  const native = (value as { toBase64?: () => string }).toBase64;
  let binary = '';
  if (!native) {
    for (let i = 0; i < value.length; i += SLICE)
      binary += String.fromCharCode(...value.subarray(i, i + SLICE));
  }
  return { value: native ? native.call(value) : btoa(binary), length: value.length };
};

/** Bytes as they are, copied. */
export const toBytes = (value: unknown): Converted | undefined =>
  value instanceof Uint8Array ? { value: value.slice(), length: value.length } : undefined;

/** Bytes in either form. */
export const fromEither = (value: unknown): Converted | undefined => {
  if (value instanceof Uint8Array) return { value, length: value.length };
  if (typeof value !== 'string') return undefined;
  try {
    const native = (Uint8Array as { fromBase64?: (text: string) => Uint8Array }).fromBase64;
    const bytes = native
      ? native(value)
      : Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
    return { value: bytes, length: bytes.length };
  } catch {
    return undefined;
  }
};
