/** What a browser makes of a manifest or a background script, and what to do about it. */
export interface Finding {
  /** Names the rule; one of those in `docs/guides/manifest.md`. Never changes its meaning. */
  readonly code: string;
  /** `error`: this extension can't do its part. `warning`: it can, but not everywhere or not as it seems. */
  readonly severity: 'error' | 'warning';
  /** Relative to the extension's folder, with forward slashes. */
  readonly file: string;
  /** A JSON pointer in the manifest, or `line:column` in a script, both counted from 1. Absent for a whole file. */
  readonly path?: string;
  /** What the browser does. */
  readonly message: string;
  /** What to do. */
  readonly remedy: string;
}

export type Browser = 'chromium' | 'firefox';
export type Serialization = 'json' | 'structured_clone';

/** Another extension that this one talks to, as far as it is known. */
export interface Peer {
  /** Its id in Chromium. */
  readonly chromium?: string | undefined;
  /** Its id in Firefox. */
  readonly firefox?: string | undefined;
  /** How its manifest lets messages travel. Unknown if absent. */
  readonly serialization?: Serialization;
}

export interface LintOptions {
  /** For which browser the folder is meant. By default whichever the manifest's keys are for. */
  readonly browser?: Browser;
  /** `host` if it publishes a protocol: then it must have a background. `hosts` implies it. */
  readonly role?: 'host' | 'client';
  /** The ids that a protocol names for its host: give them for the folder of that host alone. */
  readonly hosts?: { readonly chromium?: string; readonly firefox?: string };
  /** The extensions that must be able to connect to this one. */
  readonly peers?: readonly Peer[];
}
