import { _, Ajv, type CodeKeywordDefinition, type Options } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import type { Plan, PlanField } from '../../protocol/plan.js';
import { ajvSchema, QUIET } from './ajv-schema.js';
import { type Program, partsOf } from './kinds.js';

/** Where a schema fails is told by the interpreter: no descriptions of failures are made. */
const quiet: CodeKeywordDefinition = {
  keyword: QUIET,
  schemaType: 'object',
  code: (cxt) => {
    const valid = cxt.gen.name('valid');
    cxt.subschema({ keyword: QUIET, createErrors: false }, valid);
    cxt.ok(valid);
  },
};

/** Ajv's own writes the quotient down and reads it again, and so refuses 1e22 as a multiple of 1. */
const multipleOf: CodeKeywordDefinition = {
  keyword: 'multipleOf',
  type: 'number',
  schemaType: 'number',
  code: (cxt) => cxt.fail(_`!Number.isInteger(${cxt.data} / ${cxt.schema})`),
};

const OPTIONS: Options = {
  code: { source: true, lines: true, optimize: 1 },
  strict: false,
  strictNumbers: true,
  discriminator: true,
  validateSchema: false,
  addUsedSchema: false,
  messages: false,
  meta: false,
  logger: false,
  // Never a loop: that would import a deep comparison.
  loopEnum: Number.POSITIVE_INFINITY,
  loopRequired: Number.POSITIVE_INFINITY,
};

/** Characters as JSON Schema counts them, in place of the module that Ajv would import. */
const LENGTH = `(text) => {
let length = text.length;
for (let i = 1; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800) length--;
return length;
}`;

/**
 * Ajv's validators of these programs: the text of statements that need nothing outside, with functions
 * `v0`, `v1` … in the object `exports`.
 */
export const validators = (programs: readonly Program[]): string => {
  const ajv = new Ajv({ ...OPTIONS, ownProperties: programs.some(isShadowed) });
  ajv.addKeyword(quiet);
  ajv.removeKeyword('multipleOf');
  ajv.addKeyword(multipleOf);
  for (const expression of new Set(programs.flatMap(formatsIn)))
    ajv.addFormat(expression, new RegExp(expression, 'u'));
  const refs = programs.map((program, index) => {
    ajv.addSchema(ajvSchema(program), `s${index}`);
    return [`v${index}`, `s${index}`];
  });
  const text = standalone.default(ajv, Object.fromEntries(refs));
  return withoutSchemas(text.replaceAll('require("ajv/dist/runtime/ucs2length").default', LENGTH));
};

/** Ajv writes down every schema, though few validators look at theirs. */
const withoutSchemas = (text: string): string => {
  const counts = new Map<string, number>();
  for (const [name] of text.matchAll(/\bschema\d+\b/g)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return text
    .split('\n')
    .filter((line) => {
      const [, name] = /^const (schema\d+) = /.exec(line) ?? [];
      return !name || counts.get(name) !== 1;
    })
    .join('\n');
};

/** Whether a plan has a property that every object inherits: a plain read would find what is not there. */
const isShadowed = (program: Program): boolean =>
  plansIn(program).some(([kind, first, second]) =>
    kind === 'o'
      ? (first as PlanField[]).some(([key]) => key in Object.prototype)
      : kind === 'u' && second !== undefined && (second as string) in Object.prototype,
  );

const formatsIn = (program: Program): string[] =>
  plansIn(program).flatMap(([kind, constraints = {}]) =>
    kind === 's'
      ? Object.entries(constraints).flatMap(([name, bound]) =>
          name.startsWith('format ') ? [bound as string] : [],
        )
      : [],
  );

const plansIn = ({ definitions, root }: Program): ReturnType<typeof partsOf>[] => {
  const below = (plan: Plan): ReturnType<typeof partsOf>[] => {
    const parts = partsOf(plan);
    const [kind, first, second, third] = parts;
    const children: readonly Plan[] =
      kind === 'a'
        ? [first, ...((third ?? []) as Plan[])]
        : kind === 'o'
          ? [...(first as PlanField[]), ...((second ?? []) as PlanField[])].map(([, plan]) => plan)
          : kind === 'u'
            ? first
            : [];
    return [parts, ...children.flatMap(below)];
  };
  return [...definitions, root].flatMap(below);
};
