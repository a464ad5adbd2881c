import fc from 'fast-check';
import { gated } from 'portico';
import { codePoint } from './code-point.js';

/** A schema of the subset, with an arbitrary for the values that it describes. */
export interface Described {
  readonly schema: object;
  readonly values: fc.Arbitrary<unknown>;
}

/** The capability behind every gate in these schemas. */
export const GATE = 'gate';

// What JSON can't tell apart, or what is refused everywhere, is no matter of a single schema.
const json = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => !JSON.stringify(value).includes('"__proto__"'))
  .map((value): unknown => JSON.parse(JSON.stringify(value)));
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
const text = fc.string({ unit: 'grapheme' });
const bytes = fc.uint8Array({ maxLength: 40 });

const always = (schema: object, values: fc.Arbitrary<unknown>): fc.Arbitrary<Described> =>
  fc.constant({ schema, values });

const dates = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date('2200-01-01') })
  .map((each) => each.toISOString());
const FORMATTED: readonly (readonly [string, fc.Arbitrary<string>])[] = [
  ['date', dates.map((each) => each.slice(0, 10))],
  ['time', dates.map((each) => each.slice(11))],
  ['date-time', dates],
  ['ipv4', fc.ipV4()],
  ['ipv6', fc.ipV6()],
  ['uuid', fc.uuid()],
];
const formatted = fc
  .constantFrom(...FORMATTED)
  .map(([format, values]): Described => ({ schema: { type: 'string', format, pattern: '[0-9:]' }, values }));

const integer = fc.tuple(fc.integer(), fc.nat(1000)).map(
  ([minimum, range]): Described => ({
    schema: { type: 'integer', minimum, maximum: minimum + range },
    values: fc.integer({ min: minimum, max: minimum + range }),
  }),
);
const multiple = fc.integer({ min: 1, max: 50 }).map(
  (multipleOf): Described => ({
    schema: {
      type: 'integer',
      multipleOf,
      exclusiveMinimum: -multipleOf * 9,
      exclusiveMaximum: multipleOf * 9,
    },
    values: fc.integer({ min: -8, max: 8 }).map((each) => each * multipleOf + 0),
  }),
);
const bounded = fc.tuple(fc.nat(5), fc.nat(5)).map(
  ([minLength, range]): Described => ({
    schema: { type: 'string', minLength, maxLength: minLength + range },
    // Code points, as JSON Schema counts, and not units or graphemes.
    values: fc.string({ unit: codePoint, minLength, maxLength: minLength + range }),
  }),
);
const literal = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
const scalar = fc.oneof(
  always({ type: 'boolean' }, fc.boolean()),
  always({ type: 'null' }, fc.constant(null)),
  always({ type: 'number' }, number),
  always({ type: 'string' }, text),
  always({ type: 'string', pattern: '^[a-z]+$' }, fc.stringMatching(/^[a-z]+$/)),
  always({ type: ['string', 'null'], maxLength: 3 }, fc.option(fc.string({ maxLength: 3 }))),
  always({ type: 'string', contentEncoding: 'base64', maxLength: 40 }, bytes),
  always({}, json),
  integer,
  multiple,
  bounded,
  formatted,
  literal.map((value): Described => ({ schema: { const: value }, values: fc.constant(value) })),
  fc
    .uniqueArray(literal, { minLength: 1 })
    .map((list): Described => ({ schema: { enum: list }, values: fc.constantFrom(...list) })),
);

const NAMES = ['a', 'b', 'a/b', 'c~d', '', 'ä', '0', 'constructor', 'toString', 'then', 'hasOwnProperty'];
const name = fc.constantFrom(...NAMES);

/** Objects with some required, some optional and some gated properties. */
const objectOf = (node: fc.Arbitrary<Described>): fc.Arbitrary<Described> =>
  fc
    .uniqueArray(fc.tuple(name, node, fc.constantFrom('required', 'optional', 'gated')), {
      selector: ([key]) => key,
      maxLength: 5,
    })
    .map((fields): Described => {
      const requiredKeys = fields.flatMap(([key, , how]) => (how === 'required' ? [key] : []));
      return {
        schema: {
          type: 'object',
          required: requiredKeys,
          properties: Object.fromEntries(
            fields.map(([key, { schema }, how]) => [key, how === 'gated' ? gated(GATE, schema) : schema]),
          ),
        },
        values: fc.record(Object.fromEntries(fields.map(([key, { values }]) => [key, values])), {
          requiredKeys,
        }),
      };
    });

const treeOf = (levels: number): fc.Arbitrary<unknown> =>
  fc.record({
    value: fc.integer(),
    kids: levels === 0 ? fc.constant([]) : fc.array(treeOf(levels - 1), { maxLength: 2 }),
  });
const tree = treeOf(4);
const TREE = {
  $defs: {
    Tree: {
      type: 'object',
      required: ['value', 'kids'],
      properties: { value: { type: 'integer' }, kids: { type: 'array', items: { $ref: 'Tree' } } },
    },
  },
  $ref: 'Tree',
};

const key = fc.string().filter((each) => each !== '__proto__');

