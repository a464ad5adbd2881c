import type { ErrorCode } from '../errors/codes.js';
import { PorticoError, toWire } from '../errors/portico-error.js';
import type { Limits } from '../limits/limits.js';
import { type Alarm, expireLate } from '../platform/alarm.js';
import type { Clock } from '../platform/platform.js';
import { type Codec, FAIL, receive, weight } from '../protocol/conversion.js';
import type { BatchWriter } from '../wire/batch-writer.js';
import { ERROR, type Frame } from '../wire/frames.js';
import { isId } from '../wire/read-batch.js';
import { conversionError, convertOrThrow } from './member-codecs.js';

/** What a handler knows of the call it answers. */
export interface Call {
  /** Aborted when the caller aborts, the deadline passes, or the session ends. */
  readonly signal: AbortSignal;
  /** Milliseconds that are left. */
  readonly remaining: number;
  /** Makes a declared error: `throw call.fail('tabGone', { id })`. */
  fail(name: string, data?: unknown): PorticoError;
}

/** A method as the answering side needs it. */
export interface ServedMethod {
  readonly path: string;
  readonly decode: Codec;
  readonly encode: Codec;
  readonly deadline: number;
  /** Data encoders of the errors that this method declares. */
  readonly errors: ReadonlyMap<string, Codec>;
  /** Runs the handler. May throw, or give a promise. */
  readonly run: (params: unknown, call: Call) => unknown;
}

/** The calls that one session's client has under way. */
export interface Callee {
  /** Frames CALL and CANCEL. Gives what rule they break, if any. */
  onCall(frame: Frame): string | undefined;
  onCancel(frame: Frame): string | undefined;
  onUnsendable(id: number): void;
  /** Ends the calls whose deadline has passed; gives the next deadline. */
  expire(now: number): number;
  /** Aborts everything that runs. */
  end(code: ErrorCode, message: string): void;
}

export interface CalleeContext {
  readonly clock: Clock;
  readonly alarm: Pick<Alarm, 'at'>;
  readonly limits: Limits;
  readonly writer: BatchWriter;
  /** Looks a method up by the name a peer sent; the error says what to answer when there is none. */
  find(path: string): ServedMethod | PorticoError;
  /** Told of handlers that fail in ways the protocol doesn't declare, and of results that don't fit. */
  report(path: string, error: unknown): void;
  /** Takes an id of the client's: false when it is not higher than every one before. */
  claim(first: number, count: number): boolean;
}

/** What of a call has to be kept while its handler runs. */
class Running implements Call {
  private controller: AbortController | undefined;
  private reason: PorticoError | undefined;
  constructor(
    readonly id: number,
    readonly method: ServedMethod,
    readonly expires: number,
    private readonly context: CalleeContext,
  ) {}

  // Made when somebody asks: most handlers don't, and a controller costs as much as a call.
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.reason) this.controller.abort(this.reason);
    return this.controller.signal;
  }

  get remaining(): number {
    return Math.max(0, this.expires - this.context.clock.now());
  }

  fail(name: string, data?: unknown): PorticoError {
    const codec = this.method.errors.get(name);
    if (!codec)
      return new PorticoError('INVALID_ARGUMENT', `${this.method.path} declares no error "${name}"`);
    const encoded = convertOrThrow(
      codec,
      data,
      this.context.limits,
      'INVALID_ARGUMENT',
      `data of error "${name}"`,
    );
    return new PorticoError('DECLARED', name, { declared: name, data: encoded });
  }

  abort(reason: PorticoError): void {
    this.reason = reason;
    this.controller?.abort(reason);
  }
}

