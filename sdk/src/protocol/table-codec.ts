import { affords, FAIL, fail, failAt, fitsAside, isObject, weighed } from './conversion.js';
import type { Field, Tables } from './kinds/kind.js';
import { open, read } from './kinds/object.js';

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
  let nullable: Field[] | undefined;
  return (rows) => {
    if (!Array.isArray(rows) || rows.length < LEAST_ROWS) return plain(rows);
    nullable ??= fields.filter(({ codec, required }) => !required && fitsAside(codec, null));
    const n = rows.length;
    // First the length: there may be thousands of millions of holes.
    if (count(n) === FAIL) return FAIL;
    const asTheyAre = (): unknown => {
      weighed(-n, 0); // That counts again.
      return plain(rows);
    };
    // Such a cell stands for none.
    const isNull = (row: unknown, field: Field): boolean => isObject(row) && read(row, field) === null;
    if (nullable.some((field) => rows.some((row) => isNull(row, field)))) return asTheyAre();
    const stray = rows.findIndex((row) => !isObject(row));
    if (stray >= 0) {
      fail('an object');
      return failAt(stray);
    }
    const table: Table = { n, k: [], c: [] };
    for (const field of fields) {
      const { key, codec, required } = field;
      const column: unknown[] = new Array(n);
      let absent = 0;
      for (let i = 0; i < n; i++) {
        const property = read(rows[i], field);
        if (property === undefined && !required) {
          absent++;
          column[i] = null;
          continue;
        }
        const result = property === undefined ? fail('a value') : codec(property);
        if (result === FAIL) {
          failAt(key);
          return failAt(i);
        }
        column[i] = result;
      }
      if (absent === n) continue;
      table.k.push(key);
      table.c.push(column);
    }
    return table.k.length > 0 ? table : asTheyAre();
  };
};

/** Reads lists of objects, as tables or as they are. */
export const fromTable: Tables = (_at, fields, plain, copied) => (value) => {
  if (!isObject(value)) return plain(value);
  const { n, k, c } = value as Partial<Table>;
  // Every column has its length, so that no small message can ask for many objects.
  if (
    !Array.isArray(k) ||
    !Array.isArray(c) ||
    !c.length ||
    k.length !== c.length ||
    !c.every((column) => Array.isArray(column) && column.length === n)
  ) {
    return fail('an array');
  }
  // A message may be small for its rows: there may be nothing in the columns.
  if (affords(n as number) === FAIL) return FAIL;
  const columns = fields.map(([key, , required]) => [key, c[k.indexOf(key)], required] as const);
  return copied(n as number, (i) => {
    const row: Record<string, unknown> = {};
    for (const [key, column, required] of columns)
      row[key] = required ? column?.[i] : (column?.[i] ?? undefined);
    return row;
  });
};
