import { PorticoError } from '../errors/portico-error.js';
import type { Codec } from './conversion.js';
import { codecOf, type Mode } from './kinds/kind.js';
import { linkedPlanOf } from './plan.js';
import type { Schema } from './protocol.js';
import { fromTable } from './table-codec.js';

/** A codec that is built when it is first needed: most clients use few of a protocol's members. */
export const later = (schema: Schema, mode: Mode): Codec => {
  const plan = linkedPlanOf(schema);
  // Now, while the author of the mistake is the caller: later it would break a frame of the other side's.
  if (!plan)
    throw new PorticoError('INVALID_DEFINITION', 'make protocols with defineProtocol, or compile them');
  let codec: Codec | undefined;
  return (value, conversion) => {
    codec ??= codecOf(plan, mode);
    return codec(value, conversion);
  };
};

/** Results and events as the client reads them: what a newer host adds is left out. */
export const outputDecoder = (schema: Schema | undefined): Codec =>
  schema ? later(schema, { strict: false, plain: true, bytes: 'read', table: fromTable }) : () => undefined;
