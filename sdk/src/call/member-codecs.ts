import type { LocalCode, RemoteCode } from '../errors/codes.js';
import { PorticoError } from '../errors/portico-error.js';
import { fromEither, toBase64, toBytes } from '../protocol/base64.js';
import {
  type Codec,
  type Conversion,
  FAIL,
  type Failure,
  generated,
  MOST_TEXT,
} from '../protocol/conversion.js';
import type { LinkedField, LinkedPlan } from '../protocol/kinds/kind.js';
import { object } from '../protocol/kinds/object.js';
import { later } from '../protocol/lazy-codec.js';
import { generatedFor } from '../protocol/plan.js';
import type { Schema } from '../protocol/protocol.js';
import { toTable } from '../protocol/table-codec.js';
import { NOTHING } from '../wire/frames.js';

/** Parameters as the client sends them: copied, and refused with what the protocol doesn't declare. */
export const paramsEncoder = (schema: Schema | undefined, nativeBytes: boolean): Codec =>
  later(schema ?? NO_PARAMETERS, { strict: true, bytes: nativeBytes ? 'native' : 'base64' });

/** Parameters as the host reads them: silently dropping a `dryRun` that it doesn't know would be a disaster. */
export const paramsDecoder = (schema: Schema | undefined): Codec => {
  const codec = later(schema ?? NO_PARAMETERS, { strict: true, plain: true, bytes: 'read' });
  const { read } = generatedFor(schema);
  return read ? generated(read(fromEither), codec) : codec;
};

/** How values leave for a client. */
export interface OutputForm {
  /** Bytes as they are, and not as Base64. */
  readonly nativeBytes: boolean;
  /** Lists of objects as tables: all but the data of errors. */
  readonly tables: boolean;
}

/** Results and events as the host sends them: a copy of the declared fields that the grants open. */
export const outputEncoder = (
  schema: Schema | undefined,
  grants: ReadonlySet<string>,
  { nativeBytes, tables }: OutputForm,
): Codec => {
  if (!schema) return () => NOTHING;
  const bytes = nativeBytes ? 'native' : 'base64';
  const opened = (fields: readonly LinkedField[]): readonly LinkedField[] =>
    fields.filter(([, , , gate]) => gate === undefined || grants.has(gate));
  const codec = later(schema, { strict: false, opened, bytes, table: tables ? toTable : undefined });
  const { write } = generatedFor(schema);
  return write ? generated(write(nativeBytes ? toBytes : toBase64, grants, tables), codec) : codec;
};

/** What methods without parameters take: nothing, or what a careful caller passes for it. */
const NO_PARAMETERS: LinkedPlan = [
  (at) => {
    const nobody = object(at, []);
    return (value, conversion) => (value === NOTHING ? value : nobody(value, conversion));
  },
];

/** The error for a failure: `code`, or LIMIT_EXCEEDED where a bound was the reason. */
export const conversionError = (
  failure: Failure,
  code: RemoteCode | LocalCode,
  what: string,
): PorticoError => {
  const { expected, limit, cause } = failure;
  // A peer's names on each of many levels.
  const path = failure.path.slice(0, MOST_TEXT);
  return new PorticoError(limit ? 'LIMIT_EXCEEDED' : code, `${what}${path}: expected ${expected}`, {
    data: limit ? { limit, path } : { path, expected },
    cause,
  });
};

/** Runs a codec on an author's value; throws {@link conversionError} where the value doesn't fit. */
export const convertOrThrow = (
  codec: Codec,
  value: unknown,
  conversion: Conversion,
  code: RemoteCode | LocalCode,
  what: string,
): unknown => {
  const result = conversion.convert(codec, value);
  if (result === FAIL) throw conversionError(conversion.failure, code, what);
  return result;
};
