import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { CompiledModule, CompiledProtocol } from './compile-protocol.js';
import type { CodeMap } from './source-map.js';

/**
 * The files that a compiled protocol is written to, by their names: for each side a module, its declarations
 * and its source map.
 * @param folder where they go, for the paths in the maps
 * @param nameOf the name of a side's files, without the ending
 */
export const compiledFiles = (
  { client, host, declarations }: CompiledProtocol,
  folder: string,
  nameOf: (side: 'client' | 'host') => string,
): Map<string, string> =>
  new Map([
    ...sideFiles(nameOf('client'), client, client.declarations, folder),
    ...sideFiles(nameOf('host'), host, declarations, folder),
  ]);

const sideFiles = (
  name: string,
  { code, map }: CompiledModule,
  declarations: string,
  folder: string,
): [string, string][] => [
  [`${name}.d.ts`, declarations],
  [`${name}.js.map`, `${JSON.stringify(placed(map, `${name}.js`, folder))}\n`],
  [`${name}.js`, `${code}//# sourceMappingURL=${name}.js.map\n`],
];

/** A map as it stands beside its code, whose paths must hold for others, too. */
const placed = (map: CodeMap, file: string, folder: string): CodeMap => ({
  ...map,
  file,
  sources: map.sources.map((source) => {
    const path = relative(dirname(join(folder, file)), source);
    return isAbsolute(path) ? source : path.split(sep).join('/');
  }),
});
