/**
 * What a client or a host is built for. The plugin writes this module anew where it is told (`basic`, `browser`, and
 * `side` for hosts), and bundlers drop what is out of reach then. The package's other modules import it as a file, so
 * that no build of the package settles it for everybody.
 */

/** Whether the client calls and listens, and does nothing else; the plugin's `basic` says what it lacks. */
export const BASIC: boolean = false;

/** The only browser that it will run in; `undefined` where it may be any. */
export const BROWSER: 'chromium' | 'firefox' | undefined = undefined;

/**
 * Whether a host's protocols are compiled, so that their patterns were judged by the build, and the bundle needs no
 * judge: one that is not compiled, and has a pattern, can't be published there.
 */
export const JUDGED: boolean = false;
