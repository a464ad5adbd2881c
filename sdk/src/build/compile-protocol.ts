import { pathToFileURL } from 'node:url';
import { PorticoError } from '../errors/portico-error.js';
import { checkProtocol, withPlans } from '../protocol/define-protocol.js';
import { planOf } from '../protocol/plan.js';
import type { AnyProtocol, Capability, Event, Member, Method, Schema } from '../protocol/protocol.js';

/** A module that exports protocols as plain data and imports nothing: no schema library reaches the bundle. */
export interface CompiledProtocol {
  readonly code: string;
  /** The exported names. */
  readonly names: readonly string[];
}

export interface CompileOptions {
  /**
   * Whether to keep what a person reads of members and capabilities. Hosts need it where they ask a person;
   * most clients don't. Titles of capabilities stay. @defaultValue true
   */
  readonly descriptions?: boolean;
}

let run = 0;

/**
 * Compiles a protocol module by running it: what it exports, written down, with plans in place of schemas.
 * The module must export protocols and nothing else, since anything else would be lost.
 * @param file a JavaScript module that Node can import, with an absolute path
 * @throws {PorticoError} INVALID_DEFINITION when an export is no protocol, or breaks a rule
 */
export const compileProtocol = async (
  file: string,
  options: CompileOptions = {},
): Promise<CompiledProtocol> => {
  // A new query each time: in watch mode the module has changed since Node last loaded it.
  const url = `${pathToFileURL(file).href}?portico=${run++}`;
  const exported = (await import(url)) as Record<string, unknown>;
  const names = Object.keys(exported);
  if (names.length === 0) throw new PorticoError('INVALID_DEFINITION', `${file} exports no protocol`);
  const lines = names.map((name) => {
    const data = dataOf(protocolOf(exported[name], name, file), options);
    return `export const ${name} = ${JSON.stringify(data)};\n`;
  });
  return { code: lines.join(''), names };
};

const protocolOf = (value: unknown, name: string, file: string): AnyProtocol => {
  const { capabilities, version } = (value ?? {}) as Partial<AnyProtocol>;
  if (typeof capabilities !== 'object' || typeof version !== 'string') {
    throw new PorticoError(
      'INVALID_DEFINITION',
      `${file}: the export "${name}" is no protocol, and compiling would drop it: move it to a module of its own`,
    );
  }
  checkProtocol(value as AnyProtocol);
  return withPlans(value as AnyProtocol);
};

/** JSON drops what is undefined. */
const dataOf = (protocol: AnyProtocol, { descriptions = true }: CompileOptions): object => {
  const words = <T extends { title?: string; description?: string }>({
    title,
    description,
    ...rest
  }: T): object => (descriptions ? { title, description, ...rest } : rest);
  const plan = (schema: Schema | undefined) => schema && planOf(schema);
  const member = (each: Member): object => {
    const { payload } = each as Event;
    const { params, result } = each as Method;
    return { ...words(each), payload: plan(payload), params: plan(params), result: plan(result) };
  };
  const capability = ({ members, ...rest }: Capability): object => ({
    ...words(rest),
    title: rest.title,
    members: members && mapped(members, member),
  });
  return {
    ...protocol,
    errors: protocol.errors && mapped(protocol.errors, planOf),
    capabilities: mapped(protocol.capabilities, capability),
  };
};

const mapped = <T, R>(source: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(source).map(([key, value]) => [key, change(value)]));
