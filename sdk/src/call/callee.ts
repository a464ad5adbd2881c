import type { ErrorCode } from '../errors/codes.js';
import { PorticoError, toWire } from '../errors/portico-error.js';
import type { Limits } from '../limits/limits.js';
import { expireLate } from '../platform/alarm.js';
import type { Alarm, Clock } from '../platform/platform.js';
import { type Codec, Conversion, FAIL } from '../protocol/conversion.js';
import type { BatchWriter } from '../wire/batch-writer.js';
import { ERROR, type Frame, RESULT } from '../wire/frames.js';
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
  readonly scope: readonly unknown[] | undefined;
  confirm(confirmation: object): Promise<boolean>;
}

/** A method as the answering side needs it. */
export interface ServedMethod {
  readonly path: string;
  readonly capability: string;
  readonly decode: Codec;
  /** By what is granted now: results of calls under way are copied by it, too. */
  encode: Codec;
  readonly deadline: number;
  /** Data encoders of the errors that this method declares. */
  readonly errors: ReadonlyMap<string, Codec>;
  /** Runs the handler. May throw, or give a promise. */
  readonly run: (params: unknown, call: Call) => unknown;
}

/** What one principal may use, over all its sessions. Each gives what was exceeded, if anything. */
export interface Allowance {
  call(now: number): Exceeded | undefined;
  bytes(amount: number, now: number): Exceeded | undefined;
  /** A call begins that takes its time; `end` must follow. */
  begin(): Exceeded | undefined;
  end(): void;
  subscribe(): Exceeded | undefined;
  unsubscribe(): void;
}

/** A quota that is used up, and the milliseconds after which it may not be. */
export interface Exceeded {
  readonly quota: string;
  readonly retryAfter: number;
}

