import type { Constraints, Plan, PlanField } from '../../protocol/plan.js';
import type { Functions } from './functions.js';
import { depthInVain, isNullable, type Kind, kindsOf, type Program, partsOf } from './kinds.js';

/** What copies are for: parameters that come in, or results, events and data of errors that go out. */
export type Use = 'read' | 'write';

/** JavaScript for a literal, on one line. */
export const literal = (value: unknown): string =>
  JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

/** An expression that reads a property, but none of Object.prototype. */
export const property = (value: string, key: string): string =>
  key in Object.prototype ? `get(${value}, ${literal(key)})` : `${value}[${literal(key)}]`;

/** The nullable properties that rows may lack: in a column, null stands for none. */
export const nullable = (fields: readonly PlanField[], program: Program): readonly string[] =>
  fields.filter(([, plan, required]) => !required && isNullable(plan, program)).map(([key]) => key);

/** Whether lists of these items leave as columns. */
export const isTabled = (item: Plan, prefix: readonly Plan[] | undefined): boolean => {
  const [kind, , others] = partsOf(item);
  return kind === 'o' && !others && !prefix?.length;
};

/**
 * Writes functions that copy what a plan declares of a value, and count as the interpreter does. They look at
 * no scalar: what they copy is validated next, and until then nobody else has it.
 */
