import { outputEncoder, paramsDecoder, paramsEncoder } from '../../src/call/member-codecs.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/limits/limits.js';
import { checkSchema } from '../../src/protocol/check-schema.js';
import { type Codec, Conversion, FAIL, type Failure } from '../../src/protocol/conversion.js';
import { outputDecoder } from '../../src/protocol/lazy-codec.js';
import { link } from '../../src/protocol/link.js';
import { lower } from '../../src/protocol/lower.js';

/** What a conversion gave: the value as it goes on, or where and why it failed. */
export type Outcome = { readonly value: unknown } | { readonly failed: Failure };

/** The four ways in which values cross. */
export type How = 'sendParams' | 'receiveParams' | 'sendResult' | 'receiveResult';

export interface HowElse {
  /** The capabilities granted to the receiver of a result. */
  readonly grants?: readonly string[];
  /** Whether bytes travel as they are. */
  readonly native?: boolean;
}

export const every: readonly How[] = ['sendParams', 'receiveParams', 'sendResult', 'receiveResult'];

/** The codec of a schema, which must lie within the subset. */
export const codecOf = (schema: object, how: How, { grants = [], native = false }: HowElse = {}): Codec => {
  checkSchema(schema, 'schema');
  const plan = link(lower(schema));
  switch (how) {
    case 'sendParams':
      return paramsEncoder(plan, native);
    case 'receiveParams':
      return paramsDecoder(plan);
    case 'sendResult':
      return outputEncoder(plan, new Set(grants), { nativeBytes: native, tables: true });
    case 'receiveResult':
      return outputDecoder(plan);
  }
};

/** Converts one value. */
export const run = (
  schema: object,
  how: How,
  value: unknown,
  limits: Partial<Limits> = {},
  else_: HowElse = {},
): Outcome => {
  const conversion = new Conversion({ ...DEFAULT_LIMITS, ...limits });
  const result = conversion.convert(codecOf(schema, how, else_), value);
  return result === FAIL ? { failed: conversion.failure } : { value: result };
};

export const sendParams = (schema: object, value: unknown): Outcome => run(schema, 'sendParams', value);
export const receiveParams = (schema: object, value: unknown): Outcome => run(schema, 'receiveParams', value);
export const sendResult = (schema: object, value: unknown, grants: readonly string[] = []): Outcome =>
  run(schema, 'sendResult', value, {}, { grants });
export const receiveResult = (schema: object, value: unknown): Outcome => run(schema, 'receiveResult', value);

/** True for a value that fits in every way; else the failure of the first in which it doesn't. */
export const fits = (schema: object, value: unknown): Failure | true => {
  for (const how of every) {
    const outcome = run(schema, how, structuredClone(value));
    if ('failed' in outcome) return outcome.failed;
  }
  return true;
};

/** Why a value fits in no way; `undefined` when it does in some, or fails elsewhere. */
export const refused = (schema: object, value: unknown): Failure | undefined => {
  const [first, ...others] = every.map((how) => {
    const outcome = run(schema, how, value);
    return 'failed' in outcome ? outcome.failed : undefined;
  });
  return others.every((each) => each?.path === first?.path && each?.expected === first?.expected)
    ? first
    : undefined;
};

/** A value as a browser with JSON messages hands it on. */
export const overJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
