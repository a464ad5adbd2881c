import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { BuildOptions, BuildResult, BuildFailure as EsbuildFailure, Message, Plugin } from 'esbuild';
import { BuildFailure, failureAt } from './build-failure.js';
import { circleAmong } from './import-circles.js';
import { ownPackage } from './own-package.js';

/** A module and everything it imports, in one script that Node can run. */
export interface BundledModule {
  readonly code: string;
  /** The source map of `code`, as JSON. */
  readonly map: string;
  /** Absolute paths of every file that it is made of, but Portico's own. */
  readonly inputs: readonly string[];
  /** Where an import of one of those files leads. */
  readonly resolved: (file: string, specifier: string) => string | undefined;
  readonly warnings: readonly string[];
}

/** One copy of Portico, the compiler's own: the project may have none beside the file, or another. */
const portico: Plugin = {
  name: 'portico',
  setup: (build) => {
    build.onResolve({ filter: /^portico$/ }, () => ({ path: ownPackage().entry }));
    build.onResolve({ filter: /^portico\/kinds$/ }, () => ({ path: ownPackage().kinds }));
  },
};

/** What loses data in silence is a mistake in a protocol. */
const FATAL = new Set(['duplicate-object-key', 'duplicate-case', 'assign-to-import']);

/** How a protocol's module is bundled; nothing is written, and nothing printed. */
export const bundleOptions = (file: string) =>
  ({
    entryPoints: [file],
    absWorkingDir: dirname(file),
    outdir: dirname(file),
    bundle: true,
    write: false,
    metafile: true,
    sourcemap: 'external',
    sourcesContent: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
    legalComments: 'none',
    plugins: [portico],
  }) satisfies BuildOptions;

type Options = ReturnType<typeof bundleOptions>;

/** @throws {BuildFailure} when the file is none */
export const demandFile = (file: string): void => {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw failureAt(file, 'there is no such file');
  if (!found.isFile()) throw failureAt(file, 'is a folder; name the protocol module in it');
};

/**
 * Bundles a module with what it imports.
 * @throws {BuildFailure} for a file that is missing or does not parse, an import that leads nowhere, a circle
 */
export const bundleModule = async (file: string): Promise<BundledModule> => {
  demandFile(file);
  const { build } = await import('esbuild');
  try {
    return bundled(file, await build(bundleOptions(file)));
  } catch (error) {
    throw bundleFailure(file, error);
  }
};

/** Reads a finished build. */
export const bundled = (file: string, result: BuildResult<Options>): BundledModule => {
  const folder = dirname(file);
  const fatal = result.warnings.filter(({ id }) => FATAL.has(id));
  if (fatal.length > 0) throw failureOf(folder, fatal);
  const { owns } = ownPackage();
  const graph = new Map<string, Map<string, string>>();
  for (const [path, { imports }] of Object.entries(result.metafile.inputs)) {
    const input = resolve(folder, path);
    // What is disabled for this platform is listed, too, by a name that is no file.
    if (owns(input) || !existsSync(input)) continue;
    const local = imports.filter(({ external }) => !external);
    graph.set(
      input,
      new Map(local.map(({ original, path }) => [original ?? path, resolve(folder, path)] as const)),
    );
  }
  const circle = circleAmong(graph);
  if (circle) throw Object.assign(circle, { inputs: [...graph.keys()] });
  const [map, code] = result.outputFiles;
  return {
    code: (code as { text: string }).text,
    map: (map as { text: string }).text,
    inputs: [...graph.keys()],
    resolved: (from, specifier) => graph.get(from)?.get(specifier),
    warnings: result.warnings.map((warning) => failureOf(folder, [warning]).message),
  };
};

/** What a person reads of a build that failed; faults that are not theirs stay what they are. */
export const bundleFailure = (file: string, error: unknown): unknown => {
  if (error instanceof BuildFailure) return error;
  const { errors } = error as Partial<EsbuildFailure>;
  return errors?.length ? failureOf(dirname(file), errors) : error;
};

const failureOf = (folder: string, messages: readonly Message[]): BuildFailure => {
  const failures = messages.map(({ id, text, location }) => {
    const message = remedied(id, text);
    if (!location) return new BuildFailure(message);
    return failureAt(
      { file: resolve(folder, location.file), line: location.line, column: location.column },
      message,
    );
  });
  const [first] = failures as [BuildFailure];
  // A mistake can bring a dozen others with it; the first few say enough.
  const lines = [...new Set(failures.map(({ message }) => message))].slice(0, 5);
  const failure = new BuildFailure(lines.join('\n'), first.place);
  failure.inputs = failures.flatMap(({ inputs }) => inputs);
  return failure;
};

const remedied = (id: string, text: string): string => {
  const line = text.replaceAll('\n', ' ');
  if (id === 'duplicate-object-key') {
    const [name = 'this'] = /"[^"]+"/.exec(line) ?? [];
    return `the name ${name} stands twice in one object, and only the last would count: remove or rename one`;
  }
  if (line.startsWith('Could not resolve')) {
    const remedy = /"[./]/.test(line) ? 'correct the path of the import' : 'install the package';
    return `${line}: ${remedy}`;
  }
  if (line.startsWith('Top-level await')) {
    return 'a protocol is known at once: compile it without top-level await';
  }
  return line;
};
