import { TAB_BOARD } from './known-callers.js';
import type { Visitors } from './visitors.js';

type Caller = Visitors['connected'][number]['caller'];

const KNOWN: ReadonlySet<string> = new Set(Object.values(TAB_BOARD));

/** A caller in words. The browser vouches for its id; names that callers give themselves are not shown. */
export const callerName = ({ kind, id = 'an unknown extension', origin }: Caller): string => {
  const extension = KNOWN.has(id) ? 'Tab Board' : id;
  switch (kind) {
    case 'self':
      return 'Portico Tabs itself';
    case 'extension':
      return KNOWN.has(id) ? extension : `The extension ${extension}`;
    case 'content-script':
      return `${extension}, inside the page ${origin}`;
    case 'page':
      return `The page ${origin}`;
  }
};
