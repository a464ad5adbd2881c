/** Base64 both ways; natively where the browser has it (2025 and later), else in slices that fit the stack. */

interface NativeBase64 {
  toBase64?: () => string;
}
const SLICE = 0x8000;

/** The standard Base64 of bytes, padded. */
export const encodeBytes = (bytes: Uint8Array): string => {
  const native = (bytes as NativeBase64).toBase64;
  if (native) return native.call(bytes);
  let binary = '';
  for (let i = 0; i < bytes.length; i += SLICE)
    binary += String.fromCharCode(...bytes.subarray(i, i + SLICE));
  return btoa(binary);
};

/** The bytes of standard Base64; `undefined` when it is none. */
export const decodeBytes = (text: string): Uint8Array | undefined => {
  try {
    const native = (Uint8Array as { fromBase64?: (text: string) => Uint8Array }).fromBase64;
    return native ? native(text) : Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
};
