import type { Browser, Finding, LintOptions, Peer } from './finding.js';
import { type JsonObject, textAt, valueAt } from './json.js';
import { MANIFEST } from './read-manifest.js';

/** A manifest and all that rules want to know about it. */
export interface Subject {
  readonly manifest: JsonObject;
  /** For which browsers it is meant; never empty. */
  readonly browsers: ReadonlySet<Browser>;
  readonly role: 'host' | 'client' | undefined;
  readonly hosts: NonNullable<LintOptions['hosts']>;
  readonly peers: readonly Peer[];
}

export type Rule = (subject: Subject) => readonly Finding[];

/**
 * A manifest is meant for Firefox if it has a `gecko` section or a background that in MV3 only Firefox starts,
 * and for Chromium if it has one of Chromium's keys or nothing that points to Firefox.
 */
export const browsersOf = (manifest: JsonObject, browser: Browser | undefined): ReadonlySet<Browser> => {
  if (browser) return new Set([browser]);
  const has = (...keys: readonly string[]) => valueAt(manifest, ...keys) !== undefined;
  const firefox =
    ['browser_specific_settings', 'applications'].some((key) => has(key, 'gecko')) ||
    (valueAt(manifest, 'manifest_version') !== 2 &&
      (has('background', 'scripts') || has('background', 'page')));
  const chromium =
    !firefox || has('background', 'service_worker') || has('key') || has('minimum_chrome_version');
  return new Set([...(chromium ? ['chromium' as const] : []), ...(firefox ? ['firefox' as const] : [])]);
};

export const subjectOf = (manifest: JsonObject, options: LintOptions): Subject => ({
  manifest,
  browsers: browsersOf(manifest, options.browser),
  role: options.role ?? (options.hosts ? 'host' : undefined),
  hosts: options.hosts ?? {},
  peers: options.peers ?? [],
});

/** The declared lowest version of a browser, as far as it is a number. */
export const lowestVersion = ({ manifest }: Subject, browser: Browser): number | undefined => {
  const text =
    browser === 'chromium'
      ? textAt(manifest, 'minimum_chrome_version')
      : textAt(manifest, 'browser_specific_settings', 'gecko', 'strict_min_version');
  const version = Number.parseInt(text ?? '', 10);
  return Number.isNaN(version) ? undefined : version;
};

type Words = readonly [message: string, remedy: string];

const inManifest =
  (severity: Finding['severity']) =>
  (code: string, path: string, [message, remedy]: Words): Finding => ({
    code,
    severity,
    file: MANIFEST,
    path,
    message,
    remedy,
  });

export const error = inManifest('error');
export const warning = inManifest('warning');