export const copier = (program: Program, use: Use, functions: Functions, gates: readonly string[]) => {
  const scope = `${use} ${literal(program.definitions)}`;

  /** An expression that copies what `value` names. */
  const copy = (plan: Plan, value: string): string => {
    const [kind, first, second, third] = partsOf(plan);
    switch (kind) {
      case '*':
        return `any(${value}, c)`;
      case 's':
        return first === undefined ? `text(${value}, c)` : `readText(${value}, c)`;
      case 'y':
        return `bytes(${value}, c, to, ${first ?? 'Infinity'})`;
      case 'a':
        return call(plan, value, () => list(first, second, third));
      case 'o':
        return call(plan, value, () => object(first, second));
      case 'u':
        return call(plan, value, () => (second === undefined ? either(first) : tagged(first, second, third)));
      case 'r':
        return call(plan, value, () => reference(program.definitions[first] as Plan));
      default:
        return value;
    }
  };

  const call = (plan: Plan, value: string, body: () => string): string =>
    `${functions.named(`${scope} ${literal(plan)}`, body)}(${value}, c, to)`;

  const reference = (target: Plan): string => `(value, c, to) => {
  deeper(c);
  const copy = ${copy(target, 'value')};
  c.depth--;
  return copy;
}`;

  const list = (
    item: Plan,
    { minItems = 0, maxItems = 'Infinity' }: Constraints = {},
    prefix: readonly Plan[] = [],
  ): string => {
    const first = prefix.map(
      (plan, i) => `  if (n > ${i}) { const each = value[${i}]; copy.push(${copy(plan, 'each')}); }\n`,
    );
    return `(value, c, to) => {
  const n = length(value, c, ${minItems}, ${maxItems});
  const copy = [];
${first.join('')}  for (let i = ${prefix.length}; i < n; i++) { const each = value[i]; copy.push(${copy(item, 'each')}); }
  return copy;
}`;
  };

  const object = (
    fields: readonly PlanField[],
    others: readonly (readonly [string, Plan])[] | undefined,
  ): string => {
    // What a gate shuts is not even read.
    const gateOf = ([, , , gate]: PlanField): string | undefined =>
      gate === undefined || use === 'read' ? undefined : `to.open[${gates.indexOf(gate)}]`;
    const lines = fields.map((field, i) => {
      const gate = gateOf(field);
      const value = property('value', field[0]);
      return `  const p${i} = ${gate ? `${gate} ? ${value} : undefined` : value};\n`;
    });
    const opened = fields.flatMap((field) => gateOf(field) ?? []);
    const steps = [1 + fields.length - opened.length, ...opened].join(' + ');
    // Ajv would not miss a property without a name: to its code, an empty name is no missing one.
    const unnamed = fields.findIndex(([key, , required]) => key === '' && required);
    if (unnamed >= 0) lines.push(`  if (p${unnamed} === undefined) not();\n`);
    // Objects of one shape from the start, as far as all have the same properties.
    const late = fields.findIndex(([, , required]) => !required);
    const early = late < 0 ? fields.length : late;
    const shape = fields.slice(0, early).map(([key, plan], i) => `${literal(key)}: ${copy(plan, `p${i}`)}`);
    const rest = fields.slice(early).map(([key, plan], i) => {
      const value = `p${i + early}`;
      return `  if (${value} !== undefined) copy[${literal(key)}] = ${copy(plan, value)};\n`;
    });
    // One that has nothing of what is declared; of an open object everything is.
    const nothing = others ? [] : fields.map((_, i) => `p${i} === undefined && `);
    const isBlind = use === 'write' && (others !== undefined || !fields.some(([, , required]) => required));
    return `(value, c, to) => {
  if (!isObject(value)${use === 'read' ? ' || !isPlain(value)' : ''}) not();
  step(c, ${steps});
${lines.join('')}${isBlind ? `  if (${nothing.join('')}isOpaque(value)) not();\n` : ''}  const copy = { ${shape.join(', ')} };
${rest.join('')}${others ? remaining(fields, others) : use === 'read' ? nothingElse(fields) : ''}  return copy;
}`;
  };

  const nothingElse = (fields: readonly PlanField[]): string => {
    // Whoever lacks a required one is refused by the validator.
    const optional = fields.flatMap(([, , required], i) => (required ? [] : [` + (p${i} !== undefined)`]));
    const known = `${fields.length - optional.length}${optional.join('')}`;
    // Inherited names are counted, too, and then settled by the names.
    return `  let count = 0;
  for (const _ in value) count++;
  const known = ${known};
  if (count !== known) extras(value, c, known, ${names(fields)});
`;
  };

  const names = (fields: readonly PlanField[]): string =>
    functions.value(`new Set(${literal(fields.map(([key]) => key))})`);

  const remaining = (fields: readonly PlanField[], others: readonly (readonly [string, Plan])[]): string => {
    const branches = others.map(([pattern, plan]) => {
      const test =
        pattern === '' ? 'true' : `${functions.value(`new RegExp(${literal(pattern)}, 'u')`)}.test(key)`;
      return `    if (${test}) { c.size += key.length; copy[key] = ${copy(plan, 'each')}; continue; }\n`;
    });
    return `  const keys = Object.keys(value);
  step(c, 4 * keys.length);
  for (const key of keys) {
    ${fields.length > 0 ? `if (${names(fields)}.has(key)) continue;` : ''}
    const each = value[key];
    if (each === undefined) continue;
    if (key === '__proto__') not();
    step(c, key.length >>> 6);
${branches.join('')}    ${use === 'read' ? 'not();' : ''}
  }
`;
  };

  /** The value's kind tells which; those before it fail as they would by trying. */
  const either = (plans: readonly Plan[]): string => {
    let deepest = 0;
    const branches = plans.flatMap((plan) => {
      const depths = deepest > 0 ? `if (c.depth + ${deepest} > c.limits.depth) not(); ` : '';
      const body = `{ ${depths}return ${copy(plan, 'value')}; }`;
      deepest = Math.max(deepest, depthInVain(plan, program));
      const tests = new Set([...kindsOf(plan, program)].map((kind) => TESTS[kind]));
      return `  if (${[...tests].join(' || ')}) ${body}\n`;
    });
    return `(value, c, to) => {\n${branches.join('')}  return not();\n}`;
  };

  const tagged = (plans: readonly Plan[], tag: string, tags: readonly unknown[]): string => {
    const cases = plans.map((plan, i) => `    case ${literal(tags[i])}: return ${copy(plan, 'value')};\n`);
    return `(value, c, to) => {
  if (!isObject(value)) not();
  switch (${property('value', tag)}) {
${cases.join('')}    default: return not();
  }
}`;
  };

  return copy;
};

/** Two alternatives never share a kind; bytes and objects are both objects here. */
const TESTS: Readonly<Record<Kind, string>> = {
  string: "typeof value === 'string'",
  number: "typeof value === 'number'",
  boolean: "typeof value === 'boolean'",
  null: 'value === null',
  array: 'Array.isArray(value)',
  object: 'isObject(value)',
  bytes: 'isObject(value)',
};
