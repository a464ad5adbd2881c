import { type Codec, FAIL, fail, failAt, fitsAside, isObject, step, weighed } from './conversion.js';
import type { Field } from './kinds/kind.js';
import { read } from './kinds/object.js';

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
export const toTable = (fields: readonly Field[], plain: Codec, count: Codec): Codec => {
  let nullable: Field[] | undefined;
  return (rows) => {
    if (!Array.isArray(rows) || rows.length < LEAST_ROWS) return plain(rows);
    // Where null is a value, it can't stand for none.
    nullable ??= fields.filter(({ codec, required }) => !required && fitsAside(codec, null));
    const n = rows.length;
    // First the length: there may be thousands of millions of holes.
    if (count(n) === FAIL) return FAIL;
    const asTheyAre = (): unknown => {
      weighed(-n, 0); // That counts again.
      return plain(rows);
    };
    if (nullable.some((field) => isPatchy(rows, field))) return asTheyAre();
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

/** Whether some of the rows have a property, and others don't. */
const isPatchy = (rows: readonly unknown[], field: Field): boolean => {
  const has = (row: unknown): boolean => isObject(row) && read(row, field) !== undefined;
  return rows.some(has) && !rows.every(has);
};

/** Reads lists of objects, as tables or as they are. */
export const fromTable =
  (fields: readonly Field[], plain: Codec, count: Codec): Codec =>
  (value) => {
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
    const rowsOf = n as number;
    // Each row is an object to make, though its columns may have nothing in them.
    if (count(n) === FAIL || weighed(rowsOf * c.length, 0) === FAIL || step(16 * rowsOf) === FAIL)
      return FAIL;
    const rows = Array.from({ length: rowsOf }, (): Record<string, unknown> => ({}));
    for (const { key, codec, required } of fields) {
      const column = c[k.indexOf(key)];
      if (!column && !required) continue;
      for (let i = 0; i < rows.length; i++) {
        const result = column ? codec(column[i]) : fail('a value');
        if (result !== FAIL) (rows[i] as Record<string, unknown>)[key] = result;
        else if (required || column?.[i] !== null) {
          failAt(key);
          return failAt(i);
        }
      }
    }
    return rows;
  };
