/**
 * The TypeScript type that a JSON Schema describes. Works on what TypeBox yields (1.x by structure,
 * 0.34 by its `static`), and on plain literals. What it can't see through (a `$ref`) is `unknown`:
 * say it by hand with `typed<T>(schema)`.
 */
export type Infer<S> = S extends { readonly '~type'?: infer T }
  ? unknown extends T
    ? InferSchema<S>
    : Exclude<T, undefined>
  : InferSchema<S>;

type InferSchema<S> = S extends { readonly static: infer T } | { readonly '~unsafe': infer T }
  ? T
  : S extends { readonly const: infer C }
    ? C
    : S extends { readonly enum: readonly (infer E)[] }
      ? E
      : S extends { readonly anyOf: readonly (infer B)[] }
        ? B extends unknown
          ? Infer<B>
          : never
        : S extends { readonly allOf: readonly (infer B)[] }
          ? Simplify<UnionToIntersection<B extends unknown ? Infer<B> : never>>
          : S extends { readonly type: infer T }
            ? InferType<T extends readonly (infer E)[] ? E : T, S>
            : unknown;

type InferType<T, S> = T extends 'string'
  ? S extends { readonly contentEncoding: 'base64' }
    ? Uint8Array
    : string
  : T extends 'integer' | 'number'
    ? number
    : T extends 'boolean'
      ? boolean
      : T extends 'null'
        ? null
        : T extends 'array'
          ? InferArray<S>
          : T extends 'object'
            ? InferObject<S>
            : unknown;

type InferArray<S> = S extends { readonly prefixItems: infer I extends readonly unknown[] }
  ? InferTuple<I>
  : S extends { readonly items: infer I }
    ? I extends readonly unknown[]
      ? InferTuple<I>
      : Infer<I>[]
    : unknown[];

type InferTuple<I extends readonly unknown[]> = { -readonly [K in keyof I]: Infer<I[K]> };

type InferObject<S> = S extends { readonly properties: infer P }
  ? Simplify<
      { -readonly [K in keyof P as IsRequired<S, P, K> extends true ? K : never]: Infer<P[K]> } & {
        -readonly [K in keyof P as IsRequired<S, P, K> extends true ? never : K]?: Infer<P[K]> | undefined;
      }
    >
  : S extends { readonly patternProperties: infer P }
    ? Record<string, Infer<P[keyof P]>>
    : S extends { readonly additionalProperties: infer A }
      ? A extends boolean
        ? Record<string, unknown>
        : Record<string, Infer<A>>
      : Record<string, unknown>;

/** A gated field is always optional: whether it is there depends on the grants. */
type IsRequired<S, P, K extends keyof P> = P[K] extends { readonly '~optional': true }
  ? false
  : P[K] extends { readonly 'x-grant': string }
    ? false
    : // TypeBox 1 marks its optional properties, and the type of its `required` is dear to compute.
      S extends { readonly '~kind': unknown }
      ? true
      : S extends { readonly required: readonly (infer R)[] }
        ? K extends R
          ? true
          : false
        : false;

type Simplify<T> = { [K in keyof T]: T[K] };
type UnionToIntersection<U> = (U extends unknown ? (x: U) => void : never) extends (x: infer I) => void
  ? I
  : never;
