import { PorticoError } from '../errors/portico-error.js';

/** Where a host would listen. */
export interface HostPlace {
  /** The global scope: each has one host at most. */
  readonly scope: object;
  readonly kind: 'background' | 'page' | 'content-script';
  /**
   * Whether the host would keep in memory what stands in a storage that another background of this extension has,
   * too: the browser runs one more, for private windows.
   */
  readonly isShared: boolean;
}

/** By this every copy of Portico in a scope finds the host that listens there: two bundles have two copies. */
const HOST = Symbol.for('portico.host');

/**
 * Makes the caller the one host of a place. Two hosts that hear the same ports would each refuse what only the
 * other one publishes, and run twice what both do. They don't share their ports instead: whoever comes must get the
 * same answer in the same time whatever is published, and neither host knows the other one's rules.
 * @returns what leaves the place again
 * @throws {PorticoError} INVALID_ARGUMENT where no host may listen, and what to do instead
 */
export const claimPlace = ({ scope, kind, isShared }: HostPlace): (() => void) => {
  if (kind === 'page')
    throw refusal(
      'a host listens in the background, and this is a page: it would cut off the background, since both hear every port. Listen in the script that the manifest names as background, and connect to it from here',
    );
  if (isShared)
    throw refusal(
      'consent needs one background, and with "incognito": "split" there are two over one storage: what is taken back in one would still hold in the other. Remove "split" from the manifest',
    );
  const place: { [HOST]?: symbol } = scope;
  if (place[HOST])
    throw refusal(
      'another host listens here already: publish all protocols on one host, or stop the other one first',
    );
  const mine = Symbol();
  place[HOST] = mine;
  return () => {
    if (place[HOST] === mine) delete place[HOST];
  };
};

const refusal = (text: string): PorticoError => new PorticoError('INVALID_ARGUMENT', text);
