import type { AnyProtocol } from '../protocol/protocol.js';
import { BuildFailure, failureAt } from './build-failure.js';
import { clientCode } from './client-code.js';
import { type LoadedProtocols, loadProtocol } from './load-protocol.js';
import { narrowed, protocolData } from './protocol-data.js';
import { type CodeMap, type Mapping, sourceMap } from './source-map.js';

/** A module that exports protocols as data and imports nothing but `portico/kinds`: no schema library reaches the bundle. */
export interface CompiledModule {
  /** An ES module. */
  readonly code: string;
  /** Leads from each exported protocol to its sources, whose paths are absolute. */
  readonly map: CodeMap;
}

/** What became of a protocol module. */
export interface CompiledProtocol {
  /** For clients: data, with the kinds that make codecs of it. */
  readonly client: CompiledModule & {
    /** The text of a `.d.ts`, of as many capabilities as the client carries. */
    readonly declarations: string;
  };
  /** For hosts: the same with validators as code, which need no interpreter and no code generation. */
  readonly host: CompiledModule;
  /** The text of a `.d.ts` of the whole. Names no schema library. */
  readonly declarations: string;
  /** The exported names. */
  readonly names: readonly string[];
  /** Every file that it was made of, to be watched. Absolute. */
  readonly inputs: readonly string[];
  /** Each a line for a person. */
  readonly warnings: readonly string[];
}

export interface CompileOptions {
  /**
   * Whether the client's module keeps what a person reads of members and capabilities. Hosts need it where
   * they ask a person, and theirs always does; most clients don't. Titles of capabilities stay.
   * @defaultValue true
   */
  readonly descriptions?: boolean;
  /**
   * Whether the client's module keeps the titles of capabilities, for a client that shows them. Without them it
   * has nothing that only hosts need, such as gates of properties: no host can publish it.
   * @defaultValue true
   */
  readonly titles?: boolean;
  /**
   * The capabilities (`read`) or single members (`read.list`) that the client's module carries, for a client that
   * uses no others; or lists of them by the names of protocols, where a build has several. What opens gated
   * properties stays, by its title.
   * @defaultValue all
   */
  readonly capabilities?: readonly string[] | Readonly<Record<string, readonly string[]>>;
}

/**
 * Compiles a protocol module, in TypeScript or JavaScript, by bundling and running it, and writing down what it
 * exports. It must export protocols and nothing else, since anything else would be lost. Writes no files.
 * @throws {BuildFailure} for every mistake in the module, with its place
 */
export const compileProtocol = async (
  file: string,
  options: CompileOptions = {},
): Promise<CompiledProtocol> => compileLoaded(await loadProtocol(file), options);

/** Compiles what was loaded. @throws {BuildFailure} as {@link compileProtocol} */
export const compileLoaded = async (
  loaded: LoadedProtocols,
  options: CompileOptions = {},
): Promise<CompiledProtocol> => {
  if (loaded.isCompiled) {
    throw failureAt(loaded.file, 'is compiled already: name the module that it was made of');
  }
  const { protocols, sources, inputs, warnings } = loaded;
  const { declarationsOf } = await import('./declarations/index.js');
  const carried = narrowedAll(loaded, options);
  const declarations = declarationsOf(protocols, sources);
  return {
    client: {
      ...compileClient(loaded, options),
      declarations: carried === protocols ? declarations : declarationsOf(carried, sources),
    },
    host: await compileHost(loaded),
    declarations,
    names: [...protocols.keys()],
    inputs,
    warnings,
  };
};

/** The module for clients alone, for which nothing of Ajv is loaded. */
export const compileClient = (loaded: LoadedProtocols, options: CompileOptions = {}): CompiledModule => {
  const { file, places, sources } = loaded;
  const { code, mappings } = clientCode(narrowedAll(loaded, options), options, file, places);
  return { code, map: sourceMap(mappings, sources) };
};

/** The module for hosts alone. */
export const compileHost = async ({
  file,
  protocols,
  places,
  sources,
}: LoadedProtocols): Promise<CompiledModule> => {
  const { hostCode } = await import('./host-code/index.js');
  const code = hostCode(protocols, (protocol) => protocolData(protocol, {}, 'host'));
  const lines = code.split('\n');
  const mappings = [...protocols.keys()].flatMap((name): Mapping[] => {
    const line = lines.findIndex((text) => text.startsWith(`export const ${name} `));
    const source = places.ofExport(file, name);
    return line < 0 || !source ? [] : [{ line, column: 0, source }];
  });
  return {
    code,
    map: sourceMap(
      mappings.sort((a, b) => a.line - b.line),
      sources,
    ),
  };
};

const narrowedAll = (
  { file, protocols }: LoadedProtocols,
  { capabilities }: CompileOptions,
): ReadonlyMap<string, AnyProtocol> => {
  if (capabilities === undefined) return protocols;
  const everywhere = isList(capabilities) ? capabilities : [];
  const known = [...protocols.values()].flatMap(namesIn);
  for (const name of everywhere) {
    if (!known.includes(name)) throw failureAt(file, missing(name, known));
  }
  return new Map(
    [...protocols].map(([key, protocol]) => {
      const names = isList(capabilities) ? capabilities : capabilities[protocol.name];
      if (names === undefined) return [key, protocol];
      const own = namesIn(protocol);
      const unknown = isList(capabilities) ? undefined : names.find((name) => !own.includes(name));
      if (unknown !== undefined) throw new BuildFailure(`${protocol.name} ${missing(unknown, own)}`);
      if (!own.some((name) => names.includes(name))) {
        throw new BuildFailure(
          `${protocol.name} has none of the named capabilities, only ${listed(Object.keys(protocol.capabilities))}`,
        );
      }
      return [key, narrowed(protocol, new Set(names))];
    }),
  );
};

/** Its capabilities, and its members as `capability.member`. */
const namesIn = ({ capabilities }: AnyProtocol): string[] =>
  Object.entries(capabilities).flatMap(([name, { members = {} }]) => [
    name,
    ...Object.keys(members).map((member) => `${name}.${member}`),
  ]);

/** Of a list of capabilities and members, those that could be meant. */
const missing = (name: string, known: readonly string[]): string => {
  const [capability] = name.split('.', 1) as [string];
  return name !== capability && known.includes(capability)
    ? `has no member "${name}", only ${listed(known.filter((each) => each.startsWith(`${capability}.`)))}`
    : `has no capability "${capability}", only ${listed(known.filter((each) => !each.includes('.')))}`;
};

const isList = (value: CompileOptions['capabilities']): value is readonly string[] => Array.isArray(value);

const listed = (names: Iterable<string>): string => [...names].map((name) => `"${name}"`).join(', ');