/** Schemas of the subset, every keyword of it, with values that fit. */
export const described: fc.Arbitrary<Described> = fc.letrec<{ node: Described }>((tie) => {
  const node = tie('node');
  return {
    node: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'schema' },
      scalar,
      fc.tuple(node, fc.nat(3), fc.nat(3)).map(
        ([{ schema, values }, minItems, range]): Described => ({
          schema: { type: 'array', items: schema, minItems, maxItems: minItems + range },
          values: fc.array(values, { minLength: minItems, maxLength: minItems + range }),
        }),
      ),
      fc.tuple(fc.array(node, { maxLength: 3 }), node, fc.boolean()).map(
        ([places, rest, old]): Described => ({
          schema: {
            type: 'array',
            minItems: places.length,
            ...(old
              ? { items: places.map(({ schema }) => schema), additionalItems: rest.schema }
              : { prefixItems: places.map(({ schema }) => schema), items: rest.schema }),
          },
          values: fc
            .tuple(fc.tuple(...places.map(({ values }) => values)), fc.array(rest.values, { maxLength: 2 }))
            .map(([first, more]) => [...first, ...more]),
        }),
      ),
      objectOf(node),
      node.map(
        ({ schema, values }): Described => ({
          schema: { type: 'object', additionalProperties: schema },
          values: fc.dictionary(key, values, { maxKeys: 3, noNullPrototype: true }),
        }),
      ),
      node.map(
        ({ schema, values }): Described => ({
          schema: { type: 'object', patternProperties: { '^x': schema } },
          values: fc.dictionary(
            key.map((each) => `x${each}`),
            values,
            { maxKeys: 3, noNullPrototype: true },
          ),
        }),
      ),
      // Branches that can be told apart: a value of one must not fit another.
      fc.tuple(node, node).map(
        ([left, right]): Described => ({
          schema: {
            anyOf: [left, right].map(({ schema }, tag) => ({
              type: 'object',
              required: ['tag', 'value'],
              properties: { tag: { const: tag }, value: schema },
            })),
          },
          values: fc.oneof(
            ...[left, right].map(({ values }, tag) => fc.record({ tag: fc.constant(tag), value: values })),
          ),
        }),
      ),
      // Alternatives told apart by a name, in one step.
      fc.tuple(node, node).map(
        ([left, right]): Described => ({
          schema: {
            anyOf: [left, right].map(({ schema }, index) => ({
              type: 'object',
              required: ['kind'],
              properties: { value: schema, kind: { const: `kind ${index}` } },
            })),
          },
          values: fc.oneof(
            ...[left, right].map(({ values }, index) =>
              fc.record({ kind: fc.constant(`kind ${index}`), value: values }, { requiredKeys: ['kind'] }),
            ),
          ),
        }),
      ),
      // Lists of objects: columns where they are long, whole or not where null is a value.
      fc.tuple(objectOf(node), fc.boolean()).map(
        ([{ schema, values }, nullable]): Described => ({
          schema: {
            type: 'array',
            items: {
              ...schema,
              properties: {
                ...(schema as { properties?: object }).properties,
                extra: { anyOf: [{ type: 'number' }, ...(nullable ? [{ type: 'null' }] : [])] },
              },
            },
          },
          values: fc.array(
            fc
              .tuple(values, fc.option(nullable ? fc.option(fc.integer()) : fc.integer(), { nil: undefined }))
              .map(([value, extra]) => (extra === undefined ? value : { ...(value as object), extra })),
            { maxLength: 8 },
          ),
        }),
      ),
      // Some properties by name, the others by pattern, and the rest by one schema.
      fc.tuple(node, node, node).map(
        ([one, two, three]): Described => ({
          schema: {
            type: 'object',
            properties: { named: one.schema },
            patternProperties: { '^x': two.schema },
            additionalProperties: three.schema,
          },
          values: fc
            .tuple(
              fc.record({ named: one.values }, { requiredKeys: [] }),
              fc.dictionary(
                key.map((each) => `x${each}`),
                two.values,
                { maxKeys: 2, noNullPrototype: true },
              ),
              fc.dictionary(
                key.map((each) => `y${each}`),
                three.values,
                { maxKeys: 2, noNullPrototype: true },
              ),
            )
            .map((parts) => Object.assign({}, ...parts)),
        }),
      ),
      node.map(
        ({ schema, values }): Described => ({
          schema: { anyOf: [{ type: 'array', items: schema }, { type: 'integer' }, { type: 'null' }] },
          values: fc.oneof(fc.array(values, { maxLength: 2 }), fc.integer(), fc.constant(null)),
        }),
      ),
      // An object or something else, told apart at first sight.
      fc.tuple(objectOf(node), fc.boolean()).map(
        ([{ schema, values }, first]): Described => ({
          schema: {
            anyOf: first
              ? [schema, { type: 'string' }, { type: 'null' }]
              : [{ type: 'string' }, { type: 'null' }, schema],
          },
          values: fc.oneof(values, values, text, fc.constant(null)),
        }),
      ),
      fc.tuple(node, node).map(
        ([left, right]): Described => ({
          schema: {
            allOf: [left, right].map(({ schema }, index) => ({
              type: 'object',
              required: [`p${index}`],
              properties: { [`p${index}`]: schema },
            })),
          },
          values: fc.record({ p0: left.values, p1: right.values }),
        }),
      ),
      always(TREE, tree),
    ),
  };
}).node;

/** A schema and one value that fits. */
export const sample = described.chain(({ schema, values }) => values.map((value) => ({ schema, value })));

/** Any JSON at all. */
export const anyJson = json;
