import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PorticoError } from '../errors/portico-error.js';
import { checkProtocol, withPlans } from '../protocol/define-protocol.js';
import { isLinked } from '../protocol/plan.js';
import type { AnyProtocol } from '../protocol/protocol.js';
import { BuildFailure, failureAt, type Place, wordsOf } from './build-failure.js';
import { type BundledModule, bundleModule } from './bundle-module.js';
import { isInstalled } from './import-circles.js';
import { ModuleThrew, runModule, threwFailure } from './run-module.js';
import { canBeDeclared, type SourcePlaces, sourcePlaces } from './source-places.js';

/** The protocols of a module, checked, with all that compiling needs to know of their sources. */
export interface LoadedProtocols {
  /** The module; absolute. */
  readonly file: string;
  /** By the names of their exports. Their schemas are whole, and carry plans. */
  readonly protocols: ReadonlyMap<string, AnyProtocol>;
  /** Whether the module was compiled before: its schemas are linked plans, and there is nothing left to do. */
  readonly isCompiled: boolean;
  /** Every file that the module is made of, to be watched. Absolute; Portico's own are not among them. */
  readonly inputs: readonly string[];
  /** The texts of those that did not come with a package. */
  readonly sources: ReadonlyMap<string, string>;
  readonly places: SourcePlaces;
  /** Each a line for a person. */
  readonly warnings: readonly string[];
}

/**
 * Loads a protocol module, in TypeScript or JavaScript, by bundling and running it. Not for modules that
 * nobody here has chosen to run.
 * @throws {BuildFailure} for a file that is missing, does not parse or throws, an import that leads nowhere or
 * in a circle, two equal names in an object, an export that is no protocol, a definition that breaks a rule
 */
export const loadProtocol = async (path: string): Promise<LoadedProtocols> => {
  const file = resolve(path);
  return readProtocols(file, await bundleModule(file));
};

/** The protocols of a module that is bundled already. @throws {BuildFailure} as {@link loadProtocol} */
export const readProtocols = async (file: string, bundle: BundledModule): Promise<LoadedProtocols> => {
  try {
    return await read(file, bundle);
  } catch (error) {
    throw error instanceof BuildFailure ? Object.assign(error, { inputs: bundle.inputs }) : error;
  }
};

const read = async (file: string, bundle: BundledModule): Promise<LoadedProtocols> => {
  const own = bundle.inputs.filter((input) => !isInstalled(input) || input === file);
  const sources = new Map(
    await Promise.all(own.map(async (input) => [input, await readFile(input, 'utf8')] as const)),
  );
  const places = sourcePlaces(sources, bundle.resolved);
  for (const place of places.prototypes()) throw failureAt(place, 'the name "__proto__" is reserved');
  const exported = exportsOf(file, bundle, places);
  const compiled = Object.values(exported).filter(isCompiledProtocol);
  const isCompiled = compiled.length > 0 && compiled.length === Object.keys(exported).length;
  const protocols = new Map<string, AnyProtocol>();
  for (const [name, value] of Object.entries(exported)) {
    protocols.set(name, await checked(value, name, isCompiled, file, places));
  }
  if (protocols.size === 0) {
    throw failureAt(file, 'exports no protocol: export what defineProtocol() gives back');
  }
  const { inputs, warnings } = bundle;
  return { file, protocols, isCompiled, inputs, sources, places, warnings };
};

const exportsOf = (file: string, bundle: BundledModule, places: SourcePlaces): Record<string, unknown> => {
  try {
    return runModule(file, bundle);
  } catch (error) {
    if (!(error instanceof ModuleThrew)) throw error;
    const { thrown, place } = error;
    if (!isDefinitionError(thrown)) throw threwFailure(file, error);
    throw failureAt(place ? places.around(place, pathOf(thrown)) : file, wordsOf(thrown));
  }
};

const checked = async (
  value: unknown,
  name: string,
  isCompiled: boolean,
  file: string,
  places: SourcePlaces,
): Promise<AnyProtocol> => {
  const placeOf = (path: readonly string[] = []): Place | string => places.ofExport(file, name, path) ?? file;
  const { capabilities, version } = (value ?? {}) as Partial<AnyProtocol>;
  if (typeof capabilities !== 'object' || capabilities === null || typeof version !== 'string') {
    throw failureAt(
      placeOf(),
      `the export "${name}" is no protocol, and compiling would drop it: move it to a module of its own`,
    );
  }
  if (name === 'default' || !canBeDeclared(name)) {
    throw failureAt(placeOf(), `a protocol needs a name to be imported by: write "export const tabs = …"`);
  }
  try {
    checkProtocol(value as AnyProtocol, isCompiled);
    if (isCompiled) return value as AnyProtocol;
    const { refuseDangerous } = await import('../patterns/refuse-dangerous.js');
    refuseDangerous(value as AnyProtocol);
    return withPlans(value as AnyProtocol);
  } catch (error) {
    throw definitionFailure(error, placeOf);
  }
};

const definitionFailure = (
  error: unknown,
  placeOf: (path: readonly string[]) => Place | string,
): BuildFailure | unknown =>
  isDefinitionError(error) ? failureAt(placeOf(pathOf(error)), wordsOf(error)) : error;

const isDefinitionError = (error: unknown): error is PorticoError =>
  PorticoError.is(error) && error.code === 'INVALID_DEFINITION';

/** The path that leads a message about a definition: `capabilities/read/title: …`. */
const pathOf = (error: PorticoError): readonly string[] =>
  (/^([^:]*?): /.exec(wordsOf(error))?.[1] ?? '').split('/').filter((key) => key !== '');

/** Whether its schemas are linked plans. Where it has none at all, nothing is lost by compiling it again. */
const isCompiledProtocol = (value: unknown): boolean => {
  const { capabilities = {}, errors = {} } = (value ?? {}) as Partial<AnyProtocol>;
  const members = Object.values(capabilities ?? {}).flatMap(({ members = {} }) => Object.values(members));
  const schemas = members.flatMap((member) =>
    member.kind === 'event' ? [member.payload] : [member.params, member.result],
  );
  return [...Object.values(errors), ...schemas].some(isLinked);
};
