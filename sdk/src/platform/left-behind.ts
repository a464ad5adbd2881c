import { PorticoError } from '../errors/portico-error.js';

/**
 * An extension that is updated, disabled or removed leaves its content scripts behind in the pages that are open. In
 * Chromium they run on, without a way to any extension; Firefox ends them.
 */

/** What the text of a port's end is then. Chromium's own words where it throws. */
export const INVALIDATED = 'Extension context invalidated.';

/** What is thrown where a script that was left behind wants to reach anybody. */
export const invalidated = (): PorticoError =>
  new PorticoError(
    'CONTEXT_INVALIDATED',
    'this content script was left behind by its extension: load the page anew',
  );
