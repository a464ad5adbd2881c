import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BuildFailure } from './build-failure.js';
import { type CompileOptions, compileClient, compileHost } from './compile-protocol.js';
import type { LintOptions } from './lint/index.js';
import { loadProtocol } from './load-protocol.js';
import { ownPackage } from './own-package.js';
import type { CodeMap } from './source-map.js';

/** What the plugin is told. */
export interface PorticoPluginOptions extends CompileOptions {
  /**
   * Whose build this is. A host's build takes every protocol for compiled, as modules named `*.protocol` and packages
   * of `portico package` are: another can't be published if it has a pattern. @defaultValue 'client'
   */
  readonly side?: 'client' | 'host';
  /** Whether output folders with a manifest.json are held against `portico lint`. @defaultValue true */
  readonly lint?: boolean | LintOptions;
}

/** What Rollup and Vite call `this` in the plugin's hooks; structural, so that neither is a dependency. */
interface HookContext {
  warn(message: string): void;
  error(problem: {
    message: string;
    id?: string;
    loc?: { file: string; line: number; column: number };
  }): never;
  addWatchFile(file: string): void;
}

interface LoadedModule {
  readonly code: string;
  readonly map: CodeMap | null;
  readonly moduleSideEffects: false;
}

/** The hooks of Rollup and Vite that the plugin uses. */
export interface PorticoPlugin {
  readonly name: string;
  /** Vite: before anything makes JavaScript of TypeScript. */
  readonly enforce: 'pre';
  /** Vite: what it bundles beforehand of `node_modules` is compiled as well. */
  config(): object;
  load(this: HookContext, id: string): Promise<LoadedModule | null>;
  writeBundle(this: HookContext, output: { dir?: string | undefined; file?: string | undefined }): void;
  readonly closeBundle: {
    readonly order: 'post';
    readonly sequential: true;
    handler(this: HookContext): Promise<void>;
  };
}

const PROTOCOL_MODULE = /\.protocol\.m?[jt]s$/;
/** Queries by which Vite is asked for something else than the module. */
const OTHER_THAN_MODULE = /[?&](?:raw|url|inline|worker|sharedworker)(?:[&=]|$)/;

/**
 * A plugin for Rollup and Vite that replaces `*.protocol` modules by what they compile to, so that the bundle
 * carries no schema library; and that lints the extension once it is written. Not needed for a protocol that
 * was compiled before, such as a package made by `portico package`.
 *
 * Every mistake in a protocol stops the build at its place, as do errors of the lint.
 */
export const portico = (options: PorticoPluginOptions = {}): PorticoPlugin => {
  const { side = 'client', lint = true } = options;
  const folders = new Set<string>();
  const load = loading(side, options);
  return {
    name: 'portico',
    enforce: 'pre',
    config: () => ({
      optimizeDeps: { rolldownOptions: { plugins: [{ name: 'portico', load }] } },
    }),
    load(id) {
      if (side === 'host' && id === ownPackage().judged)
        return Promise.resolve({ code: 'export const JUDGED = true;', map: null, moduleSideEffects: false });
      return load.call(this, id);
    },
    writeBundle({ dir, file }) {
      const folder = dir ?? (file && dirname(file));
      if (lint !== false && folder) folders.add(resolve(folder));
    },
    closeBundle: {
      // After every other plugin: the manifest may be the last thing to be written.
      order: 'post',
      sequential: true,
      async handler() {
        const written = [...folders];
        folders.clear();
        for (const folder of written) {
          if (existsSync(join(folder, 'manifest.json'))) await lintFolder(this, folder, lint);
        }
      },
    },
  };
};

const loading = (side: 'client' | 'host', options: CompileOptions): PorticoPlugin['load'] =>
  async function load(id) {
    const [file = ''] = id.split('?');
    if (!PROTOCOL_MODULE.test(file) || id.startsWith('\0') || OTHER_THAN_MODULE.test(id)) return null;
    try {
      const loaded = await loadProtocol(file);
      for (const input of loaded.inputs) this.addWatchFile(input);
      for (const warning of loaded.warnings) this.warn(warning);
      if (loaded.isCompiled) return null;
      const { code, map } = side === 'host' ? await compileHost(loaded) : compileClient(loaded, options);
      return { code, map, moduleSideEffects: false };
    } catch (error) {
      if (!(error instanceof BuildFailure)) throw error;
      const { message, place } = error;
      // So that a correction is noticed wherever it is made.
      for (const input of error.inputs) this.addWatchFile(input);
      return this.error({ message, id: file, ...(place ? { loc: place } : {}) });
    }
  };

const lintFolder = async (
  context: HookContext,
  folder: string,
  lint: true | LintOptions | false,
): Promise<void> => {
  const { lintExtension } = await import('./lint/index.js');
  const findings = await lintExtension(folder, typeof lint === 'object' ? lint : {});
  const line = ({ file, path, message, remedy }: (typeof findings)[number]): string =>
    `${file}${path ? ` ${path}` : ''}: ${message} ${remedy}`;
  const errors = findings.filter(({ severity }) => severity === 'error');
  for (const finding of findings) if (finding.severity === 'warning') context.warn(line(finding));
  if (errors.length > 0) context.error({ message: errors.map(line).join('\n') });
};
