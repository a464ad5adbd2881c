import type { CapabilityClient } from 'portico/client';
import { part, setChildren, setText, stamp } from './dom.js';
import type { Tab } from './read-tabs.js';
import type { Change } from './tab-changes.js';
import type { tabs } from './tabs.protocol.js';

/** A list of tabs to go to and to close. */
export const createTabList = (list: Element, control: CapabilityClient<typeof tabs, 'control'>) => {
  const known = new Map<number, Tab>();
  const rows = new Map<number, Element>();

  const createRow = (tabId: number): Element => {
    const row = stamp('tab-template');
    // A tab that is gone by now is about to leave the list.
    part(row, '.title', HTMLButtonElement).onclick = () => void control.activate({ tabId }).catch(() => {});
    part(row, '.close', HTMLButtonElement).onclick = () => void control.close({ tabId }).catch(() => {});
    return row;
  };

  const draw = (): void => {
    const sorted = [...known.values()].sort(
      (one, other) => one.windowId - other.windowId || one.index - other.index,
    );
    const drawn = sorted.map(({ id, title, url, active }) => {
      const row = rows.get(id) ?? createRow(id);
      rows.set(id, row);
      const name = title || url || `Tab ${id}`;
      setText(part(row, '.title', HTMLElement), name);
      part(row, '.close', HTMLElement).setAttribute('aria-label', `Close ${name}`);
      if (active) row.setAttribute('aria-current', 'true');
      else row.removeAttribute('aria-current');
      return row;
    });
    for (const id of rows.keys()) if (!known.has(id)) rows.delete(id);
    setChildren(list, drawn);
  };

  return {
    reset(all: readonly Tab[]): void {
      known.clear();
      for (const tab of all) known.set(tab.id, tab);
      draw();
    },
    apply({ id, tab }: Change): void {
      if (tab) known.set(id, tab);
      else known.delete(id);
      draw();
    },
  };
};
