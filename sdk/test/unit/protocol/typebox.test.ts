import { bytes } from 'portico';
import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { checkSchema } from '../../../src/protocol/check-schema.js';
import { fits, refused } from '../../support/conversions.js';

const text = Type.String();
const ab = Type.Object({ a: text, b: Type.Optional(Type.Null()) });
const Tree = Type.Cyclic({ Tree: Type.Object({ kids: Type.Array(Type.Ref('Tree')) }) }, 'Tree');

/** What TypeBox emits: a value that fits each, and one that doesn't. */
const WORKS: readonly (readonly [string, object, unknown, unknown])[] = [
  ['Object', ab, { a: 'x' }, { b: null }],
  ['Optional', ab, { a: 'x', b: null }, { a: 'x', b: 1 }],
  ['Partial', Type.Partial(ab), {}, { a: 1 }],
  ['Pick', Type.Pick(ab, ['a']), { a: 'x' }, {}],
  ['Script', Type.Script('{ a: string, b?: number | null }'), { a: 'x', b: null }, { b: 1 }],
  ['Module', Type.Module({ A: Type.Object({ b: Type.Ref('B') }), B: text }).A, { b: 'x' }, { b: 1 }],
  ['Array', Type.Array(text, { minItems: 1, maxItems: 2 }), ['x'], []],
  ['Tuple', Type.Tuple([text, Type.Number()]), ['x', 1], ['x', 1, 1]],
  ['an empty Tuple', Type.Tuple([]), [], [1]],
  ['String with bounds', Type.String({ minLength: 1, maxLength: 2, pattern: '^x' }), 'xy', 'yx'],
  ['String with a format', Type.String({ format: 'uuid' }), '2eb8aa08-aa98-11ea-b4aa-73b441d16380', 'x'],
  ['TemplateLiteral', Type.TemplateLiteral([Type.Literal('id-'), Type.Number()]), 'id-5', 'id-x'],
  ['Number', Type.Number({ exclusiveMinimum: 0, maximum: 2 }), 0.5, 0],
  ['Integer', Type.Integer({ multipleOf: 3 }), 9, 8],
  ['Boolean', Type.Boolean(), true, 0],
  ['Null', Type.Null(), null, 0],
  ['Literal', Type.Literal('x'), 'x', 'y'],
  ['Enum', Type.Enum(['x', 1]), 1, 2],
  ['KeyOf', Type.KeyOf(ab), 'b', 'c'],
  ['Exclude', Type.Exclude(Type.Union([Type.Literal('x'), Type.Literal('y')]), Type.Literal('x')), 'y', 'x'],
  ['Union', Type.Union([text, Type.Null()]), null, 1],
  ['Record of String', Type.Record(text, Type.Number()), { any: 1 }, { any: 'x' }],
  ['Record of a pattern', Type.Record(Type.String({ pattern: '^x' }), text), { xy: 'x' }, { xy: 1 }],
  ['Record of Integer', Type.Record(Type.Integer(), text), { 5: 'x' }, { 5: 1 }],
  ['Record of literals', Type.Record(Type.Union([Type.Literal('x')]), text), { x: 'x' }, {}],
  [
    'Intersect',
    Type.Intersect([Type.Object({ a: text }), Type.Object({ b: text })]),
    { a: 'x', b: 'x' },
    { a: 'x' },
  ],
  ['Evaluate', Type.Evaluate(Type.Intersect([ab, Type.Object({ c: text })])), { a: 'x', c: 'x' }, { a: 'x' }],
  ['Union of Cyclic and Null', Type.Union([Tree, Type.Null()]), null, { kids: [{}] }],
  [
    'Intersect of Cyclic',
    Type.Intersect([Tree, Type.Object({ more: text })]),
    { kids: [], more: 'x' },
    { more: 'x' },
  ],
  ['Cyclic', Tree, { kids: [{ kids: [] }] }, { kids: [{}] }],
  ['Unknown', Type.Unknown(), { any: [1] }, new Date(0)],
  ['Any', Type.Any(), null, new Map()],
  ['Unsafe', Type.Unsafe<Uint8Array>(bytes({ maxLength: 3 })), new Uint8Array(2), new Uint8Array(4)],
];

test.each(WORKS)('%s works', (_name, schema, fit, unfit) => {
  expect(() => checkSchema(schema, 'at')).not.toThrow();
  expect(fits(schema, fit)).toBe(true);
  expect(refused(schema, unfit)).toBeDefined();
});

describe('is refused, with the reason', () => {
  test.each([
    ['uniqueItems', Type.Array(text, { uniqueItems: true }), 'uniqueItems'],
    [
      'Intersect with unevaluatedProperties',
      Type.Intersect([ab], { unevaluatedProperties: false }),
      'objects are closed',
    ],
    [
      'Intersect of what shares a property',
      Type.Intersect([ab, ab]),
      'more than one branch has a property "a"',
    ],
    ['Intersect of what is no object', Type.Intersect([text, text]), 'allOf can only join objects'],
    ['Never', Type.Never(), 'say what fits'],
    ['BigInt', Type.BigInt(), '"type"'],
    ['Symbol', Type.Symbol(), '"type"'],
    ['Undefined', Type.Undefined(), '"type"'],
    ['Void', Type.Void(), '"type"'],
    ['Function', Type.Function([], text), '"type"'],
    ['a format that nobody checks', Type.String({ format: 'url' }), '"url" is not checked'],
    ['a Ref to nothing', Type.Ref('Nobody'), 'nothing in this schema is named "Nobody"'],
  ])('%s', (_name, schema, message) => {
    expect(() => checkSchema(schema, 'at')).toThrow(message);
  });
});
