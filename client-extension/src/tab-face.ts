import type { Tab } from './board.js';

/** What a row shows of a tab. */
export interface Face {
  readonly title: string;
  /** Where it leads, short: the host of a web address, else the whole address. */
  readonly place: string;
  /** An icon that loads nothing from outside; without one, the letter stands in. */
  readonly icon: string | undefined;
  readonly letter: string;
  /** Degrees on the colour wheel: the same place always has the same colour. */
  readonly hue: number;
}

export const faceOf = ({ id, title, url, favIconUrl }: Tab): Face => {
  const { place, site } = placeOf(url);
  const name = title || place || `Tab ${id}`;
  return {
    title: name,
    place,
    icon: favIconUrl?.startsWith('data:image/') ? favIconUrl : undefined,
    letter: (/[\p{L}\p{N}]/u.exec(site ?? '') ?? /[\p{L}\p{N}]/u.exec(name))?.[0]?.toUpperCase() ?? '•',
    hue: hueOf(site ?? (place || name)),
  };
};

/** `site` only where it is one that people would know the tab by. */
const placeOf = (url: string | undefined): { readonly place: string; readonly site?: string } => {
  if (!url || !URL.canParse(url)) return { place: url ?? '' };
  const { protocol, host, pathname } = new URL(url);
  if (protocol === 'http:' || protocol === 'https:') return { place: host, site: host.replace(/^www\./, '') };
  // The rest of an extension's address is a long id.
  if (protocol.endsWith('-extension:')) return { place: `extension${pathname}` };
  return { place: url.length > 200 ? `${url.slice(0, 200)}…` : url };
};

const hueOf = (text: string): number => {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) >>> 0;
  return hash % 360;
};
