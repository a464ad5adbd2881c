/**
 * What generated code calls: the interpreter's rules on values of no declared type, on sizes, steps and
 * depth. Text and not functions, since it travels with the protocol, and may import nothing. `c` is the
 * conversion; `to` says how bytes are written, which gates are open, and whether lists leave as columns.
 */
export const PRELUDE = `const NOT = Symbol();
const not = () => { throw NOT; };
const step = (c, amount) => { if ((c.steps += amount) > c.maxSteps || c.size > c.maxSize) not(); };
const deeper = (c) => { if (++c.depth > c.limits.depth) not(); };
const own = Object.prototype.hasOwnProperty;
const get = (value, key) => (own.call(value, key) ? value[key] : undefined);
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isPlain = (value) => {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
};
const isOpaque = (value) => !isPlain(value) && Object.prototype.toString.call(value) !== '[object Object]';
const text = (value, c) => { if (typeof value === 'string') c.size += value.length; return value; };
const readText = (value, c) => {
  if (typeof value === 'string') { c.size += value.length; step(c, value.length >>> 6); }
  return value;
};
const bytes = (value, c, to, most) => {
  if (typeof value === 'string') step(c, value.length >>> 6);
  const converted = to.bytes(value);
  if (!converted || converted.length > most) not();
  c.size += converted.length;
  return converted.value;
};
const length = (value, c, least, most) => {
  if (!Array.isArray(value)) not();
  const n = value.length;
  if (n >>> 0 !== n || n < least || n > most) not();
  c.size += n;
  step(c, 1 + n);
  return n;
};
const extras = (value, c, known, names) => {
  const keys = Object.keys(value);
  if (keys.length === known) return;
  step(c, 4 * keys.length);
  for (const key of keys) if (!names.has(key) && value[key] !== undefined) not();
};
const any = (value, c) => {
  switch (typeof value) {
    case 'string': c.size += value.length; return value;
    case 'number': return Number.isFinite(value) ? value : not();
    case 'boolean': return value;
    case 'object': return value === null ? value : anyObject(value, c);
    default: return not();
  }
};
const anyObject = (value, c) => {
  deeper(c);
  step(c, 1);
  let copy;
  if (Array.isArray(value)) {
    const n = length(value, c, 0, Infinity);
    copy = [];
    for (let i = 0; i < n; i++) copy.push(any(value[i], c));
  } else {
    if (!isPlain(value)) not();
    copy = {};
    const keys = Object.keys(value);
    step(c, 4 * keys.length);
    for (const key of keys) {
      const each = value[key];
      if (each === undefined) continue;
      if (key === '__proto__') not();
      c.size += key.length;
      copy[key] = any(each, c);
    }
  }
  c.depth--;
  return copy;
};
const isTable = (rows, to, nullable) =>
  to.tables &&
  rows.length >= 4 &&
  !nullable.some((key) => rows.some((row) => get(row, key) === null));
const isBare = (rows) => rows.every((row) => Object.keys(row).length === 0);
const runs = (copy, check, finish, to) => (value, c) => {
  try {
    const result = copy(value, c, to);
    return c.size > c.maxSize || c.steps > c.maxSteps || !check(result) ? undefined : finish(result, to);
  } catch {
    return undefined;
  }
};
const same = (value) => value;
const reads = (copy, check) => (bytes) => runs(copy, check, same, { bytes, open: [], tables: false });
const writes = (copy, check, finish, gates) => (bytes, grants, tables) =>
  runs(copy, check, finish, { bytes, open: gates.map((gate) => grants.has(gate)), tables });
const generated = (plan, code) => Object.defineProperty(plan, '~generated', { value: code });
`;
