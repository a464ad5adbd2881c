import { surplusError } from '../accounting/bounds.js';
import { CALLS, PARAMETERS, type Surplus } from '../accounting/kinds.js';
import type { ErrorCode } from '../errors/codes.js';
import { PorticoError, toWire, type WireError } from '../errors/portico-error.js';
import { expireLate } from '../platform/alarm.js';
import { Conversion, FAIL } from '../protocol/conversion.js';
import { ERROR, type Frame, RESULT } from '../wire/frames.js';
import { heldSize, isSmall } from '../wire/held-size.js';
import { isId } from '../wire/read-batch.js';
import { conversionError } from './member-codecs.js';
import { payUnread } from './pay-unread.js';
import { declaredBy, Running } from './running-call.js';
import type { CalleeContext, ServedMethod } from './served-method.js';

/** The calls that one session's client has under way. A class: hosts have thousands of idle sessions. */
export class Callee {
  private calls: Map<number, Running> | undefined;
  /** No call of these expires before. */
  private expires = Number.POSITIVE_INFINITY;

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
    // A name that is none can be as long as a message.
    if (method instanceof PorticoError) context.allowance.bytes(path.length, now);
    for (let i = 0; i < count; i++) {
      const surplus = context.allowance.call(now);
      if (surplus) this.reject(first + i, toWire(surplusError(surplus)));
      else if (method instanceof PorticoError) this.dismiss(first + i, method, frame[i + 4], now);
      else this.begin(first + i, method, frame[i + 4], now, deadline, reading);
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
    this.reject(
      id,
      toWire(new PorticoError('LIMIT_EXCEEDED', 'the browser would not carry the result', { data })),
    );
  }

  /** Ends the calls whose deadline has passed; gives the next deadline. */
  expire(now: number): number {
    if (!this.calls?.size) return Number.POSITIVE_INFINITY;
    // It is another session's deadline that has come, mostly.
    if (now < this.expires) return this.expires;
    this.expires = Number.POSITIVE_INFINITY;
    const next = expireLate(this.calls.values(), now, (late) =>
      this.stop(late, new PorticoError('DEADLINE_EXCEEDED', `${late.method.path} took longer than it may`)),
    );
    this.expires = Math.min(this.expires, next);
    return this.expires;
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

  private reject(id: number, error: WireError): void {
    const { writer, limits } = this.context;
    // What fills a message is the text of the many errors that one small message can cause, and the data of declared ones.
    writer.push([ERROR, id, error], heldSize(error, limits.batchSize));
  }

  /** Refuses a call, of whose parameters so much was read. */
  private dismiss(id: number, error: PorticoError, received: unknown, now: number, read = 0): void {
    const { allowance, limits } = this.context;
    payUnread(allowance, limits, received, now, read);
    this.reject(id, toWire(error));
  }

  /** Answers in the handler's place and tells the handler. */
  private stop(call: Running, reason: PorticoError): void {
    this.calls?.delete(call.id);
    this.reject(call.id, toWire(reason));
    call.abort(reason);
  }

  private succeed(call: Running, value: unknown): void {
    const { limits, writer } = this.context;
    const { path, encode } = call.method;
    const conversion = new Conversion(limits);
    const result = conversion.convert(encode, value);
    if (result !== FAIL) {
      writer.push([RESULT, call.id, result], conversion.weight);
      return;
    }
    const error = conversionError(conversion.failure, 'INTERNAL', `${path}: result`);
    if (error.code !== 'LIMIT_EXCEEDED') {
      this.fault(call, error);
      return;
    }
    this.context.report(path, error);
    const text = `the result of ${path} is too large to send`;
    this.reject(call.id, toWire(new PorticoError('LIMIT_EXCEEDED', text, { data: error.data })));
  }

  /** Only what is declared crosses; of anything else the client learns that it happened. */
  private fault(call: Running, error: unknown): void {
    const { path, errors } = call.method;
    const declared = declaredBy(error, errors);
    if (declared) {
      this.reject(call.id, declared);
      return;
    }
    this.context.report(path, error);
    this.reject(call.id, toWire(new PorticoError('INTERNAL', `${path} failed`)));
  }

  private begin(
    id: number,
    method: ServedMethod,
    received: unknown,
    now: number,
    deadline: number,
    reading: Conversion,
  ): void {
    const { limits, usage, allowance, account } = this.context;
    const crowd = (this.calls?.size ?? 0) >= limits.calls ? CROWDED : account.hold(CALLS);
    if (crowd) {
      this.dismiss(id, surplusError(crowd), received, now);
      return;
    }
    const params = reading.convert(method.decode, received);
    const { size: characters, weight } = reading;
    usage?.(1, characters);
    if (params === FAIL) {
      account.release(CALLS);
      const error = conversionError(reading.failure, 'INVALID_PARAMS', `${method.path}: params`);
      this.dismiss(id, error, received, now, weight);
      return;
    }
    allowance.bytes(weight, now);
    const size = isSmall(params) ? 0 : heldSize(params, limits.callSize);
    const surplus = size > 0 ? account.hold(PARAMETERS, size) : undefined;
    if (surplus) {
      account.release(CALLS);
      this.reject(id, toWire(surplusError(surplus)));
      return;
    }
    const call = new Running(id, method, now + (deadline || method.deadline), size, this.context);
    let result: unknown;
    let then: unknown;
    try {
      result = method.run(params, call);
      // Read once, as the language does: it may be a getter.
      then = typeof result === 'object' && result !== null && (result as { then?: unknown }).then;
    } catch (error) {
      this.settle(call);
      this.fault(call, error);
      return;
    }
    if (typeof then === 'function') this.await(call, result, then as PromiseLike<unknown>['then']);
    else {
      this.settle(call);
      this.succeed(call, result);
    }
  }

  /** Its handler is done: what it held is given back, once. */
  private settle(call: Running): void {
    const { account } = this.context;
    call.isOver = true;
    account.release(CALLS);
    if (call.size > 0) account.release(PARAMETERS, call.size);
  }

  /** A promise of anybody's: it may call back twice, call both, or throw. The first word counts. */
  private await(call: Running, result: unknown, then: PromiseLike<unknown>['then']): void {
    this.calls ??= new Map();
    const { calls } = this;
    calls.set(call.id, call);
    this.expires = Math.min(this.expires, call.expires);
    this.context.alarm.at(call.expires);
    const isAwaited = (): boolean => {
      if (call.isOver) return false;
      this.settle(call);
      // A call that was stopped has been answered.
      return calls.delete(call.id);
    };
    const fail = (error: unknown): void => {
      if (isAwaited()) this.fault(call, error);
    };
    try {
      then.call(
        result as PromiseLike<unknown>,
        (value) => {
          if (isAwaited()) this.succeed(call, value);
        },
        fail,
      );
    } catch (error) {
      fail(error);
    }
  }
}

const CROWDED: Surplus = { limit: 'calls' };

/** The caller's own deadline in milliseconds, 0 where it has none. */
const deadlineOf = (options: unknown): number | typeof FAIL => {
  if (options === 0) return 0;
  if (typeof options !== 'object' || options === null) return FAIL;
  const d = Object.hasOwn(options, 'd') ? (options as { d: unknown }).d : 0;
  return typeof d === 'number' && d >= 0 && d <= 0x7fffffff ? d : FAIL;
};
