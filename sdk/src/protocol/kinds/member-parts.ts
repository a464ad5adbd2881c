/** What only some protocols need of a client: declared errors, and members that came with a later version. */
import { PorticoError } from '../../errors/portico-error.js';
import { type Codec, FAIL } from '../conversion.js';
import { outputDecoder } from '../lazy-codec.js';
import type { Newer, ReadDeclared } from '../parts.js';
import type { Schema } from '../protocol.js';
import { isNewer } from '../versions.js';

/** Of one method: the errors that it declares. */
export const declared = (
  schemas: Readonly<Record<string, Schema>>,
  names: readonly string[] = [],
): ReadDeclared => {
  const codecs = new Map<string | undefined, Codec>(
    names.map((name) => [name, outputDecoder(schemas[name])]),
  );
  return ({ message, declared: name, data }, conversion) => {
    const codec = codecs.get(name);
    const read = codec ? conversion.convert(codec, data) : FAIL;
    return read === FAIL
      ? undefined
      : new PorticoError('DECLARED', message.slice(10), { data: read, declared: name }, 'remote');
  };
};

/** Of one member: the version that brought it. */
export const newer =
  (path: string, since: string): Newer =>
  (version) =>
    isNewer(since, version)
      ? new PorticoError('MEMBER_TOO_NEW', `${path} came with ${since}; the host speaks ${version}`)
      : undefined;
