import { bytes, defineProtocol, event, gated, method } from 'portico';
import {
  allow,
  ask,
  createHost,
  extensions,
  type Host,
  type HostOptions,
  type Rule,
  refuse,
} from 'portico/host';
import { type Static, Type } from 'typebox';
import { anyExtension, where } from '../../src/host/admission/matchers.js';

const Id = Type.Object({ id: Type.Integer() });
const Tab = Type.Object({ id: Type.Integer(), title: gated('titles', Type.String()) });
const Moved = Type.Object({ id: Type.Integer(), index: Type.Integer() });

/** The protocol of the tests that speak the wire by hand. `sdk/test/corpus/protocol.json` is the same. */
export const tabs = defineProtocol({
  name: 'org.example.tabs',
  version: '1.2.0',
  hosts: { chromium: 'a'.repeat(32) },
  errors: { tabGone: Id },
  capabilities: {
    read: {
      title: 'See your tabs',
      members: {
        list: method({
          params: Type.Object({ windowId: Type.Optional(Type.Integer()) }),
          result: Type.Array(Tab),
          idempotent: true,
        }),
        get: method({ params: Id, result: Tab, errors: ['tabGone'] }),
        ping: method(),
        changed: event(Tab),
        moved: event(Moved, { coalesceBy: 'id' }),
      },
    },
    titles: { title: 'See the titles of tabs' },
    control: {
      title: 'Control your tabs',
      members: {
        close: method({
          params: Type.Object({ id: Type.Integer(), dryRun: Type.Optional(Type.Boolean()) }),
        }),
        echo: method({
          params: Type.Object({ value: Type.Unknown() }),
          result: Type.Object({ value: Type.Unknown() }),
        }),
        wait: method({ params: Type.Object({ for: Type.Optional(Type.String()) }), deadline: '1m' }),
        store: method({
          params: Type.Object({ data: bytes({ maxLength: 1024 }) }),
          result: bytes(),
        }),
        label: method({
          params: Type.Object({ toString: Type.String(), constructor: Type.Optional(Type.String()) }),
        }),
        archive: method({ params: Id, since: '1.2.0' }),
        noted: event(Type.Object({ text: Type.String() }), { since: '1.2.0' }),
      },
    },
    admin: { title: 'Everything else', members: { reset: method(), audited: event(Id) } },
  },
});

type Payloads = { changed: Static<typeof Tab>; moved: Static<typeof Moved> };

/** A host of {@link tabs}, with what happened in it. */
export interface TabsHost {
  readonly host: Host;
  readonly emit: <E extends keyof Payloads>(event: E, payload: Payloads[E]) => void;
  readonly subscribers: () => number;
  /** The handlers that ran, in order, with their parameters. */
  readonly ran: readonly (readonly [path: string, params: unknown])[];
  /** The signals of the calls of `control.wait`, in order. */
  readonly signals: readonly AbortSignal[];
  /** Settles the calls of `control.wait` that still run. */
  release(outcome?: unknown): void;
  /** Settles the decisions of a host whose rules take their time. */
  decide(): void;
  readonly log: readonly { readonly event: string; readonly message: string; readonly error?: unknown }[];
}

export interface TabsHostOptions extends Omit<HostOptions, 'log'> {
  /** Whether the rules wait for `decide`. */
  readonly slowRules?: boolean;
  /** The capabilities for which a person is asked. */
  readonly asks?: readonly string[];
  /** How many tabs `read.list` gives. @defaultValue 1 */
  readonly rows?: number;
  /** What `read.get` does instead of giving a tab. */
  readonly get?: (
    params: { id: number },
    call: { fail(name: 'tabGone', data: { id: number }): unknown },
  ) => unknown;
}

export const FRIENDS = { chromium: ['c'.repeat(32)], firefox: ['friend@example.org'] };
/** Admitted to `read` alone. */
export const GUESTS = { chromium: ['e'.repeat(32)] };

