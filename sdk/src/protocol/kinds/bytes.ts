import { fromEither, toBase64, toBytes } from '../base64.js';
import { type Codec, FAIL, readText } from '../conversion.js';
import type { Building } from './kind.js';

export const bytes = ({ mode }: Building, most = Number.POSITIVE_INFINITY): Codec => {
  const form = { read: fromEither, native: toBytes, base64: toBase64 }[mode.bytes];
  return (value, conversion) => {
    if (typeof value === 'string' && readText(value, conversion) === FAIL) return FAIL;
    const converted = form(value);
    if (!converted) return conversion.fail('bytes');
    return converted.length > most
      ? conversion.fail(`maxLength ${most}`)
      : conversion.weighed(converted.length, converted.value);
  };
};
