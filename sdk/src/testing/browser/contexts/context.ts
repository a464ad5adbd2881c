import type { ApiEvent } from '../apis/api-event.js';
import type { Installed } from '../extensions/installed.js';
import type { PortEnd } from '../ports/port-end.js';
import { createPlainRealm, createVmRealm, type Realm } from '../realm/realm.js';
import { createLane, type Lane } from '../scheduler/scheduler.js';
import type { TabModel } from '../tabs/tab-model.js';
import type { World } from '../world.js';
import { furnish } from './furnish.js';

export type ContextKind = 'service-worker' | 'event-page' | 'page' | 'popup' | 'content-script' | 'web-page';

/** Who somebody is, as the browser knows it. */
export interface ContextFacts {
  readonly kind: ContextKind;
  readonly url: string;
  readonly extension?: Installed | undefined;
  readonly tab?: TabModel | undefined;
  /** 0 for the document of a tab, another number for a frame in it. */
  readonly frameId?: number | undefined;
  /** The document's HTML, for documents. */
  readonly html?: string | undefined;
  /** The code is a function of the test, in the test's own realm. */
  readonly plain?: boolean | undefined;
}

/** A global scope and what runs in it: a worker, a document, a content script. */
export class Context {
  readonly number: number;
  readonly name: string;
  readonly documentId: string;
  readonly events = new Map<string, ApiEvent>();
  readonly ports = new Set<PortEnd>();
  readonly timers: Lane;
  /** Answers of APIs, and events of the browser: in the order in which they were made. */
  readonly inbox: Lane;
  readonly startedAt: number;
  /** Listeners for events of the global scope: `pageshow`, `error`. */
  readonly scopeListeners = new Map<string, Set<(event: unknown) => void>>();
  state: 'alive' | 'frozen' | 'dead' = 'alive';
  /** Whether the script's first turn is over. */
  started = false;
  lastError: string | undefined;
  lastErrorRead = false;
  private lazyRealm: Realm | undefined;
  private held: (() => void)[] = [];
  private readonly ends = new Set<() => void>();

  constructor(
    readonly world: World,
    readonly facts: ContextFacts,
  ) {
    this.number = world.number('context');
    this.name = nameOf(facts, this.number);
    this.documentId = world.documentId();
    this.timers = createLane(`${this.name}, timers`, 'time');
    this.inbox = createLane(this.name);
    this.startedAt = world.scheduler.now;
    world.contexts.add(this);
  }

  get extension(): Installed | undefined {
    return this.facts.extension;
  }

  get isBackground(): boolean {
    return this.facts.kind === 'service-worker' || this.facts.kind === 'event-page';
  }

  /** Whether its extension has left it behind: it was updated, disabled or removed. */
  get isOrphan(): boolean {
    return this.extension !== undefined && !this.extension.owns(this);
  }

  /** Made when something runs in it for the first time: many pages never run anything. */
  get realm(): Realm {
    if (!this.lazyRealm) {
      this.lazyRealm = this.facts.plain ? createPlainRealm(this.name) : createVmRealm(!this.extension);
      furnish(this, this.lazyRealm);
    }
    return this.lazyRealm;
  }

  get hasRealm(): boolean {
    return this.lazyRealm !== undefined;
  }

  /** What happens here later: not if the context is gone by then, and later still if it is put away. */
  post(lane: Lane, label: string, run: () => void | Promise<void>, delay = 0): () => void {
    return this.world.scheduler.post(
      lane,
      label,
      () => {
        if (this.state === 'alive') return run();
        if (this.state === 'frozen') this.held.push(() => this.post(lane, label, run));
        return undefined;
      },
      delay,
    );
  }

  /** Runs code of the context. What it throws is an error of the context. */
  call(run: () => unknown): unknown {
    if (this.state !== 'alive') return undefined;
    try {
      return run();
    } catch (error) {
      this.world.report('uncaught', this, error);
      return undefined;
    }
  }

  /** Runs listeners while `runtime.lastError` is set; Chromium complains if nobody reads it. */
  callWithLastError(message: string, run: () => void): void {
    this.lastError = message;
    this.lastErrorRead = false;
    run();
    this.lastError = undefined;
    if (!this.lastErrorRead)
      this.world.report('unchecked-last-error', this, `Unchecked runtime.lastError: ${message}`);
  }

  /** Runs when the context is gone. Gives a function that takes it back. */
  onEnd(run: () => void): () => void {
    this.ends.add(run);
    return () => this.ends.delete(run);
  }

  /** Tells the listeners of the global scope. */
  dispatchToScope(type: string, more: object = {}): void {
    if (!this.lazyRealm) return;
    const event = Object.assign(this.realm.toolkit.object(), { type, ...more });
    const handler = this.realm.global[`on${type}`];
    for (const listener of [...(this.scopeListeners.get(type) ?? [])]) this.call(() => listener(event));
    if (typeof handler === 'function') this.call(() => handler(event));
  }

  freeze(): void {
    this.state = 'frozen';
  }

  thaw(): void {
    this.state = 'alive';
    const { held } = this;
    this.held = [];
    for (const run of held) run();
  }

  /** The end: nothing runs here any more, and its ports are gone. */
  die(): void {
    if (this.state === 'dead') return;
    this.state = 'dead';
    this.world.contexts.delete(this);
    for (const port of [...this.ports]) port.lose();
    for (const run of [...this.ends]) run();
    this.held = [];
    this.timers.tasks.length = 0;
  }
}

const KINDS: Readonly<Record<ContextKind, string>> = {
  'service-worker': 'worker',
  'event-page': 'event page',
  page: 'page',
  popup: 'popup',
  'content-script': 'content script',
  'web-page': 'web page',
};

const nameOf = ({ kind, extension, url }: ContextFacts, number: number): string => {
  const owner = extension ? ` of ${extension.name}` : '';
  const isBackground = kind === 'service-worker' || kind === 'event-page';
  const place = isBackground ? '' : ` ${kind === 'page' || kind === 'popup' ? new URL(url).pathname : url}`;
  return `${KINDS[kind]}${owner}${place} #${number}`;
};