export const tabsHost = (options: TabsHostOptions = {}): TabsHost => {
  const { slowRules, asks = [], get, rows = 1, ...hostOptions } = options;
  const lets = (capability: string) => (asks.includes(capability) ? ask : allow);
  const log: TabsHost['log'][number][] = [];
  const ran: [string, unknown][] = [];
  const signals: AbortSignal[] = [];
  const waiting = new Set<(outcome: unknown) => void>();
  let decide = (): void => {};
  const decided = new Promise<void>((resolve) => {
    decide = resolve;
  });
  // A rule that never matches, and takes its time over it.
  const slow = refuse(where(['extension', 'page'], () => decided.then(() => false)));
  const admit = (rule: Rule): readonly [Rule, ...Rule[]] => (slowRules ? [slow, rule] : [rule]);
  const note = (path: string, params: unknown): void => {
    ran.push([path, params]);
  };

  const host = createHost({ ...hostOptions, log: (entry) => log.push(entry) });
  const served = host.publish(tabs, {
    read: {
      admit: admit(
        lets('read')(
          extensions({ chromium: [...FRIENDS.chromium, ...GUESTS.chromium], firefox: FRIENDS.firefox }),
        ),
      ),
      provide: () => ({
        list: async (params) => {
          note('read.list', params);
          const { windowId: first = 1 } = params;
          const address = 'https://example.org/';
          return Array.from({ length: rows }, (_, row) => ({ id: first + row, title: 'Portico', address }));
        },
        get: (params, call) => {
          note('read.get', params);
          return (get ? get(params, call) : { id: params.id, title: 'Portico' }) as never;
        },
        ping: (params) => note('read.ping', params),
      }),
    },
    titles: { admit: admit(lets('titles')(extensions(FRIENDS))) },
    control: {
      admit: admit(lets('control')(extensions(FRIENDS))),
      provide: () => ({
        close: (params) => note('control.close', params),
        echo: (params) => {
          note('control.echo', params);
          return params;
        },
        wait: (params, { signal }) => {
          note('control.wait', params);
          signals.push(signal);
          return new Promise<void>((resolve, reject) => {
            waiting.add((outcome) => (outcome === undefined ? resolve() : reject(outcome)));
          });
        },
        store: (params) => {
          note('control.store', params);
          return params.data;
        },
        label: (params) => note('control.label', params),
        archive: (params) => note('control.archive', params),
      }),
    },
    admin: {
      admit: [refuse(anyExtension())],
      provide: () => ({ reset: () => note('admin.reset', undefined) }),
    },
  });
  return {
    host,
    emit: (name, payload) => served.read[name].emit(payload as never),
    subscribers: () => served.read.changed.subscribers,
    ran,
    signals,
    release(outcome) {
      for (const settle of waiting) settle(outcome);
      waiting.clear();
    },
    decide,
    log,
  };
};

/** A hello that a host of {@link tabs} accepts. */
export const hello = (changes: Readonly<Record<string, unknown>> = {}): readonly unknown[] => [
  0,
  { wire: [1], versions: ['1.2.0'], needs: [], wants: ['read', 'titles', 'control'], ...changes },
];

/** The elements of a welcome that a client of {@link tabs} accepts, in their order. */
const WELCOMED = {
  granted: ['read', 'titles', 'control'],
  refused: [],
  reasons: [],
  pending: [],
  wire: 1,
  version: '1.2.0',
  session: 's',
  instance: 'i',
  calls: 10_000,
  native: 0,
};

/** Elements of a welcome by name, whatever they are. */
export type WelcomeChanges = { readonly [element in keyof typeof WELCOMED]?: unknown };

/** A welcome that a client of {@link tabs} accepts, unless the changes are none that it may. */
export const welcome = (changes: WelcomeChanges = {}): readonly unknown[] => [
  1,
  ...Object.values({ ...WELCOMED, ...changes }),
];

/** The elements of a WELCOME, or as many as a GRANTS has, by name; those beyond are in `more`. */
export const welcomeIn = (frame: readonly unknown[] = []) => {
  const [kind, granted, refused, reasons, pending, wire, version, session, instance, calls, native, ...more] =
    frame;
  return {
    kind,
    granted,
    refused,
    reasons,
    pending,
    wire,
    version,
    session,
    instance,
    calls,
    native,
    more,
  };
};
