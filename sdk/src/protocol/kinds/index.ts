/**
 * `portico/kinds`: what compiled protocols import, so that a bundle carries only what they use. Not for
 * authors: `portico compile` and the plugin write these imports, and the names may change with any version
 * of Portico below 1.0.0.
 */
export { any } from './any.js';
export { bytes } from './bytes.js';
export {
  exclusiveMaximum,
  exclusiveMinimum,
  maxItems,
  maximum,
  maxLength,
  minItems,
  minimum,
  minLength,
  multipleOf,
  pattern,
} from './checks.js';
export { list, tuple } from './list.js';
export { declared, newer } from './member-parts.js';
export { object, openObject } from './object.js';
export { defined, reference } from './reference.js';
export { boolean, empty, integer, number, oneOf, string } from './scalars.js';
export { either, tagged } from './union.js';
