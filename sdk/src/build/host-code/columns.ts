import type { Plan, PlanField } from '../../protocol/plan.js';
import { isTabled, literal, nullable, property } from './copiers.js';
import type { Functions } from './functions.js';
import { kindsOf, type Program, partsOf } from './kinds.js';

/**
 * Writes functions that turn lists of objects into columns, where the interpreter would: in a copy that has
 * been validated, in place.
 */
export const columnsOf = (program: Program, functions: Functions) => {
  const scope = `columns ${literal(program.definitions)}`;

  /** An expression for what `value` names, with columns. */
  const finish = (plan: Plan, value: string): string => {
    if (!hasTables(plan, program)) return value;
    const [kind, first, second, third] = partsOf(plan);
    const call = (body: () => string): string =>
      `${functions.named(`${scope} ${literal(plan)}`, body)}(${value}, to)`;
    switch (kind) {
      case 'a':
        return call(() => (isTabled(first, third) ? table(first) : list(first, third)));
      case 'o':
        return call(() => object(first, second));
      case 'u':
        return call(() => (second === undefined ? either(first) : tagged(first, second, third)));
      case 'r':
        return call(() => `(value, to) => ${finish(program.definitions[first] as Plan, 'value')}`);
      default:
        return value;
    }
  };

  const list = (item: Plan, prefix: readonly Plan[] = []): string => {
    const first = prefix.map(
      (plan, i) => `  if (list.length > ${i}) list[${i}] = ${finish(plan, `list[${i}]`)};\n`,
    );
    return `(list, to) => {
${first.join('')}  for (let i = ${prefix.length}; i < list.length; i++) list[i] = ${finish(item, 'list[i]')};
  return list;
}`;
  };

  const table = (item: Plan): string => {
    const fields: readonly PlanField[] = partsOf(item)[1];
    const mayBeBare = !fields.some(([, , required]) => required);
    // One loop for all columns: each row is looked at once.
    const cells = fields.map(([key, plan, required], i) => {
      const each = property('row', key);
      return required
        ? `    c${i}[i] = ${finish(plan, each)};\n`
        : `    const p${i} = ${each};\n    c${i}[i] = p${i} === undefined ? (a${i}++, null) : ${finish(plan, `p${i}`)};\n`;
    });
    const columns = fields.map(
      ([, , required], i) => `  const c${i} = new Array(n);${required ? '' : ` let a${i} = 0;`}\n`,
    );
    const kept = fields.map(
      ([key, , required], i) =>
        `  ${required ? '' : `if (a${i} < n) `}{ k.push(${literal(key)}); c.push(c${i}); }\n`,
    );
    const row = finish(item, 'rows[i]');
    const rows = row === 'rows[i]' ? '' : `for (let i = 0; i < n; i++) rows[i] = ${row}; `;
    return `(rows, to) => {
  const n = rows.length;
  if (!isTable(rows, to, ${literal(nullable(fields, program))})${mayBeBare ? ' || isBare(rows)' : ''}) { ${rows}return rows; }
${columns.join('')}  for (let i = 0; i < n; i++) {
    const row = rows[i];
${cells.join('')}  }
  const k = [];
  const c = [];
${kept.join('')}  return { n, k, c };
}`;
  };

  const object = (
    fields: readonly PlanField[],
    others: readonly (readonly [string, Plan])[] = [],
  ): string => {
    const lines = fields
      .filter(([, plan]) => hasTables(plan, program))
      .map(([key, plan]) => {
        const at = `copy[${literal(key)}]`;
        return `  if (own.call(copy, ${literal(key)})) ${at} = ${finish(plan, at)};\n`;
      });
    const names = functions.value(`new Set(${literal(fields.map(([key]) => key))})`);
    const branches = others.map(([pattern, plan]) => {
      const test = pattern === '' ? 'true' : `new RegExp(${literal(pattern)}, 'u').test(key)`;
      return `    if (${test}) { copy[key] = ${finish(plan, 'copy[key]')}; continue; }\n`;
    });
    const rest =
      others.length > 0
        ? `  for (const key of Object.keys(copy)) {\n    if (${names}.has(key)) continue;\n${branches.join('')}  }\n`
        : '';
    return `(copy, to) => {\n${lines.join('')}${rest}  return copy;\n}`;
  };

  const either = (plans: readonly Plan[]): string => {
    const branches = plans
      .filter((plan) => hasTables(plan, program))
      .map((plan) => {
        const kinds = kindsOf(plan, program);
        const tests = [
          ...(kinds.has('array') ? ['Array.isArray(value)'] : []),
          ...(kinds.has('object') ? ['isObject(value)'] : []),
        ];
        return `  if (${tests.join(' || ')}) return ${finish(plan, 'value')};\n`;
      });
    return `(value, to) => {\n${branches.join('')}  return value;\n}`;
  };

  const tagged = (plans: readonly Plan[], tag: string, tags: readonly unknown[]): string => {
    const cases = plans.map((plan, i) => `    case ${literal(tags[i])}: return ${finish(plan, 'value')};\n`);
    return `(value, to) => {\n  switch (value[${literal(tag)}]) {\n${cases.join('')}    default: return value;\n  }\n}`;
  };

  return finish;
};

const hasTables = (plan: Plan, program: Program, around: readonly Plan[] = []): boolean => {
  const [kind, first, second, third] = partsOf(plan);
  const below = (each: Plan): boolean => hasTables(each, program, around);
  switch (kind) {
    case 'a':
      return isTabled(first, third) || [first, ...((third ?? []) as Plan[])].some(below);
    case 'o':
      return [...(first as PlanField[]), ...((second ?? []) as PlanField[])].some(([, each]) => below(each));
    case 'u':
      return (first as Plan[]).some(below);
    case 'r': {
      const target = program.definitions[first] as Plan;
      return !around.includes(target) && hasTables(target, program, [...around, target]);
    }
    default:
      return false;
  }
};
