import type { Context } from '../contexts/context.js';
import { runDocument } from '../contexts/run-scripts.js';
import { createLane } from '../scheduler/scheduler.js';
import { createDocument, injectContentScripts } from '../tabs/documents.js';
import type { TabModel } from '../tabs/tab-model.js';
import type { World } from '../world.js';
import { type ContextHandle, contextHandle } from './context-handle.js';
import type { Extension } from './extension-handle.js';

/** A tab, and what it shows. `evaluate` runs in its document. */
export interface Tab extends ContextHandle {
  readonly id: number;
  readonly windowId: number;
  readonly title: string;
  readonly isActive: boolean;
  readonly isOpen: boolean;
  /** The content scripts of an extension in the document that is shown. @throws {TypeError} if there are none */
  content(extension: Extension | string): ContextHandle;
  /** Shows another address in a frame of the document. */
  addFrame(url: string): Promise<ContextHandle>;
  /** Goes elsewhere. A page of the web is kept, to be shown again by `back`, unless `keep` is false. */
  navigate(url: string, options?: { readonly keep?: boolean }): Promise<void>;
  back(): Promise<void>;
  forward(): Promise<void>;
  reload(): Promise<void>;
  activate(): Promise<void>;
  /** Changes what extensions are told of the tab. */
  change(changes: {
    readonly title?: string;
    readonly pinned?: boolean;
    readonly audible?: boolean;
    readonly discarded?: boolean;
    readonly favIconUrl?: string;
  }): Promise<void>;
  close(): Promise<void>;
}

const handles = new WeakMap<TabModel, Tab>();

export const tabHandle = (world: World, tab: TabModel): Tab => {
  const known = handles.get(tab);
  if (known) return known;
  const { tabs, driver } = world;
  let last: Context | undefined;
  const main = (): Context => {
    last = tab.document?.contexts[0] ?? last;
    if (!last) throw new TypeError(`tab ${tab.id} shows nothing`);
    return last;
  };
  const then = (run: () => void): Promise<void> => {
    run();
    return driver.settle();
  };
  const document = contextHandle(main);
  const handle: Tab = {
    id: tab.id,
    get name() {
      return document.name;
    },
    get url() {
      return tab.url;
    },
    get isAlive() {
      return tab.isOpen && document.isAlive;
    },
    get windowId() {
      return tab.window.id;
    },
    get title() {
      return tab.title;
    },
    get isActive() {
      return tab.active;
    },
    get isOpen() {
      return tab.isOpen;
    },
    evaluate: document.evaluate,
    content(extension) {
      const id = typeof extension === 'string' ? extension : extension.id;
      const found = tab.document?.contexts.find(
        ({ extension, facts, state }) =>
          extension?.id === id && facts.kind === 'content-script' && state !== 'dead',
      );
      if (!found) throw new TypeError(`no content script of ${id} runs in ${tab.url}`);
      return contextHandle(() => found);
    },
    async addFrame(url) {
      const frameId = world.number('frame') + 6;
      const frame = createDocument(world, url, { tab, frameId });
      const { document: loaded } = tab;
      loaded?.contexts.push(frame);
      world.scheduler.post(createLane(`frame ${frameId}`), `${url} loads`, async () => {
        await runDocument(frame);
        if (loaded && frame.facts.kind === 'web-page')
          await injectContentScripts(world, tab, loaded, frameId, url);
      });
      await driver.settle();
      return contextHandle(() => frame);
    },
    navigate: (url, { keep = true } = {}) => then(() => tabs.navigate(tab, url, keep)),
    back: () => then(() => tabs.travel(tab, -1)),
    forward: () => then(() => tabs.travel(tab, 1)),
    reload: () => then(() => tabs.reload(tab)),
    activate: () => then(() => tabs.activate(tab)),
    change: (changes) => then(() => tabs.change(tab, changes)),
    close: () => then(() => tabs.close(tab)),
  };
  handles.set(tab, handle);
  return handle;
};
