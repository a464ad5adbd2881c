/**
 * Whether the patterns of this host's protocols were judged when it was built, so that the bundle needs no judge: a
 * protocol that is not compiled, and has a pattern, can't be published there. The plugin writes this module anew for
 * hosts (`side: 'host'`), and bundlers drop what is out of reach then. The package's other modules import it as a file,
 * so that no build of the package settles it for everybody.
 */
export const JUDGED: boolean = false;
