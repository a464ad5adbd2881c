import { type Finding, type LintOptions, lintExtension } from '../../../src/build/lint/index.js';
import { firefox, folderWith } from './folders.js';

/** Judges this manifest beside an empty background. */
export const lint = (manifest: unknown, options?: LintOptions): Promise<Finding[]> =>
  lintExtension(folderWith({ 'manifest.json': manifest, 'background.js': '' }), options);

/** `severity code path` of each finding. */
export const heads = async (manifest: unknown, options?: LintOptions): Promise<string[]> =>
  (await lint(manifest, options)).map(({ severity, code, path }) => `${severity} ${code} ${path}`);

/** The manifest for Firefox with other settings of its own. */
export const gecko = (settings: object) => ({ ...firefox, browser_specific_settings: { gecko: settings } });
