import { emit } from '../apis/emit.js';
import { describeExtension } from '../apis/small-namespaces.js';
import type { Context } from '../contexts/context.js';
import { runDocument } from '../contexts/run-scripts.js';
import { ApiError } from '../realm/realm.js';
import { createLane } from '../scheduler/scheduler.js';
import { createDocument, injectContentScripts } from '../tabs/documents.js';
import type { World } from '../world.js';
import { Installed } from './installed.js';
import { idOf } from './manifest.js';
import type { Package } from './source.js';

/** Extensions come and go, are updated, switched off and on. */
export class Life {
  /** Whether the person at the browser says yes when an extension asks for permissions. */
  grants = true;

  constructor(private readonly world: World) {}

  /** Installs; the same id again is an update. */
  install(loaded: Package): Installed {
    const { world } = this;
    const known = world.extensions.get(idOf(loaded.manifest, world.profile));
    if (known) {
      this.update(known, loaded);
      return known;
    }
    const extension = new Installed(world, loaded);
    world.extensions.set(extension.id, extension);
    world.trace.write(extension.name, `is installed as ${extension.id}`);
    this.begin(extension, 'installation', { reason: 'install' });
    this.tellOthers(extension, 'management.onInstalled', describeExtension(extension));
    return extension;
  }

  update(extension: Installed, loaded: Package = extension.package): void {
    const previousVersion = extension.manifest.version;
    extension.world.trace.write(extension.name, `is updated to ${loaded.manifest.version}`);
    if (extension.enabled) extension.unload();
    extension.reload(loaded);
    if (extension.enabled) this.begin(extension, 'an update', { reason: 'update', previousVersion });
  }

  /** `runtime.reload()`: as an update to the same. */
  reload(extension: Installed): void {
    const { scheduler } = this.world;
    scheduler.post(createLane(`reload of ${extension.name}`), 'reload', () => this.update(extension));
  }

  setEnabled(extension: Installed, enabled: boolean): void {
    if (extension.enabled === enabled || !extension.present) return;
    extension.world.trace.write(extension.name, enabled ? 'is enabled' : 'is disabled');
    if (enabled) {
      extension.enabled = true;
      extension.reload();
      // Neither onInstalled nor onStartup: its script runs, and that is all.
      this.begin(extension, 'being enabled', undefined);
    } else {
      extension.unload();
      extension.enabled = false;
    }
    this.tellOthers(
      extension,
      `management.on${enabled ? 'Enabled' : 'Disabled'}`,
      describeExtension(extension),
    );
  }

  uninstall(extension: Installed): void {
    if (!extension.present) return;
    extension.world.trace.write(extension.name, 'is uninstalled');
    extension.alarms.clearAll();
    if (extension.enabled) extension.unload();
    extension.enabled = false;
    extension.present = false;
    this.world.extensions.delete(extension.id);
    this.tellOthers(
      extension,
      'management.onUninstalled',
      // Firefox gives all it knows of it.
      this.world.profile.family === 'firefox' ? describeExtension(extension) : extension.id,
    );
  }

  /** The browser quits and is started again, without its tabs. */
  restart(): void {
    const { world } = this;
    world.trace.write('the browser', 'restarts');
    world.tabs.closeAll();
    for (const extension of world.extensions.values()) {
      extension.background.stop('ends with the browser');
      extension.storage.session.empty();
      extension.policy = undefined;
      if (world.profile.family === 'firefox') extension.alarms.clearAll();
    }
    for (const context of [...world.contexts]) context.die();
    for (const extension of world.extensions.values()) emit(extension, 'runtime.onStartup', () => []);
  }

  /** The popup of an extension's button. */
  openPopup(extension: Installed, path?: string): Context {
    const page = path ?? (extension.action.popup || extension.manifest.action?.default_popup);
    if (!page) throw new ApiError(`${extension.name} has no popup`);
    const url = `${extension.origin}/${page.replace(/^\//, '')}`;
    const popup = createDocument(this.world, url, {}, 'popup');
    popup.post(createLane(popup.name), 'loads', () => runDocument(popup));
    return popup;
  }

  private begin(extension: Installed, reason: string, installed: object | undefined): void {
    const { background, world } = extension;
    if (world.profile.family === 'firefox') this.injectInto(extension);
    if (!background.exists) return;
    background.whenRunning(reason, (running) => {
      if (!running || !installed) return;
      running.post(running.inbox, 'runtime.onInstalled', () => {
        world.trace.write(running.name, `runtime.onInstalled ${JSON.stringify(installed)}`);
        running.events.get('runtime.onInstalled')?.dispatch(running.realm.adopt(installed));
      });
    });
  }

  /** Firefox runs content scripts in the pages that are open already. */
  private injectInto(extension: Installed): void {
    const { scheduler, tabs } = this.world;
    for (const tab of tabs.tabs) {
      const { document } = tab;
      if (!document || tab.status === 'loading') continue;
      scheduler.post(createLane(`content scripts of ${extension.name} in tab ${tab.id}`), 'run', async () => {
        if (tab.document === document)
          await injectContentScripts(this.world, tab, document, 0, document.url, [extension]);
      });
    }
  }

  private tellOthers(extension: Installed, event: string, what: unknown): void {
    for (const other of this.world.extensions.values())
      if (other !== extension) emit(other, event, () => [what]);
  }
}
