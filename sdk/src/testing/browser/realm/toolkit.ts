import { Script } from 'node:vm';

/** What makes objects, functions and errors of one realm. */
export interface Toolkit {
  object(): Record<string, unknown>;
  parse(text: string): unknown;
  /** A copy of a value of ours, made of the realm's own classes. What it doesn't know is passed as it is. */
  adopt(value: unknown): unknown;
  /** `run` gets the arguments as they are. */
  fn(name: string, run: (args: unknown[]) => Outcome): (...args: unknown[]) => unknown;
  error(name: string, message: string): Error;
  promise(): Deferred;
  isOwn(promise: object): boolean;
  /** Stands for an API of real browsers: it can be read and handed around, and fails where it is called. */
  missing(path: string, report: (path: string) => string): unknown;
  /** `Date` by another clock. */
  date(now: () => number): unknown;
  /** `Class` with one static method replaced. */
  withStatic(Class: unknown, name: string, method: unknown): unknown;
  /** A function that can be called with `new`. */
  constructible(name: string, make: (args: unknown[]) => Outcome): unknown;
  readonly Uint8Array: typeof Uint8Array;
  /** The global object, as code in the realm knows it: not the one that `node:vm` shows outside. */
  readonly own: object;
}

export type Outcome = { readonly value?: unknown; readonly error?: { name: string; message: string } };

export interface Deferred {
  readonly promise: Promise<unknown>;
  resolve(value?: unknown): void;
  reject(error: unknown): void;
}

/** Runs in each realm, before anything else: what it uses can't be changed by the code that runs there. */
const SOURCE = `(() => {
  'use strict';
  const own = globalThis;
  const { Array, ArrayBuffer, DataView, Date, Error, Function, Map, Object, Promise, Proxy, Reflect, RegExp, Set } = own;
  const ERRORS = new Map(['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError']
    .map((name) => [name, own[name]]));
  const VIEWS = new Map(['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array',
    'Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array'].map((name) => [name, own[name]]));
  const tagOf = Function.prototype.call.bind(Object.prototype.toString);
  const parse = JSON.parse;

  const error = (name, message) => {
    const Class = ERRORS.get(name) ?? Error;
    const made = new Class(message);
    if (made.name !== name) Object.defineProperty(made, 'name', { value: name, configurable: true, writable: true });
    return made;
  };
  const put = (target, key, value) =>
    Object.defineProperty(target, key, { value, configurable: true, enumerable: true, writable: true });
  const bytesOf = (view) => {
    const copy = new ArrayBuffer(view.byteLength);
    new own.Uint8Array(copy).set(new own.Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    return copy;
  };
  const copyView = (value, name) => {
    const Class = VIEWS.get(name);
    return Class ? new Class(bytesOf(value)) : new DataView(bytesOf(value));
  };
  const adopt = (value, seen = new Map()) => {
    if (typeof value !== 'object' || value === null) return value;
    const known = seen.get(value);
    if (known !== undefined) return known;
    const keep = (copy) => (seen.set(value, copy), copy);
    const tag = tagOf(value).slice(8, -1);
    if (ArrayBuffer.isView(value)) return keep(copyView(value, tag));
    switch (tag) {
      case 'Array': {
        const copy = keep(new Array(value.length));
        for (const key of Object.keys(value)) put(copy, key, adopt(value[key], seen));
        return copy;
      }
      case 'Object': {
        const copy = keep({});
        for (const key of Object.keys(value)) put(copy, key, adopt(value[key], seen));
        return copy;
      }
      case 'Map': {
        const copy = keep(new Map());
        for (const [key, each] of value) copy.set(adopt(key, seen), adopt(each, seen));
        return copy;
      }
      case 'Set': {
        const copy = keep(new Set());
        for (const each of value) copy.add(adopt(each, seen));
        return copy;
      }
      case 'Date': return keep(new Date(+value));
      case 'RegExp': return keep(new RegExp(value.source, value.flags));
      case 'ArrayBuffer': return keep(bytesOf(new own.Uint8Array(value)));
      case 'Error': {
        const copy = keep(error(value.name, value.message));
        if (typeof value.stack === 'string') put(copy, 'stack', value.stack);
        Object.defineProperty(copy, 'stack', { enumerable: false });
        if ('cause' in value) Object.defineProperty(copy, 'cause', { value: adopt(value.cause, seen), configurable: true, writable: true });
        return copy;
      }
      case 'Boolean': case 'Number': case 'String': return keep(Object(value.valueOf()));
      default: return value;
    }
  };
  const open = (outcome) => {
    if (outcome.error !== undefined) throw error(outcome.error.name, outcome.error.message);
    return outcome.value;
  };
  const missing = (path, report) => new Proxy(function () {}, {
    get: (_, key) => typeof key === 'symbol' || key === 'then' ? undefined : missing(path + '.' + key, report),
    has: () => true,
    apply: () => { throw error('Error', report(path)); },
    construct: () => { throw error('Error', report(path)); },
  });

  return {
    adopt: (value) => adopt(value),
    object: () => ({}),
    parse: (text) => parse(text),
    error,
    missing,
    fn: (name, run) => ({ [name](...args) { return open(run(args)); } })[name],
    constructible: (name, make) => {
      const made = function (...args) { return open(make(args)); };
      Object.defineProperty(made, 'name', { value: name });
      return made;
    },
    promise: () => {
      const made = {};
      made.promise = new Promise((resolve, reject) => { made.resolve = resolve; made.reject = reject; });
      return made;
    },
    isOwn: (promise) => promise instanceof Promise,
    date: (now) => {
      const nowDate = { now() { return Math.floor(now()); } }.now;
      const virtual = new Proxy(Date, {
        construct: (target, args, made) =>
          Reflect.construct(target, args.length > 0 ? args : [Math.floor(now())], made === virtual ? target : made),
        apply: () => new Date(Math.floor(now())).toString(),
        get: (target, key) => (key === 'now' ? nowDate : Reflect.get(target, key)),
      });
      return virtual;
    },
    withStatic: (Class, name, method) =>
      new Proxy(Class, { get: (target, key) => (key === name ? method : Reflect.get(target, key)) }),
    Uint8Array: own.Uint8Array,
    own,
  };
})()`;

let script: Script | undefined;

/** Compiled once for all realms. */
export const toolkitScript = (): Script => {
  script ??= new Script(SOURCE, { filename: 'simulated-browser' });
  return script;
};
