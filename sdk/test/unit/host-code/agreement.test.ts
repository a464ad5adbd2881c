import { isDeepStrictEqual } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type Limits } from '../../../src/limits/limits.js';
import { checkSchema } from '../../../src/protocol/check-schema.js';
import { FORMATS } from '../../../src/protocol/formats.js';
import { type Answer, byGenerated, byInterpreter, type Way, waysOf } from '../../support/host-code.js';
import { anyValue, nearly } from '../../support/hostile-values.js';
import { type Described, described, GATE } from '../../support/schemas.js';

/** Another one each time; a case that fails prints it, and PORTICO_SEED repeats it. */
const seed = Number(process.env['PORTICO_SEED'] ?? Date.now() % 0x7fffffff);
const SCHEMAS = 150;
const RUNS = 36_000;
/** What plain Ajv means otherwise, and a required property without a name, which it overlooks. */
const NOT_AJVS = /base64|\$ref|allOf|"":/;
const SHADOWED = /"(constructor|toString|hasOwnProperty)"/;

interface Subject extends Described {
  readonly name: string;
  readonly ways: readonly Way[];
}

let subjects: readonly Subject[] = [];
const byName = new Map<string, Subject>();

beforeAll(async () => {
  const all = fc.sample(described, { seed, numRuns: SCHEMAS });
  for (const { schema } of all) checkSchema(schema, 'schema');
  // Inherited names make Ajv ask for own properties everywhere: both kinds of code are to be seen.
  const groups = [
    all.filter(({ schema }) => SHADOWED.test(JSON.stringify(schema))),
    all.filter(({ schema }) => !SHADOWED.test(JSON.stringify(schema))),
  ];
  const made = await Promise.all(
    groups.map(async (group) => {
      const ways = await waysOf(
        group.map(({ schema }) => schema),
        new Set([GATE]),
      );
      return group.map(
        (each, i): Subject => ({
          ...each,
          name: JSON.stringify(each.schema),
          ways: ways[i] as Way[],
        }),
      );
    }),
  );
  subjects = made.flat();
  for (const each of subjects) byName.set(each.name, each);
});

/** Mostly the real ones; else so small that values end at them. */
const limits: fc.Arbitrary<Limits> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(DEFAULT_LIMITS) },
  {
    weight: 2,
    arbitrary: fc
      .record({ valueSize: fc.nat(60), messageSize: fc.nat(60), messageSteps: fc.nat(300), depth: fc.nat(6) })
      .map((few): Limits => ({ ...DEFAULT_LIMITS, ...few })),
  },
);

test('code is generated for nearly every schema', () => {
  const generated = subjects.filter(({ ways }) => ways.every((way) => way.generated));
  expect(generated.length).toBeGreaterThan(SCHEMAS * 0.8);
});

test('generated code and the interpreter agree on a hundred thousand values', () => {
  const subjectsWithCode = subjects.filter(({ ways }) => ways.every((way) => way.generated));
  let cases = 0;
  let accepted = 0;
  const value = (subject: Subject): fc.Arbitrary<unknown> =>
    fc.oneof(
      { weight: 2, arbitrary: subject.values },
      { weight: 4, arbitrary: nearly(subject.values) },
      { weight: 1, arbitrary: anyValue },
    );
  const every = fc.oneof(
    ...subjectsWithCode.map((subject) =>
      fc.record({ subject: fc.constant(subject.name), value: value(subject), limits }),
    ),
  );
  fc.assert(
    fc.property(every, ({ subject: name, value, limits }) => {
      const subject = byName.get(name) as Subject;
      for (const way of subject.ways) {
        cases++;
        const interpreted = byInterpreter(way, value, limits);
        const generated = byGenerated(way, value, limits);
        if (agree(interpreted, generated, limits)) {
          if ('copy' in interpreted) accepted++;
          continue;
        }
        throw new Error(
          `${way.name} of ${subject.name}: the interpreter says ${show(interpreted)}, Ajv ${show(generated)}`,
        );
      }
    }),
    { seed, numRuns: RUNS },
  );
  expect(cases).toBeGreaterThan(100_000);
  // Neither all nor nothing: else little would have been compared.
  expect(accepted / cases).toBeGreaterThan(0.2);
  expect(accepted / cases).toBeLessThan(0.8);
});

/** The same copies, of the same size; in no more steps, since code needs not try which alternative fits. */
const agree = (interpreted: Answer, generated: Answer | undefined, limits: Limits): boolean => {
  if (!generated || !('copy' in generated)) return !('copy' in interpreted);
  if (!('copy' in interpreted))
    return interpreted.refused === 'messageSteps' && generated.steps <= limits.messageSteps;
  return (
    isDeepStrictEqual(generated.copy, interpreted.copy) &&
    generated.size === interpreted.size &&
    generated.steps <= interpreted.steps
  );
};

const show = (answer: unknown): string => fc.stringify(answer).slice(0, 500);

test('the interpreter agrees with Ajv on the schema as its author wrote it', () => {
  const ajv = new Ajv2020({
    strict: false,
    allowUnionTypes: true,
    strictNumbers: true,
    ownProperties: true,
    validateSchema: false,
    logger: false,
  });
  for (const [name, expression] of Object.entries(FORMATS)) ajv.addFormat(name, new RegExp(expression, 'u'));
  for (const { schema, values, ways } of subjects.filter(({ name }) => !NOT_AJVS.test(name))) {
    const validate = ajv.compile(closed(schema) as object);
    fc.assert(
      fc.property(fc.oneof(values, nearly(values)), (value) => {
        const json = asJson(value);
        if (json === undefined) return;
        const interpreted = byInterpreter(ways[0] as Way, json, BOTTOMLESS);
        expect([JSON.stringify(json), 'copy' in interpreted]).toEqual([JSON.stringify(json), validate(json)]);
      }),
      { seed, numRuns: 60 },
    );
  }
});

/** Ajv alone knows no limit of depth. */
const BOTTOMLESS: Limits = { ...DEFAULT_LIMITS, depth: 10_000 };

/** What JSON can bring; names that only code can mean, and values without end, are left to the other test. */
const asJson = (value: unknown): unknown => {
  try {
    const text = JSON.stringify(value);
    return text === undefined || text.length > 20_000 || SHADOWED.test(text) || text.includes('__proto__')
      ? undefined
      : JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A schema in the dialect of 2020, with closed objects said to be closed. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { items, additionalItems, ...rest } = schema as Record<string, unknown>;
  const parts = Object.entries(rest).map(([key, part]) => [
    key,
    key === 'const' || key === 'enum'
      ? part
      : /^(properties|patternProperties)$/.test(key)
        ? Object.fromEntries(Object.entries(part as object).map(([name, each]) => [name, closed(each)]))
        : closed(part),
  ]);
  return {
    ...Object.fromEntries(parts),
    ...(Array.isArray(items)
      ? {
          prefixItems: items.map(closed),
          ...(additionalItems === undefined ? {} : { items: closed(additionalItems) }),
        }
      : items === undefined
        ? {}
        : { items: closed(items) }),
    ...(rest['type'] === 'object' && rest['additionalProperties'] === undefined
      ? { additionalProperties: false }
      : {}),
  };
};
