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
   * The capabilities that the client's module carries, for a client that asks for no others; or lists of them
   * by the names of protocols, where a build has several. What opens gated properties stays, by its title.
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
  const known = new Set([...protocols.values()].flatMap((protocol) => Object.keys(protocol.capabilities)));
  for (const name of everywhere) {
    if (!known.has(name)) throw failureAt(file, `has no capability "${name}", only ${listed(known)}`);
  }
  return new Map(
    [...protocols].map(([key, protocol]) => {
      const names = isList(capabilities) ? capabilities : capabilities[protocol.name];
      if (names === undefined) return [key, protocol];
      const own = Object.keys(protocol.capabilities);
      const unknown = isList(capabilities) ? undefined : names.find((name) => !own.includes(name));
      if (unknown !== undefined || !own.some((name) => names.includes(name))) {
        const missing =
          unknown === undefined ? 'none of the named capabilities' : `no capability "${unknown}"`;
        throw new BuildFailure(`${protocol.name} has ${missing}, only ${listed(own)}`);
      }
      return [key, narrowed(protocol, new Set(names))];
    }),
  );
};

const isList = (value: CompileOptions['capabilities']): value is readonly string[] => Array.isArray(value);

const listed = (names: Iterable<string>): string => [...names].map((name) => `"${name}"`).join(', ');
