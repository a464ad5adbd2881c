/**
 * What generated code calls: the interpreter's rules on values of no declared type, on sizes, steps and
 * depth. Text and not functions, since it travels with the protocol, and may import nothing.
 */
export const PRELUDE = `const NOT = Symbol();
let size, effort, depth, maxSize, maxEffort, maxDepth, toBytes, open, tables;
const not = () => { throw NOT; };
const step = () => { if ((effort += 16) > maxEffort || size > maxSize) not(); };
const own = Object.prototype.hasOwnProperty;
const get = (value, key) => (own.call(value, key) ? value[key] : undefined);
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isPlain = (value) => {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
};
const text = (value) => { if (typeof value === 'string') size += value.length; return value; };
const bytes = (value, most) => {
  const converted = toBytes(value);
  if (!converted || converted.length > most) not();
  size += converted.length;
  return converted.value;
};
const length = (value, least, most) => {
  if (!Array.isArray(value)) not();
  const n = value.length;
  if (n < least || n > most || (size += n) > maxSize) not();
  return n;
};
const extras = (value, names) => {
  for (const key of Object.keys(value)) if (!names.has(key) && value[key] !== undefined) not();
};
const any = (value) => {
  switch (typeof value) {
    case 'string': size += value.length; return value;
    case 'number': return Number.isFinite(value) ? value : not();
    case 'boolean': return value;
    case 'object': return value === null ? value : anyObject(value);
    default: return not();
  }
};
const anyObject = (value) => {
  if (++depth > maxDepth) not();
  step();
  let copy;
  if (Array.isArray(value)) {
    const n = length(value, 0, Infinity);
    copy = [];
    for (let i = 0; i < n; i++) copy.push(any(value[i]));
  } else {
    if (!isPlain(value)) not();
    copy = {};
    for (const key of Object.keys(value)) {
      const each = value[key];
      if (each === undefined) continue;
      if (key === '__proto__') not();
      size += key.length;
      copy[key] = any(each);
    }
  }
  depth--;
  return copy;
};
const isTable = (rows, nullable) =>
  tables &&
  rows.length >= 4 &&
  !nullable.some((key) => rows.some((row) => get(row, key) === null));
const isBare = (rows) => rows.every((row) => Object.keys(row).length === 0);
const rowSteps = (rows, nullable, mayBeBare) => {
  if (isTable(rows, nullable) && !(mayBeBare && isBare(rows))) return;
  if ((effort += 16 + 16 * rows.length) > maxEffort) not();
};
const runs = (copy, check, finish, form, opened, tabled) => (value, bounds) => {
  size = effort = depth = 0;
  ({ size: maxSize, effort: maxEffort, depth: maxDepth } = bounds);
  toBytes = form;
  open = opened;
  tables = tabled;
  try {
    const result = copy(value);
    if (size > maxSize || effort > maxEffort || !check(result)) return undefined;
    bounds.size = size;
    bounds.effort = effort;
    return finish(result);
  } catch {
    return undefined;
  }
};
const same = (value) => value;
const reads = (copy, check) => (form) => runs(copy, check, same, form);
const writes = (copy, check, finish, gates) => (form, grants, tabled) =>
  runs(copy, check, finish, form, gates.map((gate) => grants.has(gate)), tabled);
const generated = (plan, code) => Object.defineProperty(plan, '~generated', { value: code });
`;
