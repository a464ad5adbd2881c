import { type Codec, FAIL, fail, failAt, weighed } from './conversion.js';
import type { Mode, Node } from './interpret.js';
import type { Field } from './object-codec.js';

/** Fewer objects than this travel as they are: naming the columns would cost more than it saves. */
const LEAST_ROWS = 4;

/** Objects of one schema as columns: each name once instead of once for each object. */
interface Table {
  /** How many objects. */
  n: number;
  /** Names of the columns. */
  k: string[];
  /** A column for each name: a value for each object, `null` where it has none. */
  c: unknown[][];
}

/** Whether a list of these is worth a table, and safe as one: closed objects in results and events. */
export const isTabular = (item: Node, mode: Mode): boolean =>
  !mode.strict &&
  item.type === 'object' &&
  !!item.properties &&
  !item['patternProperties'] &&
  !item['additionalProperties'];

/**
 * Lists of objects, as tables where that is smaller: a message costs by its length, so this pays for
 * all of validation. `plain` takes lists as they are.
 */
export const tableCodec = (
  fields: readonly Field[],
  plain: Codec,
  mode: Mode,
  count: (rows: number) => unknown,
): Codec =>
  mode.direction === 'encode'
    ? (value) =>
        Array.isArray(value) && value.length >= LEAST_ROWS
          ? toTable(value, fields, plain, count)
          : plain(value)
    : (value) => (Array.isArray(value) ? plain(value) : fromTable(value, fields, count));

const toTable = (
  rows: readonly unknown[],
  fields: readonly Field[],
  plain: Codec,
  count: (rows: number) => unknown,
): unknown => {
  const n = rows.length;
  if (count(n) === FAIL) return FAIL;
  for (let i = 0; i < n; i++) {
    const row = rows[i];
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      fail('an object');
      return failAt(i);
    }
  }
  const table: Table = { n, k: [], c: [] };
  for (const { key, codec, required, shadowed } of fields) {
    const column: unknown[] = new Array(n);
    let absent = 0;
    for (let i = 0; i < n; i++) {
      const row = rows[i] as Record<string, unknown>;
      const property = shadowed && !Object.hasOwn(row, key) ? undefined : row[key];
      if (property === undefined) {
        if (required) {
          fail('a value');
          failAt(key);
          return failAt(i);
        }
        absent++;
        column[i] = null;
        continue;
      }
      const result = codec(property);
      if (result === FAIL) {
        failAt(key);
        return failAt(i);
      }
      column[i] = result;
    }
    if (absent === n) continue;
    // Where null is a value, it can't stand for none.
    if (absent > 0 && codec(null) !== FAIL) return plain(rows);
    table.k.push(key);
    table.c.push(column);
  }
  return table.k.length > 0 ? table : plain(rows);
};

const fromTable = (value: unknown, fields: readonly Field[], count: (rows: number) => unknown): unknown => {
  const { n, k, c } = (value ?? {}) as Partial<Table>;
  // Every column has its length, so that no small message can ask for many objects.
  const sound =
    Array.isArray(k) &&
    Array.isArray(c) &&
    k.length > 0 &&
    k.length === c.length &&
    c.every((column) => Array.isArray(column) && column.length === n);
  if (!sound || n === undefined) return fail('an array');
  if (count(n) === FAIL || weighed(n * k.length, n) === FAIL) return FAIL;
  const rows: Record<string, unknown>[] = new Array(n);
  for (let i = 0; i < n; i++) rows[i] = {};
  for (const { key, codec, required } of fields) {
    const column = c[k.indexOf(key)];
    if (!column) {
      if (!required) continue;
      fail('a value');
      failAt(key);
      return failAt(0);
    }
    for (let i = 0; i < n; i++) {
      const cell = column[i];
      const result = codec(cell);
      if (result !== FAIL) {
        (rows[i] as Record<string, unknown>)[key] = result;
      } else if (required || cell !== null) {
        failAt(key);
        return failAt(i);
      }
    }
  }
  return rows;
};
