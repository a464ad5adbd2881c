import { checkBackground } from './check-background.js';
import { checkConnectable } from './check-connectable.js';
import { checkPolicy } from './check-csp.js';
import { checkIdentity, chromiumId } from './check-identity.js';
import { checkIncognito } from './check-incognito.js';
import { checkScripts } from './check-scripts.js';
import { checkSerialization } from './check-serialization.js';
import { checkManifestVersion, checkTypes } from './check-shape.js';
import type { Finding, LintOptions, Peer } from './finding.js';
import { textAt, valueAt } from './json.js';
import { MANIFEST, readManifest } from './read-manifest.js';
import { type Rule, subjectOf } from './subject.js';

export type { Finding, LintOptions, Peer } from './finding.js';

const RULES: readonly Rule[] = [
  checkManifestVersion,
  checkTypes,
  checkBackground,
  checkIncognito,
  checkConnectable,
  checkSerialization,
  checkIdentity,
  checkPolicy,
];

/**
 * Judges the folder of a built extension: what its manifest and its background's scripts make browsers do,
 * as far as calls between extensions depend on it. Reads files and changes nothing. It does not replace a
 * store's own checks, nor a test in a browser: `docs/guides/manifest.md` says what it can't see.
 * @param dir the folder that holds `manifest.json`
 * @returns errors first; empty when there is nothing to say
 * @throws {BuildFailure} when there is no such folder, no manifest in it, or the manifest is
 * no JSON object; the message is one line with the file, the place in it and a remedy
 */
export const lintExtension = async (dir: string, options: LintOptions = {}): Promise<Finding[]> => {
  const { manifest, blockComment } = await readManifest(dir);
  const subject = subjectOf(manifest, options);
  const found = [...RULES.flatMap((rule) => rule(subject)), ...checkScripts(dir, subject)];
  if (blockComment && subject.browsers.has('firefox')) {
    found.push({
      code: 'manifest-comment',
      severity: 'error',
      file: MANIFEST,
      path: `${blockComment.line}:${blockComment.column}`,
      message: 'Firefox reads comments that begin with //, and refuses a manifest with any other.',
      remedy: 'Write the comment with //, or remove it.',
    });
  }
  return found.sort((one, other) => Number(other.severity === 'error') - Number(one.severity === 'error'));
};

/**
 * What the manifest of another extension says of it as a peer.
 * @param dir the folder that holds its `manifest.json`
 * @throws {BuildFailure} as {@link lintExtension} does
 */
export const readPeer = async (dir: string): Promise<Peer> => {
  const { manifest } = await readManifest(dir);
  const key = textAt(manifest, 'key');
  return {
    chromium: key === undefined ? undefined : chromiumId(key),
    firefox: textAt(manifest, 'browser_specific_settings', 'gecko', 'id'),
    serialization:
      valueAt(manifest, 'message_serialization') === 'structured_clone' ? 'structured_clone' : 'json',
  };
};
