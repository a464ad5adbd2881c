import { PorticoError, toWire, type WireError } from '../errors/portico-error.js';
import { type Codec, Conversion } from '../protocol/conversion.js';
import { convertOrThrow } from './member-codecs.js';
import type { Call, CalleeContext, ServedMethod } from './served-method.js';

/**
 * The errors that handlers may throw, as they cross. Known by themselves: whatever else is thrown is the author's,
 * or somebody else's, and nothing is read of it; reading alone could throw.
 */
const failures = new WeakMap<object, WireError>();

/** How an error crosses, if it is one of these. Made by another method's call, it may be none of them. */
export const declaredBy = (thrown: unknown, errors: ReadonlyMap<string, Codec>): WireError | undefined => {
  const error = failures.get(thrown as object);
  return error && errors.has(error.declared ?? '') ? error : undefined;
};

/** What of a call has to be kept while its handler runs. */
export class Running implements Call {
  /** Whether its handler has settled. */
  isOver = false;
  private controller: AbortController | undefined;
  private reason: PorticoError | undefined;
  constructor(
    readonly id: number,
    readonly method: ServedMethod,
    readonly expires: number,
    /** Bytes, roughly, of its parameters; 0 where they are so small that their number is bound enough. */
    readonly size: number,
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
    const error = new PorticoError('DECLARED', name, { declared: name, data: encoded });
    failures.set(error, toWire(error));
    return error;
  }

  abort(reason: PorticoError): void {
    this.reason = reason;
    this.controller?.abort(reason);
  }
}
