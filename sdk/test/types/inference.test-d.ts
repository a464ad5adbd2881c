import { type BytesSchema, bytes, gated, type Infer, typed } from 'portico';
import { Type } from 'typebox';
import { describe, expectTypeOf, test } from 'vitest';

/** The type that Portico infers from a schema, as the type of a value. */
declare const inferred: <const S>(schema: S) => Infer<S>;

describe('TypeBox 1', () => {
  test('scalars', () => {
    expectTypeOf(inferred(Type.String({ minLength: 1 }))).toEqualTypeOf<string>();
    expectTypeOf(inferred(Type.Integer())).toEqualTypeOf<number>();
    expectTypeOf(inferred(Type.Number())).toEqualTypeOf<number>();
    expectTypeOf(inferred(Type.Boolean())).toEqualTypeOf<boolean>();
    expectTypeOf(inferred(Type.Null())).toEqualTypeOf<null>();
    expectTypeOf(inferred(Type.Unknown())).toEqualTypeOf<unknown>();
  });

  test('literals, enums and unions', () => {
    expectTypeOf(inferred(Type.Literal('a'))).toEqualTypeOf<'a'>();
    expectTypeOf(inferred(Type.Literal(5))).toEqualTypeOf<5>();
    expectTypeOf(inferred(Type.Enum(['a', 'b']))).toEqualTypeOf<'a' | 'b'>();
    const union = Type.Union([Type.Literal('a'), Type.Integer(), Type.Null()]);
    expectTypeOf(inferred(union)).toEqualTypeOf<'a' | number | null>();
  });

  test('nullable', () => {
    expectTypeOf(inferred(Type.Union([Type.String(), Type.Null()]))).toEqualTypeOf<string | null>();
  });

  test('arrays, tuples and records', () => {
    expectTypeOf(inferred(Type.Array(Type.String()))).toEqualTypeOf<string[]>();
    expectTypeOf(inferred(Type.Tuple([Type.String(), Type.Integer()]))).toEqualTypeOf<[string, number]>();
    expectTypeOf(inferred(Type.Record(Type.String(), Type.Boolean()))).toEqualTypeOf<
      Record<string, boolean>
    >();
    const keyed = Type.Record(Type.Union([Type.Literal('a'), Type.Literal('b')]), Type.Integer());
    expectTypeOf(inferred(keyed)).toEqualTypeOf<{ a: number; b: number }>();
  });

  test('objects, with what is optional in them', () => {
    const schema = Type.Object({ id: Type.Integer(), title: Type.Optional(Type.String()) });
    expectTypeOf(inferred(schema)).toEqualTypeOf<{ id: number; title?: string | undefined }>();
    expectTypeOf(inferred(Type.Partial(schema))).toEqualTypeOf<{
      id?: number | undefined;
      title?: string | undefined;
    }>();
    expectTypeOf(inferred(Type.Object({}))).toEqualTypeOf<Record<never, never>>();
  });

  test('nested objects', () => {
    const schema = Type.Object({ list: Type.Array(Type.Object({ at: Type.Tuple([Type.Number()]) })) });
    expectTypeOf(inferred(schema)).toEqualTypeOf<{ list: { at: [number] }[] }>();
  });

  test('intersections', () => {
    const schema = Type.Intersect([
      Type.Object({ a: Type.String() }),
      Type.Object({ b: Type.Optional(Type.Integer()) }),
    ]);
    expectTypeOf(inferred(schema)).toEqualTypeOf<{ a: string; b?: number | undefined }>();
  });

  test('a reference is unknown until it is said by hand', () => {
    interface Tree {
      readonly kids: readonly Tree[];
    }
    const schema = Type.Cyclic({ Tree: Type.Object({ kids: Type.Array(Type.Ref('Tree')) }) }, 'Tree');
    expectTypeOf(inferred(schema)).toEqualTypeOf<unknown>();
    expectTypeOf(inferred(typed<Tree>()(schema))).toEqualTypeOf<Tree>();
  });
});

describe('TypeBox 0.34, which carries its type in `static`', () => {
  interface Legacy<T> {
    readonly type: string;
    readonly params: unknown[];
    readonly static: T;
  }
  const legacy = <T>(): Legacy<T> => ({}) as Legacy<T>;

  test('its static type is taken', () => {
    expectTypeOf(inferred(legacy<string>())).toEqualTypeOf<string>();
    expectTypeOf(inferred(legacy<{ a: 1; b?: 'x' }>())).toEqualTypeOf<{ a: 1; b?: 'x' }>();
    expectTypeOf(inferred(legacy<readonly [1, null]>())).toEqualTypeOf<readonly [1, null]>();
  });

  test('inside of a literal, too', () => {
    const schema = {
      type: 'object',
      required: ['id'],
      properties: { id: legacy<5>(), t: legacy<'x'>() },
    } as const;
    expectTypeOf(inferred(schema)).toEqualTypeOf<{ id: 5; t?: 'x' | undefined }>();
  });
});

