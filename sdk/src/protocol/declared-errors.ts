import { PorticoError } from '../errors/portico-error.js';
import type { AnyProtocol, ErrorsOf } from './protocol.js';

/** A declared error as its reader sees it: `data` has the type the protocol declares. */
export type DeclaredError<P extends AnyProtocol, N extends keyof ErrorsOf<P> & string> = PorticoError & {
  readonly code: 'DECLARED';
  readonly declared: N;
  readonly data: ErrorsOf<P>[N];
};

/**
 * Whether something caught is the named error of this protocol; if so its `data` is typed. The data
 * was validated when it arrived. Not for Portico's own outcomes: look at `code` for those.
 */
export const isError = <P extends AnyProtocol, N extends keyof ErrorsOf<P> & string>(
  _protocol: P,
  error: unknown,
  name: N,
): error is DeclaredError<P, N> =>
  PorticoError.is(error) && error.code === 'DECLARED' && error.declared === name;
