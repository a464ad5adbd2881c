import { deserialize, serialize } from 'node:v8';
import type { Format, Profile } from '../profile.js';
import { shorten } from '../trace/trace.js';
import type { Realm } from './realm.js';

/** A message on its way: nobody's object any more. */
export interface Packed {
  readonly text?: string;
  readonly bytes?: Buffer;
}

/** What posting throws, in the words of the browser. */
export class PackError extends Error {}

/** Copies what is posted. @throws {PackError} */
export const pack = (value: unknown, format: Format, { texts, messageLimit }: Profile): Packed => {
  const packed = format === 'json' ? packJson(value, texts.uncloneable) : packClone(value, texts.uncloneable);
  if (sizeOf(packed, messageLimit) > messageLimit) throw new PackError(texts.tooLarge);
  return packed;
};

const packJson = (value: unknown, words: string): Packed => {
  let text: string | undefined;
  try {
    text = JSON.stringify(value === undefined ? null : value);
  } catch {
    // A BigInt, or an object that contains itself.
  }
  if (text === undefined) throw new PackError(words);
  return { text };
};

const packClone = (value: unknown, words: string): Packed => {
  try {
    return { bytes: serialize(value) };
  } catch {
    throw new PackError(words);
  }
};

const sizeOf = ({ text = '', bytes }: Packed, limit: number): number => {
  if (bytes) return bytes.length;
  // A character of UTF-16 is at most three bytes of UTF-8.
  return text.length * 3 > limit ? Buffer.byteLength(text) : text.length;
};

/** The message as a value of the receiver's realm. */
export const unpack = ({ text, bytes }: Packed, realm: Realm): unknown =>
  bytes ? realm.adopt(deserialize(bytes)) : realm.parse(text ?? 'null');

/** For the trace. */
export const describe = ({ text, bytes }: Packed): string | (() => string) => {
  if (!bytes) return shorten(text ?? '');
  if (bytes.length > 2000) return `(${bytes.length} bytes)`;
  return () => shorten(textOf(deserialize(bytes)));
};

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === 'bigint') return `${each}n`;
    if (each instanceof Map) return { Map: [...each] };
    if (each instanceof Set) return { Set: [...each] };
    if (ArrayBuffer.isView(each)) return `(${each.byteLength} bytes)`;
    return each;
  }) ?? 'undefined';
