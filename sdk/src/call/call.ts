import { PorticoError } from '../errors/portico-error.js';
import { type Codec, Conversion, FAIL } from '../protocol/conversion.js';
import type { Newer, ReadDeclared } from '../protocol/parts.js';
import { convertOrThrow } from './member-codecs.js';
import type { Request, Requests } from './requests.js';

/** What a caller may say about one call. */
export interface CallOptions {
  /** Aborts the call: it rejects with ABORTED at once, and the handler's own signal is aborted. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How many milliseconds it may take, here and in the handler; 0 for none of the caller's own.
   * @defaultValue the member's, else `limits.deadline`
   */
  readonly deadline?: number | undefined;
}

/** A method as the calling side needs it. */
export interface CallableMethod {
  readonly path: string;
  readonly newer: Newer | undefined;
  /** Parameters by how bytes travel: Base64, native. */
  readonly encode: readonly [Codec, Codec];
  readonly decode: Codec;
  /** The member's own, in milliseconds. */
  readonly deadline: number | undefined;
  readonly idempotent: boolean | undefined;
  readonly declared: ReadDeclared | undefined;
}

/** The caller's own deadline, 0 for none. @throws {PorticoError} INVALID_ARGUMENT for what no timer can wait for */
export const ownDeadline = ({ deadline = 0 }: CallOptions): number => {
  if (Number.isFinite(deadline) && deadline >= 0 && deadline < 2 ** 31) return deadline;
  throw new PorticoError('INVALID_ARGUMENT', 'a deadline is a number of milliseconds, from 0 on');
};

/** Calls a method. The parameters are copied before this returns. */
export const startCall = (
  method: CallableMethod,
  params: unknown,
  options: CallOptions,
  requests: Requests,
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const { limits, nativeBytes } = requests;
    const { path, newer } = method;
    const codec = method.encode[nativeBytes ? 1 : 0];
    // A value that can't cross must fail here, not take the whole batch with it.
    const conversion = new Conversion(limits);
    const encoded = convertOrThrow(codec, params, conversion, 'INVALID_PARAMS', `${path}: params`);
    const deadline = ownDeadline(options);
    const expires = requests.now() + (deadline || (method.deadline ?? limits.deadline));
    const call: Request = {
      path,
      newer,
      id: 0,
      expires,
      options: deadline ? { d: deadline } : 0,
      params: encoded,
      weight: conversion.weight,
      end(error, mayHaveRun, result, reading = new Conversion(limits)) {
        const value = error ? FAIL : reading.convert(method.decode, result);
        if (value !== FAIL) resolve(value);
        else
          reject(
            error && mayHaveRun && !method.idempotent
              ? new PorticoError('OUTCOME_UNKNOWN', `${path} was sent, and may have run`, { cause: error })
              : ((error?.code === 'DECLARED' ? method.declared?.(error, reading) : error) ??
                  new PorticoError('INVALID_RESULT', `the answer to ${path} does not fit the protocol`)),
          );
      },
    };
    requests.add(call, options.signal);
  });
