import { gatesIn } from '../../protocol/gates.js';
import { type Plan, planOf } from '../../protocol/plan.js';
import type { AnyProtocol, Capability, Event, Member, Method, Schema } from '../../protocol/protocol.js';
import { type KindsWriter, kindsWriter } from '../imported-kinds.js';
import { columnsOf } from './columns.js';
import { copier, literal, type Use } from './copiers.js';
import { createFunctions } from './functions.js';
import { isGenerable, type Program, programOf } from './kinds.js';
import { PRELUDE } from './prelude.js';
import { validators } from './validators.js';

/** What is generated for a plan. */
interface Order {
  readonly program: Program;
  readonly use: Use;
  readonly gates: readonly string[];
  readonly index: number;
}

/** The orders so far, by what makes two of them the same. */
type Orders = Map<string, Order>;

/**
 * Protocols for hosts: the text of an ES module that exports them by name and imports nothing but kinds. Each plan
 * gets functions that copy a value within the limits and have Ajv's standalone code validate the copy. What
 * those refuse goes to the interpreter, and so do values of plans whose alternatives can only be told apart
 * by trying. Not for clients: this is larger than the interpreter.
 * @param protocols by the names to export, as `defineProtocol` made them
 * @param data a protocol as plain data, with plans in place of schemas
 */
export const hostCode = (
  protocols: ReadonlyMap<string, AnyProtocol>,
  data: (protocol: AnyProtocol) => object,
): string => {
  const names = new Set(protocols.keys());
  let inside = 'generated';
  while (names.has(inside)) inside += '_';
  const orders: Orders = new Map();
  const kinds = kindsWriter(new Set([...names, inside]));
  const exported = [...protocols].map(
    ([name, protocol]) =>
      `export const ${name} = ${protocolCode(protocol, data(protocol), orders, inside, kinds)};\n`,
  );
  const made = orders.size > 0 ? `const ${inside} = /* @__PURE__ */ (() => {\n${code(orders)}})();\n` : '';
  return kinds.imports() + made + exported.join('');
};

/** A protocol's data as an expression: plans with generated code are calls that attach it. */
const protocolCode = (
  protocol: AnyProtocol,
  data: object,
  orders: Orders,
  inside: string,
  kinds: KindsWriter,
): string => {
  const plan = (schema: Schema | undefined, use: Use): string | undefined => {
    if (!schema) return undefined;
    const lowered = planOf(schema);
    const index = order(lowered, use, [...gatesIn(schema)], orders);
    const written = kinds.text(kinds.link(lowered));
    return index === undefined ? written : `${inside}[${index}](${written})`;
  };
  const member = (each: Member, written: Readonly<Record<string, unknown>>): string =>
    object({
      ...literals(written),
      payload: plan((each as Event).payload, 'write'),
      params: plan((each as Method).params, 'read'),
      result: plan((each as Method).result, 'write'),
    });
  const capability = (each: Capability, written: Data): string =>
    object({
      ...literals(written),
      members:
        each.members && object(mapped(each.members, (one, key) => member(one, at(written, 'members', key)))),
    });
  return object({
    ...literals(data as Data),
    ...mapped(kinds.parts(protocol) as Data, (part) => kinds.text(part)),
    errors: protocol.errors && object(mapped(protocol.errors, (schema) => plan(schema, 'write'))),
    capabilities: object(
      mapped(protocol.capabilities, (each, key) => capability(each, at(data as Data, 'capabilities', key))),
    ),
  });
};

type Data = Readonly<Record<string, unknown>>;

const at = (data: Data, ...path: readonly string[]): Data =>
  path.reduce((part, key) => part[key] as Data, data);

const mapped = <T, R>(
  source: Readonly<Record<string, T>>,
  change: (value: T, key: string) => R,
): Record<string, R> =>
  Object.fromEntries(Object.entries(source).map(([key, value]) => [key, change(value, key)]));

/** What JSON would keep of an object, property by property. */
const literals = (source: Data): Record<string, string | undefined> =>
  mapped(source, (value) => (value === undefined ? undefined : literal(value)));

const object = (properties: Readonly<Record<string, string | undefined>>): string => {
  const present = Object.entries(properties).filter(([, text]) => text !== undefined);
  return `{${present.map(([key, text]) => `${literal(key)}:${text}`).join(',')}}`;
};

/** The number under which code for a plan is made, once for all that are the same. */
const order = (plan: Plan, use: Use, gates: readonly string[], orders: Orders): number | undefined => {
  const program = programOf(plan);
  if (!isGenerable(program)) return undefined;
  const key = `${use} ${literal(plan)}`;
  const known = orders.get(key) ?? { program, use, gates, index: orders.size };
  orders.set(key, known);
  return known.index;
};

/** Statements that return a list of functions, each of which attaches the code of one order. */
const code = (orders: Orders): string => {
  const functions = createFunctions();
  // Code that reads and writes shares its validator.
  const programs = new Map([...orders.values()].map(({ program }) => [literal(program), program]));
  const checks = new Map([...programs.keys()].map((key, index) => [key, `exports.v${index}`]));
  const attached = [...orders.values()].map(({ program, use, gates }) => {
    const copy = `(value, c, to) => ${copier(program, use, functions, gates)(program.root, 'value')}`;
    const check = checks.get(literal(program));
    const finish = `(value, to) => ${columnsOf(program, functions)(program.root, 'value')}`;
    const made =
      use === 'read'
        ? `read: reads(${copy}, ${check})`
        : `write: writes(${copy}, ${check}, ${finish}, ${literal(gates)})`;
    return `(plan) => generated(plan, { ${made} })`;
  });
  return `const exports = {};\n${validators([...programs.values()])}\n${PRELUDE}${functions.text()}return [\n${attached.join(',\n')},\n];\n`;
};
