import { fromWire, PorticoError } from '../errors/portico-error.js';
import type { Limits } from '../limits/limits.js';
import { type Alarm, expireLate } from '../platform/alarm.js';
import type { Clock } from '../platform/platform.js';
import { type Codec, FAIL, receive, weight } from '../protocol/conversion.js';
import { milliseconds } from '../protocol/durations.js';
import type { Duration } from '../protocol/protocol.js';
import type { BatchWriter } from '../wire/batch-writer.js';
import { CANCEL, type Frame } from '../wire/frames.js';
import { isId } from '../wire/read-batch.js';
import { convertOrThrow } from './member-codecs.js';

/** What a caller may say about one call. */
export interface CallOptions {
  /** Aborts the call: it rejects with ABORTED at once, and the handler's own signal is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** How long it may take, here and in the handler. @defaultValue the member's, else `limits.deadline` */
  readonly deadline?: Duration | undefined;
}

/** A method as the calling side needs it. */
export interface CallableMethod {
  /** `capability.member`. */
  readonly path: string;
  /** Parameters by how bytes travel. */
  readonly encode: { readonly native: Codec; readonly base64: Codec };
  readonly decode: Codec;
  /** The member's own, in milliseconds. */
  readonly deadline: number | undefined;
  readonly idempotent: boolean;
  /** The version that brought it, if not the first of its major. */
  readonly since?: string | undefined;
  /** Declared errors' data by name. */
  readonly errors: ReadonlyMap<string, Codec>;
}

/** The session that calls go out on. */
export interface Outlet {
  readonly writer: BatchWriter;
  readonly nativeBytes: boolean;
  /** How many calls may be in flight; more wait. */
  readonly window: number;
  /** Ids rise over calls and subscriptions of one session. */
  nextId(): number;
}

interface Pending {
  readonly method: CallableMethod;
  readonly params: unknown;
  readonly weight: number;
  readonly wireOptions: unknown;
  readonly expires: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** 0 while it waits to be sent. */
  id: number;
  /** Takes the abort listener away. */
  release: (() => void) | undefined;
}

/** The calls of one connection. They outlive sessions only while nothing of them was sent. */
export interface Caller {
  call(method: CallableMethod, params: unknown, options?: CallOptions): Promise<unknown>;
  /** Sends what waits, now and from now on, on this session. */
  attach(outlet: Outlet): void;
  /**
   * The session ended. With `keep`, nothing of it arrived: its calls wait for the next one.
   * Else every call settles with `error`; those that were sent and `mayHaveRun`, unless declared
   * idempotent, with OUTCOME_UNKNOWN.
   */
  detach(error: PorticoError, keep: boolean, mayHaveRun?: boolean): void;
  /** Frames RESULT and ERROR. Gives what rule they break, if any. */
  onResult(frame: Frame): string | undefined;
  onError(frame: Frame): string | undefined;
  /** A frame that the browser would not take. */
  onUnsendable(id: number, error: unknown): void;
  /** Rejects the calls whose deadline has passed; gives the next deadline. */
  expire(now: number): number;
  /** Rejects the calls of methods that a test picks, with what it gives. */
  rejectWhere(test: (method: CallableMethod) => PorticoError | undefined): void;
  /** Whether any call has not settled. */
  readonly busy: boolean;
}

