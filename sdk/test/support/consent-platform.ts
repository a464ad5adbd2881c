import { defineProtocol } from 'portico';
import { createHost, type Host, type Log, type LogEntry } from 'portico/host';
import { loopback, ownPage } from 'portico/testing';
import { Type } from 'typebox';
import { consentProtocol } from '../../src/consent/consent-protocol.js';
import type { Principal } from '../../src/host/admission/principal.js';
import { type ConsentOptions, consent, type HostConsent } from '../../src/host/consent/consent.js';
import type { Choice } from '../../src/host/consent/questions.js';
import type { Asker, ConsentContext, LiveSession, Request, Subject } from '../../src/host/consent/types.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/limits/limits.js';
import type {
  ExtensionList,
  HostPlatform,
  InstalledExtension,
  PromptWindows,
  Store,
} from '../../src/platform/platform.js';
import type { AnyProtocol } from '../../src/protocol/protocol.js';
import { Departure } from '../../src/session/departure.js';
import { type ManualClock, manualClock } from './manual-clock.js';
import { PRINCIPALS } from './principals.js';

/** Storage as a test wants it: slow, failing, corrupt. Values are kept as JSON, as browsers do. */
export interface FakeStore extends Store {
  readonly values: Map<string, string>;
  /** Calls so far, as `get portico.grants`. */
  readonly calls: string[];
  /** Keys whose calls reject, as `set portico.grants`. */
  readonly broken: Set<string>;
  /** Holds back writes until it is called. */
  hold(): () => void;
  read(key: string): unknown;
  write(key: string, value: unknown): void;
}

export const fakeStore = (): FakeStore => {
  const values = new Map<string, string>();
  const calls: string[] = [];
  const broken = new Set<string>();
  let held: Promise<void> | undefined;
  const called = (what: string): void => {
    calls.push(what);
    if (broken.has(what)) throw new Error(`${what} is broken`);
  };
  return {
    values,
    calls,
    broken,
    hold() {
      let release = (): void => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return () => {
        held = undefined;
        release();
      };
    },
    read: (key) => (values.has(key) ? JSON.parse(values.get(key) as string) : undefined),
    write: (key, value) => values.set(key, JSON.stringify(value)),
    async get(key) {
      called(`get ${key}`);
      return values.has(key) ? JSON.parse(values.get(key) as string) : undefined;
    },
    async set(key, value) {
      called(`set ${key}`);
      const text = JSON.stringify(value);
      await held;
      values.set(key, text);
    },
    async remove(key) {
      called(`remove ${key}`);
      values.delete(key);
    },
  };
};

/** Windows that a test closes as a person would. They outlive the background. */
export interface FakeWindows extends PromptWindows {
  /** Pages by window. */
  readonly open_: Map<number, string>;
  readonly focused: number[];
  /** What `open` rejects with. */
  failing: Error | undefined;
  /** It is closed: by the person, if its page has told so before. */
  shut(id: number): void;
  /** Windows that show something else by now. */
  readonly astray: Set<number>;
  /** Those of which it was asked what they show. */
  readonly lookedAt: number[];
  /** The background has stopped: nobody listens any more. */
  unlisten(): void;
  readonly opened: number;
}

export const fakeWindows = (): FakeWindows => {
  const open_ = new Map<number, string>();
  const focused: number[] = [];
  let listeners: ((id: number) => void)[] = [];
  let last = 0;
  const shut = (id: number): void => {
    if (open_.delete(id)) for (const listener of listeners) listener(id);
  };
  const astray = new Set<number>();
  const lookedAt: number[] = [];
  const windows: FakeWindows = {
    open_,
    astray,
    lookedAt,
    focused,
    failing: undefined,
    shut,
    unlisten() {
      listeners = [];
    },
    get opened() {
      return last;
    },
    async open(page) {
      if (windows.failing) throw windows.failing;
      open_.set(++last, page);
      return last;
    },
    async focus(id) {
      focused.push(id);
    },
    async close(id) {
      shut(id);
    },
    exists: async (id) => open_.has(id),
    async shows(id) {
      lookedAt.push(id);
      return open_.has(id) && !astray.has(id);
    },
    onClosed: (listener) => listeners.push(listener),
  };
  return windows;
};

/** The browser's list of extensions. */
export interface FakeExtensions extends ExtensionList {
  readonly there: Map<string, InstalledExtension>;
  readonly asked: string[];
  gone(id: string, how: 'disabled' | 'uninstalled'): void;
}

export const fakeExtensions = (): FakeExtensions => {
  const there = new Map<string, InstalledExtension>();
  const asked: string[] = [];
  const listeners: ((id: string, how: 'disabled' | 'uninstalled') => void)[] = [];
  return {
    there,
    asked,
    gone(id, how) {
      for (const listener of listeners) listener(id, how);
    },
    async get(id) {
      asked.push(id);
      return there.get(id);
    },
    onGone: (listener) => listeners.push(listener),
  };
};

export interface Stage {
  readonly clock: ManualClock;
  readonly store: FakeStore;
  readonly windows: FakeWindows;
  readonly log: LogEntry[];
  /** Starts a background over the same storage and windows; the one before is dead. */
  boot(options?: BootOptions): Background;
}

export interface BootOptions {
  readonly protocols?: readonly AnyProtocol[];
  readonly platform?: Partial<HostPlatform>;
  readonly limits?: Partial<Limits>;
  readonly consent?: ConsentOptions;
  readonly choices?: (subject: Subject, principal: Principal) => Promise<readonly Choice[]>;
}