export const createCallee = (context: CalleeContext): Callee => {
  const { clock, alarm, limits, writer } = context;
  const running = new Map<number, Running>();
  /** Promises of handlers that have not settled: those of calls that were answered or cancelled meanwhile, too. */
  let handlers = 0;

  const reject = (id: number, error: PorticoError): void => writer.push([ERROR, id, toWire(error)]);

  /** Answers in the handler's place and tells the handler. */
  const stop = (call: Running, reason: PorticoError): void => {
    running.delete(call.id);
    reject(call.id, reason);
    call.abort(reason);
  };

  const succeed = (call: Running, value: unknown): void => {
    let result: unknown;
    try {
      result = convertOrThrow(call.method.encode, value, limits, 'INTERNAL', `${call.method.path}: result`);
    } catch (error) {
      // Not only what doesn't fit: a getter of the author's may throw.
      fault(call, error, PorticoError.is(error) && error.code === 'LIMIT_EXCEEDED');
      return;
    }
    writer.result(call.id, result, weight());
  };

  /** Only what is declared crosses; of anything else the client learns that it happened. */
  const fault = (call: Running, error: unknown, tooLarge = false): void => {
    // What another host told this one is not this one's to pass on.
    const own = PorticoError.is(error) && error.origin === 'local';
    if (own && error.code === 'DECLARED' && call.method.errors.has(error.declared ?? '')) {
      reject(call.id, error);
      return;
    }
    context.report(call.method.path, error);
    reject(
      call.id,
      tooLarge
        ? new PorticoError('LIMIT_EXCEEDED', `the result of ${call.method.path} is too large to send`, {
            data: (error as PorticoError).data,
          })
        : new PorticoError('INTERNAL', `${call.method.path} failed`),
    );
  };

  const begin = (id: number, method: ServedMethod, received: unknown, expires: number): void => {
    const params = receive(method.decode, received, limits);
    if (params === FAIL) {
      reject(id, conversionError('INVALID_PARAMS', `${method.path}: params`));
      return;
    }
    const call = new Running(id, method, expires, context);
    let result: unknown;
    try {
      result = method.run(params, call);
    } catch (error) {
      fault(call, error);
      return;
    }
    if (!isThenable(result)) {
      succeed(call, result);
      return;
    }
    running.set(id, call);
    handlers++;
    alarm.at(expires);
    result.then(
      // A call that was stopped has been answered.
      (value) => {
        handlers--;
        if (running.delete(id)) succeed(call, value);
      },
      (error: unknown) => {
        handlers--;
        if (running.delete(id)) fault(call, error);
      },
    );
  };

  return {
    onCall(frame) {
      const [, first, path, options] = frame;
      const count = frame.length - 4;
      // The last id, too: numbers beyond the safe ones are no longer one apart, and two calls would share one.
      if (!isId(first) || typeof path !== 'string' || count < 1 || !isId(first + (count - 1)))
        return 'a malformed CALL';
      if (!context.claim(first, count)) return 'a CALL whose id is not higher than every one before';
      const deadline = deadlineOf(options);
      if (deadline === FAIL) return 'a malformed CALL';
      const method = context.find(path);
      const now = clock.now();
      for (let i = 0; i < count; i++) {
        if (method instanceof PorticoError) reject(first + i, method);
        // Whoever calls and cancels, over and over, has no more running than twice as many: stopping takes time.
        else if (running.size >= limits.calls || handlers >= 2 * limits.calls) {
          reject(
            first + i,
            new PorticoError('LIMIT_EXCEEDED', 'too many calls in flight', { data: { limit: 'calls' } }),
          );
        } else begin(first + i, method, frame[i + 4], now + (deadline || method.deadline));
      }
      return undefined;
    },
    onCancel([, id]) {
      if (!isId(id)) return 'a malformed CANCEL';
      const call = running.get(id);
      // None: the answer is under way already.
      if (call) {
        running.delete(id);
        call.abort(new PorticoError('ABORTED', `${call.method.path} was aborted by its caller`));
      }
      return undefined;
    },
    onUnsendable(id) {
      reject(
        id,
        new PorticoError('LIMIT_EXCEEDED', 'the browser would not carry the result', {
          data: { limit: 'valueSize' },
        }),
      );
    },
    expire: (now) =>
      expireLate(running.values(), now, (late) =>
        stop(late, new PorticoError('DEADLINE_EXCEEDED', `${late.method.path} took longer than it may`)),
      ),
    end(code, message) {
      if (running.size === 0) return;
      const reason = new PorticoError(code, message);
      const calls = [...running.values()];
      running.clear();
      for (const call of calls) call.abort(reason);
    },
  };
};

/** The caller's own deadline in milliseconds, 0 where it has none. */
const deadlineOf = (options: unknown): number | typeof FAIL => {
  if (options === 0) return 0;
  if (typeof options !== 'object' || options === null) return FAIL;
  const d = Object.hasOwn(options, 'd') ? (options as { d: unknown }).d : 0;
  return typeof d === 'number' && d >= 0 && d <= 0x7fffffff ? d : FAIL;
};

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
