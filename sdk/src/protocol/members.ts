import type { Infer } from './infer.js';
import type { Event, Method, Schema } from './protocol.js';
import { isNode } from './schema-node.js';

type ResultType<R> = R extends Schema ? Infer<R> : void;
type ParamsType<P> = P extends Schema ? Infer<P> : void;

/**
 * Declares a method: the client calls, the host answers. Not for what the host wants to tell
 * unasked: that is an {@link event}. Parameters are one object, so that later versions can add to it.
 */
export const method = <
  const P extends Schema | undefined = undefined,
  const R extends Schema | undefined = undefined,
  const E extends string = never,
>(
  definition: Omit<Method, 'kind' | 'params' | 'result' | 'errors' | '~types'> & {
    readonly params?: P;
    readonly result?: R;
    readonly errors?: readonly E[];
  } = {},
  // NoInfer: a method without errors would take `any` from where it stands in a definition.
): Method<ParamsType<P>, ResultType<R>, NoInfer<E>> => ({ kind: 'method', ...definition }) as never;

/**
 * Declares an event: the host tells every subscribed client. Delivery is in order, at most once, and
 * a loss is always told to the reader. Not for answers to one client: that is a {@link method}'s result.
 */
export const event = <const S extends Schema>(
  payload: S,
  options: Omit<Event, 'kind' | 'payload' | '~types'> = {},
): Event<Infer<S>> => ({ kind: 'event', payload, ...options }) as never;

/**
 * Marks a property that only receives a value where the named capability is granted; elsewhere it is
 * absent. Only for properties of objects in results and events.
 */
export const gated = <const G extends string, const S extends Schema>(
  capability: G,
  schema: S,
): S & { readonly 'x-grant': G } =>
  // What is no schema is refused where it stands, by the definition.
  (isNode(schema) ? withExtras(schema, { 'x-grant': capability }) : schema) as never;

/** The schema of bytes: a `Uint8Array` in code; native or Base64 on the wire, as the browsers allow. */
export interface BytesSchema {
  readonly type: 'string';
  readonly contentEncoding: 'base64';
  readonly contentMediaType?: string;
  readonly maxLength?: number;
  readonly '~type'?: Uint8Array;
}

/** Bytes. `maxLength` is in bytes; `mediaType` says what they are. */
export const bytes = (options: { mediaType?: string; maxLength?: number } = {}): BytesSchema => ({
  type: 'string',
  contentEncoding: 'base64',
  ...(options.mediaType === undefined ? {} : { contentMediaType: options.mediaType }),
  ...(options.maxLength === undefined ? {} : { maxLength: options.maxLength }),
});

/** States by hand the type that a schema describes, where it can't be inferred: recursion, other libraries. */
export const typed =
  <T>() =>
  <S extends Schema>(schema: S): Schema & { readonly '~type'?: T } =>
    schema as never;

/** A copy with more keys that keeps what schema libraries hide in non-enumerable and symbol properties. */
const withExtras = (schema: Schema, extras: Record<string, unknown>): Schema =>
  Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(schema), ...Object.getOwnPropertyDescriptors(extras) },
  );
