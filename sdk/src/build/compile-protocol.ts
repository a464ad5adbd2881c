import { pathToFileURL } from 'node:url';
import { PorticoError } from '../errors/portico-error.js';
import { checkProtocol } from '../protocol/define-protocol.js';
import type { AnyProtocol } from '../protocol/protocol.js';

/** A module that exports protocols as plain data and imports nothing: no schema library reaches the bundle. */
export interface CompiledProtocol {
  readonly code: string;
  /** The exported names. */
  readonly names: readonly string[];
}

let run = 0;

/**
 * Compiles a protocol module by running it: what it exports, written down. The module must export
 * protocols and nothing else, since anything else would be lost.
 * @param file a JavaScript module that Node can import, with an absolute path
 * @throws {PorticoError} INVALID_DEFINITION when an export is no protocol, or breaks a rule
 */
export const compileProtocol = async (file: string): Promise<CompiledProtocol> => {
  // A new query each time: in watch mode the module has changed since Node last loaded it.
  const url = `${pathToFileURL(file).href}?portico=${run++}`;
  const exported = (await import(url)) as Record<string, unknown>;
  const names = Object.keys(exported);
  if (names.length === 0) throw new PorticoError('INVALID_DEFINITION', `${file} exports no protocol`);
  const lines = names.map((name) => `export const ${name} = ${dataOf(exported[name], name, file)};\n`);
  return { code: lines.join(''), names };
};

const dataOf = (value: unknown, name: string, file: string): string => {
  const { capabilities, version } = (value ?? {}) as Partial<AnyProtocol>;
  if (typeof capabilities !== 'object' || typeof version !== 'string') {
    throw new PorticoError(
      'INVALID_DEFINITION',
      `${file}: the export "${name}" is no protocol, and compiling would drop it: move it to a module of its own`,
    );
  }
  checkProtocol(value as AnyProtocol);
  return JSON.stringify(value);
};
