import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { AnyProtocol } from '../../protocol/protocol.js';
import { isNewer } from '../../protocol/versions.js';
import { BuildFailure, failureAt, shown } from '../build-failure.js';
import { compileLoaded } from '../compile-protocol.js';
import { compiledFiles } from '../compiled-files.js';
import { type LoadedProtocols, loadProtocol } from '../load-protocol.js';
import { ownPackage } from '../own-package.js';
import { readme } from './readme.js';

export interface PackageOptions {
  /** As npm knows it: `@acme/tabs-protocol`. */
  readonly name: string;
  /** The package's own; it need not follow the protocol's. @defaultValue the protocol's, the newest of several */
  readonly version?: string | undefined;
  /** Where the files will go, for the paths in source maps. */
  readonly folder: string;
}

/** A package that is ready to publish, in memory. */
export interface ProtocolPackage {
  readonly version: string;
  /** The texts of its files by their names. */
  readonly files: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

const PACKAGE_NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const PACKAGE_VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z.-]+)?$/;

/**
 * Makes an npm package of a protocol module, for the authors of clients: the client's module as its main entry,
 * the host's as `./host`, declarations, a README. Not for a protocol that only its author's extensions use:
 * they import the module. Writes no files.
 * @throws {BuildFailure} for every mistake in the module, and for a protocol that names no host
 */
export const packageProtocol = async (path: string, options: PackageOptions): Promise<ProtocolPackage> => {
  const { name, folder } = options;
  demandNames(options);
  const loaded = await loadProtocol(path);
  demandHosts(loaded);
  // Whoever writes a client asks nobody for consent, and reads descriptions in the README.
  const compiled = await compileLoaded(loaded, { descriptions: false });
  const protocols = [...loaded.protocols.values()];
  const version = options.version ?? newestOf(protocols);
  const { license } = nearestManifest(dirname(resolve(path)));
  const code = compiledFiles(compiled, resolve(folder), (side) => side);
  const manifest = packageManifest(name, version, license, protocols, [...code.keys()]);
  return {
    version,
    files: new Map([
      ...code,
      ['README.md', readme(name, loaded.protocols)],
      ['package.json', `${JSON.stringify(manifest, null, 2)}\n`],
    ]),
    warnings: loaded.warnings,
  };
};

/**
 * Makes sure that a folder is free for a package: it isn't there, is empty, or holds an earlier version.
 * @throws {BuildFailure}
 */
export const demandFree = (folder: string, name: string): void => {
  const found = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
  if (found.length === 0 || (found.includes('package.json') && manifestIn(folder).name === name)) return;
  throw new BuildFailure(
    `${shown(folder)}: holds something else than ${name}, which would be written over: name another folder with --out`,
  );
};

const manifestIn = (folder: string): { readonly name?: unknown; readonly license?: unknown } => {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) ?? {};
  } catch {
    return {};
  }
};

const demandNames = ({ name, version }: PackageOptions): void => {
  if (!PACKAGE_NAME.test(name) || name.length > 214) {
    throw new BuildFailure(`"${name}" is no name of a package: use --name @scope/name, in lower case`);
  }
  if (name === 'portico') throw new BuildFailure('"portico" is taken: name the package after the protocol');
  if (version !== undefined && !PACKAGE_VERSION.test(version)) {
    throw new BuildFailure(`"${version}" is no version: use --package-version 1.0.0`);
  }
};

const demandHosts = ({ file, protocols, places }: LoadedProtocols): void => {
  for (const [name, { hosts = {} }] of protocols) {
    if (hosts.chromium !== undefined || hosts.firefox !== undefined) continue;
    throw failureAt(
      places.ofExport(file, name) ?? file,
      `"${name}" names no host, and nobody could connect with such a package: give the ids of the published extension, hosts: { chromium: '…', firefox: '…' }`,
    );
  }
};

const newestOf = (protocols: readonly AnyProtocol[]): string =>
  protocols.map(({ version }) => version).reduce((a, b) => (isNewer(b, a) ? b : a));

const packageManifest = (
  name: string,
  version: string,
  license: string | undefined,
  protocols: readonly AnyProtocol[],
  files: readonly string[],
): object => {
  const names = [...new Set(protocols.map((protocol) => protocol.name))].join(', ');
  const entry = (side: string) => ({ types: `./${side}.d.ts`, default: `./${side}.js` });
  return {
    name,
    version,
    description: `The protocol ${names}, for browser extensions that use Portico`,
    keywords: ['portico', 'browser-extension', 'webextension', 'protocol'],
    ...(license === undefined ? {} : { license }),
    type: 'module',
    sideEffects: false,
    exports: { '.': entry('client'), './host': entry('host'), './package.json': './package.json' },
    files: [...files].sort(),
    peerDependencies: { portico: `^${ownPackage().version}` },
  };
};

/** What the project around a protocol says of itself. */
const nearestManifest = (folder: string): { readonly license?: string } => {
  if (!existsSync(join(folder, 'package.json'))) {
    return dirname(folder) === folder ? {} : nearestManifest(dirname(folder));
  }
  const { license } = manifestIn(folder);
  return typeof license === 'string' ? { license } : {};
};
