import { emit } from '../apis/emit.js';
import type { Context } from '../contexts/context.js';
import { setVisible } from '../contexts/document.js';
import type { Installed } from '../extensions/installed.js';
import type { World } from '../world.js';
import { leaveDocument, loadDocument, showAgain } from './documents.js';
import { describeTab, describeWindow, maySee, type TabModel, type WindowModel } from './tab-model.js';

/** The windows and tabs of a browser, and what extensions are told of them. */
export class TabStrip {
  readonly windows: WindowModel[] = [];
  focused: WindowModel | undefined;

  /** The tab whose document was last told that it has the focus. */
  private told: TabModel | undefined;

  constructor(private readonly world: World) {}

  /** The tab that gets what a person types. */
  get inFront(): TabModel | undefined {
    return this.focused?.tabs.find(({ active }) => active);
  }

  get tabs(): TabModel[] {
    return this.windows.flatMap(({ tabs }) => tabs);
  }

  find(tabId: number): TabModel | undefined {
    return this.tabs.find(({ id }) => id === tabId);
  }

  openWindow(type: WindowModel['type'], incognito = false): WindowModel {
    const window: WindowModel = { id: this.world.number('window'), type, incognito, tabs: [] };
    this.windows.push(window);
    this.tellAll('windows.onCreated', () => [describeWindow(window, true)]);
    this.focus(window);
    return window;
  }

  closeWindow(window: WindowModel): void {
    for (const tab of [...window.tabs]) this.close(tab, true);
    this.dropWindow(window);
  }

  private dropWindow(window: WindowModel): void {
    const at = this.windows.indexOf(window);
    if (at < 0) return;
    this.windows.splice(at, 1);
    this.tellAll('windows.onRemoved', () => [window.id]);
    if (this.focused === window) this.focus(this.windows.at(-1));
  }

  focus(window: WindowModel | undefined): void {
    if (this.focused === window) return;
    this.focused = window;
    this.tellAll('windows.onFocusChanged', () => [window?.id ?? -1]);
    this.tellFocus();
  }

  open(url: string, active: boolean, into?: WindowModel, index?: number): TabModel {
    const window = into ?? this.focused ?? this.windows.at(-1) ?? this.openWindow('normal');
    const tab: TabModel = {
      id: this.world.number('tab'),
      window,
      url,
      title: '',
      active: false,
      pinned: false,
      audible: false,
      discarded: false,
      favIconUrl: undefined,
      status: 'loading',
      history: [{ url }],
      at: 0,
      document: undefined,
      isOpen: true,
    };
    window.tabs.splice(index ?? window.tabs.length, 0, tab);
    this.world.trace.write(`tab ${tab.id}`, `opens ${url}`);
    this.load(tab, url);
    this.tellOf(tab, 'tabs.onCreated', (info) => [info]);
    if (active || window.tabs.length === 1) this.activate(tab);
    else this.showAndHide(tab);
    return tab;
  }

  private load(tab: TabModel, url: string): void {
    loadDocument(this.world, tab, url, () => this.changed(tab, { status: 'complete' }));
  }

  activate(tab: TabModel): void {
    if (tab.active) return;
    for (const each of tab.window.tabs) each.active = each === tab;
    for (const each of tab.window.tabs) this.showAndHide(each);
    this.tellAll('tabs.onActivated', () => [{ tabId: tab.id, windowId: tab.window.id }]);
    this.tellFocus();
  }

  /** Documents hear that they lose or get the focus. */
  private tellFocus(): void {
    const { told, inFront } = this;
    if (told === inFront) return;
    this.told = inFront;
    told?.document?.contexts[0]?.dispatchToScope('blur');
    inFront?.document?.contexts[0]?.dispatchToScope('focus');
  }

  private showAndHide({ document, active }: TabModel): void {
    for (const context of document?.contexts ?? []) setVisible(context, active);
  }

