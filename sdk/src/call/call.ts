import { PorticoError } from '../errors/portico-error.js';
import { type Codec, FAIL, receive, weight } from '../protocol/conversion.js';
import type { Newer, ReadDeclared } from '../protocol/parts.js';
import type { BatchWriter } from '../wire/batch-writer.js';
import { CALL, CANCEL } from '../wire/frames.js';
import { convertOrThrow } from './member-codecs.js';
import type { Request, Requests } from './requests.js';

/** What a caller may say about one call. */
export interface CallOptions {
  /** Aborts the call: it rejects with ABORTED at once, and the handler's own signal is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** How many milliseconds it may take, here and in the handler. @defaultValue the member's, else `limits.deadline` */
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

/** One call under way. A class: a thousand calls should not cost a thousand closures. */
class Call implements Request {
  // Declared, not defined: each definition in the class would be an assignment more for each call.
  declare id: number;
  declare readonly cancel: number;
  declare release?: () => void;
  declare readonly path: string;
  declare readonly newer: Newer | undefined;
  declare readonly expires: number;
  declare private readonly method: CallableMethod;
  declare private readonly params: unknown;
  declare private readonly size: number;
  declare private readonly deadline: number | undefined;
  declare private readonly requests: Requests;
  declare private readonly resolve: (value: unknown) => void;
  declare private readonly reject: (error: PorticoError) => void;

  constructor(
    method: CallableMethod,
    params: unknown,
    size: number,
    deadline: number | undefined,
    expires: number,
    requests: Requests,
    resolve: (value: unknown) => void,
    reject: (error: PorticoError) => void,
  ) {
    this.id = 0;
    this.cancel = CANCEL;
    this.path = method.path;
    this.newer = method.newer;
    this.expires = expires;
    this.method = method;
    this.params = params;
    this.size = size;
    this.deadline = deadline;
    this.requests = requests;
    this.resolve = resolve;
    this.reject = reject;
  }

  send(writer: BatchWriter): void {
    const { deadline } = this;
    writer.fold(CALL, this.id, this.path, deadline ? { d: deadline } : 0, this.params, this.size);
  }

  result(received: unknown): void {
    this.requests.remove(this);
    const value = receive(this.method.decode, received, this.requests.limits);
    if (value === FAIL) this.fail(this.misfit());
    else this.resolve(value);
  }

  fail(error: PorticoError, mayHaveRun?: boolean): void {
    const { path, method } = this;
    if (mayHaveRun && !method.idempotent) {
      this.reject(
        new PorticoError('OUTCOME_UNKNOWN', `${path} was sent, and may have run`, { cause: error }),
      );
    } else
      this.reject(
        error.code === 'DECLARED' ? (method.declared?.(error, this.requests.limits) ?? this.misfit()) : error,
      );
  }

  private misfit(): PorticoError {
    return new PorticoError('INVALID_RESULT', `the answer to ${this.path} does not fit the protocol`);
  }
}

/** Calls a method. The parameters are copied before this returns. */
export const startCall = (
  method: CallableMethod,
  params: unknown,
  { signal, deadline }: CallOptions,
  requests: Requests,
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const { limits, nativeBytes } = requests;
    const codec = method.encode[nativeBytes ? 1 : 0];
    // A value that can't cross must fail here, not take the whole batch with it.
    const encoded = convertOrThrow(codec, params, limits, 'INVALID_PARAMS', `${method.path}: params`);
    if (deadline !== undefined && !(deadline > 0 && deadline < 2 ** 31)) {
      throw new PorticoError('INVALID_ARGUMENT', 'a deadline is a positive number of milliseconds');
    }
    const expires = requests.now() + (deadline ?? method.deadline ?? limits.deadline);
    requests.add(new Call(method, encoded, weight(), deadline, expires, requests, resolve, reject), signal);
  });
