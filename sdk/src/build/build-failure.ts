import { isAbsolute, relative } from 'node:path';
import { PorticoError } from '../errors/portico-error.js';

/** A place in a source file. */
export interface Place {
  /** Absolute. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 0, as source maps count. */
  readonly column: number;
}

/**
 * A mistake in what the tools were given: a protocol, an option, a folder. The message is for a person, one
 * line for each mistake, with the place, what is wrong and what to do; a stack would add nothing. Not for
 * faults of Portico itself.
 */
export class BuildFailure extends Error {
  /** The place of the first mistake, where it is known. */
  readonly place: Place | undefined;
  /** The files whose correction may help, as far as they are known; absolute. */
  inputs: readonly string[];

  constructor(message: string, place?: Place) {
    super(message);
    this.name = 'BuildFailure';
    this.place = place;
    this.inputs = place ? [place.file] : [];
  }
}

/** A file as a person reads it: from the working directory, if it is in there. */
export const shown = (file: string): string => {
  const path = relative(process.cwd(), file);
  return path === '' || path.startsWith('..') || isAbsolute(path) ? file : path;
};

/** A mistake at a place of a source file. */
export const failureAt = (place: Place | string, message: string): BuildFailure =>
  typeof place === 'string'
    ? new BuildFailure(`${shown(place)}: ${message}`, { file: place, line: 1, column: 0 })
    : new BuildFailure(`${shown(place.file)}:${place.line}:${place.column + 1}: ${message}`, place);

/** What a person reads of a failed system call: the words of Node, less its code and path. */
export const systemWords = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'there is a file in its place';
  return /^[A-Z0-9]+: ([^,]+), /.exec(message)?.[1] ?? message;
};

/** The message of a {@link PorticoError} without its code, which says nothing here. */
export const wordsOf = (error: unknown): string => {
  const { message } = error instanceof Error ? error : { message: String(error) };
  return PorticoError.is(error) ? message.slice(error.code.length + 2) : message;
};
