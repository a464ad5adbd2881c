import { FAIL, isObject, isOpaque } from './conversion.js';
import type { Tables } from './kinds/kind.js';
import { lose, open, read } from './kinds/object.js';

/** Fewer objects than this travel as they are: naming the columns would cost more than it saves. */
const LEAST_ROWS = 4;

/**
 * Objects of one schema as columns: each name once instead of once for each object. A message costs by its
 * length, so this pays for all of validation.
 */
interface Table {
  /** How many objects. */
  readonly n: number;
  /** Names of the columns. */
  readonly k: string[];
  /** A column for each name: a value for each object, `null` where it has none. */
  readonly c: unknown[][];
}

/** Writes lists of objects as tables where that is smaller; `plain` writes the others. */
export const toTable: Tables = (at, listed, plain, _copied, count) => {
  const fields = open(at, listed);
  const names = new Set(listed.map(([key]) => key));
  const mayBeBare = fields.every(({ required }) => !required);
  return (value, conversion) => {
    const n = Array.isArray(value) ? value.length : 0;
    if (n < LEAST_ROWS) return plain(value, conversion);
    // First the length: there may be thousands of millions of holes.
    if (count(n, conversion) === FAIL || conversion.stepped(n * (1 + fields.length)) === FAIL) return FAIL;
    // Each row, and each of its properties, once: what an author's getter gives may change.
    const rows: Record<string, unknown>[] = [];
    for (let i = 0; i < n; i++) {
      const row: unknown = (value as unknown[])[i];
      if (!isObject(row)) {
        conversion.fail('an object');
        return conversion.failAt(i);
      }
      if (conversion.choosing && lose(row, names, conversion) === FAIL) return FAIL;
      rows.push(row);
    }
    /** Without the cells that have no value. */
    const columns: unknown[][] = [];
    const absent: number[] = [];
    let hasNull = false;
    for (const field of fields) {
      const { key, codec, required } = field;
      const column: unknown[] = new Array(n);
      let without = 0;
      for (let i = 0; i < n; i++) {
        const property = read(rows[i] as Record<string, unknown>, field);
        if (property === undefined && !required) {
          without++;
          continue;
        }
        const result = property === undefined ? conversion.fail('a value') : codec(property, conversion);
        if (result === FAIL) {
          conversion.failAt(key);
          return conversion.failAt(i);
        }
        if (result === null && !required) hasNull = true;
        column[i] = result;
      }
      columns.push(column);
      absent.push(without);
    }
    const lost = mayBeBare
      ? rows.findIndex((row, i) => columns.every((column) => column[i] === undefined) && isOpaque(row))
      : -1;
    if (lost >= 0) {
      conversion.fail('an object');
      return conversion.failAt(lost);
    }
    // A cell that is null stands for none; and without a column nobody knows how many rows there are.
    if (hasNull || absent.every((without) => without === n)) {
      return rows.map((_, i) => {
        const row: Record<string, unknown> = {};
        fields.forEach(({ key }, f) => {
          const cell = columns[f]?.[i];
          if (cell !== undefined) row[key] = cell;
        });
        return row;
      });
    }
    const table: Table = { n, k: [], c: [] };
    columns.forEach((column, f) => {
      const without = absent[f] as number;
      if (without === n) return;
      if (without > 0) for (let i = 0; i < n; i++) column[i] ??= null;
      table.k.push((fields[f] as (typeof fields)[number]).key);
      table.c.push(column);
    });
    return table;
  };
};

/** Reads lists of objects, as tables or as they are. */
export const fromTable: Tables = (_at, fields, plain, copied) => (value, conversion) => {
  if (!isObject(value)) return plain(value, conversion);
  const { n, k, c } = value as Partial<Table>;
  if (!Array.isArray(k) || !Array.isArray(c) || !c.length || k.length !== c.length)
    return conversion.fail('an array');
  if (conversion.stepped(c.length) === FAIL) return FAIL;
  // Every column has its length, so that no small message can ask for many objects.
  for (const column of c) {
    if (!Array.isArray(column) || column.length !== n) return conversion.fail('an array');
  }
  const columns = fields.map(([key, , required]) => [key, c[k.indexOf(key)], required] as const);
  // Not counted twice: a name that stands twice is read once.
  conversion.lost += c.length - columns.filter(([, column]) => column).length;
  // A message may be small for its rows, since there may be nothing in the columns: they are counted first.
  return copied(
    n as number,
    (i) => {
      const row: Record<string, unknown> = {};
      for (const [key, column, required] of columns)
        row[key] = required ? column?.[i] : (column?.[i] ?? undefined);
      return row;
    },
    conversion,
  );
};
