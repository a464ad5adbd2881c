/**
 * What the core needs of its surroundings. The browser's adapter is `browser-platform.ts`; the tests'
 * are in `testing/`. Nothing above this layer touches `chrome` or `browser`.
 */

export type BrowserName = 'chromium' | 'firefox' | 'safari';

/** Who we are, as the browser tells us: what senders are held against. */
export interface Own {
  readonly browser: BrowserName;
  /** `runtime.id`. */
  readonly id: string;
  /** The origin of our own pages: in Firefox it can't be derived from the id. */
  readonly origin: string;
}

/** What Portico reads of `runtime.MessageSender`. All of it may be missing, and none of it is trusted alone. */
export interface SenderFacts {
  readonly id?: string | undefined;
  readonly url?: string | undefined;
  readonly origin?: string | undefined;
  readonly tlsChannelId?: string | undefined;
  readonly tab?: { readonly id?: number | undefined } | undefined;
  readonly frameId?: number | undefined;
}

interface PortEvent<A extends unknown[]> {
  addListener(listener: (...args: A) => void): void;
}

/** The part of `runtime.Port` that Portico uses; simulated ports implement it, too. */
export interface RuntimePort {
  readonly name: string;
  readonly sender?: SenderFacts | undefined;
  readonly error?: { readonly message?: string } | null | undefined;
  postMessage(message: unknown): void;
  disconnect(): void;
  readonly onMessage: PortEvent<[message: unknown, ...rest: unknown[]]>;
  readonly onDisconnect: PortEvent<[port: RuntimePort, ...rest: unknown[]]>;
}

/** Which browser event brought a port. `external` never brings the extension's own contexts. */
export type ConnectEvent = 'internal' | 'external';

/** Whom to connect to: an extension by id, or our own background. */
export interface Target {
  readonly id?: string;
}

export interface ConnectInfo {
  readonly name: string;
  /** Passed to the browser as it is. Today's browsers ignore it; see `docs/security.md`. */
  readonly includeTlsChannelId?: boolean;
}

/** Timers and time: milliseconds of a clock that never goes back. */
export interface Clock {
  now(): number;
  /** `ring` does what is due by `now`, and gives the time of what is due next, `Infinity` for nothing. */
  alarm(ring: (now: number) => number): Alarm;
}

/** One for many deadlines: a timer for each call or handshake would cost more than the call. */
export interface Alarm {
  /** Something is due at that time, and the alarm rings then or soon after. Never within this call. */
  at(time: number): void;
  /** Nothing is, any more. */
  stop(): void;
}

export interface Platform extends Clock {
  /** Without the origin, which only hosts need. */
  readonly own: Omit<Own, 'origin'>;
  /**
   * Opens a port at once; whether anybody listens is told later. Throws what will be thrown for ever: for ids of a
   * wrong form, and in a content script that its extension has left behind.
   */
  connect(target: Target, info: ConnectInfo): RuntimePort;
  /** The text the browser gives for a failed port; of most, only while `onDisconnect` is dispatched. */
  lastError(port: RuntimePort): string | undefined;
  /**
   * Run when ports may have died unheard: a page that was put away is shown again, or a content script was left behind
   * by its extension. Absent outside of documents.
   */
  readonly unheard?: Set<() => void> | undefined;
}

/** A part of the browser's storage: values that JSON can carry, by key. Any of it may reject. */
export interface Store {
  /** `undefined` where there is none. */
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
}

/** What an administrator has put into `storage.managed`. */
export interface ManagedStore {
  /** `{}` where there is no policy, and for seconds after the installation. */
  get(): Promise<Readonly<Record<string, unknown>>>;
  /** Not told by every browser. */
  onChanged(listener: () => void): void;
}

/** Windows for questions to the person. */
export interface PromptWindows {
  /** Opens a page of this extension in a small window of its own, in front; gives the window's id. */
  open(page: string, size: { readonly width: number; readonly height: number }): Promise<number>;
  focus(id: number): Promise<void>;
  /** Our page goes, also where somebody has moved it to another window. Does nothing where it is gone already. */
  close(id: number): Promise<void>;
  exists(id: number): Promise<boolean>;
  /** Whether it is there, and a page of this extension is what it shows. */
  shows(id: number): Promise<boolean>;
  /** Must be called in the first turn: closing a window starts a background that sleeps. */
  onClosed(listener: (id: number) => void): void;
}

/** What `management` tells of another extension. */
export interface InstalledExtension {
  readonly name: string;
  readonly enabled: boolean;
  readonly permissions: readonly string[];
  readonly hostPermissions: readonly string[];
}

/** The browser's list of extensions. Needs the permission `management`. */
export interface ExtensionList {
  /** `undefined` where it is not installed. Rejects where the browser does not say. */
  get(id: string): Promise<InstalledExtension | undefined>;
  /** Must be called in the first turn. */
  onGone(listener: (id: string, how: 'disabled' | 'uninstalled') => void): void;
}

/** What a host needs besides. */
export interface HostPlatform extends Platform {
  readonly own: Own;
  /** Milliseconds since 1970; may go back. */
  time(): number;
  /** `storage.local`. Absent without the permission `storage`. */
  readonly store?: Store | undefined;
  readonly managed?: ManagedStore | undefined;
  readonly windows?: PromptWindows | undefined;
  readonly extensions?: ExtensionList | undefined;
  /**
   * Makes the caller the one host of this context: before it listens. `remembers`: it keeps in storage what people
   * decide. Gives a function that ends that. Absent where a test hands the ports to its hosts.
   * @throws {PorticoError} INVALID_ARGUMENT where no host may listen
   */
  claim?(remembers: boolean): () => void;
  /** Listens for ports. Must be called before the first `await` of a worker's script. Gives a function that stops it. */
  listen(event: ConnectEvent, listener: (port: RuntimePort) => void): () => void;
  /** 128 random bits as 32 hexadecimal digits. */
  randomId(): string;
}

/** What reaches tabs besides: there is no such thing in content scripts. */
export interface TabPlatform extends Platform {
  /** Opens a port to our own content scripts in a tab. */
  connectTab(tabId: number, info: { name: string; frameId?: number; documentId?: string }): RuntimePort;
}
