import type { ContextScope } from '../contexts/scope.js';
import type { Profile } from '../profile.js';
import { type ExtensionFiles, filesIn, filesOf } from './files.js';
import { checkManifest, type Manifest, readManifest } from './manifest.js';

/** Code of a test that stands for a script: run with the context's API and its global scope. */
export type PlainScript = (api: ContextScope['chrome'], scope: ContextScope) => void;

/** A built extension in a folder. */
export interface BuiltExtension {
  /** The folder that one would load into a browser: with `manifest.json` in it. */
  readonly dir: string;
}

/** An extension of a test: files as text, or plain functions for scripts. */
export interface WrittenExtension {
  /** @defaultValue a name and a version, and a background if there is one */
  readonly manifest?: Partial<Manifest>;
  readonly files?: Readonly<Record<string, string>>;
  /** In place of the background's script. Run anew at each start; what it keeps outside of itself is not lost. */
  readonly background?: PlainScript;
  /** In place of content scripts; `matches` as in a manifest. */
  readonly contentScripts?: readonly { readonly matches: readonly string[]; readonly run: PlainScript }[];
}

export type ExtensionSource = BuiltExtension | WrittenExtension;

/** A source as the browser loads it. */
export interface Package {
  readonly files: ExtensionFiles;
  readonly manifest: Manifest;
  readonly background?: PlainScript | undefined;
  readonly contentScripts: NonNullable<WrittenExtension['contentScripts']>;
}

/** @throws {TypeError} with one line for what no browser would load */
export const loadPackage = (source: ExtensionSource, profile: Profile): Package => {
  if ('dir' in source) {
    const files = filesIn(source.dir);
    const manifest = readManifest(files.text('manifest.json'), `${source.dir}/manifest.json`, profile);
    return { files, manifest, contentScripts: [] };
  }
  const { manifest, files = {}, background, contentScripts = [] } = source;
  const name = manifest?.name ?? 'an extension';
  const file = 'background.js';
  const isChromium = profile.family === 'chromium';
  const hasBackground = background !== undefined || Object.hasOwn(files, file);
  const complete = {
    manifest_version: 3,
    name,
    version: '1.0',
    ...(hasBackground
      ? {
          background: isChromium
            ? { service_worker: file, type: 'module' }
            : { scripts: [file], type: 'module' },
        }
      : {}),
    ...manifest,
  } as Manifest;
  return {
    files: filesOf(files),
    manifest: checkManifest(complete, `the manifest of ${name}`, profile),
    background,
    contentScripts,
  };
};
