import type { AnyProtocol } from '../protocol/protocol.js';
import { protocolData } from './protocol-data.js';
import type { Mapping } from './source-map.js';
import type { SourcePlaces } from './source-places.js';

/** The text of a module, and where its parts come from. */
interface WrittenModule {
  readonly code: string;
  readonly mappings: readonly Mapping[];
}

/** What is worth a mapping of its own: capabilities, members, errors. */
const MARKED = /^(capabilities\/[^/]+(\/members\/[^/]+)?|errors\/[^/]+)$/;

/** Writes the module for clients: one line of plain data for each protocol. */
export const clientCode = (
  protocols: ReadonlyMap<string, AnyProtocol>,
  descriptions: boolean,
  file: string,
  places: SourcePlaces,
): WrittenModule => {
  const mappings: Mapping[] = [];
  let code = '';
  let line = 0;
  for (const [name, protocol] of protocols) {
    const start = code.length;
    const mark = (path: readonly string[]): void => {
      const source = places.ofExport(file, name, path);
      if (source) mappings.push({ line, column: path.length > 0 ? code.length - start : 0, source });
    };
    const write = (value: unknown, path: readonly string[]): void => {
      if (path.length > 3 || !isRecord(value)) {
        code += JSON.stringify(value);
        return;
      }
      let before = '{';
      for (const [key, child] of Object.entries(value)) {
        if (child === undefined) continue;
        const below = [...path, key];
        code += before;
        before = ',';
        if (MARKED.test(below.join('/'))) mark(below);
        code += `${JSON.stringify(key)}:`;
        write(child, below);
      }
      code += before === '{' ? '{}' : '}';
    };
    mark([]);
    code += `export const ${name} = `;
    // Read back, so that only JSON is written: no functions, and nothing undefined.
    write(JSON.parse(JSON.stringify(protocolData(protocol, descriptions))), []);
    code += ';\n';
    line++;
  }
  return { code, mappings };
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
