import { fromEither, toBase64, toBytes } from '../base64.js';
import { type Codec, fail, weighed } from '../conversion.js';
import type { Building } from './kind.js';

export const bytes = ({ mode }: Building, most = Number.POSITIVE_INFINITY): Codec => {
  const form = { read: fromEither, native: toBytes, base64: toBase64 }[mode.bytes];
  return (value) => {
    const converted = form(value);
    if (!converted) return fail('bytes');
    return converted.length > most ? fail(`maxLength ${most}`) : weighed(converted.length, converted.value);
  };
};