/** One run of a background. */
export interface Background {
  readonly consent: HostConsent;
  readonly host: Host;
  readonly screens: ReturnType<typeof screensOf>;
  readonly context: ConsentContext;
  /** Open sessions. */
  readonly sessions: LiveSession[];
  /** Keys that were told to be judged afresh, '*' for all. */
  readonly changed: string[];
  /** Whose sessions were ended, with the code. */
  readonly ended: string[];
  /** Stops the background: nothing it scheduled runs any more. */
  stop(): void;
}

/** A browser with a host in it, without the host's core. */
export const stage = (): Stage => {
  const clock = manualClock();
  const store = fakeStore();
  const windows = fakeWindows();
  const log: LogEntry[] = [];
  let ids = 0;
  return {
    clock,
    store,
    windows,
    log,
    boot({ protocols = [purse], platform = {}, limits = {}, consent: options = {}, choices } = {}) {
      let isDead = false;
      const sessions: LiveSession[] = [];
      const changed: string[] = [];
      const ended: string[] = [];
      const write: Log = (entry) => log.push(entry);
      const context: ConsentContext = {
        platform: {
          now: clock.now,
          time: clock.time,
          alarm: (ring) => clock.alarm((now) => (isDead ? Number.POSITIVE_INFINITY : ring(now))),
          own: { browser: 'chromium', id: 'p'.repeat(32), origin: `chrome-extension://${'p'.repeat(32)}` },
          connect() {
            throw new Error('nobody to connect to');
          },
          listen: () => () => {},
          lastError: () => undefined,
          randomId: () => `${++ids}`.padStart(32, '0'),
          store,
          windows,
          ...platform,
        },
        limits: { ...DEFAULT_LIMITS, ...limits },
        log: write,
        protocols,
        choices: choices ?? (async () => ACCOUNTS),
        get sessions() {
          return sessions;
        },
        changed: (key) => changed.push(key ?? '*'),
        end: (key, reason) => ended.push(`${key} ${reason.code}`),
      };
      const made = consent(options);
      const host = createHost({ log: write });
      made.attach(host);
      made.start(context);
      return {
        consent: made,
        host,
        screens: screensOf(host),
        context,
        sessions,
        changed,
        ended,
        stop() {
          isDead = true;
          windows.unlisten();
        },
      };
    },
  };
};

/** Lets promises run that wait for nothing else. */
export const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

/** Somebody who asks. */
export const asker = (principal: Principal = PRINCIPALS.extension, more: Partial<Asker> = {}): Asker => ({
  principal,
  keyChanged: false,
  ...more,
});

/** The n-th of many extensions, none of which is in {@link PRINCIPALS}. */
export const nth = (n: number): Principal => {
  const id = (n + 4096)
    .toString(16)
    .padStart(32, '0')
    .replace(/[0-9a-f]/g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)));
  return { kind: 'extension', browser: 'chromium', id, origin: `chrome-extension://${id}` };
};

/** What is asked for; `accounts` can be narrowed. */
export const purse = defineProtocol({
  name: 'org.example.purse',
  version: '1.2.0',
  capabilities: {
    read: { title: 'See your purse', description: 'How much is in it' },
    spend: { title: 'Spend' },
    accounts: { title: 'Use accounts', scope: Type.String() },
  },
});
export const ACCOUNTS: readonly Choice[] = [
  { label: 'Savings', value: 'a' },
  { label: 'Pocket money', value: 'b' },
];

/** A subject of {@link purse}. */
export const of = (capability: string): Subject => ({ protocol: purse.name, line: '1', capability });

/** Asks for capabilities of {@link purse}, on behalf of a session that stays. */
export const request = (who: Asker, ...names: readonly string[]): Request => ({
  asker: who,
  protocol: purse,
  capabilities: names.map((name) => ({ name, needed: true })),
  session: `session ${++sessionIds}`,
  lasting: new Departure(),
});

/** Opens a prompt, and gives its id. */
export const prompted = (it: Background, who: Asker, ...names: readonly string[]): Promise<string> =>
  opened(it, request(who, ...names));

const opened = async (it: Background, asked: Request): Promise<string> => {
  const before = new Set((await prompts(it)).map(({ id }) => id));
  void it.consent.ask(asked).catch(() => {});
  await settle();
  return (await prompts(it)).find(({ id }) => !before.has(id))?.id ?? '';
};

/** Asks, and answers. Gives the session that asked. */
export const answered = async (
  it: Background,
  who: Asker,
  answers: Readonly<Record<string, 'always' | 'once' | 'deny'>>,
): Promise<string> => {
  const asked = request(who, ...Object.keys(answers));
  const id = await opened(it, asked);
  const list = Object.entries(answers).map(([capability, verdict]) => ({
    capability,
    verdict,
    ...(capability === 'accounts' ? { choices: [0] } : {}),
  }));
  await it.screens.prompts.answer({ id, answers: list });
  await settle();
  return asked.session;
};

/** What the extension's own pages call. */
export const screensOf = (host: Host) =>
  loopback(host, { as: ownPage() }).connect(consentProtocol, { needs: ['prompts', 'connections'] });

const prompts = (it: Background) => it.screens.prompts.list();

let sessionIds = 0;
/** A session of somebody, which the host has let in. */
export const session = (
  principal: Principal = PRINCIPALS.extension,
  id = `session ${++sessionIds}`,
): LiveSession => ({
  id,
  principal,
  protocol: 'org.example.tabs',
  since: 0,
  held: [],
});

/** A background that has started, with all that is around it, once its storage is read. */
export const booted = async (options: BootOptions = {}) => {
  const on = stage();
  const it = on.boot(options);
  await it.consent.loading;
  return { ...on, it, ...it };
};
