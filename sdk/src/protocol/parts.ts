/** What only some protocols need of a client, and bring along: `kinds/member-parts.ts`. */
import type { PorticoError } from '../errors/portico-error.js';
import type { Conversion } from './conversion.js';

/** Reads a declared error's data by its schema; `undefined` for what doesn't fit: that is no declared error. */
export type ReadDeclared = (error: PorticoError, conversion: Conversion) => PorticoError | undefined;

/** Why a member can't be used in a session of this version, if so. */
export type Newer = (version: string) => PorticoError | undefined;

export interface Parts {
  /** Of one method: the errors that it declares. Where the protocol has errors. */
  readonly '~declared'?: (
    schemas: Readonly<Record<string, object>>,
    names: readonly string[] | undefined,
  ) => ReadDeclared;
  /** Of one member: the version that brought it. Where one has `since`. */
  readonly '~newer'?: (path: string, since: string) => Newer;
}
