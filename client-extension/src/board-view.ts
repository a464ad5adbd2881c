import { type BoardWindow, plural, summary, type Tab } from './board.js';
import { part, setChildren, setText, stamp } from './dom.js';
import { faceOf } from './tab-face.js';

/** What a click does, as far as Portico Tabs lets it. */
export interface BoardActions {
  readonly picture?: ((window: BoardWindow, button: HTMLButtonElement) => void) | undefined;
  readonly activate?: ((tabId: number) => void) | undefined;
  readonly close?: ((tabId: number) => void) | undefined;
}

/** Draws the board into its page, changing only what has changed. */
export const createBoardView = (root: Document) => {
  const container = part(root, '#windows', HTMLElement);
  const cards = new Map<number, Card>();
  let allowed = '';

  return {
    /** Shows no tab any more. */
    clear(): void {
      cards.clear();
      container.replaceChildren();
      setText(part(root, '#summary', HTMLElement), 'Your tabs at a glance');
      part(root, '#empty', HTMLElement).hidden = true;
    },
    draw(windows: readonly BoardWindow[], actions: BoardActions): void {
      // Rows are made with what is allowed; when that changes they are made again.
      if (allowed !== Object.values(actions).map(Boolean).join()) cards.clear();
      allowed = Object.values(actions).map(Boolean).join();
      setText(part(root, '#summary', HTMLElement), summary(windows));
      part(root, '#empty', HTMLElement).hidden = windows.length > 0;
      const drawn = windows.map((window) => {
        const card = cards.get(window.id) ?? createCard();
        cards.set(window.id, card);
        card.draw(window, actions);
        return card.element;
      });
      keepOnly(cards, windows);
      setChildren(container, drawn);
    },
  };
};

type Card = ReturnType<typeof createCard>;
type Row = ReturnType<typeof createRow>;

const createCard = () => {
  const element = stamp('window-template');
  const heading = part(element, 'h2', HTMLElement);
  const count = part(element, '.count', HTMLElement);
  const button = part(element, '.picture', HTMLButtonElement);
  const list = part(element, '.tabs', HTMLElement);
  const rows = new Map<number, Row>();

  return {
    element,
    draw(window: BoardWindow, actions: BoardActions): void {
      setText(heading, window.name);
      setText(count, plural(window.tabs.length, 'tab'));
      const { picture } = actions;
      button.hidden = !picture;
      button.setAttribute('aria-label', `Picture of ${window.name}`);
      button.onclick = picture ? () => picture(window, button) : null;
      const drawn = window.tabs.map((tab) => {
        const row = rows.get(tab.id) ?? createRow(tab.id, actions);
        rows.set(tab.id, row);
        row.draw(tab);
        return row.element;
      });
      keepOnly(rows, window.tabs);
      setChildren(list, drawn);
    },
  };
};

const createRow = (tabId: number, { activate, close }: BoardActions) => {
  const element = stamp('tab-template');
  const letter = part(element, '.icon span', HTMLElement);
  const image = part(element, '.icon img', HTMLImageElement);
  const place = part(element, '.place', HTMLElement);
  const closing = part(element, '.close', HTMLButtonElement);
  let title = part(element, '.title', HTMLElement);
  if (activate) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = title.className;
    button.onclick = () => activate(tabId);
    title.replaceWith(button);
    title = button;
  }
  closing.hidden = !close;
  if (close) closing.onclick = () => close(tabId);
  // A broken icon is no icon.
  image.onerror = () => showIcon(undefined);

  const showIcon = (source: string | undefined): void => {
    image.hidden = !source;
    letter.hidden = !!source;
    if (source && image.src !== source) image.src = source;
  };

  return {
    element,
    draw(tab: Tab): void {
      const face = faceOf(tab);
      setText(title, face.title);
      title.title = face.title;
      setText(place, face.place);
      setText(letter, face.letter);
      letter.style.setProperty('--hue', `${face.hue}`);
      if (element.dataset['icon'] !== (face.icon ?? '')) {
        element.dataset['icon'] = face.icon ?? '';
        showIcon(face.icon);
      }
      closing.setAttribute('aria-label', `Close ${face.title}`);
      if (tab.active) element.setAttribute('aria-current', 'true');
      else element.removeAttribute('aria-current');
      for (const mark of ['pinned', 'audible', 'discarded'] as const) {
        element.classList.toggle(`is-${mark}`, tab[mark]);
      }
    },
  };
};

const keepOnly = (map: Map<number, unknown>, items: readonly { readonly id: number }[]): void => {
  const ids = new Set(items.map(({ id }) => id));
  for (const id of map.keys()) if (!ids.has(id)) map.delete(id);
};