  close(tab: TabModel, isWindowClosing = false): void {
    const { window } = tab;
    const at = window.tabs.indexOf(tab);
    if (at < 0) return;
    leaveDocument(this.world, tab, false);
    this.forget(tab, 0);
    window.tabs.splice(at, 1);
    tab.isOpen = false;
    this.world.trace.write(`tab ${tab.id}`, 'closes');
    this.tellAll('tabs.onRemoved', () => [tab.id, { windowId: window.id, isWindowClosing }]);
    const next = window.tabs[Math.min(at, window.tabs.length - 1)];
    if (next && tab.active) this.activate(next);
    else if (!next && !isWindowClosing) this.dropWindow(window);
  }

  /** Goes to another address; what was there may be kept to come back to. */
  navigate(tab: TabModel, url: string, keep = true): void {
    this.forget(tab, tab.at + 1);
    this.leave(tab, keep);
    tab.history.push({ url });
    tab.at = tab.history.length - 1;
    this.arrive(tab, url);
  }

  reload(tab: TabModel): void {
    leaveDocument(this.world, tab, false);
    this.arrive(tab, tab.url);
  }

  /** Back or forward. */
  travel(tab: TabModel, steps: number): void {
    const entry = tab.history[tab.at + steps];
    if (!entry) return;
    this.leave(tab, true);
    tab.at += steps;
    const { kept } = entry;
    entry.kept = undefined;
    if (kept) {
      showAgain(this.world, tab, kept);
      this.changed(tab, { status: 'complete', url: tab.url });
    } else this.arrive(tab, entry.url);
  }

  private leave(tab: TabModel, keep: boolean): void {
    const entry = tab.history[tab.at];
    const kept = leaveDocument(this.world, tab, keep);
    if (entry && kept) entry.kept = kept;
  }

  private arrive(tab: TabModel, url: string): void {
    this.world.trace.write(`tab ${tab.id}`, `goes to ${url}`);
    this.load(tab, url);
    this.changed(tab, { status: 'loading', url });
  }

  /** Ends what was put away from this place in the history on. */
  private forget(tab: TabModel, from: number): void {
    for (const entry of tab.history.splice(from))
      for (const context of entry.kept?.contexts ?? []) context.die();
  }

  /** Pins a tab, gives it another title or sound, and tells so. */
  change(
    tab: TabModel,
    changes: Partial<Pick<TabModel, 'title' | 'pinned' | 'audible' | 'discarded' | 'favIconUrl'>>,
  ): void {
    Object.assign(tab, changes);
    this.changed(tab, changes);
  }

  move(tab: TabModel, index: number): void {
    const { tabs, id } = tab.window;
    const fromIndex = tabs.indexOf(tab);
    tabs.splice(fromIndex, 1);
    const toIndex = index < 0 ? tabs.length : Math.min(index, tabs.length);
    tabs.splice(toIndex, 0, tab);
    this.tellAll('tabs.onMoved', () => [tab.id, { windowId: id, fromIndex, toIndex }]);
  }

  private changed(tab: TabModel, changes: object): void {
    const secret = new Set(['url', 'title', 'favIconUrl']);
    this.tellOf(tab, 'tabs.onUpdated', (info, full) => [
      tab.id,
      Object.fromEntries(Object.entries(changes).filter(([key]) => full || !secret.has(key))),
      info,
    ]);
  }

  private tellOf(
    tab: TabModel,
    event: string,
    args: (info: object, full: boolean) => readonly unknown[],
  ): void {
    this.tellAll(event, ({ extension }) => {
      const full = maySee(extension, tab);
      return args(describeTab(tab, full), full);
    });
  }

  private tellAll(event: string, args: (context: Context) => readonly unknown[]): void {
    for (const extension of this.world.extensions.values()) emit(extension, event, args);
  }

  /** Browsers close the pages of an extension that goes away. */
  closePagesOf({ origin }: Installed): void {
    for (const tab of this.tabs) if (tab.url.startsWith(`${origin}/`)) this.close(tab);
  }

  /** As when the browser quits: nobody is told. */
  closeAll(): void {
    for (const tab of this.tabs) {
      leaveDocument(this.world, tab, false);
      this.forget(tab, 0);
      tab.isOpen = false;
    }
    this.windows.length = 0;
    this.focused = undefined;
  }
}
