import { inspect } from 'node:util';
import { buildApi } from '../apis/build-api.js';
import { cryptoOf } from '../realm/crypto.js';
import { define, lazily } from '../realm/define.js';
import { furnishFetch } from '../realm/fetch.js';
import { furnishIndexedDb } from '../realm/indexed-db.js';
import type { Realm } from '../realm/realm.js';
import { furnishTimers } from '../realm/timers.js';
import { furnishWeb } from '../realm/web.js';
import type { ConsoleLine } from '../trace/errors.js';
import type { Context } from './context.js';
import { furnishDocument } from './document.js';

/** Puts into a new global scope what scripts find there. */
export const furnish = (context: Context, realm: Realm): void => {
  const { global } = realm;
  const { kind } = context.facts;
  for (const name of ['self', ...(kind === 'service-worker' ? [] : ['window'])]) define(global, name, global);
  if (!context.facts.plain) define(global, 'globalThis', global);
  furnishWeb(context, realm);
  furnishTimers(context, realm);
  lazily(global, 'crypto', () => cryptoOf(context, realm));
  lazily(global, 'CryptoKey', () => globalThis.CryptoKey);
  furnishFetch(context, realm);
  furnishScope(context, realm);
  furnishConsole(context, realm);
  if (kind === 'service-worker') furnishWorker(context, realm);
  else furnishDocument(context, realm);
  furnishIndexedDb(context, realm);
  const api = buildApi(context, realm);
  if (!api) return;
  define(global, 'chrome', api);
  // Chromium has both names as well, where there is anything to be had.
  if ('runtime' in api) define(global, 'browser', api);
};

/** What a worker knows of its registration: nothing is active while it starts for the first time. */
const furnishWorker = ({ extension }: Context, realm: Realm): void => {
  if (!extension) return;
  const active = Object.assign(realm.toolkit.object(), { state: 'activated' });
  const registration = Object.assign(realm.toolkit.object(), { scope: `${extension.origin}/` });
  const get = (): unknown => (extension.background.hasRun ? active : null);
  Object.defineProperty(registration, 'active', { get });
  define(realm.global, 'registration', registration);
};

/** `addEventListener` and its like on the global scope. */
const furnishScope = (context: Context, realm: Realm): void => {
  const { scopeListeners } = context;
  const { global } = realm;
  const add = (type: string, listener: unknown): void => {
    const run = callable(listener);
    if (!run) return;
    const known = scopeListeners.get(type) ?? new Set();
    scopeListeners.set(type, known.add(run));
  };
  const callables = new WeakMap<object, (event: unknown) => void>();
  const callable = (listener: unknown): ((event: unknown) => void) | undefined => {
    if (typeof listener === 'function') return listener as (event: unknown) => void;
    if (typeof listener !== 'object' || listener === null) return undefined;
    const known =
      callables.get(listener) ?? ((event) => (listener as EventListenerObject).handleEvent(event as Event));
    callables.set(listener, known);
    return known;
  };
  define(global, 'addEventListener', realm.fn('addEventListener', add));
  define(
    global,
    'removeEventListener',
    realm.fn('removeEventListener', (type: string, listener: unknown) => {
      const run = callable(listener);
      if (run) scopeListeners.get(type)?.delete(run);
    }),
  );
  define(
    global,
    'dispatchEvent',
    realm.fn('dispatchEvent', (event: { type: string }) => {
      for (const listener of [...(scopeListeners.get(event.type) ?? [])]) context.call(() => listener(event));
      return true;
    }),
  );
};

const LEVELS = ['debug', 'log', 'info', 'warn', 'error'] as const;

const furnishConsole = (context: Context, realm: Realm): void => {
  const target = realm.toolkit.object();
  const write = (level: ConsoleLine['level'], args: unknown[]): void => {
    const text = args.map((arg) => (typeof arg === 'string' ? arg : inspect(arg, { depth: 3 }))).join(' ');
    context.world.logLine(context, level, text);
  };
  for (const level of LEVELS)
    define(
      target,
      level,
      realm.fn(level, (...args: unknown[]) => write(level, args)),
    );
  define(target, 'trace', target['debug']);
  define(
    target,
    'assert',
    realm.fn('assert', (condition: unknown, ...args: unknown[]) => {
      if (!condition) write('error', ['Assertion failed:', ...args]);
    }),
  );
  for (const silent of ['group', 'groupCollapsed', 'groupEnd', 'time', 'timeEnd', 'table', 'count', 'dir'])
    define(
      target,
      silent,
      realm.fn(silent, () => undefined),
    );
  define(realm.global, 'console', target);
};