describe('plain literals', () => {
  test('scalars', () => {
    expectTypeOf(inferred({ type: 'string' })).toEqualTypeOf<string>();
    expectTypeOf(inferred({ type: 'integer', minimum: 1 })).toEqualTypeOf<number>();
    expectTypeOf(inferred({ type: 'boolean' })).toEqualTypeOf<boolean>();
    expectTypeOf(inferred({ type: 'null' })).toEqualTypeOf<null>();
    expectTypeOf(inferred({})).toEqualTypeOf<unknown>();
    expectTypeOf(inferred({ $ref: 'A' })).toEqualTypeOf<unknown>();
  });

  test('constants, enums, unions and lists of types', () => {
    expectTypeOf(inferred({ const: 'a' })).toEqualTypeOf<'a'>();
    expectTypeOf(inferred({ type: 'string', const: 'a' })).toEqualTypeOf<'a'>();
    expectTypeOf(inferred({ enum: ['a', 1, null] })).toEqualTypeOf<'a' | 1 | null>();
    expectTypeOf(inferred({ anyOf: [{ type: 'string' }, { const: 5 }] })).toEqualTypeOf<string | 5>();
    expectTypeOf(inferred({ type: ['string', 'null'] })).toEqualTypeOf<string | null>();
  });

  test('objects need their properties only where they say so', () => {
    const schema = {
      type: 'object',
      required: ['a'],
      properties: { a: { type: 'string' }, b: { type: 'integer' } },
    } as const;
    expectTypeOf(inferred(schema)).toEqualTypeOf<{ a: string; b?: number | undefined }>();
    expectTypeOf(inferred({ type: 'object', properties: { a: { type: 'string' } } })).toEqualTypeOf<{
      a?: string | undefined;
    }>();
  });

  test('open objects and records', () => {
    expectTypeOf(inferred({ type: 'object' })).toEqualTypeOf<Record<string, unknown>>();
    expectTypeOf(inferred({ type: 'object', additionalProperties: true })).toEqualTypeOf<
      Record<string, unknown>
    >();
    expectTypeOf(inferred({ type: 'object', additionalProperties: { type: 'integer' } })).toEqualTypeOf<
      Record<string, number>
    >();
    const patterned = {
      type: 'object',
      patternProperties: { '^a': { type: 'integer' }, '^b': { const: 'x' } },
    } as const;
    expectTypeOf(inferred(patterned)).toEqualTypeOf<Record<string, number | 'x'>>();
  });

  test('arrays and tuples of old and new drafts', () => {
    expectTypeOf(inferred({ type: 'array' })).toEqualTypeOf<unknown[]>();
    expectTypeOf(inferred({ type: 'array', items: { type: 'string' } })).toEqualTypeOf<string[]>();
    expectTypeOf(inferred({ type: 'array', items: [{ type: 'string' }, { const: 1 }] })).toEqualTypeOf<
      [string, 1]
    >();
    expectTypeOf(
      inferred({ type: 'array', prefixItems: [{ type: 'string' }, { const: 1 }], items: false }),
    ).toEqualTypeOf<[string, 1]>();
  });

  test('joined objects', () => {
    const schema = {
      allOf: [
        { type: 'object', required: ['a'], properties: { a: { type: 'string' } } },
        { type: 'object', properties: { b: { const: 1 } } },
      ],
    } as const;
    expectTypeOf(inferred(schema)).toEqualTypeOf<{ a: string; b?: 1 | undefined }>();
  });
});

describe('Portico’s own', () => {
  test('bytes are a Uint8Array', () => {
    expectTypeOf(bytes({ maxLength: 5 })).toEqualTypeOf<BytesSchema>();
    expectTypeOf(inferred(bytes())).toEqualTypeOf<Uint8Array>();
    expectTypeOf(inferred(Type.Object({ png: bytes() }))).toEqualTypeOf<{ png: Uint8Array }>();
    expectTypeOf(inferred(Type.Object({ png: Type.Optional(bytes()) }))).toEqualTypeOf<{
      png?: Uint8Array | undefined;
    }>();
  });

  test('a gated property is optional, however it was declared', () => {
    const schema = Type.Object({
      id: Type.Integer(),
      title: gated('titles', Type.String()),
      url: gated('titles', Type.Optional(Type.String())),
      icon: Type.Optional(gated('titles', Type.String())),
    });
    expectTypeOf(inferred(schema)).toEqualTypeOf<{
      id: number;
      title?: string | undefined;
      url?: string | undefined;
      icon?: string | undefined;
    }>();
    const literal = {
      type: 'object',
      required: ['id', 'title'],
      properties: { id: { type: 'integer' }, title: gated('titles', { type: 'string' }) },
    } as const;
    expectTypeOf(inferred(literal)).toEqualTypeOf<{ id: number; title?: string | undefined }>();
  });

  test('gated keeps the type of its schema', () => {
    expectTypeOf(inferred(gated('titles', Type.Array(Type.Literal('a'))))).toEqualTypeOf<'a'[]>();
    expectTypeOf(inferred(gated('titles', bytes()))).toEqualTypeOf<Uint8Array>();
  });

  test('typed says it by hand, and wins over what is inferred', () => {
    expectTypeOf(inferred(typed<Date | 5>()({ type: 'string' }))).toEqualTypeOf<Date | 5>();
    expectTypeOf(inferred(typed<null>()({}))).toEqualTypeOf<null>();
    expectTypeOf(inferred(typed<{ a: 1 }[]>()(Type.Array(Type.Unknown())))).toEqualTypeOf<{ a: 1 }[]>();
  });

  test('Type.Unsafe says it, too', () => {
    expectTypeOf(inferred(Type.Unsafe<Date | 5>({ type: 'string' }))).toEqualTypeOf<Date | 5>();
  });
});
