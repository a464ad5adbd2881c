import { emit } from '../apis/emit.js';
import type { Context } from '../contexts/context.js';
import type { BackgroundState } from '../extensions/background.js';
import type { Installed } from '../extensions/installed.js';
import type { Manifest } from '../extensions/manifest.js';
import { type ExtensionSource, loadPackage } from '../extensions/source.js';
import type { AreaName } from '../extensions/storage-area.js';
import { describeTab, maySee } from '../tabs/tab-model.js';
import { type ContextHandle, contextHandle, evaluate } from './context-handle.js';
import { storageHandle, type TestStorage } from './storage-handle.js';
import { type Tab, tabHandle } from './tab-handle.js';

/** The worker or event page of an extension. `evaluate` starts it if it sleeps. */
export interface BackgroundHandle extends Pick<ContextHandle, 'evaluate'> {
  readonly state: BackgroundState;
  /** How often it was started since the extension was loaded. */
  readonly starts: number;
  /** Starts it, as an event would. */
  start(): Promise<void>;
  /** Ends it as the browser does when it is idle: all of its memory is lost, and its ports close without a word. */
  stop(): Promise<void>;
}

/** A popup that is open. */
export interface Popup extends ContextHandle {
  close(): Promise<void>;
}

/** The button of an extension. */
export interface ActionHandle {
  readonly badge: string;
  readonly badgeColor: string;
  readonly title: string;
  /** Opens the popup, which is given, or else tells the extension. */
  click(): Promise<Popup | undefined>;
}

/** An extension that is installed. */
export interface Extension {
  readonly id: string;
  readonly name: string;
  /** Of its pages, as `chrome-extension://…`. */
  readonly origin: string;
  readonly manifest: Manifest;
  readonly isEnabled: boolean;
  readonly background: BackgroundHandle;
  /** The same as `background`, by Chromium's name for it. */
  readonly worker: BackgroundHandle;
  readonly action: ActionHandle;
  readonly storage: Readonly<Record<AreaName, TestStorage>>;
  /** The alarms that are set. `scheduledTime` is in milliseconds since 1970, by the virtual clock. */
  readonly alarms: readonly { readonly name: string; readonly scheduledTime: number }[];
  /** Opens one of its pages in a tab. */
  openPage(path: string): Promise<Tab>;
  /** Opens its popup, or another page as one. */
  openPopup(path?: string): Promise<Popup>;
  /** Updates it, to the same files or to others with the same id. */
  update(source?: ExtensionSource): Promise<void>;
  disable(): Promise<void>;
  enable(): Promise<void>;
  uninstall(): Promise<void>;
}

const handles = new WeakMap<Installed, Extension>();

export const extensionHandle = (extension: Installed): Extension => {
  const known = handles.get(extension);
  if (known) return known;
  const { world } = extension;
  const { driver, life, tabs } = world;
  const then = (run: () => void): Promise<void> => {
    run();
    return driver.settle();
  };
  const background = backgroundHandle(extension);
  const popupHandle = (context: Context): Popup =>
    Object.assign(
      contextHandle(() => context),
      { close: () => then(() => context.die()) },
    );
  const openPopup = async (path?: string): Promise<Popup> => {
    const popup = life.openPopup(extension, path);
    await driver.settle();
    return popupHandle(popup);
  };
  const area = (name: AreaName): TestStorage => storageHandle(world, extension.storage[name]);
  const handle: Extension = {
    id: extension.id,
    origin: extension.origin,
    get name() {
      return extension.name;
    },
    get manifest() {
      return extension.manifest;
    },
    get isEnabled() {
      return extension.enabled;
    },
    background,
    worker: background,
    action: {
      get badge() {
        return extension.action.badge;
      },
      get badgeColor() {
        return extension.action.badgeColor;
      },
      get title() {
        return extension.action.title || (extension.manifest.action?.default_title ?? '');
      },
      async click() {
        if (extension.action.popup || extension.manifest.action?.default_popup) return openPopup();
        const tab = tabs.focused?.tabs.find(({ active }) => active);
        emit(extension, 'action.onClicked', () => [tab ? describeTab(tab, maySee(extension, tab)) : {}]);
        await driver.settle();
        return undefined;
      },
    },
    storage: { local: area('local'), session: area('session'), sync: area('sync'), managed: area('managed') },
    get alarms() {
      return extension.alarms.all;
    },
    async openPage(path) {
      const tab = tabs.open(`${extension.origin}/${path.replace(/^\//, '')}`, true);
      await driver.settle();
      return tabHandle(world, tab);
    },
    openPopup,
    update: async (source) =>
      then(() => life.update(extension, source && loadPackage(source, world.profile))),
    disable: () => then(() => life.setEnabled(extension, false)),
    enable: () => then(() => life.setEnabled(extension, true)),
    uninstall: () => then(() => life.uninstall(extension)),
  };
  handles.set(extension, handle);
  return handle;
};

const backgroundHandle = (extension: Installed): BackgroundHandle => {
  const { world } = extension;
  const start = (): Promise<Context> =>
    world.driver.run(
      new Promise((resolve, reject) => {
        const { background, name } = extension;
        if (!extension.enabled || !background.exists)
          return reject(new TypeError(`${name} has no background, or is disabled`));
        return background.whenRunning('the test', (running) =>
          running
            ? resolve(running)
            : reject(new Error(`the background of ${name} failed to start; see browser.errors`)),
        );
      }),
    );
  return {
    get state() {
      return extension.background.state;
    },
    get starts() {
      return extension.background.starts;
    },
    async start() {
      await start();
    },
    async stop() {
      extension.background.stop('is stopped');
      await world.driver.settle();
    },
    evaluate: (run, ...args) => start().then((context) => evaluate(context, run, args)),
  };
};
