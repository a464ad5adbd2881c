/** Base64 both ways; natively where the browser has it (2025 and later), else in slices that fit the stack. */

/** Bytes as they travel, with how many they are. */
export interface Converted {
  readonly value: unknown;
  readonly length: number;
}

const SLICE = 0x8000;

/** A copy of an author's bytes. Not made by their own methods: a class of the author's may have others. */
const copyOf = (value: unknown): Uint8Array | undefined =>
  value instanceof Uint8Array && ArrayBuffer.isView(value) ? new Uint8Array(value) : undefined;

/** Bytes as Base64, standard and padded. */
export const toBase64 = (value: unknown): Converted | undefined => {
  const bytes = copyOf(value);
  if (!bytes) return undefined;
  const native = (bytes as { toBase64?: () => string }).toBase64;
  let binary = '';
  if (!native) {
    for (let i = 0; i < bytes.length; i += SLICE)
      binary += String.fromCharCode(...bytes.subarray(i, i + SLICE));
  }
  return { value: native ? native.call(bytes) : btoa(binary), length: bytes.length };
};

/** Bytes as they are, copied. */
export const toBytes = (value: unknown): Converted | undefined => {
  const bytes = copyOf(value);
  return bytes && { value: bytes, length: bytes.length };
};

/** Bytes in either form. A view of a larger buffer is copied: whoever keeps one byte would keep all that a peer sent. */
export const fromEither = (value: unknown): Converted | undefined => {
  if (value instanceof Uint8Array)
    return {
      value: value.length === value.buffer.byteLength ? value : value.slice(),
      length: value.length,
    };
  if (typeof value !== 'string') return undefined;
  try {
    const native = (Uint8Array as { fromBase64?: (text: string) => Uint8Array }).fromBase64;
    const bytes = native ? native(value) : decoded(atob(value));
    return { value: bytes, length: bytes.length };
  } catch {
    return undefined;
  }
};

/** A loop: to make a list of characters of it takes thirty times as long. */
const decoded = (binary: string): Uint8Array => {
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
};
