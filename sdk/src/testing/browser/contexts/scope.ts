import type { HostPlatform, TabPlatform } from '../../../platform/platform.js';
import type { Context } from './context.js';
import { plainPlatform } from './plain-platform.js';

/** The extension API. Typed as loosely as it is read: with `@types/chrome` write `api as typeof chrome`. */
// biome-ignore lint/suspicious/noExplicitAny: whatever types of the API a project has, it has them
export type AnyApi = any;

/** The global scope of a context whose script is a function: clocks and chance are the simulated browser's. */
export interface ContextScope {
  /** Also `browser` in Firefox. */
  readonly chrome: AnyApi;
  /** For `createHost({ platform })` and `connect(protocol, { platform })`. */
  readonly platform: HostPlatform & TabPlatform;
  readonly setTimeout: (run: () => void, milliseconds?: number) => number;
  readonly clearTimeout: (id: number) => void;
  readonly setInterval: (run: () => void, milliseconds?: number) => number;
  readonly clearInterval: (id: number) => void;
  readonly Date: DateConstructor;
  readonly performance: { now(): number; readonly timeOrigin: number };
  readonly crypto: Crypto;
  readonly indexedDB: IDBFactory;
  readonly fetch: typeof fetch;
  readonly console: Pick<Console, 'debug' | 'log' | 'info' | 'warn' | 'error'>;
  readonly addEventListener: (type: string, listener: (event: unknown) => void) => void;
  readonly [name: string]: unknown;
}

const withPlatform = new WeakSet<object>();

export const scopeOf = (context: Context): ContextScope => {
  const { global } = context.realm;
  if (!withPlatform.has(global)) {
    withPlatform.add(global);
    Object.defineProperty(global, 'platform', { value: plainPlatform(context), configurable: true });
  }
  return global as unknown as ContextScope;
};
