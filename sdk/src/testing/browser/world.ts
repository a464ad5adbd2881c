import { Capturing } from './apis/capturing.js';
import type { Context } from './contexts/context.js';
import type { Installed } from './extensions/installed.js';
import { Life } from './extensions/life.js';
import type { BrowserOptions } from './options.js';
import { PROFILES, type Profile } from './profile.js';
import { createRandom, type Random } from './random.js';
import { createDatabases } from './realm/indexed-db.js';
import { Driver } from './scheduler/driver.js';
import { Outside } from './scheduler/quiet.js';
import { claimRejections } from './scheduler/rejections.js';
import { Scheduler } from './scheduler/scheduler.js';
import { TabStrip } from './tabs/tab-strip.js';
import { type BrowserError, type ConsoleLine, stackOf, wordsOf } from './trace/errors.js';
import { TraceBook } from './trace/trace.js';

/** When virtual time begins: the same in every run. */
const EPOCH = Date.UTC(2026, 0, 1);
const TRACE_LENGTH = 2000;
/** Errors and lines of consoles: of more, the end is kept. */
const MOST_KEPT = 10_000;

const keep = <T>(list: T[], item: T): void => {
  if (list.push(item) >= 2 * MOST_KEPT) list.splice(0, MOST_KEPT);
};

/** All that one simulated browser is made of. */
export class World {
  readonly profile: Profile;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly outside = new Outside();
  readonly driver: Driver;
  readonly trace: TraceBook;
  readonly errors: BrowserError[] = [];
  readonly lines: ConsoleLine[] = [];
  readonly extensions = new Map<string, Installed>();
  readonly contexts = new Set<Context>();
  readonly tabs: TabStrip;
  readonly life: Life;
  readonly capturing: Capturing;
  readonly epoch = EPOCH;
  private readonly numbers = new Map<string, number>();
  private readonly webDatabases = new Map<string, () => IDBFactory>();

  constructor(
    readonly options: BrowserOptions,
    readonly seed: number | string,
  ) {
    this.profile = PROFILES[options.profile ?? 'chromium'];
    this.random = createRandom(seed);
    this.scheduler = new Scheduler(this.random.fork('choices'));
    this.trace = new TraceBook(() => this.scheduler.now, options.traceLength ?? TRACE_LENGTH);
    this.tabs = new TabStrip(this);
    this.life = new Life(this);
    this.capturing = new Capturing(() => this.scheduler.now, this.profile.family === 'chromium');
    this.driver = new Driver(this.scheduler, this.outside, () =>
      claimRejections((promise, reason) => this.claim(promise, reason)),
    );
  }

  /** What authors call the API here. */
  get apiName(): string {
    return this.profile.family === 'firefox' ? 'browser' : 'chrome';
  }

  /** The next number of its kind. */
  number(kind: string): number {
    const next = (this.numbers.get(kind) ?? 0) + 1;
    this.numbers.set(kind, next);
    return next;
  }

  documentId(): string {
    return this.profile.family === 'firefox' ? this.random.uuid() : this.random.hex(32).toUpperCase();
  }

  /** How long a call of an API takes: no time, unless a test wants a slow storage. */
  delayOf({ extension }: Context, name: string): number {
    const [namespace, area] = name.split('.');
    if (namespace !== 'storage' || !extension) return 0;
    return extension.storage[area as keyof Installed['storage']]?.delay ?? 0;
  }

  databasesOf({ extension, facts }: Context): IDBFactory {
    // In a content script the databases are the page's.
    if (extension && facts.kind !== 'content-script') return extension.databases();
    const { origin } = new URL(facts.url);
    const databases = this.webDatabases.get(origin) ?? createDatabases();
    this.webDatabases.set(origin, databases);
    return databases();
  }

  /** What the browser would show the author of the extension. */
  report(kind: BrowserError['kind'], context: Context, thrown: unknown): void {
    const words = typeof thrown === 'string' ? thrown : wordsOf(thrown);
    const message =
      kind === 'uncaught'
        ? `Uncaught ${words}`
        : kind === 'unhandled-rejection'
          ? `Uncaught (in promise) ${words}`
          : words;
    const { extension, name } = context;
    keep(this.errors, {
      time: this.scheduler.now,
      kind,
      extension: extension && { id: extension.id, name: extension.name },
      context: name,
      message,
      stack: stackOf(thrown),
    });
    this.trace.write(name, `! ${message}`);
    if (kind === 'uncaught') context.dispatchToScope('error', { message, error: thrown });
    if (kind === 'unhandled-rejection') context.dispatchToScope('unhandledrejection', { reason: thrown });
  }

  /** The words for an API of real browsers that is not simulated; reported as well, in case they are swallowed. */
  missing(context: Context, path: string, hint?: string): string {
    const words = `${path} is not in the simulated browser${hint ? `: ${hint}` : ''}`;
    this.report('not-simulated', context, words);
    return words;
  }

  logLine(context: Context, level: ConsoleLine['level'], text: string): void {
    keep(this.lines, {
      time: this.scheduler.now,
      extension: context.extension?.id,
      context: context.name,
      level,
      text,
    });
    this.trace.write(context.name, `console.${level}: ${text}`);
  }

  private claim(promise: object, reason: unknown): boolean {
    for (const context of this.contexts) {
      if (!context.hasRealm || context.facts.plain || !context.realm.toolkit.isOwn(promise)) continue;
      this.report('unhandled-rejection', context, reason);
      return true;
    }
    return false;
  }

  close(): void {
    this.driver.closed = true;
    for (const context of [...this.contexts]) context.die();
  }
}
