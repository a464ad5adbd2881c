import { createRequire } from 'node:module';
import type { Context } from '../contexts/context.js';
import { nextTurn } from '../scheduler/quiet.js';
import { lazily } from './define.js';
import type { Realm } from './realm.js';

type FakeIndexedDb = typeof import('fake-indexeddb');

let loaded: FakeIndexedDb | undefined;
/** Loaded when a script asks for a database for the first time: most never do. */
const fake = (): FakeIndexedDb => {
  loaded ??= createRequire(import.meta.url)('fake-indexeddb') as FakeIndexedDb;
  return loaded;
};

const CLASSES = [
  'IDBCursor',
  'IDBCursorWithValue',
  'IDBDatabase',
  'IDBIndex',
  'IDBKeyRange',
  'IDBObjectStore',
  'IDBOpenDBRequest',
  'IDBRequest',
  'IDBTransaction',
  'IDBVersionChangeEvent',
] as const;

/** `indexedDB` and its classes as globals. */
export const furnishIndexedDb = (context: Context, realm: Realm): void => {
  lazily(realm.global, 'indexedDB', () => indexedDbOf(context, realm));
  for (const name of CLASSES) lazily(realm.global, name, () => fake()[name]);
};

/** The databases of one origin; they outlive its contexts. */
export const createDatabases = (): (() => IDBFactory) => {
  let factory: IDBFactory | undefined;
  return () => {
    factory ??= new (fake().IDBFactory)();
    return factory;
  };
};

/**
 * `indexedDB` for one context: the same databases, but what comes out of them is made of the realm's own
 * classes, callbacks are the context's, and connections end with it.
 */
const indexedDbOf = (context: Context, realm: Realm): unknown => {
  const classes = fake();
  const kinds = Object.values(classes).filter((each): each is new () => object => typeof each === 'function');
  const isTheirs = (value: unknown): value is object =>
    typeof value === 'object' &&
    value !== null &&
    (kinds.some((kind) => value instanceof kind) || 'bubbles' in value);

  const wrappers = new WeakMap<object, object>();
  const originals = new WeakMap<object, object>();
  const callbacks = new WeakMap<object, (event: object) => void>();
  const { outside } = context.world;

  const toRealm = (value: unknown): unknown => (isTheirs(value) ? wrap(value) : realm.adopt(value));
  const fromRealm = (value: unknown): unknown => {
    if (typeof value === 'function') return callback(value as (event: unknown) => void);
    if (typeof value !== 'object' || value === null || isTheirs(value))
      return originals.get(value as object) ?? value;
    return originals.get(value) ?? structuredClone(value);
  };
  const callback = (run: (event: unknown) => void): ((event: object) => void) => {
    const known = callbacks.get(run) ?? ((event: object) => void context.call(() => run(wrap(event))));
    callbacks.set(run, known);
    return known;
  };
  /** The browser is not at rest while this goes on by itself. */
  const follow = (value: unknown): void => {
    const ends =
      value instanceof classes.IDBTransaction
        ? ['complete', 'abort']
        : value instanceof classes.IDBOpenDBRequest
          ? ['success', 'error', 'blocked']
          : [];
    if (ends.length === 0) return;
    const over = outside.begin();
    for (const end of ends) (value as EventTarget).addEventListener(end, () => void nextTurn().then(over));
    if (value instanceof classes.IDBOpenDBRequest)
      (value as IDBOpenDBRequest).addEventListener('success', () =>
        closeWith((value as IDBOpenDBRequest).result),
      );
  };
  const closeWith = (database: IDBDatabase): void => void context.onEnd(() => database?.close?.());

  const wrap = (target: object): object => {
    const known = wrappers.get(target);
    if (known) return known;
    const wrapper = new Proxy(target, {
      get(_, key) {
        const value = Reflect.get(target, key, target) as unknown;
        if (typeof value !== 'function') return toRealm(value);
        return realm.toolkit.fn(String(key), (args) => {
          const given = Reflect.apply(value, target, args.map(fromRealm)) as unknown;
          follow(given);
          return { value: toRealm(given) };
        });
      },
      set: (_, key, value) => Reflect.set(target, key, fromRealm(value), target),
    });
    wrappers.set(target, wrapper);
    originals.set(wrapper, target);
    return wrapper;
  };
  return wrap(context.world.databasesOf(context));
};
