import type { Plan } from '../protocol/plan.js';
import type { AnyProtocol } from '../protocol/protocol.js';
import { kindsWriter } from './imported-kinds.js';
import { type Kept, protocolData } from './protocol-data.js';
import type { Mapping } from './source-map.js';
import type { SourcePlaces } from './source-places.js';

/** The text of a module, and where its parts come from. */
interface WrittenModule {
  readonly code: string;
  readonly mappings: readonly Mapping[];
}

/** What is worth a mapping of its own: capabilities, members, errors. */
const MARKED = /^(capabilities\/[^/]+(\/members\/[^/]+)?|errors\/[^/]+)$/;

/** Writes the module for clients: one line of data for each protocol, and the import of the kinds in it. */
export const clientCode = (
  protocols: ReadonlyMap<string, AnyProtocol>,
  words: Kept,
  file: string,
  places: SourcePlaces,
): WrittenModule => {
  const mappings: Mapping[] = [];
  const kinds = kindsWriter(new Set(protocols.keys()));
  let code = '';
  // The import comes before it.
  let line = 1;
  for (const [name, protocol] of protocols) {
    const start = code.length;
    const mark = (path: readonly string[]): void => {
      const source = places.ofExport(file, name, path);
      if (source) mappings.push({ line, column: path.length > 0 ? code.length - start : 0, source });
    };
    const write = (value: unknown, path: readonly string[]): void => {
      if (path.length > 3 || !isRecord(value)) {
        code += kinds.text(value);
        return;
      }
      let before = '{';
      for (const [key, child] of Object.entries(value)) {
        if (kinds.text(child) === undefined) continue;
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
    const link = (plan: Plan): unknown => kinds.link(plan, words.titles);
    write({ ...protocolData(protocol, words, 'client', link), ...kinds.parts(protocol) }, []);
    code += ';\n';
    line++;
  }
  return { code: `${kinds.imports() || '\n'}${code}`, mappings };
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  // And no import.
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
