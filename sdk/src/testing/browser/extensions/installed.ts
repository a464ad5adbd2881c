import type { Context } from '../contexts/context.js';
import type { Format } from '../profile.js';
import { createRandom } from '../random.js';
import { createDatabases } from '../realm/indexed-db.js';
import type { World } from '../world.js';
import { ActionState } from './action-state.js';
import { Alarms } from './alarms.js';
import { Background } from './background.js';
import type { ExtensionFiles } from './files.js';
import { formatIn, idOf, type Manifest } from './manifest.js';
import type { Package } from './source.js';
import { createStorage, type ExtensionStorage } from './storage.js';

/** An extension that is installed: what the browser keeps of it, whether it runs or not. */
export class Installed {
  readonly id: string;
  /** Of its pages: in Firefox by an id of this installation. */
  readonly origin: string;
  readonly databases = createDatabases();
  /** Events for which its background is started. */
  readonly heard = new Set<string>();
  readonly storage: ExtensionStorage;
  readonly alarms: Alarms;
  readonly action = new ActionState();
  readonly granted = new Set<string>();
  package: Package;
  background: Background;
  /** What Firefox has read of `storage.managed`: it reads it once for each load. */
  policy: object | undefined;
  enabled = true;
  /** Whether it is in the browser still. */
  present = true;
  /** Raised by each load: contexts of an earlier one are orphans. */
  private load = 0;
  private readonly loads = new WeakMap<Context, number>();

  constructor(
    readonly world: World,
    loaded: Package,
  ) {
    const { profile } = world;
    this.package = loaded;
    this.id = idOf(loaded.manifest, profile);
    const host = profile.family === 'firefox' ? createRandom(`uuid of ${this.id}`).uuid() : this.id;
    this.origin = `${profile.family === 'firefox' ? 'moz' : 'chrome'}-extension://${host}`;
    this.storage = createStorage(this);
    this.alarms = new Alarms(this);
    this.background = new Background(this);
  }

  get name(): string {
    return this.manifest.name;
  }
  get manifest(): Manifest {
    return this.package.manifest;
  }
  get files(): ExtensionFiles {
    return this.package.files;
  }
  get format(): Format {
    return formatIn(this.manifest, this.world.profile);
  }

  /** Takes a new context as one of this load. */
  adoptContext(context: Context): Context {
    this.loads.set(context, this.load);
    return context;
  }

  /** Whether the context belongs to what is loaded now. */
  owns(context: Context): boolean {
    return this.enabled && this.present && this.loads.get(context) === this.load;
  }

  has(permission: string): boolean {
    return (this.manifest.permissions ?? []).includes(permission) || this.granted.has(permission);
  }

  /** Where it may look into pages. */
  get hosts(): readonly string[] {
    return [
      ...(this.manifest.host_permissions ?? []),
      ...[...this.granted].filter((each) => each.includes(':') || each === '<all_urls>'),
    ];
  }

  contexts(): Context[] {
    return [...this.world.contexts].filter((context) => context.extension === this);
  }

  /** Ends what runs. Documents of content scripts stay: in Chromium with their scripts, which become orphans. */
  unload(): void {
    this.background.stop('is unloaded');
    this.load++;
    const isOrphaned = ({ facts }: Context): boolean =>
      facts.kind === 'content-script' && this.world.profile.family === 'chromium';
    const contexts = this.contexts();
    for (const context of contexts) if (!isOrphaned(context)) context.die();
    for (const context of contexts.filter(isOrphaned))
      for (const port of [...context.ports]) port.leaveBehind();
    this.world.tabs.closePagesOf(this);
    this.storage.session.empty();
  }

  /** Loads what is there: after installation, an update, or when it is enabled. */
  reload(loaded = this.package): void {
    this.package = loaded;
    this.heard.clear();
    this.policy = undefined;
    this.background = new Background(this);
  }
}