/** How a caller is told. */
export const quotaError = ({ quota, retryAfter }: Exceeded): PorticoError =>
  new PorticoError('LIMIT_EXCEEDED', `more than the quota ${quota}`, { data: { limit: quota, retryAfter } });

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
  readonly allowance?: Allowance | undefined;
  /** The values to which a person has narrowed a capability; absent for all. */
  scopeOf(capability: string): readonly unknown[] | undefined;
  /** Asks the person about one call. */
  confirm(capability: string, confirmation: object, signal: AbortSignal): Promise<boolean>;
  /** What this session has used: calls, and characters and bytes of parameters. Absent where nobody counts. */
  readonly usage?: ((calls: number, bytes: number) => void) | undefined;
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

  get scope(): readonly unknown[] | undefined {
    return this.context.scopeOf(this.method.capability);
  }

  confirm(confirmation: object): Promise<boolean> {
    return this.context.confirm(this.method.capability, confirmation, this.signal);
  }

  fail(name: string, data?: unknown): PorticoError {
    const codec = this.method.errors.get(name);
    if (!codec)
      return new PorticoError('INVALID_ARGUMENT', `${this.method.path} declares no error "${name}"`);
    const encoded = convertOrThrow(
      codec,
      data,
      new Conversion(this.context.limits),
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

/** The calls that one session's client has under way. A class: hosts have thousands of idle sessions. */
export class Callee {
  private calls: Map<number, Running> | undefined;
  /** Promises of handlers that have not settled: those of calls that were answered or cancelled meanwhile, too. */
  private handlers = 0;

  constructor(private readonly context: CalleeContext) {}

  /** CALL. Gives what rule it breaks, if any. @param reading of the message that it came in */
  onCall(frame: Frame, reading: Conversion): string | undefined {
    const [, first, path, options] = frame;
    const count = frame.length - 4;
    // The last id, too: numbers beyond the safe ones are no longer one apart, and two calls would share one.
    if (!isId(first) || typeof path !== 'string' || count < 1 || !isId(first + (count - 1)))
      return 'a malformed CALL';
    const { context } = this;
    if (!context.claim(first, count)) return 'a CALL whose id is not higher than every one before';
    const deadline = deadlineOf(options);
    if (deadline === FAIL) return 'a malformed CALL';
    const method = context.find(path);
    const now = context.clock.now();
    for (let i = 0; i < count; i++) {
      const refusal = method instanceof PorticoError ? method : this.surplus(now);
      if (refusal) this.reject(first + i, refusal);
      else this.begin(first + i, method as ServedMethod, frame[i + 4], now, deadline, reading);
    }
    return undefined;
  }

  /** CANCEL. Gives what rule it breaks, if any. */
  onCancel([, id]: Frame): string | undefined {
    if (!isId(id)) return 'a malformed CANCEL';
    const call = this.calls?.get(id);
    // None: the answer is under way already.
    if (call) {
      this.calls?.delete(id);
      call.abort(new PorticoError('ABORTED', `${call.method.path} was aborted by its caller`));
    }
    return undefined;
  }

  onUnsendable(id: number): void {
    const data = { limit: 'valueSize' };
    this.reject(id, new PorticoError('LIMIT_EXCEEDED', 'the browser would not carry the result', { data }));
  }

  /** Ends the calls whose deadline has passed; gives the next deadline. */
  expire(now: number): number {
    if (!this.calls?.size) return Number.POSITIVE_INFINITY;
    return expireLate(this.calls.values(), now, (late) =>
      this.stop(late, new PorticoError('DEADLINE_EXCEEDED', `${late.method.path} took longer than it may`)),
    );
  }

  /** Answers the calls of a capability that is no longer granted, and tells their handlers. */
  revoke(capability: string): void {
    for (const call of [...(this.calls?.values() ?? [])]) {
      if (call.method.capability === capability)
        this.stop(call, new PorticoError('GRANT_REVOKED', `${capability} was taken back`));
    }
  }

  /** Aborts everything that runs. */
  end(code: ErrorCode, message: string): void {
    if (!this.calls?.size) return;
    const reason = new PorticoError(code, message);
    const calls = [...this.calls.values()];
    this.calls.clear();
    for (const call of calls) call.abort(reason);
  }

  private reject(id: number, error: PorticoError): void {
    this.context.writer.push([ERROR, id, toWire(error)]);
  }

  /** Why one more call can't begin now, if so. */
  private surplus(now: number): PorticoError | undefined {
    const { limits, allowance } = this.context;
    // Whoever calls and cancels, over and over, has no more running than twice as many: stopping takes time.
    if ((this.calls?.size ?? 0) >= limits.calls || this.handlers >= 2 * limits.calls)
      return new PorticoError('LIMIT_EXCEEDED', 'too many calls in flight', { data: { limit: 'calls' } });
    const exceeded = allowance?.call(now);
    return exceeded && quotaError(exceeded);
  }

  /** Answers in the handler's place and tells the handler. */
  private stop(call: Running, reason: PorticoError): void {
    this.calls?.delete(call.id);
    this.reject(call.id, reason);
    call.abort(reason);
  }

  private succeed(call: Running, value: unknown): void {
    const { limits, writer } = this.context;
    const conversion = new Conversion(limits);
    let result: unknown;
    try {
      result = convertOrThrow(
        call.method.encode,
        value,
        conversion,
        'INTERNAL',
        `${call.method.path}: result`,
      );
    } catch (error) {
      this.fault(call, error, PorticoError.is(error) && error.code === 'LIMIT_EXCEEDED');
      return;
    }
    writer.push([RESULT, call.id, result], conversion.weight);
  }

  /** Only what is declared crosses; of anything else the client learns that it happened. */
  private fault(call: Running, error: unknown, tooLarge = false): void {
    const { path, errors } = call.method;
    // What another host told this one is not this one's to pass on.
    const own = PorticoError.is(error) && error.origin === 'local';
    if (own && error.code === 'DECLARED' && errors.has(error.declared ?? '')) {
      this.reject(call.id, error);
      return;
    }
    this.context.report(path, error);
    const data = tooLarge ? (error as PorticoError).data : undefined;
    this.reject(
      call.id,
      tooLarge
        ? new PorticoError('LIMIT_EXCEEDED', `the result of ${path} is too large to send`, { data })
        : new PorticoError('INTERNAL', `${path} failed`),
    );
  }

  private begin(
    id: number,
    method: ServedMethod,
    received: unknown,
    now: number,
    deadline: number,
    reading: Conversion,
  ): void {
    const { usage, allowance, alarm } = this.context;
    const params = reading.convert(method.decode, received);
    const { size } = reading;
    usage?.(1, size);
    if (params === FAIL) {
      this.reject(id, conversionError(reading.failure, 'INVALID_PARAMS', `${method.path}: params`));
      return;
    }
    const exceeded = allowance?.bytes(size, now) ?? allowance?.begin();
    if (exceeded) {
      this.reject(id, quotaError(exceeded));
      return;
    }
    const call = new Running(id, method, now + (deadline || method.deadline), this.context);
    let result: unknown;
    try {
      result = method.run(params, call);
    } catch (error) {
      allowance?.end();
      this.fault(call, error);
      return;
    }
    if (isThenable(result)) {
      this.await(call, result, alarm);
      return;
    }
    allowance?.end();
    this.succeed(call, result);
  }

  private await(call: Running, result: PromiseLike<unknown>, alarm: CalleeContext['alarm']): void {
    const { allowance } = this.context;
    this.calls ??= new Map();
    const { calls } = this;
    calls.set(call.id, call);
    this.handlers++;
    const settled = (): boolean => {
      this.handlers--;
      allowance?.end();
      // A call that was stopped has been answered.
      return calls.delete(call.id);
    };
    alarm.at(call.expires);
    result.then(
      (value) => {
        if (settled()) this.succeed(call, value);
      },
      (error: unknown) => {
        if (settled()) this.fault(call, error);
      },
    );
  }
}

/** The caller's own deadline in milliseconds, 0 where it has none. */
const deadlineOf = (options: unknown): number | typeof FAIL => {
  if (options === 0) return 0;
  if (typeof options !== 'object' || options === null) return FAIL;
  const d = Object.hasOwn(options, 'd') ? (options as { d: unknown }).d : 0;
  return typeof d === 'number' && d >= 0 && d <= 0x7fffffff ? d : FAIL;
};

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