export const createCaller = (clock: Clock, alarm: Pick<Alarm, 'at'>, limits: Limits): Caller => {
  const sent = new Map<number, Pending>();
  // A Set keeps the order and lets an aborted one leave from the middle.
  const waiting = new Set<Pending>();
  let outlet: Outlet | undefined;
  let highest = 0;

  const everything = function* (): Iterable<Pending> {
    yield* sent.values();
    yield* waiting;
  };
  const send = (call: Pending, to: Outlet): void => {
    const id = to.nextId();
    call.id = id;
    highest = id;
    sent.set(id, call);
    to.writer.call(id, call.method.path, call.wireOptions, call.params, call.weight);
  };

  const pump = (): void => {
    for (const call of waiting) {
      if (!outlet || sent.size >= outlet.window) return;
      waiting.delete(call);
      send(call, outlet);
    }
  };

  /** Takes a call out of the books; `undefined` when it has settled before. */
  const take = (id: number): Pending | undefined => {
    const call = sent.get(id);
    if (call) {
      sent.delete(id);
      call.release?.();
      if (waiting.size > 0) pump();
    }
    return call;
  };

  /** Gives up a call: its caller hears at once, the handler is told. */
  const withdraw = (call: Pending, error: PorticoError): void => {
    if (call.id === 0) waiting.delete(call);
    else if (take(call.id)) outlet?.writer.push([CANCEL, call.id]);
    call.release?.();
    call.reject(error);
  };

  const listen = (call: Pending, signal: AbortSignal): void => {
    const abort = (): void =>
      withdraw(
        call,
        new PorticoError('ABORTED', `${call.method.path} was aborted by its caller`, {
          cause: signal.reason,
        }),
      );
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    call.release = () => signal.removeEventListener('abort', abort);
  };

  const begin = (
    method: CallableMethod,
    params: unknown,
    options: CallOptions | undefined,
    resolve: Pending['resolve'],
    reject: Pending['reject'],
  ): void => {
    const codec = outlet?.nativeBytes ? method.encode.native : method.encode.base64;
    // Copied now: the caller may change its object before the batch leaves, and a value that can't
    // cross must fail here, not take the whole batch with it.
    const encoded = convertOrThrow(codec, params, limits, 'INVALID_PARAMS', `${method.path}: params`);
    const deadline = options?.deadline === undefined ? 0 : milliseconds(options.deadline);
    const expires = clock.now() + (deadline || (method.deadline ?? limits.deadline));
    const call: Pending = {
      method,
      params: encoded,
      weight: weight(),
      wireOptions: deadline ? { d: deadline } : 0,
      expires,
      resolve,
      reject,
      id: 0,
      release: undefined,
    };
    if (options?.signal) {
      listen(call, options.signal);
      if (options.signal.aborted) return;
    }
    alarm.at(expires);
    if (outlet && waiting.size === 0 && sent.size < outlet.window) send(call, outlet);
    else waiting.add(call);
  };

  return {
    call: (method, params, options) =>
      new Promise((resolve, reject) => begin(method, params, options, resolve, reject)),
    attach(next) {
      outlet = next;
      pump();
    },
    detach(error, keep, mayHaveRun) {
      outlet = undefined;
      highest = 0;
      const calls = [...sent.values(), ...waiting];
      sent.clear();
      waiting.clear();
      for (const call of calls) {
        if (keep) {
          call.id = 0;
          waiting.add(call);
          continue;
        }
        call.release?.();
        const unknown = mayHaveRun && call.id !== 0 && !call.method.idempotent;
        call.reject(
          unknown
            ? new PorticoError('OUTCOME_UNKNOWN', unknownText(call.method.path), { cause: error })
            : error,
        );
      }
    },
    onResult(frame) {
      const first = frame[1];
      if (!isId(first) || first + frame.length - 3 > highest) return 'a RESULT for no call';
      for (let i = 2; i < frame.length; i++) {
        const call = take(first + i - 2);
        // None: it was aborted, or its deadline passed, while the result was under way.
        if (!call) continue;
        const value = receive(call.method.decode, frame[i], limits);
        if (value !== FAIL) call.resolve(value);
        else call.reject(badResult(call.method.path));
      }
      return undefined;
    },
    onError(frame) {
      const [, id] = frame;
      if (!isId(id) || id > highest) return 'an ERROR for no call';
      const call = take(id);
      call?.reject(declaredData(call.method, fromWire(frame[2], true), limits));
      return undefined;
    },
    onUnsendable(id, error) {
      take(id)?.reject(
        new PorticoError('LIMIT_EXCEEDED', 'the browser would not carry the parameters', {
          cause: error,
          data: { limit: 'valueSize' },
        }),
      );
    },
    expire: (now) =>
      expireLate(everything(), now, (late) =>
        withdraw(late, new PorticoError('DEADLINE_EXCEEDED', `${late.method.path} took longer than it may`)),
      ),
    rejectWhere(test) {
      for (const call of [...everything()]) {
        const error = test(call.method);
        if (error) withdraw(call, error);
      }
    },
    get busy() {
      return sent.size + waiting.size > 0;
    },
  };
};

const unknownText = (path: string): string =>
  `the session ended after ${path} was sent: it may or may not have run. Declare the method idempotent if repeating is safe`;

const badResult = (path: string): PorticoError =>
  new PorticoError('INVALID_RESULT', `the host's answer to ${path} does not fit the protocol`);

/** A declared error with its data read by schema; what doesn't fit is no declared error. */
const declaredData = (method: CallableMethod, error: PorticoError, limits: Limits): PorticoError => {
  if (error.code !== 'DECLARED') return error;
  const codec = method.errors.get(error.declared ?? '');
  const data = codec ? receive(codec, error.data, limits) : FAIL;
  if (data === FAIL) return badResult(method.path);
  const { message, declared } = error;
  return new PorticoError('DECLARED', message.slice(message.indexOf(' ') + 1), { data, declared }, 'remote');
};
