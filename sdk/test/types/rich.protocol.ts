import { bytes, defineProtocol, event, gated, method, typed } from 'portico';
import { Type } from 'typebox';

/** Where something is, in degrees. */
const Place = Type.Object({ lat: Type.Number(), lon: Type.Number() });

/** Its number in the collection. */
const Id = Type.Integer({ minimum: 0 });

const Shape = Type.Union([
  Type.Object({ kind: Type.Literal('circle'), radius: Type.Number() }),
  Type.Object({ kind: Type.Literal('square'), side: Type.Number() }),
]);

interface Tree {
  value: number;
  kids: Tree[];
  byName?: Record<string, Tree> | undefined;
}

const Tree = typed<Tree>()(
  Type.Cyclic(
    {
      Tree: Type.Object({
        /** What this branch weighs. */
        value: Type.Number(),
        kids: Type.Array(Type.Ref('Tree')),
        byName: Type.Optional(Type.Record(Type.String(), Type.Ref('Tree'))),
      }),
    },
    'Tree',
  ),
);

type Json = string | Json[] | { [key: string]: Json };

interface Folder {
  name: string;
  parent: Folder | null;
  files: File[];
}
interface File {
  folder: Folder;
}

const Thing = Type.Object({
  id: Id,
  /** Nobody knows */
  'odd name': Type.Optional(Type.Unknown()),
  place: Type.Union([Place, Type.Null()]),
  was: Type.Optional(Place),
  shape: Shape,
  /** A line with a `*` and a / in it: * /. */
  tags: Type.Array(Type.Union([Type.Literal("it's"), Type.Literal(5), Type.Literal(true)])),
  box: Type.Tuple([Type.Number(), Type.Array(Place), Type.Union([Type.String(), Type.Null()])]),
  counts: Type.Record(Type.String(), Type.Integer()),
  owner: gated('owners', Type.Object({ name: Type.String(), picture: Type.Optional(bytes()) })),
});

/** Every sort of schema, for the tests of declarations: all of them hold compiled and uncompiled. */
export const rich = defineProtocol({
  name: 'org.example.rich',
  version: '3.2.1',
  hosts: { firefox: 'rich@example.org' },
  errors: {
    /** It was there once. */
    gone: Type.Object({ id: Id }),
    full: { type: 'object', required: ['left'], properties: { left: { type: 'integer' } } },
    nothing: Type.Null(),
  },
  capabilities: {
    /** Look, and touch nothing. */
    read: {
      title: 'See your things',
      members: {
        /**
         * The things of one place, or of all.
         *
         * - in no order
         *
         * @deprecated take `tree`
         */
        list: method({
          params: Type.Object({ near: Type.Optional(Place), most: Type.Optional(Type.Integer()) }),
          result: Type.Array(Thing),
          idempotent: true,
        }),
        get: method({
          params: Type.Object({ id: Id, deep: Type.Optional(Type.Boolean()) }),
          result: Thing,
          errors: ['gone', 'nothing'],
          deadline: '5s',
          since: '3.1.0',
        }),
        tree: method({ result: Tree }),
        json: method({
          result: typed<Json>()({
            $id: 'Json',
            anyOf: [
              { type: 'string' },
              { type: 'array', items: { $ref: 'Json' } },
              { type: 'object', additionalProperties: { $ref: 'Json' } },
            ],
          }),
        }),
        folder: method({
          result: typed<Folder>()({
            $defs: {
              Folder: {
                type: 'object',
                required: ['name', 'parent', 'files'],
                properties: {
                  name: { type: 'string' },
                  parent: { anyOf: [{ $ref: 'Folder' }, { type: 'null' }] },
                  files: { type: 'array', items: { $ref: 'File' } },
                },
              },
              File: {
                type: 'object',
                required: ['folder'],
                properties: { folder: { $ref: '#/$defs/Folder' } },
              },
            },
            $ref: 'Folder',
          }),
        }),
        changed: event(Thing, { coalesceBy: 'id' }),
        cleared: event({ type: 'null' }),
        moved: event(Type.Intersect([Type.Object({ id: Id }), Type.Object({ to: Type.Optional(Place) })])),
      },
    },
    write: {
      title: 'Change your "things"',
      description: 'With a */ in it, and what\u2028breaks lines',
      members: {
        plain: method({
          params: {
            type: 'object',
            required: ['name', 'raw'],
            properties: {
              /** What it is called. */
              name: { type: 'string' },
              raw: { type: 'string', contentEncoding: 'base64' },
              size: { enum: ['small', 'large', null, -1] },
              pair: { type: 'array', prefixItems: [{ type: 'string' }, { const: 1 }], items: false },
              open: { type: 'object', additionalProperties: true },
              many: { type: ['string', 'number', 'null'] },
              patterns: {
                type: 'object',
                patternProperties: { '^a': { type: 'integer' }, '^b': { const: 'x' } },
              },
              list: { type: 'array' },
            },
          },
          errors: ['full'],
        }),
        picture: method({ params: Type.Object({ png: bytes() }), result: bytes({ maxLength: 100 }) }),
        wipe: method(),
      },
    },
    owners: { title: 'See whose they are', since: '3.2.0' },
    empty: { title: 'Nothing yet', members: {} },
  },
});
